import type { AccountReport, ProvidedValues } from "../index.js";
import type { CallCounts, OutcomeCounts } from "./call-counts.js";
import type { ConcurrencyChanges, PeakConcurrent } from "./concurrency.js";
import type { GroupDimension, MetricsSettings } from "./metrics-options.js";

/** Statistics of waits, in seconds. Percentiles use the nearest-rank method: of the waits 1, 2, 3 and 4 the median is 2, and `p90` is 4. */
export interface WaitStatistics {
  /** Number of calls with a known wait. */
  known: number;
  /** The mean, which may have a fraction; null where no wait is known. So are the other values. */
  mean: number | null;
  /** The shortest wait that at least half of the calls do not exceed. */
  median: number | null;
  /** The shortest wait that at least 90 % of the calls do not exceed. */
  p90: number | null;
  /** The shortest wait that at least 95 % of the calls do not exceed. */
  p95: number | null;
  /** The longest wait. */
  max: number | null;
}

/** Statistics of talk times, in seconds. Percentiles use the nearest-rank method. */
export interface TalkStatistics {
  /** Number of answered calls with a known talk time. */
  known: number;
  /** The sum of the known talk times. */
  total: number;
  /** The mean, which may have a fraction; null where no talk time is known. So are the other values. */
  mean: number | null;
  /** The shortest talk time that at least half of the calls do not exceed. */
  median: number | null;
  /** The shortest talk time that at least 90 % of the calls do not exceed. */
  p90: number | null;
  /** The longest talk time. */
  max: number | null;
}

/**
 * The metrics of inbound calls. Each is null where no provider of the calls provides its values.
 *
 * The examples use this day of ten inbound calls, with `serviceLevel: { seconds: 20 }` and `shortAbandonSeconds: 5`: six answered after 5, 10, 15, 20, 30 and 40
 * seconds; two abandoned after 3 and 60 seconds; one `no-agent` after 90 seconds; one `out-of-hours`.
 */
export interface InboundMetrics {
  /** Inbound calls, except those with the outcome `self-service`, `blocked` or `out-of-hours`. Example: 9. */
  offered: number | null;
  /** Inbound calls with the outcome `answered`. Example: 6. */
  answered: number | null;
  /** Inbound calls with the outcome `abandoned`, except those that were abandoned in the voice menu. Example: 2. */
  abandoned: number | null;
  /** Abandoned calls with a known wait of at most `shortAbandonSeconds`. 0 without that option. Example: 1. */
  shortAbandoned: number | null;
  /** `offered` − `answered` − `abandoned`. Example: 9 − 6 − 2 = 1. */
  missed: number | null;
  /**
   * Calls that the caller abandoned in the voice menu (Tencent's `ivrGiveUp`). With `menuAbandons: "offered"` they are in `offered` and `missed`. Null where the
   * vendor does not distinguish them: they are in `abandoned` then.
   */
  abandonedInMenu: number | null;
  /** `answered` ÷ `offered`, from 0 to 1; null where `offered` is 0. Example: 6 ÷ 9 = 0.667. */
  answerRate: number | null;
  /**
   * (`abandoned` − `shortAbandoned`) ÷ (`offered` − `shortAbandoned`), from 0 to 1; null where the denominator is 0. Example: (2 − 1) ÷ (9 − 1) = 0.125.
   */
  abandonRate: number | null;
  /**
   * The mean wait in seconds of answered calls with a known wait; null where there are none. Example: (5 + 10 + 15 + 20 + 30 + 40) ÷ 6 = 20.
   *
   * The wait of a call is its `waitSeconds`. If that is null, the wait is the time from `queuedAt`, else `ringingAt`, to `answeredAt`, else `endedAt`, rounded to
   * a second. If these times are unknown or in the wrong order, the wait is unknown.
   */
  averageSpeedOfAnswer: number | null;
  /**
   * The waits of all offered calls with a known wait, whether or not they were answered. Example: 3, 5, 10, 15, 20, 30, 40, 60 and 90 seconds have the mean
   * 273 ÷ 9 = 30.3, the median 20 (the fifth of nine), `p90` and `p95` 90 (the ninth), and the maximum 90.
   */
  wait: WaitStatistics | null;
  /**
   * Calls that were answered with a wait of at most `seconds` ÷ (answered + abandoned − short abandoned), over calls with a known wait; from 0 to 1, and null
   * where the denominator is 0. With `of: "offered"`, the denominator also contains missed calls. Example: 4 ÷ (6 + 2 − 1) = 0.571; with `of: "offered"`
   * 4 ÷ (9 − 1) = 0.5.
   */
  serviceLevel: number | null;
  /** Inbound calls by outcome, also those that were not offered. An outcome without calls is left out. */
  outcomes: OutcomeCounts;
}

/** The metrics of outbound calls. Each is null where no provider of the calls provides its values. */
export interface OutboundMetrics {
  /** Outbound calls. Example: 8 calls, of which 5 were answered. */
  attempts: number | null;
  /** Outbound calls with the outcome `answered`. Example: 5. */
  connected: number | null;
  /** `connected` ÷ `attempts`, from 0 to 1; null where `attempts` is 0. Example: 5 ÷ 8 = 0.625. */
  connectRate: number | null;
  /** Outbound calls by outcome. An outcome without calls is left out. */
  outcomes: OutcomeCounts;
}

