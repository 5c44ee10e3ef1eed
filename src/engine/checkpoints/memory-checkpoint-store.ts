import type { JsonValue } from "../../contract/http.js";
import { alreadySyncing, applyChanges, type CheckpointParts, type CheckpointStore } from "./checkpoint-store.js";

/** Stores checkpoints in memory, for tests and for services that start over with each process. */
export class MemoryCheckpointStore implements CheckpointStore {
  private readonly accounts = new Map<string, Map<string, JsonValue>>();
  private readonly locked = new Set<string>();

  load(account: string): Promise<CheckpointParts> {
    return Promise.resolve(Object.fromEntries(this.accounts.get(account) ?? []));
  }

  save(account: string, changes: Readonly<Record<string, JsonValue | null>>): Promise<void> {
    const parts = this.accounts.get(account) ?? new Map<string, JsonValue>();
    applyChanges(parts, changes);
    this.accounts.set(account, parts);
    return Promise.resolve();
  }

  lock(account: string): Promise<() => Promise<void>> {
    if (this.locked.has(account)) return Promise.reject(alreadySyncing(account));
    this.locked.add(account);
    return Promise.resolve(() => {
      this.locked.delete(account);
      return Promise.resolve();
    });
  }
}
