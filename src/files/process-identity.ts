import { readlinkSync } from "node:fs";
import { readFile, readlink } from "node:fs/promises";
import { isMainThread, threadId } from "node:worker_threads";

/** Identifies a process among all that ever ran on a Linux machine. */
export interface ProcessIdentity {
  /** Id of the current boot of the machine. */
  boot: string;
  /** PID namespace. Each container has its own. */
  namespace: string;
  pid: number;
  /** Start time in ticks since boot, because process ids are reused. */
  started: string;
}

/** A worker thread of a process. It can end before its process. */
export interface ThreadIdentity {
  /** Node's thread id, for messages. */
  id: number;
  /** The thread as Linux identifies it; null on other systems. */
  system: { tid: number; started: string } | null;
}

/** This process; null where the system has no `/proc`. */
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

/** The current worker thread; undefined on the main thread, which ends with its process. */
export async function threadIdentity(): Promise<ThreadIdentity | undefined> {
  if (isMainThread) return undefined;
  const tid = ownTid();
  const own = tid === null ? null : await readStatus(`${process.pid}/task/${tid}`);
  return { id: threadId, system: tid === null || own === null ? null : { tid, started: own.started } };
}

/** The system's id of the current thread; null where there is no `/proc`. */
function ownTid(): number | null {
  try {
    // The link resolves to the thread that reads it. A thread of libuv's pool would make an asynchronous read.
    const [, pid, tid] = /^(\d+)\/task\/(\d+)$/.exec(readlinkSync("/proc/thread-self")) ?? [];
    return Number(pid) === process.pid ? Number(tid) : null;
  } catch {
    return null;
  }
}

/**
 * Whether a thread of a process is alive.
 * @param thread undefined for the process or its main thread.
 * @returns null where this process cannot determine it: on another machine, in another container, or on a system that does not identify threads.
 */
export async function isThreadAlive(
  process: ProcessIdentity,
  thread: ThreadIdentity | undefined,
  self: ProcessIdentity,
): Promise<boolean | null> {
  const processLives = await isProcessAlive(process, self);
  if (processLives !== true || thread === undefined) return processLives;
  if (thread.system === null) return null;
  const status = await readStatus(`${process.pid}/task/${thread.system.tid}`);
  return status !== null && status.started === thread.system.started && !status.hasEnded;
}

/** Whether a process is alive; null where this process cannot determine it: on another machine, or in another container. */
export async function isProcessAlive(process: ProcessIdentity, self: ProcessIdentity): Promise<boolean | null> {
  if (process.boot !== self.boot || process.namespace !== self.namespace) return null;
  const status = await readStatus(String(process.pid));
  return status !== null && status.started === process.started && !status.hasEnded;
}

/** The state of a process or thread; null where there is none. */
async function readStatus(pid: string): Promise<{ started: string; hasEnded: boolean } | null> {
  try {
    const text = await readFile(`/proc/${pid}/stat`, "utf8");
    // The process name is in parentheses and may contain any character. The numbered fields follow it.
    const [state, ...rest] = text.slice(text.lastIndexOf(")") + 2).split(" ");
    const started = rest[18];
    return started === undefined ? null : { started, hasEnded: state === "Z" || state === "X" };
  } catch {
    return null;
  }
}
