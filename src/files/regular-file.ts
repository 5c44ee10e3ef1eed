import { type BigIntStats, constants } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { hasErrorCode } from "./error-code.js";

/** The path exists and is not a regular file. */
export class NotARegularFile extends Error {
  /** @param kind such as `a named pipe`. */
  constructor(
    readonly path: string,
    readonly kind: string,
  ) {
    super(`${path} is ${kind}, not a file`);
  }
}

/** Opening a named pipe without its other end would block forever. A terminal must not become this process's own. Windows has neither flag. */
const NON_BLOCKING = process.platform === "win32" ? 0 : constants.O_NONBLOCK | constants.O_NOCTTY;

/**
 * Opens a regular file. Reading a named pipe, a device or a socket might never end, so they are refused. A folder fails when it is read.
 * @param flags from the constants of `node:fs`.
 * @throws NotARegularFile, and the errors of the file system.
 */
export async function openRegularFile(path: string, flags: number, mode?: number): Promise<FileHandle> {
  const file = await open(path, flags | NON_BLOCKING, mode).catch((error: unknown) => {
    // The code for a socket, and for a pipe without a reader.
    if (hasErrorCode(error, "ENXIO")) throw new NotARegularFile(path, "a socket, a pipe or a device");
    throw error;
  });
  try {
    const found = await file.stat();
    if (found.isFIFO()) throw new NotARegularFile(path, "a named pipe");
    if (found.isSocket()) throw new NotARegularFile(path, "a socket");
    if (found.isCharacterDevice() || found.isBlockDevice()) throw new NotARegularFile(path, "a device");
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Opens a regular file for reading; null where there is none. @throws as {@link openRegularFile}. */
export async function openToReadIfExists(path: string): Promise<FileHandle | null> {
  return ifExists(openRegularFile(path, constants.O_RDONLY));
}

/** The metadata of a file; null where there is none. */
export async function statIfExists(path: string): Promise<BigIntStats | null> {
  return ifExists(stat(path, { bigint: true }));
}

async function ifExists<Result>(work: Promise<Result>): Promise<Result | null> {
  try {
    return await work;
  } catch (error) {
    if (hasErrorCode(error, "ENOENT")) return null;
    throw error;
  }
}
