import type { SerializedError } from "./errors.js";
import type { Interval } from "./interval.js";

/** The reason why calls may be missing in an interval. {@link Gap.reason} explains each reason. */
export type GapReason = "retention" | "failed" | "incomplete" | "unreadable" | "filtered" | "stopped" | "abandoned";

/** An interval in which calls may be missing, and the reason. */
export interface Gap extends Interval {
  /**
   * - `retention`: the interval is older than the vendor's retention.
   * - `failed`: a request for the interval failed.
   * - `incomplete`: the rows of the interval do not match the vendor's total.
   * - `unreadable`: the interval contains a row that could not be parsed.
   * - `filtered`: the interval was read with the vendor's own number filter (option `numberFilter`), which may not find every format of a number.
   * - `stopped`: the reading ended before the interval, or its batch of a sync was not committed.
   * - `abandoned`: the interval was passed to this sync, or to an earlier one, as `abandon`.
   */
  reason: GapReason;
}

/** The report of an operation for one account: its status, its errors, and the intervals that are verified complete or not. Plain JSON. */
export interface AccountReport {
  /** The account's label, as configured. */
  account: string;
  /** The provider's id, such as `tencent-ccc`. */
  provider: string;
  /**
   * - `complete`: everything was read, except for abandoned intervals.
   * - `partial`: the reading has not ended, or calls may be missing: see `gaps` and `error`.
   * - `failed`: the account stopped with `error`, or none of its windows could be read.
   * - `unsupported`: the vendor does not support the operation.
   */
  status: "complete" | "partial" | "failed" | "unsupported";
  /** The first error of the account, of one of its windows, or of an unsupported operation. Absent if there was none. */
  error?: SerializedError;
  /**
   * Present when the argument `number` could not be compared with certainty: its country, or that of a number in a row, is not certain, or a row does not show
   * a number. Calls may then be missing or belong to another number, although `status` is `complete`. The text is that of the `warning` events about numbers,
   * at most one of each kind.
   */
  numberWarning?: string;
  /** The applications that the account had when this call of the client began. Present where the provider discovers them (Tencent's `sdkAppIds: "all"`). */
  applications?: string[];
  /** Number of requests sent, including requests for tokens and repeated attempts. */
  requests: number;
  /** Number of retries. */
  retries: number;
  /** Number of requests that the vendor refused because of its rate limit. */
  throttles: number;
  /** Milliseconds spent waiting before retries. */
  waitedMs: number;
  /** Number of vendor windows that were read completely. For a sync with a store, a window with changes counts after its batch is committed. */
  windows: number;
  /** Number of vendor windows that remain to be read. It grows when a large window is split. Failed windows count neither here nor in `windows`. */
  windowsLeft: number;
  /** Number of calls that were delivered to your code, or counted for usage. For a sync with a store: number of committed changes. */
  rows: number;
  /** Number of repeated rows, which were not delivered again. */
  duplicates: number;
  /** Number of rows that could not be parsed. */
  unreadable: number;
  /** Intervals, by the start of a call, in which every call was delivered: they are verified complete. */
  coverage: Interval[];
  /** Intervals, by the start of a call, that were read, but in which calls may still be added or change. */
  unsettled: Interval[];
  /** Intervals, by the start of a call, in which calls may be missing. Request only these again. */
  gaps: Gap[];
}

/** The result for each requested account. Plain JSON. */
export interface Report {
  /** One report for each account, in the order of the client's providers, or of the requested labels. */
  accounts: AccountReport[];
}
