import type { AccountReport } from "../model/account-report.js";
import type { SerializedError } from "../model/errors.js";
import type { ManifestEntry } from "./manifest.js";

/** A recording that could not be fetched. The next run tries again. */
export interface FailedRecording {
  /** The path that it would have in the archive. */
  path: string;
  /** The account's label. */
  account: string;
  /** The vendor's id of the call. */
  callId: string;
  /** The reason. */
  error: SerializedError;
}

/** The result of `archiveRecordings`. */
export interface ArchiveReport {
  /** Number of recordings that this run fetched. */
  fetched: number;
  /** The total size of these, in bytes. */
  bytes: number;
  /** Number of recordings that were in the archive before. */
  kept: number;
  /** Recordings that the vendor no longer has, in this run or an earlier one. `gone` of an entry states the reason. */
  gone: ManifestEntry[];
  /** Recordings that could not be fetched. */
  failed: FailedRecording[];
  /** The report of each account whose calls were read. Calls in its gaps may have recordings that the archive lacks. */
  accounts: AccountReport[];
}
