import { readFile, readlink } from "node:fs/promises";

/** A process among all that ever ran on a machine, as Linux tells it. */
export interface ProcessIdentity {
  /** Of the machine's present start. */
  boot: string;
  /** In which the number counts: containers have one each. */
  namespace: string;
  pid: number;
  /** In ticks since the machine's start: a number is given again. */
  started: string;
}

/** This process; null on systems that do not tell. */
export async function processIdentity(): Promise<ProcessIdentity | null> {
  try {
    const [boot, namespace, own] = await Promise.all([readFile("/proc/sys/kernel/random/boot_id", "utf8"), readlink("/proc/self/ns/pid"), readStatus("self")]);
    return own === null ? null : { boot: boot.trim(), namespace, pid: process.pid, started: own.started };
  } catch {
    return null;
  }
}

/** Whether a process lives; null where it cannot be seen from here: on another machine, or in another container. */
export async function isAlive(process: ProcessIdentity, self: ProcessIdentity): Promise<boolean | null> {
  if (process.boot !== self.boot || process.namespace !== self.namespace) return null;
  const status = await readStatus(String(process.pid));
  return status !== null && status.started === process.started && !status.hasEnded;
}

/** Null where there is no such process. */
async function readStatus(pid: string): Promise<{ started: string; hasEnded: boolean } | null> {
  try {
    const text = await readFile(`/proc/${pid}/stat`, "utf8");
    // The name, in brackets, may hold anything: what is counted begins behind it.
    const [state, ...rest] = text.slice(text.lastIndexOf(")") + 2).split(" ");
    const started = rest[18];
    return started === undefined ? null : { started, hasEnded: state === "Z" || state === "X" };
  } catch {
    return null;
  }
}
