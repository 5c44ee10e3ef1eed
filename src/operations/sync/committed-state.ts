import type { SyncCheckpoint } from "../../engine/checkpoints/checkpoint.js";
import type { CheckpointSession } from "./checkpoint-session.js";
import type { SyncChange } from "./sync-batch.js";
import type { SyncState } from "./sync-state.js";

type Change = (state: SyncState) => void;

/**
 * The state of one account at its last commit. Changes are applied and saved one after another, in the order of the calls, so that each save is a whole
 * checkpoint. A change whose save fails is not applied.
 */
export class CommittedState {
  private queue: Promise<unknown> = Promise.resolve();

  constructor(
    private current: SyncState,
    private readonly session: CheckpointSession,
  ) {}

  /** The state without changes that are being saved. */
  get state(): SyncState {
    return this.current;
  }

  /**
   * Applies a change and saves the state.
   * @param isToSave whether the changed state must be saved now. Otherwise it is saved with the next change.
   * @param calls the calls of the change, which a destination stores with the state. The state must then be saved now.
   * @throws the error of the store; RequestError after the release.
   */
  apply(
    change: Change,
    isToSave: (changed: SyncState) => boolean = () => true,
    calls: readonly SyncChange[] = [],
  ): Promise<void> {
    return this.enqueue(async () => {
      const changed = this.current.fork();
      change(changed);
      if (isToSave(changed)) await this.save(changed, calls);
      changed.calls.adopt();
      this.current = changed;
    });
  }

  private async save(changed: SyncState, calls: readonly SyncChange[]): Promise<void> {
    try {
      await this.session.save(changed.checkpoint(), changed.calls.hashes.changes(), calls);
    } catch (error) {
      this.current.markUnsaved(changed);
      throw error;
    }
    changed.markSaved();
  }

  /** Returns the checkpoint that would result if only this change were committed now. */
  preview(change: Change): SyncCheckpoint {
    const changed = this.current.fork();
    change(changed);
    return changed.checkpoint();
  }

  /** Resolves when all earlier changes have been saved or have failed. */
  async idle(): Promise<void> {
    await this.queue;
  }

  /** Releases the checkpoint after all earlier changes. Nothing can be saved afterwards. */
  release(): Promise<void> {
    return this.enqueue(() => this.session.release());
  }

  private enqueue(work: () => Promise<void>): Promise<void> {
    const done = this.queue.then(work);
    this.queue = done.catch(() => undefined);
    return done;
  }
}
