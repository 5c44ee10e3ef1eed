import { type CheckpointParts, FileCheckpointStore, type JsonValue } from "call-records";

export type Changes = Readonly<Record<string, JsonValue | null>>;

/** Saves one after the other, as a process does that lives through all of them. */
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

/** What a process that comes anew finds. */
export function loadAnew(path: string, account: string): Promise<CheckpointParts> {
  return new FileCheckpointStore(path).load(account);
}
