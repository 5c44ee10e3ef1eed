/**
 * The metrics of a call centre, computed from calls in one pass: counts, rates, waits, service level and simultaneous calls, in total and by groups; and a
 * vendor's bill compared with its records. docs/metrics.md compares the definitions with those of other vendors.
 * @module call-records/metrics
 */

export { callMetrics } from "./call-metrics.js";
export { mergeMetrics } from "./merge-metrics.js";
export { type BillingRule, billedSeconds, parseBillingRule } from "./reconcile/billing-rule.js";
export type { DifferenceReason, UsageCategory } from "./reconcile/call-charge.js";
export { reconcile, type ReconcileOptions } from "./reconcile/reconcile.js";
export type {
  ExplainingCall,
  Explanation,
  ReconciledCategory,
  ReconciledPeriod,
  Reconciliation,
} from "./reconcile/reconciliation.js";
export { REPORT_GROUPINGS } from "./report-groupings.js";
export type { CallCounts, OutcomeCounts } from "./call-counts.js";
export type { ConcurrencyChanges, PeakConcurrent } from "./concurrency.js";
export type {
  CallMetrics,
  GroupKey,
  InboundMetrics,
  MeasuredBy,
  Metrics,
  MetricsGroup,
  MetricsGrouping,
  OutboundMetrics,
  TalkStatistics,
  TotalMetrics,
  WaitStatistics,
} from "./metrics.js";
export type { GroupDimension, MetricsOptions, MetricsSettings, ServiceLevelRule } from "./metrics-options.js";
export type { SecondCounts } from "./second-counts.js";
