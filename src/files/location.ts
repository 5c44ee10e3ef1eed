import { readFile, readlink, realpath } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { hasErrorCode } from "./error-code.js";

/** The real path of a file, which need not exist. A symbolic link may lead to another disk, and must not be replaced by the file. */
export async function resolveRealPath(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    // Node's permission model may refuse to read the parent folders.
    if (hasErrorCode(error, "ERR_ACCESS_DENIED")) return resolve(path);
    if (!hasErrorCode(error, "ENOENT")) throw error;
    const target = await readlink(path).catch(() => null);
    if (target !== null) return resolveRealPath(resolve(dirname(path), target));
    // Opening the file reports a folder that does not exist.
    const folder = await realpath(dirname(path)).catch(() => dirname(path));
    return join(folder, basename(path));
  }
}

/** Whether a file or folder is a mount point; false on systems without `/proc`. */
export async function isMountPoint(path: string): Promise<boolean> {
  const mounts = await readFile("/proc/self/mountinfo", "utf8").catch(() => "");
  return mounts.split("\n").some((line) => unescape(line.split(" ")[4] ?? "") === path);
}

/** Decodes the octal escapes of spaces and backslashes. */
function unescape(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
