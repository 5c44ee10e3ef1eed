import { mkdir, readdir, readFile, rename, rm, rmdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { CheckpointError, FileCheckpointStore } from "call-records";
import { rejectionOf } from "../client/stage.js";
import { newPath, openFolder } from "./folder.js";
import { start } from "./process.js";
import type { StoreQuestion } from "./processes/store-owner.js";
import { loadAnew, saveAll } from "./written-file.js";

async function opened(path: string) {
  const store = new FileCheckpointStore(path);
  const unlock = await store.lock("first");
  return { store, unlock };
}

describe("a file of checkpoints that cannot be written", () => {
  it("is refused with the system's code when its folder is not there, and none is made", async () => {
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

  it("is refused with the system's code when its folder is a file", async () => {
    const folder = await openFolder();
    await writeFile(join(folder, "file"), "text");
    const store = new FileCheckpointStore(join(folder, "file", "checkpoints"));
    expect(await rejectionOf(store.lock("first"))).toMatchObject({ code: "checkpoint", vendorCode: "ENOTDIR" });
    expect(await rejectionOf(store.load("first"))).toMatchObject({ code: "checkpoint", vendorCode: "ENOTDIR" });
    expect(await readFile(join(folder, "file"), "utf8")).toBe("text");
  });

  it("is refused with the system's code where its lock cannot be one", async () => {
    const path = await newPath();
    await mkdir(`${path}.lock`);
    expect(await rejectionOf(new FileCheckpointStore(path).lock("first"))).toMatchObject({
      code: "checkpoint",
      vendorCode: "EISDIR",
    });
    await rmdir(`${path}.lock`);
    await saveAll(path, [["first", { head: 1 }]]);
    expect(await loadAnew(path, "first")).toEqual({ head: 1 });
  });

  it("is not written without its lock, nor after that was given back", async () => {
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
  it("leaves what was saved before, and the next one that succeeds holds everything", async () => {
    const path = await newPath();
    await saveAll(path, [["first", { head: 1, unsettledHashes: "kept" }]]);
    const { store, unlock } = await opened(path);
    const aside = `${path}.aside`;
    await rename(path, aside);
    await mkdir(path);
    expect(await rejectionOf(store.save("first", { head: 2, refused: true }))).toMatchObject({
      code: "checkpoint",
      vendorCode: "EISDIR",
    });
    expect(await store.load("first")).toEqual({ head: 1, unsettledHashes: "kept" });
    await rmdir(path);
    await rename(aside, path);
    expect(await loadAnew(path, "first")).toEqual({ head: 1, unsettledHashes: "kept" });
    await store.save("first", { head: 3 });
    expect(await loadAnew(path, "first")).toEqual({ head: 3, unsettledHashes: "kept" });
    await unlock();
    expect(await readdir(dirname(path))).toEqual(["checkpoints"]);
  });

  it("fails as often as it is tried, and leaves nothing beside the file", async () => {
    const path = await newPath();
    const { store, unlock } = await opened(path);
    await mkdir(path);
    for (let time = 0; time < 3; time += 1)
      expect(await rejectionOf(store.save("first", { head: time }))).toMatchObject({
        code: "checkpoint",
        vendorCode: "EISDIR",
      });
    expect((await readdir(dirname(path))).sort()).toEqual(["checkpoints", "checkpoints.lock"]);
    await rmdir(path);
    await store.save("first", { head: 4 });
    await unlock();
    expect(await loadAnew(path, "first")).toEqual({ head: 4 });
  });

  it("because the file was taken away does not claim to be saved, and the next one brings all of it back", async () => {
    const path = await newPath();
    const { store, unlock } = await opened(path);
    await store.save("first", { head: 1, unsettledHashes: "kept" });
    await store.save("first", { head: 2 });
    await rm(path);
    expect(await rejectionOf(store.save("first", { head: 3 }))).toBeInstanceOf(CheckpointError);
    await store.save("first", { head: 4 });
    expect(await loadAnew(path, "first")).toEqual({ head: 4, unsettledHashes: "kept" });
    await unlock();
  });

  it("because the folder was taken away is followed by one that succeeds when it is back", async () => {
    const path = await newPath();
    const folder = dirname(path);
    const { store, unlock } = await opened(path);
    await store.save("first", { head: 1, unsettledHashes: "kept" });
    await rename(folder, `${folder}-aside`);
    expect(await rejectionOf(store.save("first", { head: 2 }))).toBeInstanceOf(CheckpointError);
    await rename(`${folder}-aside`, folder);
    await store.save("first", { head: 3 });
    await unlock();
    expect(await loadAnew(path, "first")).toEqual({ head: 3, unsettledHashes: "kept" });
    expect(await readdir(folder)).toEqual(["checkpoints"]);
  });

  it.skipIf(process.platform === "win32")(
    "in the middle, for want of space, leaves what was saved before, and further ones that fit succeed",
    async () => {
      const path = await newPath();
      const other = await start("store-owner", 64 * 1024);
      const ask = (question: StoreQuestion) => other.ask(question);
      await ask({ open: path });
      await ask({ lock: "first" });
      expect(await ask({ account: "first", save: { head: 1, unsettledHashes: "x".repeat(20_000) } })).toEqual({
        value: null,
      });
      expect(await ask({ account: "first", save: { head: 2 } })).toEqual({ value: null });
      for (let time = 0; time < 2; time += 1) {
        const refused = await ask({ account: "first", save: { head: 3, unsettledHashes: "y".repeat(100_000) } });
        expect(refused).toMatchObject({ error: { code: "checkpoint", vendorCode: "EFBIG", account: "first" } });
        expect(await loadAnew(path, "first")).toEqual({ head: 2, unsettledHashes: "x".repeat(20_000) });
        expect((await readdir(dirname(path))).sort()).toEqual(["checkpoints", "checkpoints.lock"]);
      }
      expect(await ask({ account: "first", save: { head: 4 } })).toEqual({ value: null });
      expect(await ask({ account: "first", save: { later: true } })).toEqual({ value: null });
      await ask("unlock");
      await other.kill();
      expect(await loadAnew(path, "first")).toEqual({ head: 4, later: true, unsettledHashes: "x".repeat(20_000) });
    },
  );
});
