import type { AccountReport } from "../../model/account-report.js";
import type { UsageMinutes, UsageSummary } from "../../model/usage-summary.js";
import { fromIntervals, type Span } from "../../engine/lists/intervals.js";
import type { UsagePeriod } from "./periods.js";

/** What usage is wanted. */
export interface UsageWanted {
  range: Span;
  by: UsagePeriod;
  source: "auto" | "vendor" | "records";
}

/** Counts one account. */
export interface UsageCounter {
  count(): Promise<void>;
  summaries(): UsageSummary[];
  report(): AccountReport;
}

/** Minutes of which nothing is known. */
export const noMinutes: UsageMinutes = {
  outbound: null,
  inbound: null,
  voip: null,
  unclassified: null,
  asrOffline: null,
  asrRealtime: null,
};

/** Whether all of a period is proven complete. */
export function isCovered(report: AccountReport, period: Span): boolean {
  return fromIntervals(report.coverage).covers(period);
}
