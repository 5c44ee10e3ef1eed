import { expect, it, onTestFinished } from "vitest";
import {
  AuthenticationError,
  callKey,
  type ClientEvent,
  ConfigurationError,
  itniotech,
  type Provider,
} from "call-records";
import { scheduleSyncs, startSyncWorker, type SyncWorker, type SyncWorkerOptions } from "call-records/bullmq";
import { MemoryDestination } from "../../destinations/memory-destination.js";
import { connect, OwnRedis } from "../redis/redis-server.js";
import { Fleet, FROM, passOf, providersOf, startVendors, until } from "./fleet.js";

const server = await OwnRedis.start();
const MINUTE = 60_000;

/** Starts a worker, which is closed with the test. One attempt for each request keeps the failures of the tests short. */
function start(fleet: Fleet, options: Pick<SyncWorkerOptions, "provider"> & Partial<SyncWorkerOptions>): SyncWorker {
  const worker = startSyncWorker({
    ...fleet.options,
    destination: new MemoryDestination(),
    clientOptions: { retry: { attempts: 1 } },
    onError: () => undefined,
    ...options,
  });
  onTestFinished(() => worker.close(), 30_000);
  return worker;
}

const schedule = (fleet: Fleet, accounts: readonly string[], everyMs = MINUTE) =>
  scheduleSyncs({ ...fleet.options, accounts, from: FROM, everyMs });

it("syncs each account, and stores progress and report on its job without secrets", async () => {
  const accounts = { "tencent-ccc": ["t-1", "t-2"], "huawei-cec": ["h-1", "h-2"], itniotech: ["i-1", "i-2"] } as const;
  const labels = Object.values(accounts).flat();
  const emulator = await startVendors(accounts);
  const fleet = await Fleet.open(server);
  const destination = new MemoryDestination();
  const events: ClientEvent[] = [];
  await schedule(fleet, labels);
  start(fleet, { provider: providersOf(emulator), destination, onEvent: (event) => events.push(event) });
  for (const account of labels) {
    const job = await fleet.completed(account);
    const { report, inserted, updated } = passOf(job);
    const { truth } = emulator.accounts.get(account) ?? {};
    expect(report).toMatchObject({ account, status: "complete", rows: truth?.calls.length });
    expect([inserted, updated]).toEqual([truth?.calls.length, 0]);
    expect(job.progress).toEqual({ report, inserted, updated });
    expect(job.data).toEqual({ account, from: FROM });
  }
  const expected = labels.flatMap((account) =>
    (emulator.accounts.get(account)?.truth.calls ?? []).map((call) => callKey({ ...call, account })),
  );
  expect([...destination.storage.calls.keys()].sort()).toEqual(expected.sort());
  expect(new Set(events.map(({ account }) => account))).toEqual(new Set(labels));

  const secrets = [...emulator.accounts.values()].flatMap(({ credentials }) =>
    Object.entries(credentials).flatMap(([name, value]) => (/secretKey|secret$/i.test(name) ? [String(value)] : [])),
  );
  expect(secrets).toHaveLength(6);
  const keys = await fleet.connection.keys("bull:*");
  const stored = await Promise.all(
    keys.map(async (key) =>
      JSON.stringify((await fleet.connection.type(key)) === "hash" ? await fleet.connection.hgetall(key) : key),
    ),
  );
  expect(secrets.filter((secret) => stored.join().includes(secret))).toEqual([]);
});

it("does not repeat a permanent failure before the next job of the account", async () => {
  const emulator = await startVendors({ itniotech: ["one"] });
  const fleet = await Fleet.open(server);
  const failures: unknown[] = [];
  await schedule(fleet, ["one"]);
  start(fleet, {
    provider: (account) =>
      itniotech({ account, apiKey: "key", apiSecret: "wrong-secret", endpoint: emulator.endpoints.itniotech }),
    onError: (error, account) => failures.push([account, error]),
  });
  const job = await fleet.failed("one");
  expect(job.attemptsMade).toBe(1);
  expect(job.failedReason).toMatch(/^one: .* was refused/);
  expect(job.failedReason).not.toContain("wrong-secret");
  expect(job.progress).toMatchObject({ report: { account: "one", status: "failed", error: { retryable: false } } });
  const [next] = await fleet.jobs("one", "delayed");
  expect((next?.opts.delay ?? 0) + (next?.timestamp ?? 0)).toBeGreaterThan(Date.now() + MINUTE / 2);
  expect(failures).toMatchObject([["one", { code: "authentication" }]]);
});

