import type { GapReason } from "../model/account-report.js";
import type { SerializedError } from "../model/errors.js";
import type { Interval } from "../model/interval.js";

/** The result of `auditDestination`. Plain JSON. */
export interface AuditReport {
  /** One report for each account, in the order in which they are compared. */
  accounts: AccountAuditReport[];
}

/** The differences between the vendor's calls and the stored ones of one account. Plain JSON. */
export interface AccountAuditReport {
  /** The account's label, as configured. */
  account: string;
  /** The provider's id, such as `tencent-ccc`. */
  provider: string;
  /**
   * - `complete`: the whole range was compared, except for what is not settled or was abandoned.
   * - `partial`: the audit has not ended, or a part of the range was not compared: see `notCompared` and `error`.
   * - `failed`: nothing was compared.
   */
  status: "complete" | "partial" | "failed";
  /** The first error of the account. Absent if there was none. */
  error?: SerializedError;
  /** Number of requests sent. */
  requests: number;
  /** Number of calls that the vendor lists, which were compared. */
  calls: number;
  /** Number of calls that the vendor lists, and the destination does not contain. */
  missing: number;
  /** Number of stored calls whose content differs from the vendor's, and of calls that are marked as delisted although the vendor lists them. */
  changed: number;
  /** Number of stored calls that the vendor no longer lists, and that were not marked before. */
  delisted: number;
  /** Number of calls that the vendor lists, and the destination does not store, because their customer was forgotten. They are not `missing`. */
  forgotten: number;
  /** Number of calls that were written, or marked as delisted. 0 without `repair`. */
  repaired: number;
  /** The first 1,000 differences. */
  differences: AuditDifference[];
  /** Intervals, by the start of a call, that were compared. The vendor's list of calls there is verified complete. */
  compared: Interval[];
  /** The other intervals of the range, and why they were not compared. Calls that are listed there may be reported as missing or changed, but never as delisted. */
  notCompared: NotCompared[];
}

/** A call that differs. */
export interface AuditDifference {
  /** `missing`: not stored; `changed`: stored with another content; `delisted`: stored, and no longer listed by the vendor. */
  type: "missing" | "changed" | "delisted";
  /** The application of the call, or null. */
  application: string | null;
  /** The id of the call. */
  id: string;
  /** The start of the call in ISO 8601: the vendor's, or the stored one of a call that is not listed. */
  startedAt: string;
  /** The fields that differ, such as `talkSeconds`. Empty unless the call is `changed`. */
  fields: string[];
}

/** An interval that was not compared, and the reason. */
export interface NotCompared extends Interval {
  /**
   * - `unsettled`: calls may still be added or change.
   * - `unsynced`: `syncTo` has not read the interval completely. The next pass reads it, if it is requested.
   * - others: the reasons of a gap. See `Gap`.
   */
  reason: GapReason | "unsettled" | "unsynced";
}
