import fc from "fast-check";
import { expect, it, vi } from "vitest";
import { CallRecordsClient, CheckpointError, ConfigurationError, type JsonValue } from "call-records";
import { redisCheckpointStore } from "call-records/redis";
import { startVendorEmulator } from "call-records/testing";
import { nextLine, startChild } from "./child.js";
import { startCutConnection } from "./cut-connection.js";
import { connect, newPrefix, OwnRedis } from "./redis-server.js";

const DAY = 86_400_000;

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => null,
    (error: unknown) => error,
  );
}

it("returns what was saved, for any names and values", async () => {
  const prefix = newPrefix();
  const [store, other] = [0, 1].map(() => redisCheckpointStore(connect(), { prefix }));
  const text = fc.string({
    unit: fc.oneof(fc.string(), fc.constantFrom("\ud800", "\0", '"', "\\", "é", ":")),
    maxLength: 5,
  });
  const changes = fc.dictionary(
    text.filter((name) => name !== "__proto__"),
    fc.option(fc.jsonValue().filter((value) => value !== null) as fc.Arbitrary<JsonValue>),
    { noNullPrototype: true, maxKeys: 5 },
  );
  await fc.assert(
    fc.asyncProperty(text, fc.array(changes, { maxLength: 4 }), async (name, saves) => {
      // Accounts of earlier runs may have the same name.
      const account = `${name} ${Math.random()}`;
      const unlock = await store?.lock(account);
      const expected = new Map<string, JsonValue>();
      for (const save of saves) {
        await store?.save(account, save);
        for (const [part, value] of Object.entries(save))
          if (value === null) expected.delete(part);
          else expected.set(part, value);
      }
      await unlock?.();
      // JSON has no negative zero.
      const asJson = (parts: unknown): unknown => JSON.parse(JSON.stringify(parts));
      expect(await other?.load(account)).toEqual(asJson(Object.fromEntries(expected)));
    }),
    { numRuns: 40 },
  );
});

it("keeps the progress of a sync for the next pass", async () => {
  const emulator = await startVendorEmulator({ days: 4, callsPerDay: 10, activeCalls: 0 });
  const prefix = newPrefix();
  const from = new Date(Date.now() - 3 * DAY);
  const passes: number[] = [];
  for (let pass = 0; pass < 2; pass += 1) {
    const client = emulator.client();
    expect(client).toBeInstanceOf(CallRecordsClient);
    let changes = 0;
    await client.sync({ from, store: redisCheckpointStore(connect(), { prefix }) }).forEach((batch) => {
      changes += batch.changes.length;
      return Promise.resolve();
    });
    passes.push(changes);
    await client.close();
  }
  await emulator.close();
  expect(passes[0]).toBeGreaterThan(0);
  expect(passes[1]).toBe(0);
  // Checkpoints stay. The leases are released.
  const redis = connect();
  const keys = await redis.keys(`${prefix}:*`);
  expect(keys.sort()).toEqual(
    ["huawei-cec", "itniotech", "tencent-ccc"].map((account) => `${prefix}:checkpoint:${account}`),
  );
  for (const key of keys) expect(await redis.pttl(key)).toBe(-1);
});

it("has one writer at a time, which another process can replace after it was killed", async () => {
  const prefix = newPrefix();
  const redis = connect();
  const writer = startChild("writer", [prefix, "account", "1"]);
  expect(await nextLine(writer)).toBe("locked");
  expect(await redis.pttl(`${prefix}:checkpoint-lease:account`)).toBeGreaterThan(0);
  const store = redisCheckpointStore(redis, { prefix, leaseSeconds: 1 });
  // The writer renews its lease for longer than the lease lasts.
  await new Promise((resolve) => setTimeout(resolve, 2500));
  const failure = await failureOf(store.lock("account"));
  expect(failure).toBeInstanceOf(CheckpointError);
  expect(failure).toMatchObject({ account: "account", retryable: true });
  expect(String(failure)).toContain("account: another writer holds the lease of this account in Redis.");
  await (
    await store.lock("another account")
  )();
  writer.kill("SIGKILL");
  await vi.waitFor(() => store.lock("account"), { timeout: 10_000, interval: 100 });
});

