import { type Job, Worker } from "bullmq";
import type { Redis } from "ioredis";
import { expect, it } from "vitest";
import { ConfigurationError, NetworkError } from "call-records";
import { scheduleSyncs, type ScheduleSyncsOptions, type SyncJobData } from "call-records/bullmq";
import { offsetMsOf } from "../../../src/scale/bullmq/due-offset.js";
import { connect, OwnRedis } from "../redis/redis-server.js";
import { Fleet, FROM } from "./fleet.js";

const server = await OwnRedis.start();

/** Returns the schedulers of a queue: the period and the start, by label. */
async function schedulersOf({ queue }: Fleet): Promise<Record<string, { every: number | undefined; from: string }>> {
  const schedulers = await queue.getJobSchedulers();
  return Object.fromEntries(
    schedulers.map(({ every, template }) => {
      const data: SyncJobData | undefined = template?.data;
      if (data === undefined) throw new TypeError("A scheduler has no data.");
      return [data.account, { every, from: data.from }];
    }),
  );
}

it("makes the schedulers match the accounts: added, changed and removed", async () => {
  const fleet = await Fleet.open(server);
  const schedule = (accounts: string[], everyMs = 60_000, from = FROM) =>
    scheduleSyncs({ ...fleet.options, accounts, from, everyMs });
  expect(await schedule(["one", "two", "three"])).toEqual({
    added: ["one", "two", "three"],
    changed: [],
    removed: [],
  });
  const [delayed, waiting] = [await fleet.queue.getDelayed(), await fleet.queue.getWaiting()];
  expect([...delayed, ...waiting].map(({ data }) => data.account).sort()).toEqual(["one", "three", "two"]);

  expect(await schedule(["one", "two", "three"])).toEqual({ added: [], changed: [], removed: [] });
  const later = new Date(Date.parse(FROM) + 1000).toISOString();
  expect(await schedule(["two", "four"], 60_000, later)).toEqual({
    added: ["four"],
    changed: ["two"],
    removed: ["one", "three"],
  });
  expect(await schedule(["two", "four"], 90_000, later)).toEqual({ added: [], changed: ["two", "four"], removed: [] });
  const expected = { every: 90_000, from: later };
  expect(await schedulersOf(fleet)).toEqual({ two: expected, four: expected });
  expect(await fleet.queue.getJobCounts("waiting", "delayed")).toMatchObject({ waiting: 2, delayed: 0 });

  expect(await schedule([])).toEqual({ added: [], changed: [], removed: ["four", "two"] });
  expect(await fleet.queue.getJobCounts("waiting", "delayed")).toMatchObject({ waiting: 0, delayed: 0 });
  expect(await schedulersOf(fleet)).toEqual({});
});

/** Takes the due jobs of a queue as a worker does, which adds the next ones, and completes them. Returns their accounts. */
async function runDue(fleet: Fleet): Promise<string[]> {
  const connection = fleet.connection.duplicate({ maxRetriesPerRequest: null });
  const worker = new Worker<SyncJobData>(fleet.queueName, null, { connection, autorun: false });
  const accounts: string[] = [];
  // Its declared type lacks the result where no job is due.
  const next = (): Promise<Job<SyncJobData> | undefined> => worker.getNextJob("token", { block: false });
  for (let job = await next(); job !== undefined; job = await next()) {
    await job.moveToCompleted({}, "token", false);
    accounts.push(job.data.account);
  }
  await worker.close();
  connection.disconnect();
  return accounts.sort();
}

it("makes the first job of each account due at once, and spreads the next ones over the period", async () => {
  const fleet = await Fleet.open(server);
  const everyMs = 3_600_000;
  const accounts = Array.from({ length: 20 }, (_, index) => `tenant-${index}`);
  await scheduleSyncs({ ...fleet.options, accounts, from: FROM, everyMs });
  expect(await fleet.queue.getJobCounts("waiting", "delayed")).toMatchObject({ waiting: 20, delayed: 0 });
  const began = Date.now();
  expect(await runDue(fleet)).toEqual([...accounts].sort());
  const dueAt = new Map((await fleet.queue.getDelayed()).map((job) => [job.data.account, job.timestamp + job.delay]));
  expect([...dueAt.keys()].sort()).toEqual([...accounts].sort());
  for (const [account, at] of dueAt) {
    expect(at % everyMs).toBe(offsetMsOf(account, everyMs));
    expect(at).toBeGreaterThan(began + everyMs);
    expect(at).toBeLessThanOrEqual(Date.now() + 2 * everyMs);
  }
});

it("leaves the first job due if the start changes before a worker has taken it", async () => {
  const fleet = await Fleet.open(server);
  const schedule = (from: Date, everyMs = 3_600_000) =>
    scheduleSyncs({ ...fleet.options, accounts: ["one"], from, everyMs });
  await schedule(new Date(0));
  for (const everyMs of [3_600_000, 7_200_000]) {
    await schedule(new Date(1000), everyMs);
    const [job] = await fleet.queue.getWaiting();
    expect(job?.data).toEqual({ account: "one", from: new Date(1000).toISOString() });
  }
  await runDue(fleet);
  const [next] = await fleet.queue.getDelayed();
  await schedule(new Date(2000), 7_200_000);
  const [changed] = await fleet.queue.getDelayed();
  expect(changed?.id).toBe(next?.id);
  expect(changed?.data.from).toBe(new Date(2000).toISOString());
});

