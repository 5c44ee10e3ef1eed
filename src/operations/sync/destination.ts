import type { JsonValue } from "../../contract/http.js";
import type { CheckpointParts } from "../../engine/checkpoints/checkpoint-store.js";
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
}
