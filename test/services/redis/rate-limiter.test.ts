import { setMaxListeners } from "node:events";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import type { Redis } from "ioredis";
import { expect, it, vi } from "vitest";
import { ConfigurationError, NetworkError, type RateLimiter } from "call-records";
import { redisRateLimiter } from "call-records/redis";
import { startVendorEmulator } from "call-records/testing";
import { nextLine, startChild } from "./child.js";
import { startDistantServer } from "./distant-server.js";
import type { ReaderTask } from "./processes/reader.js";
import { connect, newPrefix, OwnRedis } from "./redis-server.js";

const never = new AbortController().signal;
setMaxListeners(0, never);

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Returns the time of a server in milliseconds. */
async function timeOf(redis: Redis): Promise<number> {
  const [seconds, micros] = await redis.time();
  return Number(seconds) * 1000 + Number(micros) / 1000;
}

it("lets four processes at different distances read one account without a refusal, and each call is read", async () => {
  const ROUND_TRIPS_MS = [50, 130, 220, 300];
  const CALLS_EACH = 2500;
  const end = Math.floor(Date.now() / MINUTE) * MINUTE - 4 * 24 * HOUR;
  const count = ROUND_TRIPS_MS.length * CALLS_EACH;
  const emulator = await startVendorEmulator({
    vendors: ["tencent-ccc"],
    sdkAppIds: [1_400_000_000],
    days: 12,
    callsPerDay: 0,
    activeCalls: 0,
    requestsPerSecond: { "tencent-ccc": 20 },
    calls: {
      "tencent-ccc": Array.from({ length: count }, (_, index) => ({ startedAt: new Date(end - index * MINUTE) })),
    },
  });
  const prefix = newPrefix();
  const { secretId, secretKey, sdkAppIds } = emulator.credentials["tencent-ccc"];
  const read = await Promise.all(
    ROUND_TRIPS_MS.map(async (roundTripMs, index) => {
      const to = end + MINUTE - index * CALLS_EACH * MINUTE;
      const task: ReaderTask = {
        prefix,
        account: {
          endpoint: await startDistantServer(emulator.endpoints["tencent-ccc"], roundTripMs),
          secretId,
          secretKey,
          sdkAppIds: [...sdkAppIds],
        },
        range: { from: new Date(to - CALLS_EACH * MINUTE).toISOString(), to: new Date(to).toISOString() },
      };
      const child = startChild("reader");
      child.stdin.end(JSON.stringify(task));
      return JSON.parse(await text(child.stdout)) as string[];
    }),
  );
  const refused = emulator.requests.filter(({ refusal }) => refusal !== null);
  const ids = emulator.truth["tencent-ccc"].calls.map(({ id }) => id);
  await emulator.close();
  expect(refused).toEqual([]);
  expect(emulator.requests.length).toBeGreaterThanOrEqual(count / 100);
  expect(read.flat().sort()).toEqual(ids.sort());
});

it("frees the permits of a killed process within two seconds by the clock of Redis", async () => {
  const prefix = newPrefix();
  const redis = connect();
  const holder = startChild("holder", [prefix, "3"]);
  expect(await nextLine(holder)).toBe("held");
  const rate = { requestsPerSecond: 1000, concurrency: 3 };
  const limiter = redisRateLimiter(redis, { prefix });
  const granted = [0, 1, 2].map(async () => {
    await limiter.take("account", rate, never);
    return timeOf(redis);
  });
  await sleep(1500);
  const killedAt = await timeOf(redis);
  holder.kill("SIGKILL");
  for (const grantedAt of await Promise.all(granted)) {
    expect(grantedAt).toBeGreaterThan(killedAt);
    expect(grantedAt - killedAt).toBeLessThanOrEqual(2000);
  }
});

/** Sends requests until a time is over. Returns when they were sent, and the errors of those that had no permit. */
async function sendUntil(limiter: RateLimiter, isOver: () => boolean): Promise<{ sent: number[]; errors: unknown[] }> {
  const sent: number[] = [];
  const errors: unknown[] = [];
  const worker = async () => {
    while (!isOver()) {
      try {
        const permit = await limiter.take("account", { requestsPerSecond: 20, concurrency: 20 }, never);
        permit.sent?.();
        sent.push(performance.now());
        await sleep(20);
        permit.responded({ sentAgoMs: 20 });
        permit.release();
      } catch (error) {
        errors.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: 4 }, worker));
  return { sent, errors };
}

const mostInAnySecond = (times: readonly number[]) =>
  Math.max(0, ...times.map((from) => times.filter((time) => time >= from && time < from + 1000).length));

it("makes requests wait and then fail while Redis does not respond for ten seconds, and continues afterwards", async () => {
  const server = await OwnRedis.start();
  const [one, other] = [0, 1].map(() => redisRateLimiter(connect({ port: server.port })));
  if (one === undefined || other === undefined) throw new Error("There are two limiters.");
  let isOver = false;
  const sending = Promise.all([one, other].map((limiter) => sendUntil(limiter, () => isOver)));
  await sleep(3000);
  server.suspend();
  const suspendedAt = performance.now();
  await sleep(10_000);
  server.resume();
  const resumedAt = performance.now();
  await sleep(4000);
  isOver = true;
  const results = await sending;
  const sent = results.flatMap((result) => result.sent);
  expect(mostInAnySecond(sent)).toBeLessThanOrEqual(20);
  // Permits that were granted before are used within the time in which Redis considers the process alive.
  expect(sent.filter((time) => time > suspendedAt + 1100 && time < resumedAt)).toEqual([]);
  expect(sent.filter((time) => time > resumedAt).length).toBeGreaterThanOrEqual(20);
  const errors = results.flatMap((result) => result.errors);
  expect(errors.length).toBeGreaterThanOrEqual(8);
  for (const error of errors) {
    expect(error).toBeInstanceOf(NetworkError);
    expect(error).toMatchObject({ retryable: true });
    expect(String(error)).toContain("account: redisRateLimiter: Redis has not responded for 5 seconds");
  }
});