/**
 * The providers whose calls each number counts, by their ids in alphabetical order. Where the calls belong to several providers, a number counts only those that
 * provide its values.
 */
export interface MeasuredBy {
  /** The providers of `offered`, `answered` and `answerRate`. */
  answerRate: string[];
  /** The providers of `abandoned`, `shortAbandoned`, `missed` and `abandonRate`. */
  abandonRate: string[];
  /** The providers of `abandonedInMenu`. */
  abandonedInMenu: string[];
  /** The providers of `wait` and `averageSpeedOfAnswer`. */
  wait: string[];
  /** The providers of `serviceLevel`. */
  serviceLevel: string[];
  /** The providers of `attempts`, `connected` and `connectRate`. */
  connectRate: string[];
  /** The providers of `talkSeconds`. */
  talkSeconds: string[];
  /** The providers of `peakConcurrent`: those with at least one call that has `answeredAt` and `endedAt`. */
  peakConcurrent: string[];
}

/** The metrics of a set of calls. They count ended calls, and no `internal` calls. */
export interface CallMetrics {
  /** Number of calls: inbound, outbound and unclassified. */
  calls: number;
  /** The metrics of inbound calls. */
  inbound: InboundMetrics;
  /** The metrics of outbound calls. */
  outbound: OutboundMetrics;
  /** Number of calls of unknown direction, which are in neither of the two. */
  unclassified: number;
  /**
   * The talk times of answered calls of every direction, also the unknown one; null where no provider of the calls provides them. Example: 60, 120 and 180
   * seconds have the total 360, the mean 120, the median 120, and `p90` 180.
   */
  talkSeconds: TalkStatistics | null;
  /** The providers whose calls each number counts. */
  measuredBy: MeasuredBy;
  /** The counts from which the numbers follow, by the provider's id. `mergeMetrics` adds them. */
  counts: Record<string, CallCounts>;
}

/** The metrics of all calls. */
export interface TotalMetrics extends CallMetrics {
  /**
   * The largest number of calls between `answeredAt` and `endedAt`, and the first second of it; null where no call has both times. By whole seconds, without the
   * last: a call from 9:00:00.4 to 9:00:02.1 is in progress in the seconds 9:00:00 and 9:00:01. Example: calls of 9:00:00-9:00:10, 9:00:05-9:00:20 and
   * 9:00:10-9:00:12 have the peak 2 at 9:00:05.
   */
  peakConcurrent: PeakConcurrent | null;
}

/** The values of the dimensions of a group: see {@link GroupDimension}. A value is null where the calls have none. */
export type GroupKey = Partial<Record<GroupDimension, string | null>>;

/** The calls with one value in each dimension. */
export interface MetricsGroup {
  /** The values. */
  key: GroupKey;
  /** The name of each `agent`, `group` and `queue` in the key; null where no call has one. If the name has changed, this is the first in alphabetical order. */
  names: Partial<Record<"agent" | "group" | "queue", string | null>>;
  /** The metrics of these calls. */
  metrics: CallMetrics;
}

/** The groups by one list of dimensions. */
export interface MetricsGrouping {
  /** The dimensions. */
  groupBy: GroupDimension[];
  /** A group for each combination of values that occurs, in the order of the values. Null comes last. */
  groups: MetricsGroup[];
}

/** The result of `callMetrics` and `mergeMetrics`. Plain JSON. */
export interface Metrics {
  /** The version of this format. */
  version: 1;
  /** The options, with their defaults. */
  options: MetricsSettings;
  /** The metrics of all calls. */
  totals: TotalMetrics;
  /** The groups, where `groupBy` is one list of dimensions; otherwise empty. */
  groups: MetricsGroup[];
  /** The groups of each list, where `groupBy` is a list of lists; otherwise empty. */
  groupings: MetricsGrouping[];
  /** The earliest time from which calls may still be added or change, by the unsettled intervals of the report; null where there is none, or no report. */
  provisionalFrom: string | null;
  /**
   * The reports of the accounts: which intervals are verified complete, unsettled or missing. After a merge these are the reports of all parts, and one account
   * may have several. Null without a report: nothing proves then that no call is missing.
   */
  proof: AccountReport[] | null;
  /** Number of merged parts without a report, for which `proof` proves nothing. 1 for a result of `callMetrics` without the option `report`. */
  unprovenParts: number;
  /** Start of the first counted call, as ISO 8601 in UTC; null where there are no calls. */
  firstCallAt: string | null;
  /** Start of the last counted call; null where there are no calls. */
  lastCallAt: string | null;
  /** Numbers of calls that were read and not counted. */
  excluded: {
    /** Calls that have not ended. */
    active: number;
    /** Ended calls of the direction `internal`. */
    internal: number;
  };
  /** The values that each provider provides, by its id. */
  provides: Record<string, ProvidedValues>;
  /** The changes in the number of simultaneous calls, from which `peakConcurrent` follows. `mergeMetrics` adds them. */
  concurrency: ConcurrencyChanges;
}
