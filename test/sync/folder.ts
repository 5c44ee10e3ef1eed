import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

const folders: string[] = [];
afterAll(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

/** An empty folder, removed with the test file. */
export async function openFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "call-records-sync-"));
  folders.push(folder);
  return folder;
}

/** The path of a file of checkpoints that is not there yet, in a folder of its own. */
export async function newPath(): Promise<string> {
  return join(await openFolder(), "checkpoints");
}
