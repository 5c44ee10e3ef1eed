import { describe, expect, expectTypeOf, it } from "vitest";
import {
  AbortedError,
  CallRecordsClient,
  ConfigurationError,
  type HuaweiCecProvider,
  type ItniotechProvider,
  MemoryCheckpointStore,
  RequestError,
} from "call-records";
import {
  daysAgo,
  huaweiAt,
  IN_TURN,
  itniotechAt,
  ManualClock,
  NOW,
  openClient,
  openEmulator,
  rejectionOf,
  tencentAt,
  thrownBy,
} from "./stage.js";
import { closeWithFile } from "../closing.js";
import { idsOf, within } from "./truth.js";

const range = { from: daysAgo(10), to: daysAgo(4) };

async function open() {
  const clock = new ManualClock();
  const emulator = await openEmulator({ now: clock.now, days: 12, callsPerDay: 6 });
  const client = openClient({ providers: [itniotechAt(emulator)], clock });
  return { clock, emulator, client };
}

/** Resolves when a request of a vendor hangs at the emulator. */
async function hanging(emulator: Awaited<ReturnType<typeof openEmulator>>, vendor: string): Promise<void> {
  await expect.poll(() => emulator.requests.filter((request) => request.vendor === vendor).length).toBeGreaterThan(0);
}

describe("an account that is added to a client", () => {
  it("is included in later calls, and in the type of the client", async () => {
    const { clock, emulator } = await open();
    const client = new CallRecordsClient({ providers: [itniotechAt(emulator)], clock });
    closeWithFile(() => client.close());
    const both: CallRecordsClient<ItniotechProvider | HuaweiCecProvider> = client.addProvider(huaweiAt(emulator));
    expect(both).toBe(client);
    // @ts-expect-error The first client has no provider with this filter.
    expect(() => client.records({ ...range, providerFilters: { "tencent-ccc": {} } })).toThrow(RequestError);
    const stream = both.records({ ...range, providerFilters: { "huawei-cec": { taskType: "0" } } });
    const calls = await stream.toArray({ max: 1000 });
    expect(new Set(calls.map(({ account }) => account))).toEqual(new Set(["itniotech", "huawei-cec"]));
    expect(both.capabilities().map(({ account }) => account)).toEqual(["itniotech", "huawei-cec"]);
  });

  it("may be the first", async () => {
    const emulator = await openEmulator({ days: 12, callsPerDay: 6 });
    const empty = openClient({ providers: [], clock: new ManualClock() });
    expectTypeOf(new CallRecordsClient({ providers: [] })).toEqualTypeOf<CallRecordsClient<never>>();
    const client = empty.addProvider(itniotechAt(emulator));
    const calls = await client.records(range).toArray({ max: 1000 });
    expect(idsOf(calls)).toEqual(idsOf(within(emulator.truth.itniotech.calls, range.from, range.to)));
  });

  it("must have a new label and a valid provider, and the client must be open", async () => {
    const { emulator, client } = await open();
    expect(thrownBy(() => client.addProvider(itniotechAt(emulator)))).toMatchObject({
      name: "ConfigurationError",
      account: "itniotech",
    });
    const invalid = thrownBy(() => client.addProvider({ ...itniotechAt(emulator), contract: 2 } as never));
    expect(invalid).toBeInstanceOf(ConfigurationError);
    expect(invalid.message).toMatch(/^addProvider: option `provider.contract`: must be 1/);
    await client.close();
    expect(thrownBy(() => client.addProvider(huaweiAt(emulator)))).toBeInstanceOf(RequestError);
  });
});

describe("a client without accounts", () => {
  it("rejects each operation instead of returning an empty result", async () => {
    const client = openClient({ providers: [] });
    const errors = [
      thrownBy(() => client.records(range)),
      thrownBy(() => client.sync({ ...range, checkpoint: null })),
      await rejectionOf(client.usage(range)),
      await rejectionOf(client.activeCalls()),
      await rejectionOf(client.coverage(null)),
      await rejectionOf(client.probe("itniotech")),
    ];
    for (const error of errors) {
      expect(error).toBeInstanceOf(RequestError);
      expect(error.message).toContain("the client has no accounts");
    }
  });
});

