import type { JsonValue } from "../../contract/http.js";
import type { CheckpointParts } from "../../engine/checkpoints/checkpoint-store.js";
import type { CallRecord } from "../../model/call-record.js";
import type { CallKeyParts, ReadCall } from "../../model/stored-call.js";
import type { SyncChange } from "./sync-batch.js";

/**
 * Stores calls and the checkpoint of their account together, such as in one database. `client.syncTo` writes to it. `testDestination` of `call-records/testing`
 * contains the tests that every destination must pass.
 */
export interface Destination {
  /**
   * Acquires the lease of an account, so that it has one writer. The errors of the destination reach the caller of `syncTo` unchanged.
   * @throws CheckpointError when another writer holds the lease.
   */
  open(account: { provider: string; account: string }): Promise<DestinationSession>;
  /**
   * Opens the stored calls and the checkpoint of an account, only for reading and without a lease. Optional: with it, an `auditDestination` without `repair` does not
   * delay the writer of the account. Without it, the audit acquires the lease.
   * @throws the error of the destination.
   */
  openReader?(account: { provider: string; account: string }): Promise<DestinationReader>;
}

/** The stored calls and the checkpoint of one account, while another process may write them. */
export interface DestinationReader extends Pick<DestinationSession, "load"> {
  /** Returns stored calls of the account, as the method of a session does. */
  readCalls(selection: StoredCallSelection): AsyncIterable<ReadCall>;
  /** Returns the stored form of calls, as the method of a session does. */
  asStored?(calls: readonly CallRecord[]): Promise<readonly (CallRecord | null)[]>;
  /** Releases what the reader holds, such as a connection. */
  close(): Promise<void>;
}

/** The lease of one account, with which its calls are written. */
export interface DestinationSession {
  /** Returns all checkpoint parts that were written for the account and not removed since; an empty object for an account that was never written. */
  load(): Promise<CheckpointParts>;
  /**
   * Stores the changes and the checkpoint parts atomically: all of them, or none. Once it resolves, they must survive a crash. Calls are sequential.
   * @param changes the calls to insert or replace, with their legs and recordings. The key of a call is (`account`, `application`, `id`). The list may be empty,
   * and a call may have been stored before, whatever the type of its change.
   * @param checkpointChanges the parts to store. Parts that are null are removed.
   * @throws CheckpointError when the lease has expired or belongs to another writer. Nothing is then stored.
   */
  write(changes: readonly SyncChange[], checkpointChanges: Readonly<Record<string, JsonValue | null>>): Promise<void>;
  /** Releases the lease. The session renews it until then. */
  close(): Promise<void>;
  /**
   * Returns stored calls of the account, in any order. Optional: `auditDestination` requires it.
   * @throws the error of the destination.
   */
  readCalls?(selection: StoredCallSelection): AsyncIterable<ReadCall>;
  /**
   * Returns each call in the form in which `write` stores it, such as with masked numbers; null for a call that `write` does not store, because its customer was
   * deleted permanently. The list has the length and the order of `calls`. Optional: without it, calls are stored as they are. `auditDestination` compares the result
   * with the stored calls.
   * @throws the error of the destination.
   */
  asStored?(calls: readonly CallRecord[]): Promise<readonly (CallRecord | null)[]>;
  /**
   * Marks calls that the vendor no longer lists, and deletes nothing. A later `write` of a call removes its mark. Optional: `auditDestination` with `repair`
   * requires it.
   * @throws CheckpointError when the lease has expired or belongs to another writer. Nothing is then marked.
   */
  markDelisted?(calls: readonly CallKeyParts[]): Promise<void>;
}

/** Selects stored calls. */
export type StoredCallSelection = StoredCallRange | StoredCallKeys;

/** Selects the stored calls that started in `[from, to)`. */
export interface StoredCallRange {
  /** The earliest start. */
  from: Date;
  /** The end of the range, exclusive. */
  to: Date;
}

/** Selects the stored calls with these keys. A key without a stored call is ignored. */
export interface StoredCallKeys {
  /** The keys, in any number. */
  keys: readonly CallKeyParts[];
}
