import type { CheckpointParts, CheckpointStore, JsonValue } from "../../src/index.js";

/** The error of a failing store. */
export class StoreFailed extends Error {}

/** A store that keeps checkpoints as text, as a database does, and fails at a chosen save. */
export class CrashingStore implements CheckpointStore {
  private readonly rows = new Map<string, Map<string, string>>();
  private locked = new Set<string>();
  private saves = 0;
  private failing: { at: number; saved: boolean } | null = null;
  /** The size of all saves in characters. */
  written = 0;

  /**
   * Sets the save that fails, and counts saves from 0 again.
   * @param failing.at the number of the save, from 1.
   * @param failing.saved whether this save stores its data before it fails.
   */
  failAt(failing: { at: number; saved: boolean } | null): void {
    this.saves = 0;
    this.failing = failing;
  }

  /** Releases all locks, because the process that held them has ended. */
  releaseAll(): void {
    this.locked.clear();
  }

  load(account: string): Promise<CheckpointParts> {
    const parts = [...(this.rows.get(account) ?? [])].map(
      ([name, text]) => [name, JSON.parse(text) as JsonValue] as const,
    );
    return Promise.resolve(Object.fromEntries(parts));
  }

  save(account: string, changes: Readonly<Record<string, JsonValue | null>>): Promise<void> {
    this.saves += 1;
    const fails = this.saves === this.failing?.at;
    if (!this.locked.has(account)) throw new Error(`${account} is saved without its lock.`);
    if (!fails || this.failing?.saved === true) this.keep(account, changes);
    return fails ? Promise.reject(new StoreFailed("The store has failed.")) : Promise.resolve();
  }

  private keep(account: string, changes: Readonly<Record<string, JsonValue | null>>): void {
    const parts = this.rows.get(account) ?? new Map<string, string>();
    this.rows.set(account, parts);
    for (const [name, part] of Object.entries(changes)) {
      const text = JSON.stringify(part);
      this.written += text.length;
      if (part === null) parts.delete(name);
      else parts.set(name, text);
    }
  }

  lock(account: string): Promise<() => Promise<void>> {
    if (this.locked.has(account)) throw new Error(`${account} is locked already.`);
    this.locked.add(account);
    return Promise.resolve(() => {
      this.locked.delete(account);
      return Promise.resolve();
    });
  }
}
