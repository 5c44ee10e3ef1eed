import { Transform, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { describe, expect, it } from "vitest";
import {
  CheckpointError,
  type CheckpointStore,
  MemoryCheckpointStore,
  RequestError,
  type SyncBatch,
  type SyncStream,
} from "call-records";
import { detailsOf, openStage, rejectionOf } from "../client/stage.js";
import { type Days, FROM, idsIn, openDays, take, WatchedStore } from "./daily-windows.js";

const accounts = ["huawei-cec"];
const query = (store: CheckpointStore) => ({ from: FROM, store, accounts });

/** Runs another pass, commits its batches, and returns the ids that it delivers. */
async function nextPass(client: Days["client"], store: CheckpointStore): Promise<string[]> {
  const ids: string[] = [];
  await client.sync(query(store)).forEach((batch) => ids.push(...idsIn(batch)));
  return ids.sort();
}

/** Reads a stream to its end. */
async function drain(
  stream: SyncStream,
  each: (batch: SyncBatch, index: number) => void | Promise<void>,
): Promise<void> {
  let index = 0;
  for await (const batch of stream) {
    await each(batch, index);
    index += 1;
  }
}

describe("reading ahead", () => {
  it("in a pipeline commits nothing, so that no call is lost when the writer fails", async () => {
    const { client, ids } = await openDays();
    const store = new WatchedStore();
    const slow = new Writable({
      objectMode: true,
      write(_batch, _encoding, done) {
        setImmediate(done, new Error("The disk is full."));
      },
    });
    expect((await rejectionOf(pipeline(client.sync(query(store)), slow))).message).toBe("The disk is full.");
    await store.unlocked();
    expect(await nextPass(client, store)).toEqual(ids);
  });

  it("in a pipeline loses and repeats no call when the writer commits what it has written", async () => {
    const { client, ids } = await openDays();
    const store = new WatchedStore();
    const written: string[] = [];
    const writer = () =>
      new Writable({
        objectMode: true,
        write(batch: SyncBatch, _encoding, done) {
          if (written.length === 4) {
            setImmediate(done, new Error("The disk is full."));
            return;
          }
          written.push(...idsIn(batch));
          batch.commit().then(() => {
            done();
          }, done);
        },
      });
    expect((await rejectionOf(pipeline(client.sync(query(store)), writer()))).message).toBe("The disk is full.");
    await store.unlocked();
    expect(written.length).toBe(4);
    expect([...written, ...(await nextPass(client, store))].sort()).toEqual(ids);
  });

  it("in a Transform loses no call when the writer behind it fails", async () => {
    const { client, ids } = await openDays();
    const store = new WatchedStore();
    const lines = new Transform({
      writableObjectMode: true,
      transform(batch: SyncBatch, _encoding, done) {
        done(null, `${JSON.stringify(batch.changes)}\n`);
      },
    });
    const slow = new Writable({
      write(_chunk, _encoding, done) {
        setImmediate(done, new Error("The connection was reset."));
      },
    });
    expect((await rejectionOf(pipeline(client.sync(query(store)), lines, slow))).message).toBe(
      "The connection was reset.",
    );
    await store.unlocked();
    expect(await nextPass(client, store)).toEqual(ids);
  });

  it("with four concurrent `next()` calls commits only batches on which commit() is called", async () => {
    const { client, ids } = await openDays();
    const store = new MemoryCheckpointStore();
    const iterator = client.sync(query(store))[Symbol.asyncIterator]();
    const results = await Promise.all([iterator.next(), iterator.next(), iterator.next(), iterator.next()]);
    const batches = results.flatMap((result) => (result.done === true ? [] : [result.value]));
    expect(batches.length).toBe(4);
    await batches[1]?.commit();
    await iterator.return();
    expect(await nextPass(client, store)).toEqual(ids.filter((id) => !batches.slice(1, 2).flatMap(idsIn).includes(id)));
  });

  it("does not occur when a writer has no buffer, and everything is committed when the pipeline ends", async () => {
    const { client, ids } = await openDays();
    const store = new MemoryCheckpointStore();
    const written: string[] = [];
    const writer = new Writable({
      objectMode: true,
      highWaterMark: 1,
      write(batch: SyncBatch, _encoding, done) {
        written.push(...idsIn(batch));
        setImmediate(() => {
          batch.commit().then(() => {
            done();
          }, done);
        });
      },
    });
    await pipeline(client.sync(query(store)), writer);
    expect(written.sort()).toEqual(ids);
    expect(await nextPass(client, store)).toEqual([]);
  });
});

describe("a batch that was not committed", () => {
  it("is delivered again in the next pass, without any other batch", async () => {
    const { client } = await openDays();
    const store = new MemoryCheckpointStore();
    const skipped: string[] = [];
    const reading = drain(client.sync(query(store)), async (batch, index) => {
      if (index === 1) skipped.push(...idsIn(batch));
      else await batch.commit();
    });
    expect(await rejectionOf(reading)).toBeInstanceOf(CheckpointError);
    expect(skipped.length).toBe(1);
    expect(await nextPass(client, store)).toEqual(skipped);
    expect(await nextPass(client, store)).toEqual([]);
  });

  it("is counted in an error at the end of the pass, which names both ways to commit", async () => {
    const { client } = await openDays();
    const reading = drain(client.sync(query(new MemoryCheckpointStore())), async (batch, index) => {
      if (index > 2) await batch.commit();
    });
    const error = await rejectionOf(reading);
    expect(error).toBeInstanceOf(CheckpointError);
    expect(detailsOf(error)).toMatchObject({
      code: "checkpoint",
      account: "huawei-cec",
      operation: "sync",
      retryable: false,
    });
    expect(error.message).toMatch(
      /^sync: 3 of 10 batches were not committed \(huawei-cec\)\. The next pass returns them again\./,
    );
    expect(error.message).toContain("`await batch.commit()`");
    expect(error.message).toContain("`sync(…).forEach(async (batch) => { … })`");
  });

  it("of one of several accounts is delivered again, and the error names the account", async () => {
    const { client } = await openStage({ emulator: { days: 22, callsPerDay: 5 } });
    const store = new MemoryCheckpointStore();
    const stream = client.sync({ from: FROM, store });
    const skipped: string[] = [];
    const reading = drain(stream, async (batch) => {
      if (batch.account === "itniotech") skipped.push(...idsIn(batch));
      else await batch.commit();
    });
    expect((await rejectionOf(reading)).message).toMatch(/^sync: \d+ of \d+ batches were not committed \(itniotech\)/);
    expect(stream.report().accounts.map(({ account, status }) => `${account} ${status}`)).toEqual([
      "tencent-ccc complete",
      "huawei-cec complete",
      "itniotech partial",
    ]);
    const again: string[] = [];
    await client.sync({ from: FROM, store }).forEach((batch) => again.push(...idsIn(batch)));
    expect(skipped.length).toBeGreaterThan(0);
    expect(again.sort()).toEqual(skipped.sort());
  });

  it("does not hide the error that ends the loop", async () => {
    const { client, ids } = await openDays();
    const store = new MemoryCheckpointStore();
    const consumerError = new Error("The table is full.");
    const reading = drain(client.sync(query(store)), (_, index) => {
      if (index === 3) throw consumerError;
    });
    expect(await rejectionOf(reading)).toBe(consumerError);
    const abort = new AbortController();
    const aborted = drain(client.sync({ ...query(store), signal: abort.signal }), (_, index) => {
      if (index === 3) abort.abort();
    });
    expect(detailsOf(await rejectionOf(aborted)).code).toBe("aborted");
    // Leaving the loop is not an error.
    for await (const batch of client.sync(query(store))) if (batch.changes.length > 0) break;
    expect(await nextPass(client, store)).toEqual(ids);
  });

  it("is not in the coverage, and is reported as a gap when the pass has ended", async () => {
    const { client } = await openDays();
    const store = new MemoryCheckpointStore();
    const stream = client.sync(query(store));
    const { batches, next } = await take(stream, 10);
    const [skipped, ...others] = batches;
    const isIn = (intervals: readonly { from: string; to: string }[], batch: SyncBatch | undefined) => {
      const at = batch?.changes[0]?.record.startedAt.toISOString() ?? "";
      return intervals.some(({ from, to }) => from <= at && at < to);
    };
    const [before] = stream.report().accounts;
    expect(before).toMatchObject({ rows: 0, status: "partial" });
    for (const batch of batches)
      expect([before?.coverage, before?.unsettled].some((intervals) => isIn(intervals ?? [], batch))).toBe(false);

    for (const batch of others) await batch.commit();
    const [after] = stream.report().accounts;
    expect(after?.rows).toBe(9);
    // The last batch is covered only when the window of Huawei's other list has been read, which happens when the stream continues.
    expect(others.filter((batch) => isIn(after?.coverage ?? [], batch)).length).toBeGreaterThanOrEqual(8);
    expect(isIn(after?.coverage ?? [], skipped)).toBe(false);

    await rejectionOf(next());
    const [ended] = stream.report().accounts;
    expect(ended?.status).toBe("partial");
    expect(ended?.gaps.map(({ reason }) => reason)).toEqual(["stopped"]);
    expect(isIn(ended?.gaps ?? [], skipped)).toBe(true);
    for (const batch of others) expect(isIn(ended?.coverage ?? [], batch)).toBe(true);
    const [coverage] = await client.coverage(store, { accounts });
    expect(isIn(coverage?.coverage ?? [], skipped)).toBe(false);
    expect(isIn(coverage?.missing ?? [], skipped)).toBe(true);
  });
});

describe("commits", () => {
  const orders: [string, (batches: SyncBatch[]) => Promise<unknown>][] = [
    [
      "in reverse order",
      async (batches) => {
        for (const batch of batches.reverse()) await batch.commit();
      },
    ],
    ["concurrently", (batches) => Promise.all(batches.map((batch) => batch.commit()))],
    ["twice each, concurrently", (batches) => Promise.all([...batches, ...batches].map((batch) => batch.commit()))],
  ];

  it.each(orders)("result in the same checkpoint as commits in order: %s", async (_, commitAll) => {
    const { client } = await openDays();
    const inOrder = new MemoryCheckpointStore();
    await client.sync({ from: FROM, store: inOrder }).forEach(() => undefined);
    const store = new MemoryCheckpointStore();
    // The stream reads both accounts, so the account that is read first must wait for its batches too.
    const { batches, next } = await take(client.sync({ from: FROM, store }), 20);
    await commitAll(batches);
    expect(await next()).toEqual({ done: true, value: undefined });
    for (const account of ["huawei-cec", "itniotech"])
      expect(await store.load(account)).toEqual(await inOrder.load(account));
  });

  it("that are not awaited count when they were started before the end", async () => {
    const { client } = await openDays();
    const store = new MemoryCheckpointStore();
    const failures: unknown[] = [];
    await drain(client.sync(query(store)), (batch) => {
      batch.commit().catch((error: unknown) => failures.push(error));
    });
    expect(failures).toEqual([]);
    expect(await nextPass(client, store)).toEqual([]);
  });

  it.each([false, true])(
    "that fail do not affect the others, which are saved (saved despite the error: %s)",
    async (isSaved) => {
      const { client } = await openDays();
      const store = new MemoryCheckpointStore();
      let isFailing = false;
      const failing: CheckpointStore = {
        load: (account) => store.load(account),
        lock: (account) => store.lock(account),
        save: async (account, changes) => {
          if (!isFailing || isSaved) await store.save(account, changes);
          if (isFailing) throw new Error("deadlock detected");
        },
      };
      const { batches, next } = await take(client.sync(query(failing)), 10);
      const [failed, ...others] = batches;
      isFailing = true;
      expect((await rejectionOf(failed?.commit() ?? Promise.resolve())).message).toBe("deadlock detected");
      isFailing = false;
      for (const batch of others) await batch.commit();
      expect((await rejectionOf(next())).message).toMatch(/^sync: 1 of 10 batches/);
      expect(await nextPass(client, store)).toEqual(failed === undefined ? [] : idsIn(failed));
    },
  );
});

describe("forEach", () => {
  it("commits each batch after its callback", async () => {
    const { client, ids } = await openDays();
    const store = new MemoryCheckpointStore();
    const stream = client.sync(query(store));
    const received: string[] = [];
    await stream.forEach(async (batch) => {
      await Promise.resolve();
      // The earlier batches are committed, and this one is not yet.
      expect(stream.report().accounts[0]?.rows).toBe(received.length);
      received.push(...idsIn(batch));
    });
    expect(received.sort()).toEqual(ids);
    expect(stream.report().accounts[0]).toMatchObject({ status: "complete", rows: 10 });
    expect(await nextPass(client, store)).toEqual([]);
  });

  it("rejects with the error of its callback, and does not commit that batch", async () => {
    const { client, ids } = await openDays();
    const store = new MemoryCheckpointStore();
    const consumerError = new Error("The table is full.");
    const received: string[] = [];
    const reading = client.sync(query(store)).forEach(async (batch) => {
      await Promise.resolve();
      if (received.length === 3) throw consumerError;
      received.push(...idsIn(batch));
    });
    expect(await rejectionOf(reading)).toBe(consumerError);
    expect(received.length).toBe(3);
    expect([...received, ...(await nextPass(client, store))].sort()).toEqual(ids);
  });

  it("rejects with the error of the store", async () => {
    const { client } = await openDays();
    const store = new MemoryCheckpointStore();
    const storeError = new Error("deadlock detected");
    const failing: CheckpointStore = {
      load: (account) => store.load(account),
      lock: (account) => store.lock(account),
      save: (account, changes) =>
        Object.keys(changes).length > 1 ? Promise.reject(storeError) : store.save(account, changes),
    };
    let batches = 0;
    expect(await rejectionOf(client.sync(query(failing)).forEach(() => (batches += 1)))).toBe(storeError);
    expect(batches).toBe(1);
    // The lock was released.
    expect((await nextPass(client, store)).length).toBe(10);
  });

  it("rejects a callback that is not a function, and a stream that was already read", async () => {
    const { client } = await openDays();
    const stream = client.sync(query(new MemoryCheckpointStore()));
    const error = await rejectionOf(stream.forEach(undefined as unknown as () => void));
    expect(error).toBeInstanceOf(RequestError);
    expect(error.message).toContain("argument `callback` must be a function");
    await stream.forEach(() => undefined);
    expect((await rejectionOf(stream.forEach(() => undefined))).message).toContain("can be read once");
  });
});

describe("the checkpoint of a batch", () => {
  it("includes the committed batches and its own batch when a store is used", async () => {
    const { client, ids } = await openDays();
    const { batches } = await take(client.sync(query(new MemoryCheckpointStore())), 3);
    const [first, second, third] = batches;
    if (first === undefined || second === undefined || third === undefined)
      throw new TypeError("There are not three batches.");
    const after = async (batch: SyncBatch) => {
      const rest: string[] = [];
      for await (const next of client.sync({
        from: FROM,
        checkpoint: JSON.parse(JSON.stringify(batch.checkpoint)) as SyncBatch["checkpoint"],
        accounts,
      }))
        rest.push(...idsIn(next));
      return rest.sort();
    };
    const without = (...committed: SyncBatch[]) => ids.filter((id) => !committed.flatMap(idsIn).includes(id));
    expect(await after(second)).toEqual(without(second));
    await first.commit();
    expect(await after(second)).toEqual(without(first, second));
    expect(await after(third)).toEqual(without(first, third));
    await third.commit();
    expect(await after(third)).toEqual(without(first, third));
  });

  it("includes all earlier batches when the caller stores it, and needs no commits", async () => {
    const { client, ids } = await openDays();
    const { batches, next } = await take(client.sync({ from: FROM, checkpoint: null, accounts }), 10);
    expect(await next()).toEqual({ done: true, value: undefined });
    const rest: string[] = [];
    const stream = client.sync({ from: FROM, checkpoint: batches[3]?.checkpoint ?? null, accounts });
    await stream.forEach((batch) => rest.push(...idsIn(batch)));
    expect([...batches.slice(0, 4).flatMap(idsIn), ...rest].sort()).toEqual(ids);
    expect(stream.report().accounts[0]).toMatchObject({ status: "complete", rows: 6 });
  });
});
