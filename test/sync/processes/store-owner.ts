import { FileCheckpointStore } from "call-records";
import type { Changes } from "../written-file.js";
import { serve } from "./serve.js";

/** What the owner of a store is to do. */
export type StoreQuestion =
  { open: string } | { lock: string } | { save: Changes; account: string } | { load: string } | "unlock";

let store: FileCheckpointStore | null = null;
const unlocks: (() => Promise<void>)[] = [];

serve(async (question: StoreQuestion): Promise<unknown> => {
  if (question === "unlock") {
    for (const unlock of unlocks.splice(0)) await unlock();
    return null;
  }
  if ("open" in question) {
    store = new FileCheckpointStore(question.open);
    return null;
  }
  if (store === null) throw new TypeError("Open a store first.");
  if ("lock" in question) unlocks.push(await store.lock(question.lock));
  else if ("load" in question) return store.load(question.load);
  else await store.save(question.account, question.save);
  return null;
});
