import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { Worker } from "node:worker_threads";
import { describe, expect, it, onTestFinished } from "vitest";
import { CheckpointError, FileCheckpointStore } from "call-records";
import { FileLock } from "../../src/files/file-lock.js";
import { isThreadAlive, processIdentity, type ThreadIdentity } from "../../src/files/process-identity.js";
import { bundled } from "../bundled.js";
import { rejectionOf } from "../client/stage.js";
import { extent } from "../search.js";
import { newPath } from "./folder.js";
import { start } from "./process.js";
import type { StoreCommand } from "./processes/store-owner.js";
import { loadFromFile } from "./written-file.js";

/** Starts a worker thread that tries to lock the file, and returns it with its message. */
async function openWorker(path: string): Promise<{ worker: Worker; message: unknown }> {
  const worker = new Worker(bundled(new URL("./threads/lock-owner.ts", import.meta.url)), { workerData: { path } });
  onTestFinished(async () => {
    await worker.terminate();
  });
  const [message] = (await once(worker, "message")) as [unknown];
  return { worker, message };
}

const threadOf = async (path: string) =>
  (JSON.parse(await readFile(`${path}.lock`, "utf8")) as { thread?: ThreadIdentity }).thread;

describe.skipIf(process.platform !== "linux")("a lock of a worker thread", () => {
  it("excludes the main thread while the worker is alive, and names the thread", { tags: ["slow"] }, async () => {
    const path = await newPath();
    const { worker, message } = await openWorker(path);
    expect(message).toBe("held");
    const error = await rejectionOf(new FileCheckpointStore(path).lock("first"));
    expect(error).toBeInstanceOf(CheckpointError);
    expect(error.message).toContain(`is being synced by thread ${worker.threadId} of process ${process.pid} on `);
    expect(await loadFromFile(path, "first")).toEqual({ by: "worker" });
  });

  it(
    "is acquired immediately by the main thread when the worker was terminated, with all that it saved",
    { tags: ["slow"] },
    async () => {
      for (let round = 0; round < extent(2, 5); round += 1) {
        const path = await newPath();
        const { worker } = await openWorker(path);
        await worker.terminate();
        const store = new FileCheckpointStore(path);
        const startedAt = performance.now();
        const release = await store.lock("first");
        // This is far less than the waiting time for a lock that is not updated.
        expect(performance.now() - startedAt).toBeLessThan(3000);
        expect(await store.load("first")).toEqual({ by: "worker" });
        await store.save("first", { by: "main" });
        await release();
        expect(await loadFromFile(path, "first")).toEqual({ by: "main" });
        expect(await readdir(dirname(path))).toEqual(["checkpoints"]);
      }
    },
  );

  it("is acquired by another worker, and then excludes all others", { tags: ["slow"] }, async () => {
    const path = await newPath();
    const first = await openWorker(path);
    const second = await openWorker(path);
    expect(second.message).toContain(`is being synced by thread ${first.worker.threadId} of process ${process.pid}`);
    await first.worker.terminate();
    const third = await openWorker(path);
    expect(third.message).toBe("held");
    expect((await openWorker(path)).message).toContain(`by thread ${third.worker.threadId} of`);
    expect(await rejectionOf(new FileCheckpointStore(path).lock("second"))).toBeInstanceOf(CheckpointError);
  });

  it("is acquired by another process while the worker's process continues to run", { tags: ["slow"] }, async () => {
    const path = await newPath();
    const { worker } = await openWorker(path);
    const other = await start("store-owner");
    const send = (command: StoreCommand) => other.send(command);
    await send({ open: path });
    expect(await send({ lock: "first" })).toMatchObject({ error: { code: "checkpoint", retryable: true } });
    await worker.terminate();
    expect(await send({ lock: "first" })).toEqual({ value: null });
    await other.kill();
  });

  it("excludes a worker while the main thread holds it", { tags: ["slow"] }, async () => {
    const path = await newPath();
    const release = await new FileCheckpointStore(path).lock("first");
    expect((await openWorker(path)).message).toContain(`is being synced by process ${process.pid} on `);
    await release();
    expect((await openWorker(path)).message).toBe("held");
  });

  it("identifies the thread of the system, and distinguishes another thread with the same id by its start", async () => {
    const path = await newPath();
    const { worker } = await openWorker(path);
    const [thread, self] = [await threadOf(path), await processIdentity()];
    if (thread?.system == null || self === null) throw new TypeError("Linux identifies its threads.");
    expect(thread.id).toBe(worker.threadId);
    expect(await isThreadAlive(self, thread, self)).toBe(true);
    expect(await isThreadAlive(self, { ...thread, system: { ...thread.system, started: "1" } }, self)).toBe(false);
    expect(await isThreadAlive(self, { ...thread, system: null }, self)).toBeNull();
    expect(await isThreadAlive({ ...self, boot: "another" }, thread, self)).toBeNull();
    await worker.terminate();
    await expect.poll(() => isThreadAlive(self, thread, self)).toBe(false);
    expect(await isThreadAlive(self, undefined, self)).toBe(true);
  });

  it("is acquired after the waiting time on a system that does not identify threads", async () => {
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