it.each([true, false])(
  "refuses the save of a writer that slept for longer than its lease, if another writer has the lease: %o",
  async (isReplaced) => {
    const prefix = newPrefix();
    const redis = connect();
    const sleeper = startChild("writer", [prefix, "account", "1"]);
    expect(await nextLine(sleeper)).toBe("locked");
    sleeper.stdin.write("before\n");
    expect(await nextLine(sleeper)).toBe("saved");
    sleeper.kill("SIGSTOP");
    await vi.waitFor(
      async () => {
        expect(await redis.exists(`${prefix}:checkpoint-lease:account`)).toBe(0);
      },
      { timeout: 10_000, interval: 50 },
    );
    const other = redisCheckpointStore(redis, { prefix });
    if (isReplaced) {
      await other.lock("account");
      await other.save("account", { head: "other" });
    }
    // The save is the first that the process does after its sleep.
    sleeper.stdin.write("late\n");
    sleeper.kill("SIGCONT");
    expect(await nextLine(sleeper)).toMatch(
      /^CheckpointError: account: the lease of this account has expired or another/,
    );
    expect(await other.load("account")).toEqual({ head: isReplaced ? "other" : "before" });
    // Nor does it save later, when its timers have run.
    await new Promise((resolve) => setTimeout(resolve, 1000));
    sleeper.stdin.write("later\n");
    expect(await nextLine(sleeper)).toContain("so nothing was saved");
    expect(await other.load("account")).toEqual({ head: isReplaced ? "other" : "before" });
  },
);

it("recognizes its own lease if the reply was lost with the connection", async () => {
  const server = await OwnRedis.start();
  const { port, wasCut } = await startCutConnection(server.port, "checkpoint-lease");
  const store = redisCheckpointStore(connect({ port }));
  const release = await store.lock("account");
  expect(wasCut()).toBe(true);
  await store.save("account", { part: 1 });
  await release();
});

it("saves nothing without a lock, or after it was released", async () => {
  const store = redisCheckpointStore(connect(), { prefix: newPrefix() });
  await expect(store.save("account", { head: 1 })).rejects.toThrow(
    "account: nothing is saved to Redis without its lock.",
  );
  const unlock = await store.lock("account");
  await store.save("account", { head: 1 });
  await unlock();
  await expect(store.save("account", { head: 2 })).rejects.toThrow(CheckpointError);
  expect(await store.load("account")).toEqual({ head: 1 });
});

it("refuses a save after Redis has lost its state, because only the first one contains all parts", async () => {
  const server = await OwnRedis.start();
  const redis = connect({ port: server.port });
  const [store, other] = [0, 1].map(() => redisCheckpointStore(redis));
  await store?.lock("account");
  await store?.save("account", { head: 1, tail: 1 });
  await redis.flushall();
  await other?.lock("account");
  await expect(store?.save("account", { head: 2 })).rejects.toThrow("the lease of this account has expired or another");
  expect(await other?.load("account")).toEqual({});
});

it("reports a damaged checkpoint, and a server that does not respond", async () => {
  const server = await OwnRedis.start();
  const redis = connect({ port: server.port });
  const store = redisCheckpointStore(redis, { prefix: "one" });
  await redis.hset("one:checkpoint:account", "head", "{");
  await expect(store.load("account")).rejects.toThrow("account: the checkpoint in Redis is damaged");
  server.suspend();
  const failures = await Promise.all([failureOf(store.load("account")), failureOf(store.lock("account"))]);
  server.resume();
  for (const failure of failures) {
    expect(failure).toBeInstanceOf(CheckpointError);
    expect(failure).toMatchObject({ account: "account", retryable: true });
    expect(String(failure)).toContain("account: redisCheckpointStore: Redis has not responded for 5 seconds.");
  }
});

it.each([
  [{ leaseSeconds: 0 }, "option `leaseSeconds`: must be at least 1."],
  [{ leaseSeconds: 1.5 }, "option `leaseSeconds`: must be a whole number."],
  [{ leaseSeconds: 3601 }, "option `leaseSeconds`: must be at most 3,600."],
  [{ prefix: "" }, "option `prefix`: must not be empty."],
])("refuses wrong options: %o", (options, message) => {
  const create = () => redisCheckpointStore(connect({ lazyConnect: true }), options);
  expect(create).toThrow(ConfigurationError);
  expect(create).toThrow(`redisCheckpointStore: ${message}`);
});