it("keeps the rate across restarts of Redis, which loses its state", async () => {
  const server = await OwnRedis.start();
  const limiters = [0, 1].map(() => redisRateLimiter(connect({ port: server.port, retryStrategy: () => 50 })));
  let isOver = false;
  const sending = Promise.all(limiters.map((limiter) => sendUntil(limiter, () => isOver)));
  const restartedAt: number[] = [];
  for (let restart = 0; restart < 3; restart += 1) {
    await sleep(2500);
    await server.kill();
    await server.start();
    restartedAt.push(performance.now());
  }
  await sleep(3000);
  isOver = true;
  const results = await sending;
  const sent = results.flatMap((result) => result.sent);
  expect(mostInAnySecond(sent)).toBeLessThanOrEqual(20);
  expect(results.flatMap((result) => result.errors)).toEqual([]);
  for (const at of restartedAt) {
    expect(sent.filter((time) => time > at && time < at + 900)).toEqual([]);
    expect(sent.filter((time) => time > at + 900 && time < at + 2500).length).toBeGreaterThan(0);
  }
});

it("takes at most two commands of Redis for a request of four processes with 500 accounts", async () => {
  const server = await OwnRedis.start();
  const sent = await Promise.all(
    Array.from({ length: 4 }, async () =>
      Number(await text(startChild("sender", [String(server.port), "500"]).stdout)),
    ),
  );
  const requests = sent.reduce((sum, count) => sum + count, 0);
  expect(requests).toBe(4 * 500 * 3);
  const stats = await connect({ port: server.port }).info("commandstats");
  // Commands of the scripts themselves are not sent by a client.
  const calls = [...stats.matchAll(/cmdstat_(?:evalsha|eval|subscribe|ping):calls=(\d+)/g)];
  const commands = calls.reduce((sum, [, count]) => sum + Number(count), 0);
  expect(commands).toBeGreaterThanOrEqual(requests);
  expect(commands / requests).toBeLessThanOrEqual(2);
});

it("sends nothing behind the `quit` of its caller, which would fail if the server has closed the connection", async () => {
  const server = await OwnRedis.start();
  const redis = connect({ port: server.port });
  const limiter = redisRateLimiter(redis);
  const permit = await limiter.take("account", { requestsPerSecond: 5, concurrency: 1 }, never);
  permit.sent?.();
  permit.responded({ sentAgoMs: 1 });
  await sleep(50);
  const sent = vi.spyOn(redis, "evalsha");
  // Its end is to be reported at the next turn of the event loop.
  permit.release();
  const quitting = redis.quit();
  await sleep(50);
  expect(await quitting).toBe("OK");
  expect(sent).not.toHaveBeenCalled();
});

it("gives every key an expiry, and keys contain only the labels of accounts", async () => {
  const prefix = newPrefix();
  const redis = connect();
  const limiter = redisRateLimiter(redis, { prefix });
  const account = 'a label with "quotes", : and \ud800';
  const permit = await limiter.take(account, { requestsPerSecond: 5, concurrency: 1 }, never);
  limiter.slowDown(account, 1000);
  permit.release();
  const keys = await redis.keys(`${prefix}:*`);
  expect(keys.sort()).toEqual([
    `${prefix}:rate-complete-since`,
    `${prefix}:rate-processes`,
    `${prefix}:rate:a label with \\"quotes\\", : and \\ud800`,
  ]);
  for (const key of keys) expect(await redis.pttl(key)).toBeGreaterThan(0);
});

it("rejects with the reason of a signal that was aborted before", async () => {
  const limiter = redisRateLimiter(connect(), { prefix: newPrefix() });
  const reason = new Error("enough");
  const taken = limiter.take("account", { requestsPerSecond: 1, concurrency: 1 }, AbortSignal.abort(reason));
  await expect(taken).rejects.toBe(reason);
});

it("reports a user of Redis without the rights", async () => {
  const server = await OwnRedis.start();
  await connect({ port: server.port }).call(
    "ACL",
    "SETUSER",
    "reader",
    "on",
    ">password",
    "~*",
    "&*",
    "+@read",
    "+subscribe",
  );
  const limiter = redisRateLimiter(connect({ port: server.port, username: "reader", password: "password" }));
  const taken = limiter.take("account", { requestsPerSecond: 1, concurrency: 1 }, never);
  await expect(taken).rejects.toThrow(ConfigurationError);
  await expect(taken).rejects.toThrow("Redis refused the user, the password or a command (NOPERM");
});

it.each([
  [null, {}, "redisRateLimiter: argument `redis`: must be a `Redis` of the package ioredis 5.3 or later."],
  [{ isCluster: true, evalsha: null, duplicate: null }, {}, "A `Cluster` is not supported"],
  ["connection", { prefix: "" }, "redisRateLimiter: option `prefix`: must not be empty."],
  ["connection", { prefix: 1 }, "redisRateLimiter: option `prefix`: must be a text."],
  ["connection", { prefixes: "one" }, "redisRateLimiter: unknown option `prefixes`."],
])("refuses wrong arguments: %o, %o", (redis, options, message) => {
  const argument = (redis === "connection" ? connect({ lazyConnect: true }) : redis) as Redis;
  const create = () => redisRateLimiter(argument, options as { prefix: string });
  expect(create).toThrow(ConfigurationError);
  expect(create).toThrow(message);
});
