import type { JsonValue } from "../../contract/http.js";
import { CheckpointError } from "../../model/errors.js";
import type { CheckpointParts, CheckpointStore } from "./checkpoint-store.js";

/** Keeps checkpoints for as long as the process lives: for tests, and for a service that begins anew with each start. */
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

/** Brings parts to the state after a save. */
export function applyChanges(parts: Map<string, JsonValue>, changes: Readonly<Record<string, JsonValue | null>>): void {
  for (const [name, part] of Object.entries(changes)) {
    if (part === null) parts.delete(name);
    else parts.set(name, part);
  }
}

/** Another `sync` of this process has the account. */
export function alreadySyncing(account: string): CheckpointError {
  return new CheckpointError(`${account}: another sync of this account is going on with the same store. Wait for it to end, or stop it.`, { account, retryable: true });
}