it("repeats a failure that is retryable after a back-off", async () => {
  const emulator = await startVendors({ itniotech: ["one"] });
  emulator.inject("http-503", { times: 1000 });
  const fleet = await Fleet.open(server);
  await schedule(fleet, ["one"]);
  start(fleet, { provider: providersOf(emulator) });
  const failed = await until("a repeated job", async () =>
    (await fleet.jobs("one", "delayed")).find(({ attemptsMade }) => attemptsMade === 1),
  );
  expect(failed.failedReason).toContain("was refused");
  expect(failed.delay).toBeGreaterThanOrEqual(5_000);
  expect(failed.delay).toBeLessThanOrEqual(10_000);
});

it("lets the next job of the account wait for as long as the vendor requests", async () => {
  const emulator = await startVendors({ itniotech: ["one"] });
  emulator.inject("http-503", { times: 1000, retryAfter: 3600 });
  const fleet = await Fleet.open(server);
  await schedule(fleet, ["one"]);
  start(fleet, { provider: providersOf(emulator) });
  await fleet.failed("one");
  const [next] = await fleet.jobs("one", "delayed");
  expect(next?.delay).toBe(60 * MINUTE);
});

it("lets a job wait while another writer holds the lease of the destination, and then makes the pass", async () => {
  const emulator = await startVendors({ itniotech: ["one"] });
  const fleet = await Fleet.open(server);
  const destination = new MemoryDestination();
  destination.storage.leases.set("one", 1_000_000);
  await schedule(fleet, ["one"]);
  start(fleet, { provider: providersOf(emulator), destination });
  const isWaiting = ({ attemptsStarted }: { attemptsStarted: number }) => attemptsStarted > 0;
  const waiting = await until("a job that waits", async () => (await fleet.jobs("one", "delayed")).find(isWaiting));
  expect(waiting.attemptsMade).toBe(0);
  expect(emulator.requests).toEqual([]);
  destination.storage.leases.delete("one");
  await waiting.promote();
  const { report } = passOf(await fleet.completed("one"));
  expect(report.status).toBe("complete");
});

it("ends a job that waits until the next one of its account is due", async () => {
  const emulator = await startVendors({ itniotech: ["one"] });
  const fleet = await Fleet.open(server);
  const destination = new MemoryDestination();
  destination.storage.leases.set("one", 1_000_000);
  await schedule(fleet, ["one"], 2_000);
  start(fleet, { provider: providersOf(emulator), destination });
  const jobs = await until("three jobs", async () => {
    const found = await fleet.jobs("one", "completed");
    return found.length >= 3 ? found : undefined;
  });
  expect(jobs.map(({ returnvalue }) => returnvalue)).toEqual(jobs.map(() => ({ skipped: "superseded" })));
  expect(await fleet.jobs("one", "waiting", "active", "delayed")).toHaveLength(1);
});

it("makes no pass for an account that was removed while its job waited", async () => {
  const emulator = await startVendors({ itniotech: ["one"] });
  const fleet = await Fleet.open(server);
  const destination = new MemoryDestination();
  destination.storage.leases.set("one", 1_000_000);
  await schedule(fleet, ["one"]);
  start(fleet, { provider: providersOf(emulator), destination });
  const waiting = await until("a job that waits", async () =>
    (await fleet.jobs("one", "delayed")).find(({ attemptsStarted }) => attemptsStarted > 0),
  );
  await schedule(fleet, []);
  await waiting.promote();
  expect((await fleet.completed("one")).returnvalue).toEqual({ skipped: "unscheduled" });
  expect(emulator.requests).toEqual([]);
});

it("never syncs an account twice at once, although its passes take longer than its period", async () => {
  const emulator = await startVendors({ itniotech: ["one", "two"] }, { latencyMs: 400 });
  const fleet = await Fleet.open(server);
  const open = new Map<string, number>();
  let most = 0;
  class WatchedDestination extends MemoryDestination {
    override async open(account: { provider: string; account: string }) {
      const session = await super.open(account);
      open.set(account.account, (open.get(account.account) ?? 0) + 1);
      most = Math.max(most, ...open.values());
      return {
        ...session,
        close: async () => {
          open.set(account.account, (open.get(account.account) ?? 0) - 1);
          await session.close();
        },
      };
    }
  }
  const destination = new WatchedDestination();
  await schedule(fleet, ["one", "two"], 1000);
  const provider = providersOf(emulator);
  start(fleet, { provider, destination });
  start(fleet, { provider, destination });
  for (const account of ["one", "two"])
    await until(`three passes of ${account}`, async () => {
      const jobs = await fleet.jobs(account, "completed");
      return jobs.filter(({ returnvalue }) => !("skipped" in returnvalue)).length >= 3 ? true : undefined;
    });
  expect(most).toBe(1);
  for (const account of ["one", "two"])
    expect((await fleet.jobs(account, "waiting", "active", "delayed")).length).toBeLessThanOrEqual(3);
});

