import type { JsonValue } from "../../contract/http.js";
import { alreadySyncing, applyChanges, type CheckpointParts, type CheckpointStore } from "./checkpoint-store.js";

/** Stores checkpoints in memory, for tests and for services that start over with each process. */
export class MemoryCheckpointStore implements CheckpointStore {
  private readonly accountParts = new Map<string, Map<string, JsonValue>>();
  private readonly locked = new Set<string>();

  load(account: string): Promise<CheckpointParts> {
    return Promise.resolve(Object.fromEntries(this.accountParts.get(account) ?? []));
  }

  save(account: string, changes: Readonly<Record<string, JsonValue | null>>): Promise<void> {
    const parts = this.accountParts.get(account) ?? new Map<string, JsonValue>();
    applyChanges(parts, changes);
    this.accountParts.set(account, parts);
    return Promise.resolve();
  }

  accounts(): Promise<string[]> {
    return Promise.resolve([...this.accountParts].flatMap(([account, parts]) => (parts.size > 0 ? [account] : [])));
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
