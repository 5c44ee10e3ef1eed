import type { BigIntStats } from "node:fs";
import { open, rm, type FileHandle } from "node:fs/promises";
import { hostname } from "node:os";
import { clearInterval, setInterval, setTimeout } from "node:timers";
import { z } from "zod";
import { hasErrorCode } from "./error-code.js";
import { isUnsupported } from "./durable-file.js";
import { isThreadAlive, type ProcessIdentity, processIdentity, threadIdentity } from "./process-identity.js";
import { openToReadIfExists, statIfExists } from "./regular-file.js";

/** How often a living owner updates the modification time of its lock. */
const HEARTBEAT_MS = 1000;
/** A lock without a heartbeat for this long is stale. */
const STALE_AFTER_MS = 6000;
const POLL_MS = 500;
/** A terminated thread of this process may stay visible for a moment. It is checked this often, at this interval. */
const MAX_THREAD_CHECKS = 5;
const THREAD_CHECK_INTERVAL_MS = 20;
/** Other processes may remove the same stale lock at the same time. */
const MAX_ATTEMPTS = 5;

const lockOwnerSchema = z.object({
  host: z.string(),
  pid: z.number(),
  since: z.string(),
  process: z.object({ boot: z.string(), namespace: z.string(), pid: z.number(), started: z.string() }).nullable(),
  /** Absent for the main thread. */
  thread: z
    .object({ id: z.number(), system: z.object({ tid: z.number(), started: z.string() }).nullable() })
    .optional(),
});

/** The owner of a lock, as its file states. */
type LockOwner = z.output<typeof lockOwnerSchema>;

/** Another thread or process holds the lock. The owner is null where it is unknown. */
export class LockHeldError extends Error {
  constructor(readonly owner: Pick<LockOwner, "host" | "pid" | "since" | "thread"> | null) {
    super("locked");
  }
}

/** The dependencies of a lock, which tests replace. */
export interface LockEnvironment {
  identity: ProcessIdentity | null;
  sleep: (ms: number) => Promise<void>;
}

/**
 * A lock file that does not survive its owner. On Linux a stale lock is detected at once: a process is identified by its number, its start time and its
 * namespace, because the main processes of all containers have the same number. Elsewhere a lock is stale when it has had no heartbeat for some seconds.
 * The owner is a thread: a terminated worker does not release its lock, and its process continues.
 */
export class FileLock {
  private readonly heartbeat: NodeJS.Timeout;

  private constructor(
    private readonly path: string,
    private readonly file: FileHandle,
    private readonly inode: bigint,
    /** Whether a stale lock was removed to acquire this one. */
    readonly wasTakenOver: boolean,
  ) {
    this.heartbeat = setInterval(() => {
      // A failure means that the lock is lost. The next call of `isHeld` detects it.
      writeHeartbeat(file).catch(() => undefined);
    }, HEARTBEAT_MS);
    this.heartbeat.unref();
  }

  /** @throws LockHeldError when a living owner holds the lock, and the errors of the file system. */
  static async acquire(path: string, lockEnvironment?: LockEnvironment): Promise<FileLock> {
    const environment = lockEnvironment ?? { identity: await processIdentity(), sleep: sleepFor };
    let wasTakenOver = false;
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      const file = await openNew(path);
      if (file !== null) return FileLock.writeOwner(path, file, environment.identity, wasTakenOver);
      wasTakenOver = (await removeStaleLock(path, environment)) || wasTakenOver;
    }
    throw new LockHeldError(null);
  }

  /** Writes the owner into a new lock file. */
  private static async writeOwner(
    path: string,
    file: FileHandle,
    identity: ProcessIdentity | null,
    wasTakenOver: boolean,
  ): Promise<FileLock> {
    try {
      await file.writeFile(
        JSON.stringify({
          host: hostname(),
          pid: process.pid,
          since: new Date().toISOString(),
          process: identity,
          thread: await threadIdentity(),
        } satisfies LockOwner),
      );
      const { ino } = await file.stat({ bigint: true });
      return new FileLock(path, file, ino, wasTakenOver);
    } catch (error) {
      await file.close();
      await rm(path, { force: true }).catch(() => undefined);
      throw error;
    }
  }

  /** Whether this owner still holds the lock. Another process may have removed it while this one was suspended. */
  async isHeld(): Promise<boolean> {
    const present = await statIfExists(this.path);
    return present?.ino === this.inode;
  }

  async release(): Promise<void> {
    clearInterval(this.heartbeat);
    try {
      if (await this.isHeld()) await rm(this.path, { force: true });
    } finally {
      await this.file.close();
    }
  }
}

