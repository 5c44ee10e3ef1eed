import { readlinkSync } from "node:fs";
import { dirname, resolve } from "node:path";

const STANDARD_OUTPUT = 1;
const MAX_LINKS = 10;
const DESCRIPTOR = /^\/(?:dev\/fd|proc\/(self|thread-self|\d+)(?:\/task\/\d+)?\/fd)\/(\d+)$/;

/** The number of what this process has open already, where a path names that, such as /dev/stdout; else null. */
export function descriptorOf(path: string): number | null {
  let place = resolve(path);
  for (let links = 0; links < MAX_LINKS; links += 1) {
    const [, owner = "self", number] = DESCRIPTOR.exec(place) ?? [];
    if (number !== undefined && (!/^\d/.test(owner) || Number(owner) === process.pid)) return Number(number);
    try {
      place = resolve(dirname(place), readlinkSync(place));
    } catch {
      return null;
    }
  }
  return null;
}

/** Whether `--out` names standard output: `-`, or a path such as /dev/stdout. What a shell has opened for adding to is added to then. */
export function isStandardOutput(out: string): boolean {
  return out === "-" || descriptorOf(out) === STANDARD_OUTPUT;
}
