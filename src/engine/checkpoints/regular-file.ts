import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { hasFailedWith } from "./file-failure.js";

/** A path names something that is no file. */
export class NotAFile extends Error {
  /** @param kind such as `a named pipe`. */
  constructor(
    readonly path: string,
    readonly kind: string,
  ) {
    super(`${path} is ${kind}, not a file`);
  }
}

/** A named pipe without a reader or a writer would hold the opening for ever; a terminal must not become that of this process. Windows knows neither. */
const WITHOUT_WAITING = process.platform === "win32" ? 0 : constants.O_NONBLOCK | constants.O_NOCTTY;

/**
 * Opens a file, and nothing else: a named pipe, a device or a socket would never end, or never begin. A folder fails when it is read.
 * @param flags those of `node:fs` constants.
 * @throws NotAFile; what the file system throws.
 */
export async function openRegularFile(path: string, flags: number, mode?: number): Promise<FileHandle> {
  const file = await open(path, flags | WITHOUT_WAITING, mode).catch((error: unknown) => {
    // So fails the opening of a socket, and of a pipe that nobody reads.
    if (hasFailedWith(error, "ENXIO")) throw new NotAFile(path, "a socket, a pipe or a device");
    throw error;
  });
  try {
    const found = await file.stat();
    if (found.isFIFO()) throw new NotAFile(path, "a named pipe");
    if (found.isSocket()) throw new NotAFile(path, "a socket");
    if (found.isCharacterDevice() || found.isBlockDevice()) throw new NotAFile(path, "a device");
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}
