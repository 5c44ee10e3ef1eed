import { createHash, randomBytes } from "node:crypto";
import { readdir, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import { hasErrorCode } from "./error-code.js";
import { isProcessAlive, type ProcessIdentity, processIdentity } from "./process-identity.js";

/** The suffix of a temporary file: the machine or container of its process, the process id, its start, and a random number. */
const ENDING = /\.(?<place>[0-9a-f]{8})-(?<pid>\d+)-(?<started>\d+)-[0-9a-f]{8}\.part$/;
/** A file system allows names of 255 bytes, and the suffix needs up to 60. */
const MAX_BYTES = 190;
const DIGEST_LENGTH = 12;

/** Returns the path of a temporary file next to `target`. The name identifies the process that writes it. */
export async function partFileFor(target: string): Promise<string> {
  const self = await processIdentity();
  const owner = `${placeOf(self)}-${process.pid}-${self?.started ?? "0"}-${randomBytes(4).toString("hex")}`;
  return join(dirname(target), `${beginOf(target)}.${owner}.part`);
}

/** Removes the temporary files for `target` of killed processes on this machine. Temporary files of other machines and running processes stay. */
export async function removePartsOf(target: string): Promise<void> {
  const begin = beginOf(target);
  await removeParts(dirname(target), (name) => name.replace(ENDING, "") === begin);
}

/** Removes them for every file in a folder. */
export async function removePartsIn(folder: string): Promise<void> {
  await removeParts(folder, () => true);
}

async function removeParts(folder: string, isMeant: (name: string) => boolean): Promise<void> {
  const self = await processIdentity();
  // A folder that cannot be listed may still be writable.
  for (const name of await readdir(folder).catch(() => [])) {
    const owner = ENDING.exec(name)?.groups;
    if (owner === undefined || !isMeant(name) || owner.place !== placeOf(self)) continue;
    if (await isDead(Number(owner.pid), owner.started ?? "", self))
      await rm(join(folder, name), { force: true }).catch(() => undefined);
  }
}

/** Returns a hash of the scope in which a process id is unique: the container, since the machine's last start. */
function placeOf(self: ProcessIdentity | null): string {
  return createHash("sha256")
    .update(self === null ? hostname() : `${self.boot} ${self.namespace}`)
    .digest("hex")
    .slice(0, 8);
}

async function isDead(pid: number, started: string, self: ProcessIdentity | null): Promise<boolean> {
  if (self !== null) return (await isProcessAlive({ ...self, pid, started }, self)) === false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return hasErrorCode(error, "ESRCH");
  }
}

/** Returns the name of the file, or if it is too long, its beginning and a hash. */
function beginOf(target: string): string {
  const name = basename(target);
  const bytes = Buffer.from(name);
  if (bytes.length <= MAX_BYTES) return name;
  const whole = bytes
    .subarray(0, MAX_BYTES - DIGEST_LENGTH - 1)
    .toString()
    .replace(/\uFFFD+$/, "");
  return `${whole}-${createHash("sha256").update(name).digest("hex").slice(0, DIGEST_LENGTH)}`;
}
