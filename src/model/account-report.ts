import type { SerializedError } from "./errors.js";
import type { Interval } from "./interval.js";

/** Why calls of an interval may be missing; what each means is told at {@link Gap.reason}. */
export type GapReason = "retention" | "failed" | "incomplete" | "unreadable" | "stopped" | "abandoned";

/** An interval in which calls may be missing, and why. */
export interface Gap extends Interval {
  /**
   * `retention`: older than the vendor keeps; `failed`: it could not be read; `incomplete`: what was read does not add up to the
   * vendor's total; `unreadable`: a row in it could not be understood; `stopped`: the reading ended before it, or its
   * batch of a sync was not committed; `abandoned`: given up by the argument `abandon` of this sync, or of an earlier one.
   */
  reason: GapReason;
}

/** What was done for one account, and what that proves. Plain JSON. */
export interface AccountReport {
  /** The account's label, as configured. */
  account: string;
  /** The provider's id, such as `tencent-ccc`. */
  provider: string;
  /**
   * `complete`: all that was asked for has been read, but for what was abandoned; `partial`: still going on, or some of it is missing (see `gaps`, or `error` of calls
   * that go on); `failed`: the account ended with `error`, or none of its windows or lists could be read; `unsupported`: the vendor cannot
   * do what was asked.
   */
  status: "complete" | "partial" | "failed" | "unsupported";
  /** Present when the account, or a window of it, failed. */
  error?: SerializedError;
  /** Requests sent, those for tokens and repeated attempts included. */
  requests: number;
  /** Attempts that were repeated after a passing failure. */
  retries: number;
  /** Answers by which the vendor refused for want of allowance. */
  throttles: number;
  /** Milliseconds spent waiting before repeated attempts. */
  waitedMs: number;
  /** Vendor windows read to their end; of a sync with a store, those without changes and those committed. */
  windows: number;
  /** Vendor windows still to be read, as far as is known: one that proves too large is cut into several. Those that failed are neither. */
  windowsLeft: number;
  /** Rows handed to the consumer, or counted; of a sync with a store, changes committed. */
  rows: number;
  /** Rows that had been seen before, and were not handed out again. */
  duplicates: number;
  /** Rows that could not be understood. */
  unreadable: number;
  /** Intervals, by the start of the call, that are proven complete. */
  coverage: Interval[];
  /** Intervals that were read, but in which rows may still appear. */
  unsettled: Interval[];
  /** Intervals, by the start of the call, in which calls may be missing: ask again for just these. */
  gaps: Gap[];
}

/** What was done for each account that was asked. Plain JSON. */
export interface Report {
  /** One for each account, in the order of the client's providers, or of the labels that were asked for. */
  accounts: AccountReport[];
}