it("keeps the time of an account that is removed and added again", async () => {
  const fleet = await Fleet.open(server);
  const schedule = (accounts: string[]) =>
    scheduleSyncs({ ...fleet.options, accounts, from: FROM, everyMs: 86_400_000 });
  const nextAt = async () => (await fleet.queue.getJobSchedulers())[0]?.next;
  await schedule(["one"]);
  const first = await nextAt();
  for (let round = 0; round < 3; round += 1) {
    expect(await runDue(fleet)).toEqual(["one"]);
    await schedule([]);
    await schedule(["one"]);
    expect(await nextAt()).toBe(first);
  }
});

it("keeps labels of all kinds apart", async () => {
  const fleet = await Fleet.open(server);
  const accounts = ["a:b:c:d:e:1", "a%3Ab", "a:b", "租户", "\ud800", "\ud801", " ", "repeat:1:2"];
  await scheduleSyncs({ ...fleet.options, accounts, from: FROM, everyMs: 60_000 });
  expect(Object.keys(await schedulersOf(fleet)).sort()).toEqual([...accounts].sort());
  expect(await scheduleSyncs({ ...fleet.options, accounts, from: FROM, everyMs: 60_000 })).toMatchObject({
    added: [],
    changed: [],
  });
});

it("has the same result if two processes call it at once", async () => {
  const fleet = await Fleet.open(server);
  const accounts = Array.from({ length: 250 }, (_, index) => `tenant-${index}`);
  const call = () => scheduleSyncs({ ...fleet.options, accounts, from: FROM, everyMs: 60_000 });
  await Promise.all([call(), call(), call()]);
  expect(await fleet.queue.getJobSchedulersCount()).toBe(250);
  expect((await fleet.queue.getJobCounts("waiting", "delayed")).waiting).toBeLessThanOrEqual(250);
});

it("leaves the caller's connection open, and accepts the options of one", async () => {
  const fleet = await Fleet.open(server);
  await scheduleSyncs({ ...fleet.options, accounts: ["one"], from: FROM, everyMs: 60_000 });
  expect(await fleet.connection.ping()).toBe("PONG");
  const connection = { host: "127.0.0.1", port: server.port };
  await scheduleSyncs({ connection, queueName: fleet.queueName, accounts: ["two"], from: FROM, everyMs: 60_000 });
  expect(Object.keys(await schedulersOf(fleet))).toEqual(["two"]);
});

const bad: [string, Partial<Record<keyof ScheduleSyncsOptions | "extra", unknown>>, string][] = [
  ["no list", { accounts: "tenant-1" }, "option `accounts`: must be a list of labels"],
  ["an empty label", { accounts: ["one", ""] }, "option `accounts.1`: must not be empty"],
  ["a repeated label", { accounts: ["one", "two", "one"] }, "option `accounts.2`: occurs twice in the list"],
  ["a start without a zone", { from: "2026-10-01T00:00:00" }, "option `from`: must be a Date, or an ISO 8601 string"],
  ["an invalid date", { from: new Date(Number.NaN) }, "option `from`: must be a Date"],
  ["no start", { from: undefined }, "option `from`"],
  ["a period of half a second", { everyMs: 500 }, "option `everyMs`: must be at least 1,000"],
  ["a period with a fraction", { everyMs: 1000.5 }, "option `everyMs`: must be a whole number"],
  ["a queue name with a colon", { queueName: "a:b" }, "option `queueName`: must not contain a colon"],
  ["no connection", { connection: undefined }, "option `connection`"],
  ["an address", { connection: "redis://127.0.0.1" }, "option `connection`: must be a `Redis` of the package ioredis"],
  ["another client", { connection: { duplicate: 1 } }, "option `connection`: must be a `Redis` of the package ioredis"],
  ["a cluster", { connection: { isCluster: true } }, "A `Cluster` is not supported"],
  ["a prefix of ioredis", { connection: { keyPrefix: "x:" } }, "must have no `keyPrefix`"],
  ["an unknown option", { extra: 1 }, "unknown option `extra`"],
];

it.each(bad)("rejects %s, and names the option and the rule", async (_, options, message) => {
  const all = {
    connection: connect({ port: server.port }),
    accounts: ["one"],
    from: FROM,
    everyMs: 60_000,
    ...options,
  };
  const error: unknown = await scheduleSyncs(all as unknown as ScheduleSyncsOptions).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ConfigurationError);
  expect(String(error)).toContain("scheduleSyncs: ");
  expect(String(error)).toContain(message);
});

it("reports a server that cannot be reached", async () => {
  const connection: Redis = connect({ port: 1, lazyConnect: true });
  const error: unknown = await scheduleSyncs({ connection, accounts: ["one"], from: FROM, everyMs: 60_000 }).catch(
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(NetworkError);
  expect(error).toMatchObject({ retryable: true });
  expect(String(error)).toContain("scheduleSyncs: Redis failed");
});
