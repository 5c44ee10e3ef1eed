import type { Command } from "commander";
import type { CallRecord } from "../../model/call-record.js";
import { callMetrics } from "../../metrics/index.js";
import { commonArguments, runWithAccounts } from "../command-context.js";
import { ExitCode, UsageError } from "../exit-code.js";
import { callMask, changedCalls } from "../mask-key.js";
import type { ReportContent } from "../output/report-printer.js";
import { commandFor } from "../resume.js";
import { showProgress } from "../terminal/progress.js";
import { exitCodeOf, printReport } from "../terminal/report.js";
import { readRange } from "../times.js";
import { readBillingRule, reconcileWithVendor } from "../vendor-usage.js";
import { metricsOptions, type ReportOptions, writeReport } from "../write-report.js";

/** Writes the metrics of a range, from the vendors or from a database. */
export async function report(options: ReportOptions, command: Command): Promise<ExitCode> {
  const { fromDatabase, billingRule } = options;
  if (fromDatabase === undefined) return reportFromVendors(options, command);
  if (billingRule !== undefined)
    throw new UsageError("--billing-rule cannot be used with --from-database: the vendor's count must be requested.");
  return (await import("./report-from-database.js")).reportFromDatabase({ ...options, fromDatabase });
}

function reportFromVendors(options: ReportOptions, command: Command): Promise<ExitCode> {
  return runWithAccounts(options, async (context) => {
    const { client, zone, zoneDescription, messages, interruption } = context;
    const range = readRange(options, zone, Date.now());
    const rule = options.billingRule === undefined ? null : readBillingRule(options.billingRule);
    const named = options.account !== undefined;
    const mask = callMask(options);
    const stream = client.records({ ...commonArguments(options, context), ...range, raw: false });
    const read = async (): Promise<ReportContent | null> => {
      const progress = await showProgress(messages, options.out ?? "-", () => stream.report());
      try {
        const settings = { ...metricsOptions(options, zone.name), capabilities: client.capabilities() };
        const count = (calls: AsyncIterable<CallRecord>) =>
          callMetrics(changedCalls(calls, mask), { ...settings, report: () => stream.report() });
        const content =
          rule === null
            ? { metrics: await count(stream), usage: null }
            : await reconcileWithVendor(
                stream,
                count,
                { ...commonArguments(options, context), ...range, rule },
                context,
              );
        return exitCodeOf(stream.report().accounts, named) === ExitCode.failed ? null : content;
      } finally {
        progress.stop();
      }
    };
    await writeReport(read, options, interruption.signal, messages);
    const whole = { from: range.from.toISOString(), to: range.to.toISOString() };
    const code = printReport(
      stream.report().accounts,
      {
        noun: ["call", "calls"],
        zone,
        named,
        // The metrics of a gap cannot be added to a page.
        fetch: null,
        again: (account, number) => `To read again: ${commandFor(command, account, whole, number)}`,
      },
      messages,
    );
    messages.info(zoneDescription);
    return code;
  });
}