describe("an account that is removed from a client", () => {
  it("stops at once, and is not included in later calls", async () => {
    const { emulator, client } = await open();
    client.addProvider(huaweiAt(emulator, { rate: IN_TURN }));
    emulator.inject("stalled-header", { vendor: "huawei-cec" });
    const reading = rejectionOf(client.records(range).toArray({ max: 1000 }));
    await hanging(emulator, "huawei-cec");
    await client.removeProvider("huawei-cec");
    const error = await reading;
    expect(error).toBeInstanceOf(AbortedError);
    expect(error).toMatchObject({ provider: "huawei-cec", account: "huawei-cec" });
    const sent = emulator.requests.filter(({ vendor }) => vendor === "huawei-cec").length;
    const calls = await client.records(range).toArray({ max: 1000 });
    expect(idsOf(calls)).toEqual(idsOf(within(emulator.truth.itniotech.calls, range.from, range.to)));
    expect(emulator.requests.filter(({ vendor }) => vendor === "huawei-cec")).toHaveLength(sent);
    expect(await rejectionOf(client.removeProvider("huawei-cec"))).toBeInstanceOf(RequestError);
  });

  it.each(["records", "usage", "activeCalls", "sync"] as const)(
    "fails only itself in %s, if failures are isolated",
    async (operation) => {
      const { emulator, client } = await open();
      client.addProvider(huaweiAt(emulator, { rate: IN_TURN }));
      client.addProvider(tencentAt(emulator));
      emulator.inject("stalled-header", { vendor: "huawei-cec" });
      const policy = { isolateFailures: true };
      const run = {
        records: async () => {
          const stream = client.records({ ...range, ...policy });
          await stream.toArray({ max: 1000 });
          return stream.report().accounts;
        },
        usage: async () => (await client.usage({ ...range, ...policy, source: "records" })).accounts,
        activeCalls: async () =>
          (await client.activeCalls({ accounts: ["tencent-ccc", "huawei-cec"], ...policy })).accounts,
        sync: async () => {
          const stream = client.sync({ ...range, ...policy, checkpoint: null });
          for await (const batch of stream) await batch.commit();
          return stream.report().accounts;
        },
      }[operation]();
      await hanging(emulator, "huawei-cec");
      await client.removeProvider("huawei-cec");
      const accounts = await run;
      for (const { account, status, error } of accounts) {
        if (account === "huawei-cec") expect([status, error?.code]).toEqual(["failed", "aborted"]);
        else expect([account, status]).toEqual([account, "complete"]);
      }
    },
  );

  it("releases its checkpoint, so that the account can be added again and continues", async () => {
    const { emulator, client } = await open();
    const store = new MemoryCheckpointStore();
    const delivered = new Set<string>();
    const pass = () =>
      client.sync({ ...range, store }).forEach(({ changes }) => {
        for (const { record } of changes) delivered.add(record.id);
        return Promise.resolve();
      });
    emulator.inject("stalled-header", { vendor: "itniotech" });
    const first = rejectionOf(pass());
    await hanging(emulator, "itniotech");
    await client.removeProvider("itniotech");
    expect(await first).toBeInstanceOf(AbortedError);
    client.addProvider(itniotechAt(emulator));
    await pass();
    expect([...delivered].sort()).toEqual(idsOf(within(emulator.truth.itniotech.calls, range.from, range.to)));
  });

  it("can be removed by the consumer of the calls of that account", async () => {
    const { client } = await open();
    const reading = (async () => {
      for await (const call of client.records(range)) {
        expect(call.account).toBe("itniotech");
        if (client.capabilities().length > 0) await client.removeProvider("itniotech");
      }
    })();
    await reading.catch((error: unknown) => {
      expect(error).toBeInstanceOf(AbortedError);
    });
    expect(client.capabilities()).toEqual([]);
  });

  it("keeps its pace when it is added again", async () => {
    const clock = new ManualClock();
    const emulator = await openEmulator({ now: clock.now, days: 12, callsPerDay: 0 });
    const slow = () => itniotechAt(emulator, { rate: { requestsPerSecond: 1, concurrency: 1 }, timeZone: "UTC" });
    const client = openClient({ providers: [slow()], clock });
    const oneRequest = { from: new Date(NOW - 3_600_000), to: new Date(NOW), order: "time" } as const;
    const firstRead = client.records(oneRequest).toArray({ max: 10 });
    await expect.poll(() => emulator.requests.length).toBe(1);
    await client.removeProvider("itniotech");
    await firstRead.catch(() => undefined);
    client.addProvider(slow());
    const waitingBefore = clock.waiting;
    const next = client.records(oneRequest).toArray({ max: 10 });
    await expect.poll(() => clock.waiting).toBeGreaterThan(waitingBefore);
    expect(emulator.requests).toHaveLength(1);
    clock.advance(2000);
    await expect.poll(() => emulator.requests.length).toBeGreaterThan(1);
    await client.close();
    await next.catch(() => undefined);
  });
});
