import type { SerializedError } from "./errors.js";
import type { Interval } from "./interval.js";

/** The reason why calls in an interval may be missing. {@link Gap.reason} explains each reason. */
export type GapReason = "retention" | "failed" | "incomplete" | "unreadable" | "stopped" | "abandoned";

/** An interval in which calls may be missing, and the reason. */
export interface Gap extends Interval {
  /**
   * `retention`: the interval is before the vendor's retention; `failed`: it could not be read; `incomplete`: its rows do not match the vendor's total;
   * `unreadable`: it contains a row that could not be parsed; `stopped`: the reading ended before it, or its batch of a sync was not committed; `abandoned`:
   * the argument `abandon` of this sync, or of an earlier one, gave it up.
   */
  reason: GapReason;
}

/** The result for one account, with the intervals that are verified complete and those that are not. Plain JSON. */
export interface AccountReport {
  /** The account's label, as configured. */
  account: string;
  /** The provider's id, such as `tencent-ccc`. */
  provider: string;
  /**
   * `complete`: all requested calls have been read, except in abandoned intervals; `partial`: the reading is still active, or some calls are missing (see
   * `gaps`, or `error` for active calls); `failed`: the account ended with `error`, or none of its windows or lists could be read; `unsupported`: the vendor
   * does not support the operation.
   */
  status: "complete" | "partial" | "failed" | "unsupported";
  /** Present when the account, or a window of it, failed. */
  error?: SerializedError;
  /** Number of requests sent, including requests for tokens and repeated attempts. */
  requests: number;
  /** Number of attempts that were repeated after a retryable failure. */
  retries: number;
  /** Number of responses with which the vendor refused a request because of its rate limit. */
  throttles: number;
  /** Milliseconds spent waiting before repeated attempts. */
  waitedMs: number;
  /** Number of vendor windows that were read completely. For a sync with a store: of those, the windows without changes and those that are committed. */
  windows: number;
  /** Number of known vendor windows that are still to be read. A window that is too large is split into several. Failed windows are in neither number. */
  windowsLeft: number;
  /** Number of rows that were delivered to the consumer, or counted. For a sync with a store: number of committed changes. */
  rows: number;
  /** Number of repeated rows, which were not delivered again. */
  duplicates: number;
  /** Number of rows that could not be parsed. */
  unreadable: number;
  /** Intervals, by the start of the call, that are verified complete. */
  coverage: Interval[];
  /** Intervals that were read, but in which rows may still appear. */
  unsettled: Interval[];
  /** Intervals, by the start of the call, in which calls may be missing. Request only these again. */
  gaps: Gap[];
}

/** The result for each requested account. Plain JSON. */
export interface Report {
  /** One report for each account, in the order of the client's providers, or of the requested labels. */
  accounts: AccountReport[];
}
