import { hostname } from "node:os";
import { readdir, readFile, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { describe, expect, it } from "vitest";
import { CheckpointError, FileCheckpointStore, MemoryCheckpointStore } from "call-records";
import { FileLock } from "../../src/files/file-lock.js";
import { Journal } from "../../src/engine/checkpoints/journal.js";
import { rejectionOf } from "../client/stage.js";
import { newPath } from "./folder.js";
import { start } from "./process.js";
import type { StoreQuestion } from "./processes/store-owner.js";
import { loadAnew, saveAll } from "./written-file.js";

/** Another process that has the store, and has saved with it. */
async function openElsewhere(path: string) {
  const other = await start("store-owner");
  const ask = (question: StoreQuestion) => other.ask(question);
  await ask({ open: path });
  await ask({ lock: "first" });
  expect(await ask({ account: "first", save: { head: 1 } })).toEqual({ value: null });
  expect(await ask({ account: "first", save: { head: 2 } })).toEqual({ value: null });
  return { ...other, ask };
}

describe.each([
  ["in a file", async () => new FileCheckpointStore(await newPath())],
  ["in memory", () => Promise.resolve(new MemoryCheckpointStore())],
])("a store %s", (_, open) => {
  it("keeps a second sync of the same process from an account until the first has ended", async () => {
    const store = await open();
    const unlock = await store.lock("first");
    const error = await rejectionOf(store.lock("first"));
    expect(error).toBeInstanceOf(CheckpointError);
    expect(error).toMatchObject({ account: "first", retryable: true });
    expect(error.message).toContain("another sync of this account is running");
    await (
      await store.lock("second")
    )();
    await unlock();
    await (
      await store.lock("first")
    )();
  });
});

describe("a file of checkpoints", () => {
  it("is refused to another store of the same process, by whichever path, until all accounts of the first are done", async () => {
    const path = await newPath();
    const store = new FileCheckpointStore(path);
    const unlocks = [await store.lock("first"), await store.lock("second")];
    const another = new FileCheckpointStore(`${dirname(path)}/../${dirname(path).split("/").at(-1) ?? ""}/checkpoints`);
    for (const unlock of unlocks) {
      const error = await rejectionOf(another.lock("third"));
      expect(error).toBeInstanceOf(CheckpointError);
      expect(error).toMatchObject({ account: "third", retryable: true });
      await unlock();
    }
    await (
      await another.lock("third")
    )();
  });

  it("is refused to another process while the first lives, naming it and its machine, and can be looked at all the same", async () => {
    const path = await newPath();
    const other = await openElsewhere(path);
    const store = new FileCheckpointStore(path);
    const error = await rejectionOf(store.lock("second"));
    expect(error).toBeInstanceOf(CheckpointError);
    expect(error).toMatchObject({ account: "second", retryable: true });
    expect(error.message).toMatch(
      new RegExp(
        `^second: .* is being synced by process ${other.pid} on ${hostname()}, since 20.*Z\\. Wait for it to end, or use a separate file\\.$`,
      ),
    );
    expect(await store.load("first")).toEqual({ head: 2 });
    await other.ask("unlock");
    await (
      await store.lock("second")
    )();
    await other.kill();
  });

  describe.skipIf(process.platform !== "linux")("on a system that tells of its processes", () => {
    it("is taken at once from one that was killed, with all that it had saved, and becomes another file", async () => {
      const path = await newPath();
      const other = await openElsewhere(path);
      const { ino } = await stat(path);
      await other.kill();
      const store = new FileCheckpointStore(path);
      const unlock = await store.lock("first");
      expect(await store.load("first")).toEqual({ head: 2 });
      await store.save("first", { unsettledHashes: "new" });
      expect((await stat(path)).ino).not.toBe(ino);
      await unlock();
      expect(await loadAnew(path, "first")).toEqual({ head: 2, unsettledHashes: "new" });
      expect(await readdir(dirname(path))).toEqual(["checkpoints"]);
    });

    it("stays with one that is only paused", async () => {
      const path = await newPath();
      const other = await openElsewhere(path);
      await other.pause();
      expect(await rejectionOf(new FileCheckpointStore(path).lock("first"))).toBeInstanceOf(CheckpointError);
      other.goOn();
      expect(await other.ask({ account: "first", save: { head: 3 } })).toEqual({ value: null });
      await other.kill();
    });

    it("is no longer written by one that was taken for dead, as from another machine, while it was paused", async () => {
      const path = await newPath();
      const other = await openElsewhere(path);
      await other.pause();
      const lock = await FileLock.acquire(`${path}.lock`, { identity: null, sleep: () => Promise.resolve() });
      const journal = await Journal.open(path, lock.wasTakenOver);
      await journal.save({ account: "first", changes: { head: "ours" } });
      const content = await readFile(path);
      other.goOn();
      const refused = await other.ask({ account: "first", save: { head: "theirs" } });
      expect(refused).toMatchObject({ error: { code: "checkpoint", account: "first", retryable: true } });
      expect(JSON.stringify(refused)).toContain("another process has taken over");
      await other.ask("unlock");
      expect(Buffer.compare(await readFile(path), content)).toBe(0);
      expect(await lock.isHeld()).toBe(true);
      await journal.save({ account: "first", changes: { unsettledHashes: "ours" } });
      await journal.close();
      await lock.release();
      expect(await loadAnew(path, "first")).toEqual({ head: "ours", unsettledHashes: "ours" });
      await other.kill();
    });
  });

  it("that was replaced takes no more from who had it open: it says so, and writes into none that is read", async () => {
    const path = await newPath();
    const asleep = await Journal.open(path, false);
    await asleep.save({ account: "first", changes: { head: 1 } });
    await asleep.save({ account: "first", changes: { head: 2 } });
    const successor = await Journal.open(path, true);
    await successor.save({ account: "first", changes: { head: "ours" } });
    await expect(asleep.save({ account: "first", changes: { head: "theirs" } })).rejects.toThrow();
    expect(await loadAnew(path, "first")).toEqual({ head: "ours" });
    await asleep.close();
    await successor.close();
  });

  it("goes on with what was saved by others in between", async () => {
    const path = await newPath();
    const store = new FileCheckpointStore(path);
    const unlock = await store.lock("first");
    await store.save("first", { head: 1 });
    await unlock();
    await saveAll(path, [["first", { head: 2 }]]);
    const again = await store.lock("first");
    expect(await store.load("first")).toEqual({ head: 2 });
    await store.save("first", { unsettledHashes: 1 });
    await again();
    expect(await loadAnew(path, "first")).toEqual({ head: 2, unsettledHashes: 1 });
  });
});
