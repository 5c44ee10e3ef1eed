import type { CallRecord } from "../../model/call-record.js";
import type { SyncCheckpoint } from "../../engine/checkpoints/checkpoint.js";

/** A call that is new, or has changed, since the last commit. */
export interface SyncChange {
  /** `updated`: it was handed out before, and its content has changed since. */
  type: "new" | "updated";
  /** The call as it is now. What it was before is not told. */
  record: CallRecord;
}

/** What is new in one of an account's windows. */
export interface SyncBatch {
  /** Label of the account that all its changes are of. */
  account: string;
  /** Ascending by start; never empty. */
  changes: SyncChange[];
  /**
   * Where the account stands once these changes are stored: plain JSON. With `checkpoint`, it includes all batches of the account that were taken before. With
   * `store`, it includes the batches that are committed at the time of the look, and this one.
   */
  readonly checkpoint: SyncCheckpoint;
  /**
   * Commits the batch: saves in the store that its changes are kept. Nothing else does. A batch that is not committed comes again in the next pass. Batches may
   * be committed in any order, also at the same time. A second call does nothing, unless the first has failed: then it tries again. With `checkpoint`, nothing
   * needs to be committed, and it does nothing.
   * @throws what the store throws; RequestError when the pass has ended: nothing more is saved then.
   */
  commit(): Promise<void>;
}

/** What a batch does when it is committed. */
interface Committing {
  checkpoint: () => SyncCheckpoint;
  save: () => Promise<void>;
}

/** A batch that is committed once. */
export function batchOf(account: string, changes: SyncChange[], { checkpoint, save }: Committing): SyncBatch {
  let committed: Promise<void> | null = null;
  return {
    account,
    changes,
    get checkpoint() {
      return checkpoint();
    },
    commit: () =>
      (committed ??= save().catch((error: unknown) => {
        // Nothing was committed: it may be tried again.
        committed = null;
        throw error;
      })),
  };
}
