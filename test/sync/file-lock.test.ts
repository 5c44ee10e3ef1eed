import { hostname } from "node:os";
import { readdir, readFile, stat, utimes, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { FileLock, LockHeldError, type LockEnvironment } from "../../src/files/file-lock.js";
import { type ProcessIdentity, processIdentity } from "../../src/files/process-identity.js";
import { rejectionOf } from "../client/stage.js";
import { newPath } from "./folder.js";

const BEAT_MS = 1000;
const PATIENCE_MS = 6000;
/** This process, as a system with `/proc` identifies it. Tests pass null for other systems. */
const SELF: ProcessIdentity = { boot: "a boot", namespace: "pid:[1]", pid: process.pid, started: "1" };

const taken: FileLock[] = [];
afterEach(async () => {
  for (const lock of taken.splice(0)) await lock.release();
});

async function take(path: string, environment?: LockEnvironment): Promise<FileLock> {
  const lock = await FileLock.acquire(path, environment);
  taken.push(lock);
  return lock;
}

/** Writes a lock file of an owner that no longer updates it. */
async function writeAbandoned(path: string, owner: ProcessIdentity | null): Promise<void> {
  await writeFile(
    path,
    JSON.stringify({ host: "elsewhere", pid: 4711, since: "2026-11-20T04:00:00.000Z", process: owner }),
    { mode: 0o600 },
  );
}

/** A simulated wait. `touch` runs after each sleep, as the owner's heartbeat or release would. */
class SimulatedWait {
  waitedMs = 0;

  constructor(private readonly touch: (waitedMs: number) => Promise<void> = () => Promise.resolve()) {}

  readonly sleep = async (ms: number): Promise<void> => {
    this.waitedMs += ms;
    await this.touch(this.waitedMs);
  };
}

const never = () => Promise.reject(new Error("The lock must not wait."));

describe("a lock", () => {
  it("has one owner at a time, and can be acquired again when it is released", async () => {
    const path = await newPath();
    const first = await take(path);
    expect(await first.isHeld()).toBe(true);
    expect(first.wasTakenOver).toBe(false);
    expect(await rejectionOf(FileLock.acquire(path))).toBeInstanceOf(LockHeldError);
    await first.release();
    expect(await readdir(dirname(path))).toEqual([]);
    expect((await take(path)).wasTakenOver).toBe(false);
  });

  it("contains its owner and the time since which it is held", async () => {
    const path = await newPath();
    const before = Date.now();
    await take(path);
    const written = JSON.parse(await readFile(path, "utf8")) as Record<string, unknown>;
    expect(written).toEqual({
      host: hostname(),
      pid: process.pid,
      since: expect.any(String) as string,
      process: await processIdentity(),
    });
    expect(Date.parse(String(written.since))).toBeGreaterThanOrEqual(before);
  });

  it("is acquired immediately from an owner that is known to be dead, and leaves no other file behind", async () => {
    const path = await newPath();
    const self = await processIdentity();
    const identity = self ?? SELF;
    await writeAbandoned(path, { ...identity, started: "another start" });
    const lock = await take(path, { identity, sleep: never });
    expect(lock.wasTakenOver).toBe(true);
    expect(await readdir(dirname(path))).toEqual(["checkpoints"]);
  });

  it.each<[string, ProcessIdentity | null, ProcessIdentity | null]>([
    ["in another container", { ...SELF, namespace: "pid:[2]" }, SELF],
    ["on another machine, or from before a reboot of this one", { ...SELF, boot: "another" }, SELF],
    ["on a system that does not identify processes", null, SELF],
    ["that this system cannot identify", SELF, null],
  ])("of an owner %s is acquired when it has not been updated for long enough", async (_, owner, identity) => {
    const path = await newPath();
    await writeAbandoned(path, owner);
    const wait = new SimulatedWait();
    const lock = await take(path, { identity, sleep: wait.sleep });
    expect(lock.wasTakenOver).toBe(true);
    expect(wait.waitedMs).toBe(PATIENCE_MS);
    expect(PATIENCE_MS).toBeGreaterThanOrEqual(5 * BEAT_MS);
  });

  it("of an unidentifiable owner is refused as soon as it is updated, even at the last moment", async () => {
    for (const at of [500, 1000, PATIENCE_MS]) {
      const path = await newPath();
      await writeAbandoned(path, null);
      const wait = new SimulatedWait(async (waitedMs) => {
        if (waitedMs === at) await utimes(path, new Date(), new Date());
      });
      const error = await rejectionOf(FileLock.acquire(path, { identity: null, sleep: wait.sleep }));
      expect(error).toBeInstanceOf(LockHeldError);
      expect(error).toMatchObject({ owner: { host: "elsewhere", pid: 4711, since: "2026-11-20T04:00:00.000Z" } });
      expect(wait.waitedMs).toBe(at);
    }
  });

  it("is acquired when its owner releases it while another process waits", async () => {
    const path = await newPath();
    const first = await take(path);
    const wait = new SimulatedWait(() => first.release());
    taken.length = 0;
    const second = await take(path, { identity: null, sleep: wait.sleep });
    expect(second.wasTakenOver).toBe(false);
    expect(await second.isHeld()).toBe(true);
  });

  it.each(["", "{", '{"host":"elsewhere"}', "not a lock"])(
    "that contains %j, because its owner died while writing it, is acquired after the waiting time",
    async (text) => {
      const path = await newPath();
      await writeFile(path, text);
      const wait = new SimulatedWait();
      expect((await take(path, { identity: SELF, sleep: wait.sleep })).wasTakenOver).toBe(true);
      expect(wait.waitedMs).toBe(PATIENCE_MS);
    },
  );

  it("that is still empty, because its owner is about to write it, is refused", async () => {
    const path = await newPath();
    await writeFile(path, "");
    const wait = new SimulatedWait(() => writeAbandoned(path, SELF));
    expect(await rejectionOf(FileLock.acquire(path, { identity: SELF, sleep: wait.sleep }))).toBeInstanceOf(
      LockHeldError,
    );
  });

  it("that was taken over is no longer held or removed by its former owner", async () => {
    const path = await newPath();
    const former = await FileLock.acquire(path);
    const second = await take(path, { identity: null, sleep: new SimulatedWait().sleep });
    expect(await former.isHeld()).toBe(false);
    await former.release();
    expect(await second.isHeld()).toBe(true);
  });

  it("is updated by an owner that is alive", { tags: ["slow"] }, async () => {
    const path = await newPath();
    const lock = await take(path);
    await utimes(path, 1, 1);
    await expect.poll(async () => (await stat(path)).mtimeMs, { timeout: 20_000 }).toBeGreaterThan(1000);
    expect(await lock.isHeld()).toBe(true);
  });

  it("of a dead owner is acquired by exactly one of several concurrent attempts", { tags: ["slow"] }, async () => {
    const identity = (await processIdentity()) ?? SELF;
    for (let round = 0; round < 100; round += 1) {
      const path = await newPath();
      await writeAbandoned(path, { ...identity, started: "another start" });
      const outcomes = await Promise.allSettled(Array.from({ length: 2 + (round % 4) }, () => take(path)));
      for (const outcome of outcomes)
        if (outcome.status === "rejected") expect(outcome.reason).toBeInstanceOf(LockHeldError);
      const held = await Promise.all(taken.map((lock) => lock.isHeld()));
      expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
      expect(held).toEqual([true]);
      expect(await readdir(dirname(path))).toEqual(["checkpoints"]);
      for (const lock of taken.splice(0)) await lock.release();
    }
  });

  it("of a dead owner is acquired even when another process died while removing it", async () => {
    const identity = (await processIdentity()) ?? SELF;
    const path = await newPath();
    const dead = { ...identity, started: "another start" };
    for (const left of [path, `${path}.removal`, `${path}.removal.removal`]) await writeAbandoned(left, dead);
    expect((await take(path, { identity, sleep: never })).wasTakenOver).toBe(true);
    expect(await readdir(dirname(path))).toEqual(["checkpoints"]);
  });

  it(
    "of an unidentifiable owner is acquired by exactly one of several attempts that waited equally long",
    { tags: ["slow"] },
    async () => {
      for (let round = 0; round < 50; round += 1) {
        const path = await newPath();
        await writeAbandoned(path, null);
        // After one attempt has acquired the lock, it is updated during each sleep.
        const sleep = async () => {
          const text = await readFile(path, "utf8").catch(() => null);
          if (text !== null && !text.includes("elsewhere")) await utimes(path, new Date(), new Date());
        };
        const outcomes = await Promise.allSettled(
          Array.from({ length: 2 + (round % 3) }, () => take(path, { identity: null, sleep })),
        );
        for (const outcome of outcomes)
          if (outcome.status === "rejected") expect(outcome.reason).toBeInstanceOf(LockHeldError);
        expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
        expect(await Promise.all(taken.map((lock) => lock.isHeld()))).toEqual([true]);
        for (const lock of taken.splice(0)) await lock.release();
      }
    },
  );
});
