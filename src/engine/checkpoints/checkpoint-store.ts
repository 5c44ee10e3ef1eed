import type { JsonValue } from "../../contract/http.js";
import { CheckpointError } from "../../model/errors.js";

/** What a store keeps of one account: plain JSON by name. */
export type CheckpointParts = Readonly<Record<string, JsonValue>>;

/**
 * Keeps the checkpoints of `sync`. A database of your own becomes one by three methods, over a table with a row for each account and name.
 * What they throw reaches the caller of `sync` as it is.
 */
export interface CheckpointStore {
  /** All parts that were saved for the account and not removed since; none for an account that was never saved. */
  load(account: string): Promise<CheckpointParts>;
  /**
   * Saves the parts that have changed, and removes those that are null: all of them, or none. Once it resolves they must outlast a crash, and must
   * never be undone: the next save builds on it. So it must not be part of a transaction of the caller's, which may be rolled back.
   * @param changes some kilobytes: never the whole of what was saved, but the first time.
   */
  save(account: string, changes: Readonly<Record<string, JsonValue | null>>): Promise<void>;
  /**
   * Keeps every other writer from the account until the function that it answers is called.
   * @throws CheckpointError when another has it.
   */
  lock(account: string): Promise<() => Promise<void>>;
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
  return new CheckpointError(
    `${account}: another sync of this account is going on with the same store. Wait for it to end, or stop it.`,
    { account, retryable: true },
  );
}
