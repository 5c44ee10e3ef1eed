import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { closeWithFile } from "../closing.js";

/** An empty folder, removed with the test file. */
export async function openFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "call-records-sync-"));
  closeWithFile(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** The path of a file of checkpoints that is not there yet, in a folder of its own. */
export async function newPath(): Promise<string> {
  return join(await openFolder(), "checkpoints");
}
