import type { JsonValue } from "../../contract/http.js";
import { CheckpointError } from "../../model/errors.js";

/** The stored checkpoint of one account: named parts of plain JSON. */
export type CheckpointParts = Readonly<Record<string, JsonValue>>;

/**
 * Stores the checkpoints of `sync`. To use your own database, implement the three methods over a table with one row per account and name. Their errors
 * reach the caller of `sync` unchanged.
 */
export interface CheckpointStore {
  /** Returns all parts that were saved for the account and not removed since; an empty object for an account that was never saved. */
  load(account: string): Promise<CheckpointParts>;
  /**
   * Saves the changed parts, and removes those that are null, atomically. Once it resolves, the changes must survive a crash and never be undone, because
   * the next save builds on them. It must therefore not join a transaction that may be rolled back.
   * @param changes some kilobytes. Only the first save of an account contains all parts.
   */
  save(account: string, changes: Readonly<Record<string, JsonValue | null>>): Promise<void>;
  /**
   * Locks the account against other writers. The returned function releases the lock.
   * @throws CheckpointError when another writer holds the lock.
   */
  lock(account: string): Promise<() => Promise<void>>;
  /** Returns the labels of all accounts that have parts. Optional: `importCheckpoints` uses it. */
  accounts?(): Promise<string[]>;
}

/** Applies a save to the parts. */
export function applyChanges(parts: Map<string, JsonValue>, changes: Readonly<Record<string, JsonValue | null>>): void {
  for (const [name, part] of Object.entries(changes)) {
    if (part === null) parts.delete(name);
    else parts.set(name, part);
  }
}

/** The error for an account that another `sync` of this process holds. */
export function alreadySyncing(account: string): CheckpointError {
  return new CheckpointError(
    `${account}: another sync of this account is running with the same store. Wait for it to end, or stop it.`,
    { account, retryable: true },
  );
}
