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
import type { StoreCommand } from "./processes/store-owner.js";
import { loadFromFile, saveAll } from "./written-file.js";

/** Starts another process that has locked the store and saved twice. */
async function startOwner(path: string) {
  const other = await start("store-owner");
  const send = (command: StoreCommand) => other.send(command);
  await send({ open: path });
  await send({ lock: "first" });
  expect(await send({ account: "first", save: { head: 1 } })).toEqual({ value: null });
  expect(await send({ account: "first", save: { head: 2 } })).toEqual({ value: null });
  return { ...other, send };
}

describe.each([
  ["in a file", async () => new FileCheckpointStore(await newPath())],
  ["in memory", () => Promise.resolve(new MemoryCheckpointStore())],
])("a store %s", (_, open) => {
  it("rejects a second sync of the same account in the same process until the first has ended", async () => {
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

describe("a checkpoint file", () => {
  it("cannot be locked by another store of the same process, under any path, until the first has released all accounts", async () => {
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

  it(
    "cannot be locked while another process has it, which the error names with its machine, but can be loaded",
    { tags: ["slow"] },
    async () => {
      const path = await newPath();
      const other = await startOwner(path);
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
      await other.send("unlock");
      await (
        await store.lock("second")
      )();
      await other.kill();
    },
  );

  describe.skipIf(process.platform !== "linux")("on a system that identifies processes", () => {
    it(
      "is taken over immediately from a killed process, with all that it saved, and is replaced by a new file",
      { tags: ["slow"] },
      async () => {
        const path = await newPath();
        const other = await startOwner(path);
        const { ino } = await stat(path);
        await other.kill();
        const store = new FileCheckpointStore(path);
        const unlock = await store.lock("first");
        expect(await store.load("first")).toEqual({ head: 2 });
        await store.save("first", { unsettledHashes: "new" });
        expect((await stat(path)).ino).not.toBe(ino);
        await unlock();
        expect(await loadFromFile(path, "first")).toEqual({ head: 2, unsettledHashes: "new" });
        expect(await readdir(dirname(path))).toEqual(["checkpoints"]);
      },
    );

    it("remains locked by a process that is only paused", async () => {
      const path = await newPath();
      const other = await startOwner(path);
      await other.pause();
      expect(await rejectionOf(new FileCheckpointStore(path).lock("first"))).toBeInstanceOf(CheckpointError);
      other.resume();
      expect(await other.send({ account: "first", save: { head: 3 } })).toEqual({ value: null });
      await other.kill();
    });

    it(
      "is no longer written by a paused process that was considered dead, as another machine might consider it",
      { tags: ["slow"] },
      async () => {
        const path = await newPath();
        const other = await startOwner(path);
        await other.pause();
        const lock = await FileLock.acquire(`${path}.lock`, { identity: null, sleep: () => Promise.resolve() });
        const journal = await Journal.open(path, lock.wasTakenOver);
        await journal.save({ account: "first", changes: { head: "ours" } });
        const content = await readFile(path);
        other.resume();
        const response = await other.send({ account: "first", save: { head: "theirs" } });
        expect(response).toMatchObject({ error: { code: "checkpoint", account: "first", retryable: true } });
        expect(JSON.stringify(response)).toContain("another process has taken over");
        await other.send("unlock");
        expect(Buffer.compare(await readFile(path), content)).toBe(0);
        expect(await lock.isHeld()).toBe(true);
        await journal.save({ account: "first", changes: { unsettledHashes: "ours" } });
        await journal.close();
        await lock.release();
        expect(await loadFromFile(path, "first")).toEqual({ head: "ours", unsettledHashes: "ours" });
        await other.kill();
      },
    );
  });

  it("that was replaced rejects saves of the process that had it open, and does not contain them", async () => {
    const path = await newPath();
    const former = await Journal.open(path, false);
    await former.save({ account: "first", changes: { head: 1 } });
    await former.save({ account: "first", changes: { head: 2 } });
    const successor = await Journal.open(path, true);
    await successor.save({ account: "first", changes: { head: "ours" } });
    await expect(former.save({ account: "first", changes: { head: "theirs" } })).rejects.toThrow();
    expect(await loadFromFile(path, "first")).toEqual({ head: "ours" });
    await former.close();
    await successor.close();
  });

  it("includes the parts that others saved between two locks", async () => {
    const path = await newPath();
    const store = new FileCheckpointStore(path);
    const unlock = await store.lock("first");
    await store.save("first", { head: 1 });
    await unlock();
    await saveAll(path, [["first", { head: 2 }]]);
    const unlockAgain = await store.lock("first");
    expect(await store.load("first")).toEqual({ head: 2 });
    await store.save("first", { unsettledHashes: 1 });
    await unlockAgain();
    expect(await loadFromFile(path, "first")).toEqual({ head: 2, unsettledHashes: 1 });
  });
});
