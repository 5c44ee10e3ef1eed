import type { JsonValue } from "../../contract/http.js";

/** What a store keeps of one account: plain JSON by name. */
export type CheckpointParts = Readonly<Record<string, JsonValue>>;

/**
 * Keeps the checkpoints of `sync`. A database of your own becomes one by three methods: a table with a row for each account and name does.
 * What they throw reaches the caller of `sync` as it is.
 */
export interface CheckpointStore {
  /** All parts that were saved for the account and not removed since; none for an account that was never saved. */
  load(account: string): Promise<CheckpointParts>;
  /**
   * Saves the parts that have changed, and removes those that are null: all of them, or none. Once it resolves they must outlast a crash.
   * @param changes some kilobytes: never the whole of what was saved, but the first time.
   */
  save(account: string, changes: Readonly<Record<string, JsonValue | null>>): Promise<void>;
  /**
   * Keeps every other writer from the account until the function that it answers is called.
   * @throws CheckpointError when another has it.
   */
  lock(account: string): Promise<() => Promise<void>>;
}
