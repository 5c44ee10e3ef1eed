import { type BillingRule, parseBillingRule, reconcile } from "../metrics/index.js";
import type { CallRecord } from "../model/call-record.js";
import { RequestError } from "../model/errors.js";
import type { RecordStream } from "../operations/records/record-stream.js";
import type { CommandContext } from "./command-context.js";
import { UsageError } from "./exit-code.js";
import type { ReportContent } from "./output/report-printer.js";
import { shareCalls } from "./shared-calls.js";
import { messageOf } from "./terminal/option-names.js";
import { oneLine } from "./terminal/sanitize.js";

/** @throws UsageError if the text is not a billing rule. */
export function readBillingRule(text: string): BillingRule {
  try {
    return parseBillingRule(text);
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    throw new UsageError(
      `--billing-rule must be the minimum and the increment in seconds, such as 60+60 or 6+6, not "${text}".`,
    );
  }
}

/**
 * Counts the calls of a stream, and compares them with the vendors' own count by day under a billing rule. Each call is read once. Days that the range contains only
 * in part are not compared, because the vendor counts whole days.
 */
export async function reconcileWithVendor(
  stream: RecordStream,
  count: (calls: AsyncIterable<CallRecord>) => Promise<ReportContent["metrics"]>,
  {
    rule,
    from,
    to,
    ...common
  }: { rule: BillingRule; from: Date; to: Date; accounts: string[] | undefined; signal: AbortSignal },
  { client, messages }: Pick<CommandContext, "client" | "messages">,
): Promise<ReportContent> {
  const { summaries, accounts } = await client.usage({ ...common, from, to, by: "day", source: "vendor" });
  for (const { account, status, error } of accounts)
    if (status !== "unsupported" && error !== undefined)
      messages.warn(`${oneLine(account)}: the vendor's count of minutes is missing: ${messageOf(error.message)}`);
  const whole = summaries.filter((summary) => summary.from >= from && summary.to <= to);
  const [first, second] = shareCalls(stream);
  const [metrics, usage] = await Promise.all([
    count(first),
    reconcile({ summaries: whole }, second, rule, { report: () => stream.report() }),
  ]);
  const without = accounts.filter(({ account }) => !summaries.some((summary) => summary.account === account));
  return { metrics, usage: { ...usage, withoutCount: without.map(({ account }) => account) } };
}
