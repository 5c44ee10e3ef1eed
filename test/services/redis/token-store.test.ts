import { randomBytes } from "node:crypto";
import { setMaxListeners } from "node:events";
import { inspect } from "node:util";
import type { Redis } from "ioredis";
import { expect, it } from "vitest";
import { CallRecordsClient, ConfigurationError, huaweiCec, NetworkError, type StoredToken } from "call-records";
import { redisTokenStore, type RedisTokenStoreOptions } from "call-records/redis";
import { startVendorEmulator } from "call-records/testing";
import { systemClock } from "../../../src/engine/account/system-clock.js";
import { Tokens } from "../../../src/engine/account/tokens.js";
import { nextLine, startChild } from "./child.js";
import { startCutConnection } from "./cut-connection.js";
import { connect, newPrefix, OwnRedis } from "./redis-server.js";

const never = new AbortController().signal;
setMaxListeners(0, never);
const KEY = "https://vendor.example/token app-key";

/** Returns a token that was fetched now. */
function newToken(token: string, lifeMs = 600_000): StoredToken {
  return { token, fetchedAt: Date.now(), expiresAt: Date.now() + lifeMs };
}

it("has a token fetched once by several processes, and once again when it is to be replaced", async () => {
  const prefix = newPrefix();
  const processes = [0, 1, 2, 3].map(() => new Tokens(redisTokenStore(connect(), { prefix }), systemClock));
  let fetches = 0;
  let lifeMs = 1;
  const fetch = async () => {
    fetches += 1;
    await new Promise((resolve) => setImmediate(resolve));
    return newToken(`token ${fetches}`, lifeMs);
  };
  const takeAll = async () => {
    const all = processes.flatMap((tokens) => [0, 1, 2].map(() => tokens.take(KEY, never, fetch)));
    return [...new Set(await Promise.all(all))];
  };
  // A token that has expired at once is replaced by each process in turn.
  await processes[0]?.take(KEY, never, fetch);
  lifeMs = 600_000;
  expect(await takeAll()).toEqual(["token 2"]);
  expect(await takeAll()).toEqual(["token 2"]);
  for (const tokens of processes) tokens.drop(KEY, "token 2");
  expect(await takeAll()).toEqual(["token 3"]);
  expect(fetches).toBe(3);
});

it("lets clients of several processes share the token of a vendor", async () => {
  const emulator = await startVendorEmulator({ vendors: ["huawei-cec"], days: 4, callsPerDay: 5 });
  const prefix = newPrefix();
  const clients = [0, 1, 2].map(
    () =>
      new CallRecordsClient({
        providers: [huaweiCec({ endpoint: emulator.endpoints["huawei-cec"], ...emulator.credentials["huawei-cec"] })],
        tokenStore: redisTokenStore(connect(), { prefix, encryptionKey: "ab".repeat(32) }),
      }),
  );
  const range = { from: new Date(Date.now() - 3 * 86_400_000), to: new Date() };
  const read = await Promise.all(clients.map((client) => client.records(range).toArray({ max: 1000 })));
  for (const client of clients) await client.close();
  const operations = emulator.requests.map(({ operation }) => operation);
  await emulator.close();
  for (const calls of read) expect(calls.length).toBeGreaterThan(0);
  expect(operations.filter((operation) => /token/i.test(operation))).toHaveLength(1);
});

it("encrypts tokens, so that neither a key nor a value contains one, and each value is valid for its key only", async () => {
  const prefix = newPrefix();
  const redis = connect();
  const encryptionKey = randomBytes(32);
  const open = (options: RedisTokenStoreOptions) => redisTokenStore(connect(), { prefix, ...options });
  const [first, second] = [newToken("secret one"), newToken("secret two")];
  const store = open({ encryptionKey });
  await store.set("first key", first);
  await store.set("second key", second);
  const keys = (await redis.keys(`${prefix}:token:*`)).sort();
  const values = await Promise.all(keys.map((key) => redis.get(key)));
  expect(keys).toHaveLength(2);
  for (const text of [...keys, ...values, inspect(store, { depth: 2 })])
    expect(text).not.toMatch(/secret|first|second/);
  for (const key of [encryptionKey, encryptionKey.toString("hex"), encryptionKey.toString("base64")])
    expect(await open({ encryptionKey: key }).get("first key")).toEqual(first);
  // Processes with another key do not share tokens.
  expect(await open({ encryptionKey: randomBytes(32) }).get("first key")).toBeNull();
  expect(await open({}).get("first key")).toBeNull();
  // An exchanged or changed value is not used.
  await redis.mset(keys[0] ?? "", values[1] ?? "", keys[1] ?? "", values[0] ?? "");
  expect(await open({ encryptionKey }).get("first key")).toBeNull();
  expect(await open({ encryptionKey }).get("second key")).toBeNull();
  for (const damaged of ["", "{}", (values[0] ?? "").replace(/^.{4}/, "AAAA")]) {
    await redis.set(keys[0] ?? "", damaged);
    await redis.set(keys[1] ?? "", damaged);
    expect(await open({ encryptionKey }).get("first key")).toBeNull();
  }
});

