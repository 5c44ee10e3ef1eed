import { z } from "zod";
import { readCalls } from "../../columns/read-calls.js";
import { readOptions } from "../../columns/read-options.js";
import { type CallRecord, type Report, RequestError, type UsageSummary, usageSummarySchema } from "../../index.js";
import { type BillingRule, billingRuleSchema, type ReadBillingRule } from "./billing-rule.js";
import { chargeOf } from "./call-charge.js";
import { PeriodCount } from "./period-count.js";
import type { Reconciliation } from "./reconciliation.js";

const OWNER = "reconcile";

/** The options of {@link reconcile}. */
export interface ReconcileOptions {
  /** Returns the report of the stream of calls, such as `() => stream.report()`. It is called once, after the last call. Without it, no period is `settled`. */
  report?: (() => Report) | undefined;
  /** The largest number of calls that are listed for each reason of each period. Default 100. */
  maxCalls?: number | undefined;
}

const optionsSchema = z.strictObject({
  report: z
    .custom<() => Report>((value) => typeof value === "function", "must be a function that returns a report")
    .optional(),
  maxCalls: z.int("must be a whole number").nonnegative("must not be negative").default(100),
});
const usageSchema = z.object({ summaries: z.array(usageSummarySchema) });

/**
 * Compares a vendor's own count of minutes with its records under a billing rule, and lists the calls that may explain a difference.
 *
 * Each call is charged to the period of its start. The memory in use depends on the number of periods and on `maxCalls`, not on the number of calls.
 * @param usage the result of `client.usage` with `source: "vendor"`, such as by day.
 * @param calls the calls of exactly these periods: a stream of `client.records`, or any other iterable of calls.
 * @throws RequestError when an argument or an option is invalid, periods of one application overlap, or an item is not a call record. An error of `calls` is
 * thrown unchanged.
 */
export async function reconcile(
  usage: { readonly summaries: readonly UsageSummary[] },
  calls: AsyncIterable<CallRecord> | Iterable<CallRecord>,
  rule: BillingRule,
  options: ReconcileOptions = {},
): Promise<Reconciliation> {
  const { summaries } = readOptions(`${OWNER}: argument \`usage\``, usageSchema, usage);
  const readRule = readOptions(`${OWNER}: argument \`rule\``, billingRuleSchema, rule);
  const { report, maxCalls } = readOptions(OWNER, optionsSchema, options);
  const counts = new ReconcileCounter(summaries, readRule, maxCalls);
  await readCalls(OWNER, calls, counts.add);
  return counts.result(report === undefined ? null : report());
}

class ReconcileCounter {
  /** The periods of each application, by time. */
  private readonly periods = new Map<string, PeriodCount[]>();
  private readonly withoutCount: string[];
  private callsOutside = 0;

  constructor(
    summaries: readonly UsageSummary[],
    private readonly rule: ReadBillingRule,
    maxCalls: number,
  ) {
    const counted = summaries.filter(({ source }) => source === "vendor");
    this.withoutCount = [
      ...new Set(summaries.filter(({ source }) => source === "records").map(({ account }) => account)),
    ];
    for (const summary of [...counted].sort((one, other) => one.from.getTime() - other.from.getTime())) {
      const periods = this.periods.get(nameOf(summary)) ?? [];
      const last = periods.at(-1);
      if (last !== undefined && summary.from < last.summary.to)
        throw new RequestError(
          `${OWNER}: argument \`usage\`: two periods of the account \`${summary.account}\` overlap at ${summary.from.toISOString()}.`,
        );
      this.periods.set(nameOf(summary), [...periods, new PeriodCount(summary, maxCalls)]);
    }
  }

  readonly add = (call: CallRecord): void => {
    if (call.state !== "ended") return;
    const periods = this.periods.get(nameOf(call)) ?? [];
    const period = periods.find((one) => one.contains(call.startedAt));
    if (period === undefined) {
      this.callsOutside += 1;
      return;
    }
    const charge = chargeOf(call, this.rule);
    period.add(call, charge);
    const { category, seconds } = charge;
    const end = call.endedAt;
    if (end === null || seconds === null || seconds === 0 || period.contains(end)) return;
    period.doubt(call, category, { reason: "ends-later", seconds: -seconds });
    periods.find((one) => one.contains(end))?.doubt(call, category, { reason: "began-earlier", seconds });
  };

  result(report: Report | null): Reconciliation {
    return {
      periods: [...this.periods.values()].flat().map((period) => period.result(report)),
      withoutCount: this.withoutCount,
      callsOutside: this.callsOutside,
    };
  }
}

function nameOf({ account, application }: Pick<CallRecord, "account" | "application">): string {
  return JSON.stringify([account, application]);
}
