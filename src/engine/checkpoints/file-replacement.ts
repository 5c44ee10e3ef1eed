import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, open, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { codeOf } from "./file-failure.js";
import { attempt, flush, syncFolder } from "./file-hardening.js";
import { openRegularFile } from "./regular-file.js";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** With these, a system refuses to put a file in the place of another that may well be written: a mounted one, or one of another owner. */
const IRREPLACEABLE = new Set(["EBUSY", "EPERM", "EACCES", "EXDEV", "ERR_ACCESS_DENIED"]);

/** Whether replacing a file failed because of where it is: it may still be written in place. */
export function isIrreplaceable(error: unknown): boolean {
  return IRREPLACEABLE.has(codeOf(error) ?? "");
}

/** Puts a file in the place of another: whatever happens, one of the two is there, whole. */
export async function replaceFile(path: string, content: Buffer): Promise<void> {
  const beside = `${path}.${randomUUID()}`;
  try {
    const file = await open(beside, "wx", 0o600);
    try {
      await file.writeFile(content);
      await flush(file);
    } finally {
      await file.close();
    }
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true }).catch(() => undefined);
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
  await attempt(async () => {
    for (const name of await readdir(folder)) {
      if (name.startsWith(beginning) && UUID.test(name.slice(beginning.length)))
        await rm(join(folder, name), { force: true });
    }
  });
}

/**
 * Does something with a file, such as writing to the middle of it.
 * @param isToMake whether it is made where there is none.
 */
export async function withFile<Result>(
  path: string,
  isToMake: boolean,
  work: (file: FileHandle) => Promise<Result>,
): Promise<Result> {
  const file = await openRegularFile(path, constants.O_RDWR | (isToMake ? constants.O_CREAT : 0), 0o600);
  try {
    return await work(file);
  } finally {
    await file.close();
  }
}

/** Writes to a place in a file, and waits until it is on the disk. */
export async function writeAt(file: FileHandle, content: Buffer, position: number): Promise<void> {
  for (let written = 0; written < content.length;) {
    const { bytesWritten } = await file.write(content, written, content.length - written, position + written);
    written += bytesWritten;
  }
  await flush(file);
}
