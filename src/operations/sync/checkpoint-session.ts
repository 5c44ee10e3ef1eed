import type { Provider } from "../../contract/provider.js";
import { RequestError } from "../../model/errors.js";
import {
  accountOf,
  fromParts,
  readCheckpoint,
  type SyncCheckpoint,
  toParts,
} from "../../engine/checkpoints/checkpoint.js";
import type { SyncChange } from "./sync-batch.js";
import type { CheckpointStore } from "../../engine/checkpoints/checkpoint-store.js";

type Owner = Pick<Provider, "id" | "account">;

/** The checkpoint of an account during a pass. */
export interface CheckpointSession {
  /** Null in the first pass. */
  checkpoint: SyncCheckpoint | null;
  /** Whether a commit saves the checkpoint. Otherwise the caller stores the checkpoint of each batch. */
  isStored: boolean;
  /** Whether the pass saves each batch itself, with its calls. Otherwise the consumer commits it. */
  storesCalls: boolean;
  /**
   * @param segments the hashes that changed since the last save; null for removed segments.
   * @param changes the calls that the checkpoint contains since then. Only a destination stores them.
   */
  save(
    checkpoint: SyncCheckpoint,
    segments: ReadonlyMap<string, string[] | null>,
    changes: readonly SyncChange[],
  ): Promise<void>;
  release(): Promise<void>;
}

/** The source of checkpoints: a store, a destination, or the caller. */
export interface CheckpointSource {
  /** Locks and returns the checkpoint of an account. @throws CheckpointError when it is locked, or cannot be used. */
  open(owner: Owner): Promise<CheckpointSession>;
}

/** Checkpoints in a store. */
export class StoreCheckpoints implements CheckpointSource {
  constructor(private readonly store: CheckpointStore) {}

  /** Returns the current checkpoint of an account, without a lock. @throws CheckpointError when it cannot be used. */
  async load(owner: Owner): Promise<SyncCheckpoint | null> {
    return fromParts(await this.store.load(owner.account), owner);
  }

  async open(owner: Owner): Promise<CheckpointSession> {
    const unlock: unknown = await this.store.lock(owner.account);
    // A store written in plain JavaScript may return anything.
    if (!isUnlock(unlock))
      throw new RequestError(
        `${owner.account}: argument \`store\`: its method \`lock\` must return a function that releases the lock.`,
      );
    let released = false;
    const release = async () => {
      released = true;
      await unlock();
    };
    try {
      return {
        checkpoint: await this.load(owner),
        isStored: true,
        storesCalls: false,
        save: async (checkpoint, segments) => {
          if (released)
            throw new RequestError(
              `${owner.account}: the sync of this account has ended, and its batch can no longer be committed. Call \`commit()\` before the loop ends. The next pass delivers the batch again.`,
            );
          await this.store.save(owner.account, toParts(checkpoint, segments));
        },
        release,
      };
    } catch (error) {
      await release();
      throw error;
    }
  }
}

function isUnlock(value: unknown): value is () => Promise<void> {
  return typeof value === "function";
}

/** Checkpoints that the caller stores in its own transactions. `save` does nothing. */
export class CallerCheckpoints implements CheckpointSource {
  /** @param checkpoints of any accounts. */
  constructor(private readonly checkpoints: readonly SyncCheckpoint[]) {}

  load(owner: Owner): Promise<SyncCheckpoint | null> {
    return Promise.resolve().then(() => this.find(owner));
  }

  private find(owner: Owner): SyncCheckpoint | null {
    const own = this.checkpoints.find((checkpoint) => accountOf(checkpoint) === owner.account);
    return own === undefined ? null : readCheckpoint(own, owner);
  }

  async open(owner: Owner): Promise<CheckpointSession> {
    return {
      checkpoint: await this.load(owner),
      isStored: false,
      storesCalls: false,
      save: () => Promise.resolve(),
      release: () => Promise.resolve(),
    };
  }
}
