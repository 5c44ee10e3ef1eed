import type { AccountReport } from "../../model/account-report.js";
import type { UsageMinutes, UsageSummary } from "../../model/usage-summary.js";
import { fromIntervals, type Span } from "../../engine/lists/intervals.js";
import type { UsagePeriod } from "./periods.js";

/** The selection of usage. */
export interface UsageWanted {
  range: Span;
  by: UsagePeriod;
  source: "auto" | "vendor" | "records";
}

/** Counts the usage of one account. */
export interface UsageCounter {
  count(): Promise<void>;
  summaries(): UsageSummary[];
  report(): AccountReport;
}

/** Minutes that are all unknown. */
export const noMinutes: UsageMinutes = {
  outbound: null,
  inbound: null,
  voip: null,
  unclassified: null,
  asrOffline: null,
  asrRealtime: null,
};

/** Whether a whole period is verified. */
export function isCovered(report: AccountReport, period: Span): boolean {
  return fromIntervals(report.coverage).covers(period);
}
