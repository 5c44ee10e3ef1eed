import { readlinkSync } from "node:fs";
import { dirname, resolve } from "node:path";

const STANDARD_OUTPUT = 1;
const MAX_LINKS = 10;
const DESCRIPTOR = /^\/(?:dev\/fd|proc\/(self|thread-self|\d+)(?:\/task\/\d+)?\/fd)\/(\d+)$/;

/** Returns the number of an open file descriptor of this process that the path names, such as /dev/stdout; else null. */
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

/** Whether `--out` names standard output: `-`, or a path such as /dev/stdout. A file that the shell opened with `>>` is then appended to. */
export function isStandardOutput(out: string): boolean {
  return out === "-" || descriptorOf(out) === STANDARD_OUTPUT;
}
