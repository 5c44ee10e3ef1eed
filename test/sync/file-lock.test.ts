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
/** This process under a system that tells; other systems are tried with null. */
const SELF: ProcessIdentity = { boot: "a boot", namespace: "pid:[1]", pid: process.pid, started: "1" };

const taken: FileLock[] = [];
afterEach(async () => {
  for (const lock of taken.splice(0)) await lock.release();
});

async function take(path: string, surroundings?: LockEnvironment): Promise<FileLock> {
  const lock = await FileLock.acquire(path, surroundings);
  taken.push(lock);
  return lock;
}

/** As an owner wrote it that is not there to touch it. */
async function leaveBehind(path: string, owner: ProcessIdentity | null): Promise<void> {
  await writeFile(
    path,
    JSON.stringify({ host: "elsewhere", pid: 4711, since: "2026-11-20T04:00:00.000Z", process: owner }),
    { mode: 0o600 },
  );
}

/** Time that passes only while somebody waits; each beat, the owner shows that it lives, for as long as it does. */
class Waiting {
  waited = 0;

  constructor(private readonly touch: (waited: number) => Promise<void> = () => Promise.resolve()) {}

  readonly sleep = async (ms: number): Promise<void> => {
    this.waited += ms;
    await this.touch(this.waited);
  };
}

const never = () => Promise.reject(new Error("There was nothing to wait for."));

describe("a lock", () => {
  it("is had by one at a time, and can be had again once it is released", async () => {
    const path = await newPath();
    const first = await take(path);
    expect(await first.isHeld()).toBe(true);
    expect(first.wasTakenOver).toBe(false);
    expect(await rejectionOf(FileLock.acquire(path))).toBeInstanceOf(LockHeldError);
    await first.release();
    expect(await readdir(dirname(path))).toEqual([]);
    expect((await take(path)).wasTakenOver).toBe(false);
  });

  it("says whose it is, and since when", async () => {
    const path = await newPath();
    const before = Date.now();
    await take(path);
    const said = JSON.parse(await readFile(path, "utf8")) as Record<string, unknown>;
    expect(said).toEqual({
      host: hostname(),
      pid: process.pid,
      since: expect.any(String) as string,
      process: await processIdentity(),
    });
    expect(Date.parse(String(said.since))).toBeGreaterThanOrEqual(before);
  });

  it("is taken at once from an owner that is known to be dead, and is not left with anything beside it", async () => {
    const path = await newPath();
    const self = await processIdentity();
    const identity = self ?? SELF;
    await leaveBehind(path, { ...identity, started: "another start" });
    const lock = await take(path, { identity, sleep: never });
    expect(lock.wasTakenOver).toBe(true);
    expect(await readdir(dirname(path))).toEqual(["checkpoints"]);
  });

  it.each<[string, ProcessIdentity | null, ProcessIdentity | null]>([
    ["in another container", { ...SELF, namespace: "pid:[2]" }, SELF],
    ["on another machine, or of an earlier start of this one", { ...SELF, boot: "another" }, SELF],
    ["on a system that does not tell", null, SELF],
    ["that cannot be asked about from here", SELF, null],
  ])("of an owner %s is taken when it has not been touched for long enough", async (_, owner, identity) => {
    const path = await newPath();
    await leaveBehind(path, owner);
    const waiting = new Waiting();
    const lock = await take(path, { identity, sleep: waiting.sleep });
    expect(lock.wasTakenOver).toBe(true);
    expect(waiting.waited).toBe(PATIENCE_MS);
    expect(PATIENCE_MS).toBeGreaterThanOrEqual(5 * BEAT_MS);
  });

  it("of an owner that cannot be seen is refused as soon as it is touched, though it be at the last moment", async () => {
    for (const at of [500, 1000, PATIENCE_MS]) {
      const path = await newPath();
      await leaveBehind(path, null);
      const waiting = new Waiting(async (waited) => {
        if (waited === at) await utimes(path, new Date(), new Date());
      });
      const error = await rejectionOf(FileLock.acquire(path, { identity: null, sleep: waiting.sleep }));
      expect(error).toBeInstanceOf(LockHeldError);
      expect(error).toMatchObject({ owner: { host: "elsewhere", pid: 4711, since: "2026-11-20T04:00:00.000Z" } });
      expect(waiting.waited).toBe(at);
    }
  });

  it("is taken when its owner releases it while another watches", async () => {
    const path = await newPath();
    const first = await take(path);
    const waiting = new Waiting(() => first.release());
    taken.length = 0;
    const second = await take(path, { identity: null, sleep: waiting.sleep });
    expect(second.wasTakenOver).toBe(false);
    expect(await second.isHeld()).toBe(true);
  });

  it.each(["", "{", '{"host":"elsewhere"}', "not by us"])(
    "that says %j, whose owner died while writing it, is taken after a while",
    async (text) => {
      const path = await newPath();
      await writeFile(path, text);
      const waiting = new Waiting();
      expect((await take(path, { identity: SELF, sleep: waiting.sleep })).wasTakenOver).toBe(true);
      expect(waiting.waited).toBe(PATIENCE_MS);
    },
  );

  it("that is still empty, because its owner is about to write it, is refused", async () => {
    const path = await newPath();
    await writeFile(path, "");
    const waiting = new Waiting(() => leaveBehind(path, SELF));
    expect(await rejectionOf(FileLock.acquire(path, { identity: SELF, sleep: waiting.sleep }))).toBeInstanceOf(
      LockHeldError,
    );
  });

  it("that was taken from its owner is no longer held by it, and is not removed by it", async () => {
    const path = await newPath();
    const asleep = await FileLock.acquire(path);
    const second = await take(path, { identity: null, sleep: new Waiting().sleep });
    expect(await asleep.isHeld()).toBe(false);
    await asleep.release();
    expect(await second.isHeld()).toBe(true);
  });

  it("is touched by an owner that lives", async () => {
    const path = await newPath();
    const lock = await take(path);
    await utimes(path, 1, 1);
    await expect.poll(async () => (await stat(path)).mtimeMs, { timeout: 20_000 }).toBeGreaterThan(1000);
    expect(await lock.isHeld()).toBe(true);
  });

  it("of a dead owner goes to one, of all who come at the same time", async () => {
    const identity = (await processIdentity()) ?? SELF;
    for (let round = 0; round < 100; round += 1) {
      const path = await newPath();
      await leaveBehind(path, { ...identity, started: "another start" });
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

  it("of a dead owner is had also where one has died over removing it", async () => {
    const identity = (await processIdentity()) ?? SELF;
    const path = await newPath();
    const dead = { ...identity, started: "another start" };
    for (const left of [path, `${path}.removal`, `${path}.removal.removal`]) await leaveBehind(left, dead);
    expect((await take(path, { identity, sleep: never })).wasTakenOver).toBe(true);
    expect(await readdir(dirname(path))).toEqual(["checkpoints"]);
  });

  it("of an owner that cannot be seen goes to one, of all who have watched it for as long", async () => {
    for (let round = 0; round < 50; round += 1) {
      const path = await newPath();
      await leaveBehind(path, null);
      // From when one has it, it is touched: no time passes without.
      const sleep = async () => {
        const said = await readFile(path, "utf8").catch(() => null);
        if (said !== null && !said.includes("elsewhere")) await utimes(path, new Date(), new Date());
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
  });
});