it("syncs an account whose job was added by hand", async () => {
  const emulator = await startVendors({ itniotech: ["one"] });
  const fleet = await Fleet.open(server);
  start(fleet, { provider: providersOf(emulator) });
  await fleet.queue.add("sync", { account: "one", from: FROM });
  expect(passOf(await fleet.completed("one")).report.status).toBe("complete");
});

it.each<[string, (account: string) => Provider, string, number]>([
  [
    "returns the provider of another account",
    () => itniotech({ account: "other", apiKey: "key", apiSecret: "secret" }),
    "for the account `one`, it returned a provider with the label `other`. Pass the account as its option `account`.",
    0,
  ],
  ["returns nothing", () => undefined as unknown as Provider, "it must return a provider", 0],
  [
    "throws an error of this library",
    () => {
      throw new AuthenticationError("one: the keys of this account were deleted.");
    },
    "one: the keys of this account were deleted.",
    0,
  ],
  [
    "throws another error",
    () => {
      throw Object.assign(new TypeError("password=hunter2"), { code: "ESECRETS" });
    },
    "one: the option `provider` of startSyncWorker failed (TypeError, ESECRETS).",
    1,
  ],
])("fails the job if `provider` %s", async (_, provider, message, repeated) => {
  const fleet = await Fleet.open(server);
  const errors: unknown[] = [];
  await schedule(fleet, ["one"]);
  start(fleet, { provider, onError: (error) => errors.push(error) });
  const job = await until("a failure", async () =>
    (await fleet.jobs("one", "failed", "delayed")).find(({ attemptsMade }) => attemptsMade === 1),
  );
  expect(job.failedReason).toContain(message);
  expect(JSON.stringify(job)).not.toContain("hunter2");
  expect(await fleet.jobs("one", "failed")).toHaveLength(1 - repeated);
  expect(errors).toHaveLength(1);
});

it("repeats the pass after a failure of the destination", async () => {
  const emulator = await startVendors({ itniotech: ["one"] });
  const fleet = await Fleet.open(server);
  const destination = new MemoryDestination();
  destination.storage.failAt = 2;
  await schedule(fleet, ["one"]);
  start(fleet, { provider: providersOf(emulator), destination });
  const failed = await until("a repeated job", async () =>
    (await fleet.jobs("one", "delayed")).find(({ attemptsMade }) => attemptsMade === 1),
  );
  await failed.promote();
  await fleet.completed("one");
  expect(destination.storage.calls.size).toBe(emulator.truth.itniotech.calls.length);
});

const provider = () => itniotech({ account: "one", apiKey: "key", apiSecret: "secret" });
const bad: [string, Record<string, unknown>, string][] = [
  ["no provider", { provider: undefined }, "option `provider`"],
  ["a provider instead of a function", { provider: provider() }, "option `provider`: must be a function"],
  ["no destination", { destination: undefined }, "option `destination`"],
  ["another destination", { destination: {} }, "option `destination`: must be a Destination"],
  ["no concurrency", { concurrency: 0 }, "option `concurrency`: must be at least 1"],
  ["half a concurrency", { concurrency: 1.5 }, "option `concurrency`: must be a whole number"],
  ["a listener that is none", { onEvent: true }, "option `onEvent`: must be a function"],
  ["a rate limiter that is none", { rateLimiter: {} }, "option `rateLimiter`: must have the methods take and slowDown"],
  ["a token store that is none", { tokenStore: {} }, "option `tokenStore`: must have the methods get and set"],
  ["providers of the client", { clientOptions: { providers: [] } }, "option `clientOptions.providers`"],
  ["a wrong option of the client", { clientOptions: { timeoutMs: -1 } }, "option `timeoutMs`"],
  ["an unknown option", { extra: 1 }, "unknown option `extra`"],
];

it.each(bad)("rejects %s, and names the option and the rule", (_, options, message) => {
  const all = {
    connection: connect({ port: server.port }),
    provider,
    destination: new MemoryDestination(),
    ...options,
  };
  const begin = () => startSyncWorker(all);
  expect(begin).toThrow(ConfigurationError);
  expect(begin).toThrow(message);
});
