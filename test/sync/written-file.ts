import { type CheckpointParts, FileCheckpointStore, type JsonValue } from "call-records";

export type Changes = Readonly<Record<string, JsonValue | null>>;

/** Runs saves in sequence with one store, as one process would. */
export async function saveAll(
  path: string,
  saves: readonly (readonly [account: string, changes: Changes])[],
): Promise<void> {
  const store = new FileCheckpointStore(path);
  const accounts = [...new Set(saves.map(([account]) => account))];
  const unlocks: (() => Promise<void>)[] = [];
  for (const account of accounts) unlocks.push(await store.lock(account));
  for (const [account, changes] of saves) await store.save(account, changes);
  for (const unlock of unlocks) await unlock();
}

/** Loads an account's parts from the file with a new store, as a new process would. */
export function loadFromFile(path: string, account: string): Promise<CheckpointParts> {
  return new FileCheckpointStore(path).load(account);
}
