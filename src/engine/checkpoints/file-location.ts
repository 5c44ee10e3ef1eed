import { readlink, realpath } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { hasFailedWith } from "./file-failure.js";

/** Where a file really is, or will be: a link to it may lead to another disk, and is not to be replaced by the file. */
export async function locate(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    // Node's permission model may not let the folders on the way be read.
    if (hasFailedWith(error, "ERR_ACCESS_DENIED")) return resolve(path);
    if (!hasFailedWith(error, "ENOENT")) throw error;
    const target = await readlink(path).catch(() => null);
    if (target !== null) return locate(resolve(dirname(path), target));
    // A folder that is not there is told of by who opens the file.
    const folder = await realpath(dirname(path)).catch(() => dirname(path));
    return join(folder, basename(path));
  }
}
