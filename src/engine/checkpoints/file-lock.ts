import { constants } from "node:fs";
import { open, rm, stat, type FileHandle } from "node:fs/promises";
import { hostname } from "node:os";
import { clearInterval, setInterval, setTimeout } from "node:timers";
import { z } from "zod";
import { hasFailedWith } from "./file-failure.js";
import { isUnsupported } from "./file-hardening.js";
import { isThreadAlive, type ProcessIdentity, processIdentity, threadIdentity } from "./process-identity.js";
import { openRegularFile } from "./regular-file.js";

/** An owner that lives touches its lock this often. */
const BEAT_MS = 1000;
/** A lock that is not touched for so long is nobody's. */
const PATIENCE_MS = 6000;
const LOOK_AGAIN_MS = 500;
/** A thread that was terminated may be seen for a moment longer: so often, and so long apart, one of this process is looked at. */
const THREAD_LOOKS = 5;
const THREAD_LOOK_MS = 20;
/** Others may come to the same conclusion at the same moment. */
const MAX_TRIES = 5;

const descriptionSchema = z.object({
  host: z.string(),
  pid: z.number(),
  since: z.string(),
  process: z.object({ boot: z.string(), namespace: z.string(), pid: z.number(), started: z.string() }).nullable(),
  /** Absent for the main thread. */
  thread: z
    .object({ id: z.number(), system: z.object({ tid: z.number(), started: z.string() }).nullable() })
    .optional(),
});

/** Whose a lock is, as the lock itself says. */
type Description = z.output<typeof descriptionSchema>;

/** Another process has the lock. */
export class LockedByAnother extends Error {
  constructor(readonly owner: Pick<Description, "host" | "pid" | "since" | "thread"> | null) {
    super("locked");
  }
}

/** What a lock is taken by; replaced in tests. */
export interface LockSurroundings {
  identity: ProcessIdentity | null;
  sleep: (ms: number) => Promise<void>;
}

/**
 * A lock that is a file, and is not left behind by an owner that crashed: where the system tells of a process whether it lives (by its number, its
 * start and its namespace: in containers, all have the same number), at once; elsewhere because a living owner touches it. The owner is a thread: a
 * worker that is terminated gives nothing back, and its process goes on.
 */
export class FileLock {
  private readonly beat: NodeJS.Timeout;

  private constructor(
    private readonly path: string,
    private readonly file: FileHandle,
    private readonly inode: bigint,
    /** Whether it was taken from an owner that seems to be dead. */
    readonly wasTakenOver: boolean,
  ) {
    this.beat = setInterval(() => {
      // Where it fails, the lock is lost, which the next save finds out.
      touch(file).catch(() => undefined);
    }, BEAT_MS);
    this.beat.unref();
  }

  /** @throws LockedByAnother when it has an owner that lives; what the file system throws. */
  static async take(path: string, surroundings?: LockSurroundings): Promise<FileLock> {
    const around = surroundings ?? { identity: await processIdentity(), sleep: sleepFor };
    let wasTakenOver = false;
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const file = await openNew(path);
      if (file !== null) return FileLock.sign(path, file, around.identity, wasTakenOver);
      wasTakenOver = (await removeDead(path, around)) || wasTakenOver;
    }
    throw new LockedByAnother(null);
  }

  /** Says in the new file whose it is. */
  private static async sign(
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
        } satisfies Description),
      );
      const { ino } = await file.stat({ bigint: true });
      return new FileLock(path, file, ino, wasTakenOver);
    } catch (error) {
      await file.close();
      await rm(path, { force: true }).catch(() => undefined);
      throw error;
    }
  }

  /** Whether it is still this owner's: one that slept for long may have been taken for dead. */
  async isHeld(): Promise<boolean> {
    const present = await statOf(this.path);
    return present?.ino === this.inode;
  }

  async release(): Promise<void> {
    clearInterval(this.beat);
    try {
      if (await this.isHeld()) await rm(this.path, { force: true });
    } finally {
      await this.file.close();
    }
  }
}