/** Updates the modification time of the lock file. */
async function writeHeartbeat(file: FileHandle): Promise<void> {
  try {
    const now = new Date();
    await file.utimes(now, now);
  } catch (error) {
    if (!isUnsupported(error)) throw error;
    // Writes the first byte again, which is always a brace.
    await file.write(Buffer.from("{"), 0, 1, 0);
  }
}

/** Creates the lock file; null where it exists. */
async function openNew(path: string): Promise<FileHandle | null> {
  try {
    return await open(path, "wx", 0o600);
  } catch (error) {
    if (hasErrorCode(error, "EEXIST")) return null;
    throw error;
  }
}

/** Removes a stale lock. @returns false where it is gone, or has another owner by now. @throws LockHeldError when the owner is alive. */
async function removeStaleLock(path: string, environment: LockEnvironment): Promise<boolean> {
  const { identity, sleep } = environment;
  const file = await openToReadIfExists(path);
  if (file === null) return false;
  try {
    const found = await file.stat({ bigint: true });
    const owner = parseOwner(await file.readFile("utf8"));
    const lives = owner === null || identity === null ? null : await isOwnerAlive(owner, identity, sleep);
    if (lives === true) throw new LockHeldError(owner);
    if (lives === null) await waitForHeartbeat(path, found, owner, sleep);
    return await removeIfUnchanged(path, found.ino, environment);
  } finally {
    // The file stays open until here, so that no new lock gets its inode.
    await file.close();
  }
}

/** Whether the thread that acquired the lock is alive; null where this process cannot determine it. */
async function isOwnerAlive(
  { process, thread }: LockOwner,
  self: ProcessIdentity,
  sleep: LockEnvironment["sleep"],
): Promise<boolean | null> {
  if (process === null) return null;
  const maxChecks = thread !== undefined && process.pid === self.pid ? MAX_THREAD_CHECKS : 1;
  for (let check = 1; ; check += 1) {
    const lives = await isThreadAlive(process, thread, self);
    if (lives !== true || check === maxChecks) return lives;
    await sleep(THREAD_CHECK_INTERVAL_MS);
  }
}

/** Waits until the lock is stale. @throws LockHeldError when there is a heartbeat. */
async function waitForHeartbeat(
  path: string,
  found: BigIntStats,
  owner: LockOwner | null,
  sleep: LockEnvironment["sleep"],
): Promise<void> {
  for (let waitedMs = 0; waitedMs < STALE_AFTER_MS; waitedMs += POLL_MS) {
    await sleep(POLL_MS);
    const present = await statIfExists(path);
    if (present?.ino !== found.ino) return;
    if (present.mtimeNs !== found.mtimeNs) throw new LockHeldError(owner);
  }
}

/**
 * Removes a stale lock, unless another process has just removed it and acquired a new one. A second lock makes the check and the removal atomic. It may
 * become stale as well, and is removed in the same way.
 * @throws LockHeldError while another process removes the lock.
 */
async function removeIfUnchanged(path: string, inode: bigint, environment: LockEnvironment): Promise<boolean> {
  const removalLock = await FileLock.acquire(`${path}.removal`, environment);
  try {
    if ((await statIfExists(path))?.ino !== inode) return false;
    await rm(path, { force: true });
    return true;
  } finally {
    await removalLock.release();
  }
}

/** The owner that a lock file states; null where the text is incomplete, because its owner is still writing it or died while it wrote. */
function parseOwner(text: string): LockOwner | null {
  try {
    return lockOwnerSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

function sleepFor(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
