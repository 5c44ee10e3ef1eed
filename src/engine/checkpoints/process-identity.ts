import { readlinkSync } from "node:fs";
import { readFile, readlink } from "node:fs/promises";
import { isMainThread, threadId } from "node:worker_threads";

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

/** A worker thread of a process: it can end while its process goes on. */
export interface ThreadIdentity {
  /** Node's own number, for messages. */
  id: number;
  /** As Linux tells it; null on systems that do not tell. */
  system: { tid: number; started: string } | null;
}

/** This process; null on systems that do not tell. */
export async function processIdentity(): Promise<ProcessIdentity | null> {
  try {
    const [boot, namespace, own] = await Promise.all([
      readFile("/proc/sys/kernel/random/boot_id", "utf8"),
      readlink("/proc/self/ns/pid"),
      readStatus("self"),
    ]);
    return own === null ? null : { boot: boot.trim(), namespace, pid: process.pid, started: own.started };
  } catch {
    return null;
  }
}

/** The worker thread that this code runs on; undefined on the main thread, which ends with its process. */
export async function threadIdentity(): Promise<ThreadIdentity | undefined> {
  if (isMainThread) return undefined;
  const tid = ownTid();
  const own = tid === null ? null : await readStatus(`${process.pid}/task/${tid}`);
  return { id: threadId, system: tid === null || own === null ? null : { tid, started: own.started } };
}

/** Null on systems that do not tell. */
function ownTid(): number | null {
  try {
    // The link is that of the thread that reads it. An asynchronous read would be made by a thread of the pool.
    const [, pid, tid] = /^(\d+)\/task\/(\d+)$/.exec(readlinkSync("/proc/thread-self")) ?? [];
    return Number(pid) === process.pid ? Number(tid) : null;
  } catch {
    return null;
  }
}

/**
 * Whether a thread of a process lives.
 * @param thread undefined for the process itself, or its main thread.
 * @returns null where that cannot be seen from here: on another machine, in another container, or because the system does not tell of threads.
 */
export async function isThreadAlive(
  process: ProcessIdentity,
  thread: ThreadIdentity | undefined,
  self: ProcessIdentity,
): Promise<boolean | null> {
  const processLives = await isAlive(process, self);
  if (processLives !== true || thread === undefined) return processLives;
  if (thread.system === null) return null;
  const status = await readStatus(`${process.pid}/task/${thread.system.tid}`);
  return status !== null && status.started === thread.system.started && !status.hasEnded;
}

/** Whether a process lives; null where it cannot be seen from here: on another machine, or in another container. */
export async function isAlive(process: ProcessIdentity, self: ProcessIdentity): Promise<boolean | null> {
  if (process.boot !== self.boot || process.namespace !== self.namespace) return null;
  const status = await readStatus(String(process.pid));
  return status !== null && status.started === process.started && !status.hasEnded;
}

/** Null where there is no such process, or no such thread of it. */
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
