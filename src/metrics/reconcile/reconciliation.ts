import type { DifferenceReason, UsageCategory } from "./call-charge.js";

/** A call that may explain a difference. */
export interface ExplainingCall {
  /** The vendor's id of the call. */
  id: string;
  /** Start of the call, as ISO 8601 in UTC. */
  startedAt: string;
  /** The talk of the record in seconds, or null. */
  talkSeconds: number | null;
  /** The minutes by which the vendor's count is higher if the reason applies to this call, lower if negative; null where the record does not show it. */
  minutes: number | null;
}

/** The calls that may explain a difference for one reason. */
export interface Explanation {
  /** The category of the calls; null for calls that belong to none. */
  category: UsageCategory | null;
  /** The reason: see {@link DifferenceReason}. */
  reason: DifferenceReason;
  /** Number of all these calls. */
  calls: number;
  /** The minutes by which the vendor's count is higher if the reason applies to all of them, lower if negative. Calls of unknown length add nothing. */
  minutes: number;
  /** The first of these calls, at most `maxCalls`. */
  examples: ExplainingCall[];
}

/** The two counts of one category. */
export interface ReconciledCategory {
  /** The category. */
  category: UsageCategory;
  /** The vendor's count in minutes; null where it provides none. */
  vendorMinutes: number | null;
  /** The sum of the records under the billing rule, in minutes, rounded to two decimals. */
  recordMinutes: number;
  /** `vendorMinutes` − `recordMinutes`, rounded to two decimals: above 0, the vendor counts more than the records explain. Null without the vendor's count. */
  difference: number | null;
  /** Number of charged calls. */
  calls: number;
  /** Number of answered calls whose record has no duration. They are not in `recordMinutes`. */
  unknownLength: number;
}

/** The comparison for one application and period. */
export interface ReconciledPeriod {
  /** The provider's id. */
  provider: string;
  /** The account's label. */
  account: string;
  /** The vendor's application within the account, or null. */
  application: string | null;
  /** The start of the period `[from, to)`, as ISO 8601 in UTC. */
  from: string;
  /** The end of the period, exclusive. */
  to: string;
  /** Whether both counts are final: the vendor's count is `complete`, and the report verifies every record of the period. False without a report. */
  settled: boolean;
  /** The comparison of each category. */
  categories: ReconciledCategory[];
  /** The calls that the vendor may charge otherwise than the rule does, by category and reason. Also where there is no difference. */
  explanations: Explanation[];
}

/** The result of `reconcile`. Plain JSON. */
export interface Reconciliation {
  /** The periods of the vendor's count, in the order of accounts, applications and time. */
  periods: ReconciledPeriod[];
  /** The accounts whose usage was counted from records, so there is nothing to compare the records with. */
  withoutCount: string[];
  /** Number of ended calls that are in no period: their account or application has no count, or they began at another time. */
  callsOutside: number;
}
