import type { Provider } from "../../contract/provider.js";
import { RequestError } from "../../model/errors.js";
import {
  accountOf,
  fromParts,
  readCheckpoint,
  type SyncCheckpoint,
  toParts,
} from "../../engine/checkpoints/checkpoint.js";
import type { CheckpointStore } from "../../engine/checkpoints/checkpoint-store.js";

type Owner = Pick<Provider, "id" | "account">;

/** An account's checkpoint, for as long as its sync goes on. */
export interface CheckpointSession {
  /** Null where the account was never synced. */
  checkpoint: SyncCheckpoint | null;
  /** Whether a batch is kept by its commit; else the caller keeps the checkpoint that it carries. */
  isStored: boolean;
  /** @param segments of the tail that differ from what was saved; null for those that are gone. */
  save(checkpoint: SyncCheckpoint, segments: ReadonlyMap<string, string[] | null>): Promise<void>;
  release(): Promise<void>;
}

/** Where checkpoints come from, and who keeps them. */
export interface CheckpointKeeper {
  /** The account's checkpoint as it is now, for looking at. @throws CheckpointError when it cannot be used. */
  load(owner: Owner): Promise<SyncCheckpoint | null>;
  /** The account's checkpoint, kept from other writers until it is released. @throws CheckpointError when another has it, or it cannot be used. */
  open(owner: Owner): Promise<CheckpointSession>;
}

/** Kept in a store. */
export class StoreKeeper implements CheckpointKeeper {
  constructor(private readonly store: CheckpointStore) {}

  async load(owner: Owner): Promise<SyncCheckpoint | null> {
    return fromParts(await this.store.load(owner.account), owner);
  }

  async open(owner: Owner): Promise<CheckpointSession> {
    const unlock: unknown = await this.store.lock(owner.account);
    // A store in plain JavaScript may answer anything.
    if (!isUnlock(unlock))
      throw new RequestError(
        `${owner.account}: argument \`store\`: its \`lock\` must answer a function that gives the lock back.`,
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
        save: async (checkpoint, segments) => {
          if (released)
            throw new RequestError(
              `${owner.account}: the sync of this account has ended, and its batch can no longer be committed. Call \`commit()\` before the loop is left. The batch comes again in the next pass.`,
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

/** Kept by the caller, in a transaction of its own: nothing is saved here. */
export class CallersKeeper implements CheckpointKeeper {
  /** @param checkpoints that the caller has kept, of any accounts. */
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
      save: () => Promise.resolve(),
      release: () => Promise.resolve(),
    };
  }
}