/** Shows that the owner lives, by the file's time of change. */
async function touch(file: FileHandle): Promise<void> {
  try {
    const now = new Date();
    await file.utimes(now, now);
  } catch (error) {
    if (!isUnsupported(error)) throw error;
    // As it is: a description begins with a brace.
    await file.write(Buffer.from("{"), 0, 1, 0);
  }
}

/** Null where the file is there already. */
async function openNew(path: string): Promise<FileHandle | null> {
  try {
    return await open(path, "wx", 0o600);
  } catch (error) {
    if (hasFailedWith(error, "EEXIST")) return null;
    throw error;
  }
}

/** Null where there is none. */
async function openIfThere(path: string): Promise<FileHandle | null> {
  try {
    return await openRegularFile(path, constants.O_RDONLY);
  } catch (error) {
    if (hasFailedWith(error, "ENOENT")) return null;
    throw error;
  }
}

/** Removes a lock whose owner is dead; false where it is gone, or another's by now. @throws LockedByAnother when the owner lives. */
async function removeDead(path: string, surroundings: LockSurroundings): Promise<boolean> {
  const { identity, sleep } = surroundings;
  const file = await openIfThere(path);
  if (file === null) return false;
  try {
    const found = await file.stat({ bigint: true });
    const owner = readDescription(await file.readFile("utf8"));
    const lives = owner === null || identity === null ? null : await isOwnerAlive(owner, identity, sleep);
    if (lives === true) throw new LockedByAnother(owner);
    if (lives === null) await watch(path, found, owner, sleep);
    return await removeIfSame(path, found.ino, surroundings);
  } finally {
    // Open until now: as long as it is, no new lock is given its inode.
    await file.close();
  }
}

/** Whether the thread lives that took the lock; null where that cannot be seen from here. */
async function isOwnerAlive(
  { process, thread }: Description,
  self: ProcessIdentity,
  sleep: LockSurroundings["sleep"],
): Promise<boolean | null> {
  if (process === null) return null;
  const looks = thread !== undefined && process.pid === self.pid ? THREAD_LOOKS : 1;
  for (let look = 1; ; look += 1) {
    const lives = await isThreadAlive(process, thread, self);
    if (lives !== true || look === looks) return lives;
    await sleep(THREAD_LOOK_MS);
  }
}

/** Looks for a sign of life. @throws LockedByAnother when there is one. */
async function watch(
  path: string,
  found: Found,
  owner: Description | null,
  sleep: LockSurroundings["sleep"],
): Promise<void> {
  for (let waited = 0; waited < PATIENCE_MS; waited += LOOK_AGAIN_MS) {
    await sleep(LOOK_AGAIN_MS);
    const present = await statOf(path);
    if (present?.ino !== found.ino) return;
    if (present.mtimeNs !== found.mtimeNs) throw new LockedByAnother(owner);
  }
}

/**
 * Another may have removed the dead lock, and taken a new one, a moment ago. Only who has the right to remove may look whether it is still the
 * dead one: that right is a lock as well, which may in its turn be left behind.
 * @throws LockedByAnother while another is about to remove it.
 */
async function removeIfSame(path: string, inode: bigint, surroundings: LockSurroundings): Promise<boolean> {
  const right = await FileLock.take(`${path}.removal`, surroundings);
  try {
    if ((await statOf(path))?.ino !== inode) return false;
    await rm(path, { force: true });
    return true;
  } finally {
    await right.release();
  }
}

interface Found {
  ino: bigint;
  mtimeNs: bigint;
}

async function statOf(path: string): Promise<Found | null> {
  try {
    return await stat(path, { bigint: true });
  } catch (error) {
    if (hasFailedWith(error, "ENOENT")) return null;
    throw error;
  }
}

/** Null where it says nothing that can be understood: its owner may be about to write it, or may have died over it. */
function readDescription(text: string): Description | null {
  try {
    return descriptionSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

function sleepFor(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
