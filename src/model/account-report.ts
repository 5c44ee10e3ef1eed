import type { SerializedError } from "./errors.js";
import type { Interval } from "./interval.js";

/** The reason why calls of an interval may be missing. {@link Gap.reason} explains each. */
export type GapReason = "retention" | "failed" | "incomplete" | "unreadable" | "stopped" | "abandoned";

/** An interval in which calls may be missing, and the reason. */
export interface Gap extends Interval {
  /**
   * `retention`: older than the vendor keeps; `failed`: it could not be read; `incomplete`: the rows do not add up to the vendor's total; `unreadable`: a row
   * in it could not be parsed; `stopped`: the reading ended before it, or its batch of a sync was not committed; `abandoned`: given up by the argument
   * `abandon` of this sync or of an earlier one.
   */
  reason: GapReason;
}

/** The result for one account, and what it verifies. Plain JSON. */
export interface AccountReport {
  /** The account's label, as configured. */
  account: string;
  /** The provider's id, such as `tencent-ccc`. */
  provider: string;
  /**
   * `complete`: all requested calls have been read, except what was abandoned; `partial`: the reading is still active, or some calls are missing (see `gaps`,
   * or `error` for active calls); `failed`: the account ended with `error`, or none of its windows or lists could be read; `unsupported`: the vendor does not
   * support the operation.
   */
  status: "complete" | "partial" | "failed" | "unsupported";
  /** Present when the account, or a window of it, failed. */
  error?: SerializedError;
  /** Requests sent, those for tokens and repeated attempts included. */
  requests: number;
  /** Attempts that were repeated after a retryable failure. */
  retries: number;
  /** Responses by which the vendor refused because of its rate limit. */
  throttles: number;
  /** Milliseconds spent waiting before repeated attempts. */
  waitedMs: number;
  /** Vendor windows that were read completely; of a sync with a store, those without changes and those committed. */
  windows: number;
  /** Known vendor windows that are still to be read. A window that proves too large is split into several. Failed windows are in neither number. */
  windowsLeft: number;
  /** Rows delivered to the consumer, or counted; of a sync with a store, changes committed. */
  rows: number;
  /** Repeated rows, which were not delivered again. */
  duplicates: number;
  /** Rows that could not be parsed. */
  unreadable: number;
  /** Intervals, by the start of the call, that are verified complete. */
  coverage: Interval[];
  /** Intervals that were read, but in which rows may still appear. */
  unsettled: Interval[];
  /** Intervals, by the start of the call, in which calls may be missing. Request just these again. */
  gaps: Gap[];
}

/** The result for each requested account. Plain JSON. */
export interface Report {
  /** One for each account, in the order of the client's providers, or of the requested labels. */
  accounts: AccountReport[];
}
