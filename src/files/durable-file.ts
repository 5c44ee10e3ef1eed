import { randomUUID } from "node:crypto";
import { constants, fdatasync } from "node:fs";
import { type FileHandle, open, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { errorCodeOf } from "./error-code.js";
import { openRegularFile } from "./regular-file.js";

/** Codes of an operation that the system does not support, or refuses to this user. */
const UNSUPPORTED_CODES = new Set(["EINVAL", "ENOSYS", "ENOTSUP", "EOPNOTSUPP", "EPERM", "EACCES", "EISDIR"]);

/**
 * Whether an operation is unavailable: the file system does not support it, the user does not own the file, Node's permission model refuses it, or the
 * file handle is of another implementation, such as Yarn's, and lacks the method.
 */
export function isUnsupported(error: unknown): boolean {
  const code = errorCodeOf(error);
  return code === null || code.startsWith("ERR_") || UNSUPPORTED_CODES.has(code);
}

/** Waits until all written data is on the disk, where the system supports it. @throws the errors of the disk. */
export async function flushToDisk(file: FileHandle): Promise<void> {
  try {
    await file.datasync();
  } catch (error) {
    if (!isUnsupported(error)) throw error;
    await ignoreUnsupported(() => promisify(fdatasync)(file.fd));
  }
}

/** Restricts a file to its owner (mode 0600), where this user may change the mode. */
export async function restrictToOwner(file: FileHandle): Promise<void> {
  try {
    await file.chmod(0o600);
  } catch {
    // Another user owns the file. This process can still write to it.
  }
}

/** Makes a new directory entry survive a crash of the machine, where the system supports it. @throws the errors of the disk. */
export async function syncDirectory(path: string): Promise<void> {
  // Windows cannot open directories, and stores entries durably without this.
  if (process.platform === "win32") return;
  await ignoreUnsupported(async () => {
    const folder = await open(path, "r");
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  });
}

/** Runs an operation that may be unavailable. @throws every other failure. */
export async function ignoreUnsupported(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isUnsupported(error)) throw error;
  }
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** Codes of a refused rename over a file that may still be writable: a mounted file, or one of another owner. */
const REPLACEMENT_REFUSED = new Set(["EBUSY", "EPERM", "EACCES", "EXDEV", "ERR_ACCESS_DENIED"]);

/** Whether the system refused to replace a file. The file may still be writable in place. */
export function isReplacementRefused(error: unknown): boolean {
  return REPLACEMENT_REFUSED.has(errorCodeOf(error) ?? "");
}

/** Replaces a file atomically: after a crash, either the old or the new content is complete. */
export async function replaceFile(path: string, content: Buffer): Promise<void> {
  const temporaryPath = `${path}.${randomUUID()}`;
  try {
    const file = await open(temporaryPath, "wx", 0o600);
    try {
      await file.writeFile(content);
      await flushToDisk(file);
    } finally {
      await file.close();
    }
    await rename(temporaryPath, path);
  } catch (error) {
    await rm(temporaryPath, { force: true }).catch(() => undefined);
    throw error;
  }
  await syncDirectory(dirname(path));
}

/**
 * Removes the temporary files of replacements that did not finish. Only a process that holds the lock may call it. A suspended former owner then fails to
 * replace the file, as intended.
 */
export async function removeTemporaryFiles(path: string): Promise<void> {
  const folder = dirname(path);
  const prefix = `${basename(path)}.`;
  await ignoreUnsupported(async () => {
    for (const name of await readdir(folder)) {
      if (name.startsWith(prefix) && UUID.test(name.slice(prefix.length)))
        await rm(join(folder, name), { force: true });
    }
  });
}

/**
 * Opens a file for reading and writing, and closes it after the work.
 * @param create whether to create the file if it does not exist.
 */
export async function withOpenFile<Result>(
  path: string,
  create: boolean,
  work: (file: FileHandle) => Promise<Result>,
): Promise<Result> {
  const file = await openRegularFile(path, constants.O_RDWR | (create ? constants.O_CREAT : 0), 0o600);
  try {
    return await work(file);
  } finally {
    await file.close();
  }
}

/** Writes all bytes at a position in a file. */
export async function writeAll(file: FileHandle, content: Uint8Array, position: number): Promise<void> {
  for (let written = 0; written < content.byteLength;) {
    const { bytesWritten } = await file.write(content, written, content.byteLength - written, position + written);
    written += bytesWritten;
  }
}

/** Writes all bytes at a position in a file, and waits until they are on the disk. */
export async function writeAt(file: FileHandle, content: Uint8Array, position: number): Promise<void> {
  await writeAll(file, content, position);
  await flushToDisk(file);
}
