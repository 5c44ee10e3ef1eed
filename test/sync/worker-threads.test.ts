import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { Worker } from "node:worker_threads";
import { describe, expect, it, onTestFinished } from "vitest";
import { CheckpointError, FileCheckpointStore } from "call-records";
import { FileLock } from "../../src/files/file-lock.js";
import { isThreadAlive, processIdentity, type ThreadIdentity } from "../../src/files/process-identity.js";
import { rejectionOf } from "../client/stage.js";
import { newPath } from "./folder.js";
import { start } from "./process.js";
import type { StoreQuestion } from "./processes/store-owner.js";
import { loadAnew } from "./written-file.js";

/** TypeScript in a worker: `--import tsx` does not reach one. */
const SCRIPT = `
  const { workerData } = require("node:worker_threads");
  import("tsx/esm/api").then(({ register }) => {
    register();
    return import(workerData.script);
  });
`;

/** A worker thread that has tried to lock the file, and what it said. */
async function openWorker(path: string): Promise<{ worker: Worker; said: unknown }> {
  const worker = new Worker(SCRIPT, {
    eval: true,
    workerData: { path, script: new URL("./threads/lock-owner.ts", import.meta.url).href },
  });
  onTestFinished(async () => {
    await worker.terminate();
  });
  const [said] = (await once(worker, "message")) as [unknown];
  return { worker, said };
}

const threadOf = async (path: string) =>
  (JSON.parse(await readFile(`${path}.lock`, "utf8")) as { thread?: ThreadIdentity }).thread;

describe.skipIf(process.platform !== "linux")("a lock of a worker thread", () => {
  it("keeps the main thread out while the worker lives, and names the thread", async () => {
    const path = await newPath();
    const { worker, said } = await openWorker(path);
    expect(said).toBe("held");
    const error = await rejectionOf(new FileCheckpointStore(path).lock("first"));
    expect(error).toBeInstanceOf(CheckpointError);
    expect(error.message).toContain(`is being synced by thread ${worker.threadId} of process ${process.pid} on `);
    expect(await loadAnew(path, "first")).toEqual({ by: "worker" });
  });

  it("is taken at once by the main thread when the worker was terminated, with all that it had saved", async () => {
    for (let round = 0; round < 5; round += 1) {
      const path = await newPath();
      const { worker } = await openWorker(path);
      await worker.terminate();
      const store = new FileCheckpointStore(path);
      const began = performance.now();
      const release = await store.lock("first");
      // Far less than it takes to see that nobody touches a lock.
      expect(performance.now() - began).toBeLessThan(3000);
      expect(await store.load("first")).toEqual({ by: "worker" });
      await store.save("first", { by: "main" });
      await release();
      expect(await loadAnew(path, "first")).toEqual({ by: "main" });
      expect(await readdir(dirname(path))).toEqual(["checkpoints"]);
    }
  });

  it("is taken by another worker, and then keeps all others out", async () => {
    const path = await newPath();
    const first = await openWorker(path);
    const second = await openWorker(path);
    expect(second.said).toContain(`is being synced by thread ${first.worker.threadId} of process ${process.pid}`);
    await first.worker.terminate();
    const third = await openWorker(path);
    expect(third.said).toBe("held");
    expect((await openWorker(path)).said).toContain(`by thread ${third.worker.threadId} of`);
    expect(await rejectionOf(new FileCheckpointStore(path).lock("second"))).toBeInstanceOf(CheckpointError);
  });

  it("is taken by another process, while the worker's process goes on", async () => {
    const path = await newPath();
    const { worker } = await openWorker(path);
    const other = await start("store-owner");
    const ask = (question: StoreQuestion) => other.ask(question);
    await ask({ open: path });
    expect(await ask({ lock: "first" })).toMatchObject({ error: { code: "checkpoint", retryable: true } });
    await worker.terminate();
    expect(await ask({ lock: "first" })).toEqual({ value: null });
    await other.kill();
  });

  it("keeps a worker out while the main thread has it", async () => {
    const path = await newPath();
    const release = await new FileCheckpointStore(path).lock("first");
    expect((await openWorker(path)).said).toContain(`is being synced by process ${process.pid} on `);
    await release();
    expect((await openWorker(path)).said).toBe("held");
  });

  it("says which thread of the system it is: another with its number is told by its start", async () => {
    const path = await newPath();
    const { worker } = await openWorker(path);
    const [thread, self] = [await threadOf(path), await processIdentity()];
    if (thread?.system == null || self === null) throw new TypeError("Linux tells of its threads.");
    expect(thread.id).toBe(worker.threadId);
    expect(await isThreadAlive(self, thread, self)).toBe(true);
    expect(await isThreadAlive(self, { ...thread, system: { ...thread.system, started: "1" } }, self)).toBe(false);
    expect(await isThreadAlive(self, { ...thread, system: null }, self)).toBeNull();
    expect(await isThreadAlive({ ...self, boot: "another" }, thread, self)).toBeNull();
    await worker.terminate();
    await expect.poll(() => isThreadAlive(self, thread, self)).toBe(false);
    expect(await isThreadAlive(self, undefined, self)).toBe(true);
  });

  it("on a system that does not tell of threads is taken when nobody has touched it for long enough", async () => {
    const path = await newPath();
    const { worker } = await openWorker(path);
    await worker.terminate();
    let waited = 0;
    const sleep = (ms: number) => {
      waited += ms;
      return Promise.resolve();
    };
    const lock = await FileLock.acquire(`${path}.lock`, { identity: null, sleep });
    expect([lock.wasTakenOver, waited]).toEqual([true, 6000]);
    await lock.release();
  });
});
