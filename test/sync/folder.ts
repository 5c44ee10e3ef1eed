import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { closeWithFile } from "../closing.js";

/** Creates an empty folder, which is removed when the test file ends. */
export async function openFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "call-records-sync-"));
  closeWithFile(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Returns the path of a checkpoint file that does not exist yet, in its own folder. */
export async function newPath(): Promise<string> {
  return join(await openFolder(), "checkpoints");
}
