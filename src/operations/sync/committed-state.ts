import type { SyncCheckpoint } from "../../engine/checkpoints/checkpoint.js";
import type { CheckpointSession } from "./checkpoint-session.js";
import type { SyncState } from "./sync-state.js";

type Change = (state: SyncState) => void;

/**
 * The state of one account as of the last commit. Changes are applied and saved one after another, in the order in which they were asked for, so that each
 * save is a whole checkpoint. A change whose save fails is not applied.
 */
export class CommittedState {
  private queue: Promise<unknown> = Promise.resolve();

  constructor(
    private current: SyncState,
    private readonly kept: CheckpointSession,
  ) {}

  /** Without what is being saved. */
  get state(): SyncState {
    return this.current;
  }

  /**
   * Applies a change, and saves the state.
   * @param isToSave whether the changed state has to be saved now; else it is saved with the next change.
   * @throws what the store throws; RequestError once it is released.
   */
  apply(change: Change, isToSave: (changed: SyncState) => boolean = () => true): Promise<void> {
    return this.enqueue(async () => {
      const changed = this.current.fork();
      change(changed);
      if (isToSave(changed)) await this.save(changed);
      changed.adopt();
      this.current = changed;
    });
  }

  private async save(changed: SyncState): Promise<void> {
    try {
      await this.kept.save(changed.checkpoint(), changed.changedSegments());
    } catch (error) {
      this.current.writeAgain(changed);
      throw error;
    }
    changed.saved();
  }

  /** The checkpoint as it would be if only this change were committed now. */
  preview(change: Change): SyncCheckpoint {
    const changed = this.current.fork();
    change(changed);
    return changed.checkpoint();
  }

  /** Resolves when what was asked for so far is done, whether or not it failed. */
  async idle(): Promise<void> {
    await this.queue;
  }

  /** Releases the checkpoint when what was asked for so far is done. Nothing can be saved afterwards. */
  release(): Promise<void> {
    return this.enqueue(() => this.kept.release());
  }

  private enqueue(work: () => Promise<void>): Promise<void> {
    const done = this.queue.then(work);
    this.queue = done.catch(() => undefined);
    return done;
  }
}
