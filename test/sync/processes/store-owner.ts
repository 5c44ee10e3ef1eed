import { FileCheckpointStore } from "call-records";
import type { Changes } from "../written-file.js";
import { serve } from "./serve.js";

/** A command for the process that owns a store. */
export type StoreCommand =
  { open: string } | { lock: string } | { save: Changes; account: string } | { load: string } | "unlock";

let store: FileCheckpointStore | null = null;
const unlocks: (() => Promise<void>)[] = [];

serve(async (command: StoreCommand): Promise<unknown> => {
  if (command === "unlock") {
    for (const unlock of unlocks.splice(0)) await unlock();
    return null;
  }
  if ("open" in command) {
    store = new FileCheckpointStore(command.open);
    return null;
  }
  if (store === null) throw new TypeError("Open a store first.");
  if ("lock" in command) unlocks.push(await store.lock(command.lock));
  else if ("load" in command) return store.load(command.load);
  else await store.save(command.account, command.save);
  return null;
});
