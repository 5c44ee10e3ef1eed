import { fdatasync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { promisify } from "node:util";
import { codeOf } from "./file-failure.js";

/** With these, a system says that it does not do a thing, or not for this user. */
const UNSUPPORTED = new Set(["EINVAL", "ENOSYS", "ENOTSUP", "EOPNOTSUPP", "EPERM", "EACCES", "EISDIR"]);

/**
 * Whether an operation is not there to be had: the file system does not support it, the user does not own the file, Node's permission model refuses it,
 * or the file handle is that of another implementation, such as Yarn's, which lacks methods.
 */
export function isUnsupported(error: unknown): boolean {
  const code = codeOf(error);
  return code === null || code.startsWith("ERR_") || UNSUPPORTED.has(code);
}

/** Waits until what was written is on the disk, where the system can tell. @throws what the disk fails with. */
export async function flush(file: FileHandle): Promise<void> {
  try {
    await file.datasync();
  } catch (error) {
    if (!isUnsupported(error)) throw error;
    await attempt(() => promisify(fdatasync)(file.fd));
  }
}

/** Lets only the owner read and write a file, where this user may say so. */
export async function restrictToOwner(file: FileHandle): Promise<void> {
  try {
    await file.chmod(0o600);
  } catch {
    // It can be written all the same, by whom its owner lets.
  }
}

/** Makes a new name outlast a crash of the machine, where the system can. @throws what the disk fails with. */
export async function syncFolder(path: string): Promise<void> {
  // Windows opens no folders, and keeps names without.
  if (process.platform === "win32") return;
  await attempt(async () => {
    const folder = await open(path, "r");
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  });
}

/** Does what may not be supported. @throws every other failure. */
export async function attempt(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isUnsupported(error)) throw error;
  }
}
