import type { CallRecord, Report, UsageSummary } from "../../index.js";
import { type Charge, type DifferenceReason, type Doubt, usageCategories, type UsageCategory } from "./call-charge.js";
import type { Explanation, ReconciledCategory, ReconciledPeriod } from "./reconciliation.js";

/** The charge of one category, in seconds: whole numbers, so their sums have no rounding errors. */
interface CategoryCharge {
  seconds: number;
  calls: number;
  unknownLength: number;
}

/** Counts the charges of the calls of one application in one period. */
export class PeriodCount {
  private readonly charges: Readonly<Record<UsageCategory, CategoryCharge>> = {
    outbound: { seconds: 0, calls: 0, unknownLength: 0 },
    inbound: { seconds: 0, calls: 0, unknownLength: 0 },
    voip: { seconds: 0, calls: 0, unknownLength: 0 },
  };
  private readonly explanations = new Map<string, Explanation & { seconds: number }>();

  /** @param maxCalls the largest number of examples of one reason. */
  constructor(
    readonly summary: UsageSummary,
    private readonly maxCalls: number,
  ) {}

  contains(instant: Date): boolean {
    return this.summary.from <= instant && instant < this.summary.to;
  }

  add(call: CallRecord, { category, seconds, doubts }: Charge): void {
    if (category !== null) {
      const charge = this.charges[category];
      if (seconds === null) charge.unknownLength += 1;
      else if (seconds > 0) {
        charge.seconds += seconds;
        charge.calls += 1;
      }
    }
    for (const doubt of doubts) this.doubt(call, category, doubt);
  }

  /** Adds a call that may explain a difference. */
  doubt(call: CallRecord, category: UsageCategory | null, { reason, seconds }: Doubt): void {
    const explanation = this.explanationOf(category, reason);
    explanation.calls += 1;
    explanation.seconds += seconds ?? 0;
    if (explanation.examples.length < this.maxCalls)
      explanation.examples.push({
        id: call.id,
        startedAt: call.startedAt.toISOString(),
        talkSeconds: call.talkSeconds,
        minutes: seconds === null ? null : inMinutes(seconds),
      });
  }

  private explanationOf(category: UsageCategory | null, reason: DifferenceReason): Explanation & { seconds: number } {
    const name = `${reason} ${category ?? ""}`;
    const known = this.explanations.get(name) ?? { category, reason, calls: 0, minutes: 0, seconds: 0, examples: [] };
    this.explanations.set(name, known);
    return known;
  }

  result(report: Report | null): ReconciledPeriod {
    const { provider, account, application, from, to, complete } = this.summary;
    return {
      provider,
      account,
      application,
      from: from.toISOString(),
      to: to.toISOString(),
      settled: complete && isCovered(report, this.summary),
      categories: usageCategories.map((category) => this.compare(category)),
      explanations: [...this.explanations.values()].map(({ seconds, ...explanation }) => ({
        ...explanation,
        minutes: inMinutes(seconds),
      })),
    };
  }

  private compare(category: UsageCategory): ReconciledCategory {
    const { seconds, calls, unknownLength } = this.charges[category];
    const [vendorMinutes, recordMinutes] = [this.summary.minutes[category], inMinutes(seconds)];
    const difference = vendorMinutes === null ? null : rounded(vendorMinutes - recordMinutes);
    return { category, vendorMinutes, recordMinutes, difference, calls, unknownLength };
  }
}

function isCovered(report: Report | null, { account, from, to }: UsageSummary): boolean {
  const coverage = report?.accounts.find((one) => one.account === account)?.coverage ?? [];
  return coverage.some((interval) => new Date(interval.from) <= from && to <= new Date(interval.to));
}

const rounded = (minutes: number) => Math.round(minutes * 100) / 100;
const inMinutes = (seconds: number) => rounded(seconds / 60);
