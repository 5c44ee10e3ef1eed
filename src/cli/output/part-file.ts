import { createHash, randomBytes } from "node:crypto";
import { readdir, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import { hasErrorCode } from "../../files/error-code.js";
import { isProcessAlive, type ProcessIdentity, processIdentity } from "../../files/process-identity.js";

/** Behind the name of the file that it is to become: where its process runs, the process, its start, and a number of its own. */
const ENDING = /\.(?<place>[0-9a-f]{8})-(?<pid>\d+)-(?<started>\d+)-[0-9a-f]{8}\.part$/;
/** A file system takes 255 bytes for a name, of which the ending needs up to 60. */
const MAX_BYTES = 190;
const DIGEST_LENGTH = 12;

/** A name beside a file, for what is to become that file once it is whole. It says whose it is. */
export async function partFileFor(target: string): Promise<string> {
  const self = await processIdentity();
  const owner = `${placeOf(self)}-${process.pid}-${self?.started ?? "0"}-${randomBytes(4).toString("hex")}`;
  return join(dirname(target), `${beginOf(target)}.${owner}.part`);
}

/** Removes what killed processes of this machine have left unfinished of a file. What another machine or a living process may be writing stays. */
export async function removePartsOf(target: string): Promise<void> {
  const begin = beginOf(target);
  await removeParts(dirname(target), (name) => name.replace(ENDING, "") === begin);
}

/** The same, of every file of a folder. */
export async function removePartsIn(folder: string): Promise<void> {
  await removeParts(folder, () => true);
}

async function removeParts(folder: string, isMeant: (name: string) => boolean): Promise<void> {
  const self = await processIdentity();
  // A folder that cannot be read may be written all the same.
  for (const name of await readdir(folder).catch(() => [])) {
    const owner = ENDING.exec(name)?.groups;
    if (owner === undefined || !isMeant(name) || owner.place !== placeOf(self)) continue;
    if (await isDead(Number(owner.pid), owner.started ?? "", self))
      await rm(join(folder, name), { force: true }).catch(() => undefined);
  }
}

/** In which a process is told by its number: the container, since the machine's last start. */
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

/** The file's own name, or where there is no room for it its beginning and a hash. */
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