it("stores each key with an expiry, that of the vendor for a token", async () => {
  const prefix = newPrefix();
  const redis = connect();
  const store = redisTokenStore(connect(), { prefix });
  const release = await store.lock?.(KEY, never);
  await store.set(KEY, newToken("one", 90_000));
  const keys = await redis.keys(`${prefix}:*`);
  expect(keys).toHaveLength(2);
  for (const key of keys) {
    expect(key).toMatch(/:token(-lock)?:[0-9a-f]{64}$/);
    const expiryMs = await redis.pttl(key);
    expect(expiryMs).toBeGreaterThan(0);
    expect(expiryMs).toBeLessThanOrEqual(key.includes("lock") ? 5000 : 90_000);
  }
  await release?.();
  expect(await redis.keys(`${prefix}:token-lock:*`)).toEqual([]);
});

it("recognizes its own lock if the reply was lost with the connection", async () => {
  const server = await OwnRedis.start();
  const { port, wasCut } = await startCutConnection(server.port, "token-lock");
  const store = redisTokenStore(connect({ port }));
  const startedAt = performance.now();
  const release = await store.lock?.(KEY, never);
  expect(wasCut()).toBe(true);
  // Without that, the lock would have to expire first.
  expect(performance.now() - startedAt).toBeLessThan(4000);
  await release?.();
  expect(await connect({ port: server.port }).keys("*token-lock*")).toEqual([]);
});

it("grants the lock to one process after the other, and to the next one after the owner was killed", async () => {
  const prefix = newPrefix();
  const locker = startChild("locker", [prefix, KEY]);
  expect(await nextLine(locker)).toBe("locked");
  const store = redisTokenStore(connect(), { prefix });
  let held = 0;
  let most = 0;
  const lockOnce = async () => {
    const release = await store.lock?.(KEY, never);
    most = Math.max(most, (held += 1));
    await new Promise((resolve) => setImmediate(resolve));
    held -= 1;
    await release?.();
  };
  const abort = new AbortController();
  const reason = new Error("enough");
  const aborted = store.lock?.(KEY, abort.signal).catch((error: unknown) => error);
  const waiting = [0, 1, 2, 3].map(lockOnce);
  abort.abort(reason);
  expect(await aborted).toBe(reason);
  // The owner renews its lock for longer than the lock lasts.
  await new Promise((resolve) => setTimeout(resolve, 6000));
  expect(most).toBe(0);
  locker.kill("SIGKILL");
  await Promise.all(waiting);
  expect(most).toBe(1);
});

it("fails with a retryable error when Redis does not respond", async () => {
  const server = await OwnRedis.start();
  const store = redisTokenStore(connect({ port: server.port }));
  await store.set(KEY, newToken("one"));
  server.suspend();
  const calls = [() => store.get("other"), () => store.set(KEY, newToken("two")), () => store.lock?.(KEY, never)];
  const failures = await Promise.all(
    calls.map(async (call) => {
      try {
        await call();
        return null;
      } catch (error) {
        return error;
      }
    }),
  );
  server.resume();
  for (const failure of failures) {
    expect(failure).toBeInstanceOf(NetworkError);
    expect(failure).toMatchObject({ retryable: true });
    expect(String(failure)).toContain("redisTokenStore: Redis has not responded for 5 seconds.");
  }
});

it.each([
  [
    { encryptionKey: "short" },
    "option `encryptionKey`: must be 32 bytes, as a Uint8Array or as text in base64 or hex.",
  ],
  [{ encryptionKey: randomBytes(16) }, "option `encryptionKey`: must be 32 bytes"],
  [{ encryptionKey: 5 }, "option `encryptionKey`: must be 32 bytes"],
  [{ prefix: "" }, "option `prefix`: must not be empty."],
])("refuses wrong options: %o", (options, message) => {
  const create = () => redisTokenStore(connect({ lazyConnect: true }), options as RedisTokenStoreOptions);
  expect(create).toThrow(ConfigurationError);
  expect(create).toThrow(`redisTokenStore: ${message}`);
});

it("refuses an argument that is not a connection", () => {
  expect(() => redisTokenStore(JSON.parse("{}") as Redis)).toThrow(
    "redisTokenStore: argument `redis`: must be a `Redis`",
  );
});
