import type { CallRecord } from "../../model/call-record.js";
import type { SyncCheckpoint } from "../../engine/checkpoints/checkpoint.js";

/** A call that is new or has changed since the last commit. */
export interface SyncChange {
  /** `updated`: it was delivered before, and its content has changed since. */
  type: "new" | "updated";
  /** The current version of the call. The former version is not available. */
  record: CallRecord;
}

/** The changes in one window of an account. */
export interface SyncBatch {
  /** Label of the account of all changes. */
  account: string;
  /** Ascending by start; never empty. */
  changes: SyncChange[];
  /**
   * The checkpoint of the account once these changes are stored, as JSON. With `checkpoint`, it includes all earlier batches of the account. With `store`, it
   * includes this batch and the batches that are committed when this property is read.
   */
  readonly checkpoint: SyncCheckpoint;
  /**
   * Commits the batch: saves the checkpoint in the store. A batch that was not committed is delivered again in the next pass. A committed batch is not. Batches
   * may be committed in any order, also concurrently. A second call does nothing, unless the first one failed: then it retries. With `checkpoint`, no commit is
   * needed, and this method does nothing.
   * @throws the error of the store; RequestError when the pass has ended, after which nothing can be saved.
   */
  commit(): Promise<void>;
}

interface CommitActions {
  checkpoint: () => SyncCheckpoint;
  save: () => Promise<void>;
}

/** Returns a batch that can be committed once. */
export function batchOf(account: string, changes: SyncChange[], { checkpoint, save }: CommitActions): SyncBatch {
  let committed: Promise<void> | null = null;
  return {
    account,
    changes,
    get checkpoint() {
      return checkpoint();
    },
    commit: () =>
      (committed ??= save().catch((error: unknown) => {
        // The save failed. Another call of `commit` may retry.
        committed = null;
        throw error;
      })),
  };
}
