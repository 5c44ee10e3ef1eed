import { randomUUID } from "node:crypto";
import { open, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Puts a file in the place of another: whatever happens, one of the two is there, whole. */
export async function replaceFile(path: string, content: Buffer): Promise<void> {
  const beside = `${path}.${randomUUID()}`;
  try {
    const file = await open(beside, "wx", 0o600);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

/**
 * Removes what was to replace a file when its writer ended. One that was only taken for dead then fails to replace it, as it should: to be called
 * by who alone may write the file.
 */
export async function removeUnfinished(path: string): Promise<void> {
  const folder = dirname(path);
  const beginning = `${basename(path)}.`;
  for (const name of await readdir(folder)) {
    if (name.startsWith(beginning) && UUID.test(name.slice(beginning.length))) await rm(join(folder, name), { force: true });
  }
}

/** Makes the new name outlast a crash of the machine. */
export async function syncFolder(path: string): Promise<void> {
  // Windows opens no folders, and keeps names without.
  if (process.platform === "win32") return;
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
