import { open, type FileHandle, writeFile, readFile, rm, utimes } from "node:fs/promises";
import { expect, it, onTestFinished, vi } from "vitest";
import { CheckpointError, FileCheckpointStore } from "call-records";
import { rejectionOf } from "../client/stage.js";
import { newPath } from "./folder.js";
import { saveAll } from "./written-file.js";

const accounts = Array.from({ length: 60 }, (_, index) => `account ${index}`);

/** Returns a function that counts the reads of all files since this call. */
async function countReads(): Promise<() => number> {
  const handle = await open(process.execPath, "r");
  const spy = vi.spyOn(Object.getPrototypeOf(handle) as FileHandle, "readFile");
  await handle.close();
  onTestFinished(() => {
    spy.mockRestore();
  });
  return () => spy.mock.calls.length;
}

it("all accounts of a file are loaded with one read", async () => {
  const path = await newPath();
  await saveAll(
    path,
    accounts.map((account) => [account, { of: account }]),
  );
  const store = new FileCheckpointStore(path);
  const reads = await countReads();
  expect(await Promise.all(accounts.map((account) => store.load(account)))).toEqual(
    accounts.map((account) => ({ of: account })),
  );
  for (const account of accounts) expect(await store.load(account)).toEqual({ of: account });
  expect(reads()).toBe(1);
});

it(
  "accounts that are locked, saved and released in turn need one read, and see what another store has written since",
  { tags: ["slow"] },
  async () => {
    const path = await newPath();
    await saveAll(
      path,
      accounts.map((account) => [account, { head: 0 }]),
    );
    const store = new FileCheckpointStore(path);
    const reads = await countReads();
    for (const account of accounts) {
      const release = await store.lock(account);
      expect(await store.load(account)).toEqual({ head: 0 });
      await store.save(account, { head: 1 });
      await release();
    }
    expect(reads()).toBe(1);
    const other = new FileCheckpointStore(path);
    for (const [index, account] of accounts.entries()) {
      const release = await other.lock(account);
      await other.save(account, { head: `other ${index}` });
      await release();
      expect(await store.load(account)).toEqual({ head: `other ${index}` });
      expect(await store.load(accounts[index + 1] ?? "")).toEqual(index + 1 < accounts.length ? { head: 1 } : {});
    }
  },
);

it("cached contents are not used for a file that was removed, replaced, damaged or overwritten in the same length", async () => {
  const path = await newPath();
  const store = new FileCheckpointStore(path);
  await saveAll(path, [["first", { head: 1 }]]);
  const original = await readFile(path);
  expect(await store.load("first")).toEqual({ head: 1 });
  await rm(path);
  expect(await store.load("first")).toEqual({});
  await saveAll(path, [["first", { head: 2 }]]);
  expect(await store.load("first")).toEqual({ head: 2 });
  await writeFile(path, original);
  await utimes(path, new Date(0), new Date(0));
  expect(await store.load("first")).toEqual({ head: 1 });
  await writeFile(path, "x".repeat(original.length));
  await utimes(path, new Date(0), new Date(0));
  expect(await rejectionOf(store.load("first"))).toBeInstanceOf(CheckpointError);
});

it("a failed save does not change what the next load returns", async () => {
  const path = await newPath();
  await saveAll(path, [
    ["first", { head: 1 }],
    ["second", { head: 1 }],
  ]);
  const store = new FileCheckpointStore(path);
  const release = await store.lock("first");
  const handle = await open(process.execPath, "r");
  const spy = vi
    .spyOn(Object.getPrototypeOf(handle) as FileHandle, "writeFile")
    .mockRejectedValue(Object.assign(new Error("no space"), { code: "ENOSPC" }));
  await handle.close();
  for (let attempt = 0; attempt < 2; attempt += 1)
    expect(await rejectionOf(store.save("first", { head: 2, more: true }))).toMatchObject({ vendorCode: "ENOSPC" });
  expect(await store.load("first")).toEqual({ head: 1 });
  spy.mockRestore();
  await release();
  expect(await store.load("first")).toEqual({ head: 1 });
  expect(await store.load("second")).toEqual({ head: 1 });
});
