import { mkdir, readdir, readFile, rename, rm, rmdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { CheckpointError, FileCheckpointStore } from "call-records";
import { rejectionOf } from "../client/stage.js";
import { newPath, openFolder } from "./folder.js";
import { start } from "./process.js";
import type { StoreCommand } from "./processes/store-owner.js";
import { loadFromFile, saveAll } from "./written-file.js";

async function opened(path: string) {
  const store = new FileCheckpointStore(path);
  const unlock = await store.lock("first");
  return { store, unlock };
}

describe("a checkpoint file that cannot be written", () => {
  it("causes an error with the system's code when its folder does not exist, and no folder is created", async () => {
    const folder = await openFolder();
    const path = join(folder, "missing", "checkpoints");
    const error = await rejectionOf(new FileCheckpointStore(path).lock("first"));
    expect(error).toBeInstanceOf(CheckpointError);
    expect(error).toMatchObject({ account: "first", vendorCode: "ENOENT", retryable: false });
    expect(error.message).toBe(
      `first: ${path} cannot be read or written: ENOENT. Check its folder, its permissions and the free space on its disk.`,
    );
    expect(await readdir(folder)).toEqual([]);
  });

  it("causes an error with the system's code when its folder is a file", async () => {
    const folder = await openFolder();
    await writeFile(join(folder, "file"), "text");
    const store = new FileCheckpointStore(join(folder, "file", "checkpoints"));
    expect(await rejectionOf(store.lock("first"))).toMatchObject({ code: "checkpoint", vendorCode: "ENOTDIR" });
    expect(await rejectionOf(store.load("first"))).toMatchObject({ code: "checkpoint", vendorCode: "ENOTDIR" });
    expect(await readFile(join(folder, "file"), "utf8")).toBe("text");
  });

  it("causes an error with the system's code when its lock is a folder", async () => {
    const path = await newPath();
    await mkdir(`${path}.lock`);
    expect(await rejectionOf(new FileCheckpointStore(path).lock("first"))).toMatchObject({
      code: "checkpoint",
      vendorCode: "EISDIR",
    });
    await rmdir(`${path}.lock`);
    await saveAll(path, [["first", { head: 1 }]]);
    expect(await loadFromFile(path, "first")).toEqual({ head: 1 });
  });

  it("is not written without its lock, or after the lock was released", async () => {
    const path = await newPath();
    const { store, unlock } = await opened(path);
    expect(await rejectionOf(store.save("second", { head: 1 }))).toBeInstanceOf(CheckpointError);
    await unlock();
    const error = await rejectionOf(store.save("first", { head: 1 }));
    expect(error).toBeInstanceOf(CheckpointError);
    expect(error.message).toContain("without its lock");
    expect(await readdir(dirname(path))).toEqual([]);
  });
});

describe("a save that fails", () => {
  it("keeps the earlier parts, and the next successful save contains everything", async () => {
    const path = await newPath();
    await saveAll(path, [["first", { head: 1, unsettledHashes: "kept" }]]);
    const { store, unlock } = await opened(path);
    const moved = `${path}.moved`;
    await rename(path, moved);
    await mkdir(path);
    expect(await rejectionOf(store.save("first", { head: 2, refused: true }))).toMatchObject({
      code: "checkpoint",
      vendorCode: "EISDIR",
    });
    expect(await store.load("first")).toEqual({ head: 1, unsettledHashes: "kept" });
    await rmdir(path);
    await rename(moved, path);
    expect(await loadFromFile(path, "first")).toEqual({ head: 1, unsettledHashes: "kept" });
    await store.save("first", { head: 3 });
    expect(await loadFromFile(path, "first")).toEqual({ head: 3, unsettledHashes: "kept" });
    await unlock();
    expect(await readdir(dirname(path))).toEqual(["checkpoints"]);
  });

  it("fails on each attempt, and leaves no other file behind", async () => {
    const path = await newPath();
    const { store, unlock } = await opened(path);
    await mkdir(path);
    for (let attempt = 0; attempt < 3; attempt += 1)
      expect(await rejectionOf(store.save("first", { head: attempt }))).toMatchObject({
        code: "checkpoint",
        vendorCode: "EISDIR",
      });
    expect((await readdir(dirname(path))).sort()).toEqual(["checkpoints", "checkpoints.lock"]);
    await rmdir(path);
    await store.save("first", { head: 4 });
    await unlock();
    expect(await loadFromFile(path, "first")).toEqual({ head: 4 });
  });

  it("because the file was removed is reported, and the next save restores all parts", async () => {
    const path = await newPath();
    const { store, unlock } = await opened(path);
    await store.save("first", { head: 1, unsettledHashes: "kept" });
    await store.save("first", { head: 2 });
    await rm(path);
    expect(await rejectionOf(store.save("first", { head: 3 }))).toBeInstanceOf(CheckpointError);
    await store.save("first", { head: 4 });
    expect(await loadFromFile(path, "first")).toEqual({ head: 4, unsettledHashes: "kept" });
    await unlock();
  });

  it("because the folder was moved is followed by a successful save when the folder is back", async () => {
    const path = await newPath();
    const folder = dirname(path);
    const { store, unlock } = await opened(path);
    await store.save("first", { head: 1, unsettledHashes: "kept" });
    await rename(folder, `${folder}-moved`);
    expect(await rejectionOf(store.save("first", { head: 2 }))).toBeInstanceOf(CheckpointError);
    await rename(`${folder}-moved`, folder);
    await store.save("first", { head: 3 });
    await unlock();
    expect(await loadFromFile(path, "first")).toEqual({ head: 3, unsettledHashes: "kept" });
    expect(await readdir(folder)).toEqual(["checkpoints"]);
  });

  it.skipIf(process.platform === "win32")(
    "because the space runs out keeps the earlier parts, and later saves that fit succeed",
    async () => {
      const path = await newPath();
      const other = await start("store-owner", 64 * 1024);
      const send = (command: StoreCommand) => other.send(command);
      await send({ open: path });
      await send({ lock: "first" });
      expect(await send({ account: "first", save: { head: 1, unsettledHashes: "x".repeat(20_000) } })).toEqual({
        value: null,
      });
      expect(await send({ account: "first", save: { head: 2 } })).toEqual({ value: null });
      for (let attempt = 0; attempt < 2; attempt += 1) {
        const response = await send({ account: "first", save: { head: 3, unsettledHashes: "y".repeat(100_000) } });
        expect(response).toMatchObject({ error: { code: "checkpoint", vendorCode: "EFBIG", account: "first" } });
        expect(await loadFromFile(path, "first")).toEqual({ head: 2, unsettledHashes: "x".repeat(20_000) });
        expect((await readdir(dirname(path))).sort()).toEqual(["checkpoints", "checkpoints.lock"]);
      }
      expect(await send({ account: "first", save: { head: 4 } })).toEqual({ value: null });
      expect(await send({ account: "first", save: { later: true } })).toEqual({ value: null });
      await send("unlock");
      await other.kill();
      expect(await loadFromFile(path, "first")).toEqual({ head: 4, later: true, unsettledHashes: "x".repeat(20_000) });
    },
  );
});
