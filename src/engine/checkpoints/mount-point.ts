import { readFile } from "node:fs/promises";

/** Whether a file or folder is mounted by itself, as Linux tells it; false on systems that do not tell. */
export async function isMountPoint(path: string): Promise<boolean> {
  const mounts = await readFile("/proc/self/mountinfo", "utf8").catch(() => "");
  return mounts.split("\n").some((line) => unescape(line.split(" ")[4] ?? "") === path);
}

/** Blanks and backslashes are written in octal. */
function unescape(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
