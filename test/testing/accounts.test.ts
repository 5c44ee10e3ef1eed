import { describe, expect, expectTypeOf, it } from "vitest";
import { CallRecordsClient, type ItniotechProvider, itniotech, providersFromEnvironment } from "call-records";
import { createTestClock, type EmulatorOptions, startVendorEmulator, type VendorId } from "call-records/testing";
import { closeWithFile } from "../closing.js";
import { DAY, detailsOf, NOW, rejectionOf } from "../client/stage.js";

const range = { from: new Date(NOW - 3 * DAY), to: new Date(NOW - 2 * DAY) };
const small = { now: () => NOW, days: 4, callsPerDay: 12, activeCalls: 0 };

async function open<const Vendors extends VendorId = VendorId>(options: EmulatorOptions<Vendors>) {
  const { now, ...others } = small;
  const emulator = await startVendorEmulator<Vendors>({
    ...others,
    ...(options.clock === undefined ? { now } : {}),
    ...options,
  });
  closeWithFile(() => emulator.close());
  const client = emulator.client();
  closeWithFile(() => client.close());
  return { emulator, client };
}

describe("the option `vendors`", () => {
  it("starts only these vendors, and types the client by them", async () => {
    const { emulator, client } = await open({ vendors: ["itniotech"] });
    expectTypeOf(client).toEqualTypeOf<CallRecordsClient<ItniotechProvider>>();
    expectTypeOf(emulator.endpoints).toEqualTypeOf<Readonly<Record<"itniotech", string>>>();
    for (const part of [emulator.endpoints, emulator.credentials, emulator.truth])
      expect(Object.keys(part)).toEqual(["itniotech"]);
    expect(emulator.providers().map(({ id }) => id)).toEqual(["itniotech"]);
    expect(providersFromEnvironment(emulator.environment()).map(({ id }) => id)).toEqual(["itniotech"]);
    const calls = await client.records(range).toArray({ max: 1000 });
    expect(calls.length).toBeGreaterThan(0);
    expect(new Set(emulator.requests.map(({ vendor }) => vendor))).toEqual(new Set(["itniotech"]));
  });

  it("does not change the calls of a vendor", async () => {
    const [one, all] = await Promise.all([open({ vendors: ["itniotech"] }), open({})]);
    const ids = (calls: readonly { id: string }[]) => calls.map(({ id }) => id);
    expect(ids(one.emulator.truth.itniotech.calls)).toEqual(ids(all.emulator.truth.itniotech.calls));
  });
});

describe("the option `accounts`", () => {
  const labels = ["tenant-1", "tenant-2", "tenant-3"];

  it.each<VendorId>(["tencent-ccc", "huawei-cec", "itniotech"])(
    "gives each account of %s its own keys and calls at one endpoint",
    async (vendor) => {
      const { emulator, client } = await open({ vendors: [vendor], accounts: { [vendor]: labels } });
      expect([...emulator.accounts.keys()]).toEqual(labels);
      const calls = await client.records(range).toArray({ max: 1000 });
      for (const label of labels) {
        const expected = emulator.accounts
          .get(label)
          ?.truth.calls.filter(({ startedAt }) => startedAt >= range.from && startedAt < range.to)
          .map(({ id }) => id);
        expect(expected?.length).toBeGreaterThan(0);
        const found = calls.filter(({ account }) => account === label).map(({ id }) => id);
        expect(found.sort()).toEqual(expected?.sort());
      }
      const starts = labels.map((label) =>
        String(calls.filter(({ account }) => account === label).map(({ startedAt }) => startedAt.getTime())),
      );
      expect(new Set(starts).size).toBe(labels.length);
      expect(new Set(emulator.requests.map(({ account }) => account))).toEqual(new Set(labels));
      expect(emulator.requests.filter(({ refusal }) => refusal !== null)).toEqual([]);
      const keys = [...emulator.accounts.values()].flatMap(({ credentials }) =>
        Object.values(credentials).filter((value) => typeof value === "string"),
      );
      expect(new Set(keys).size).toBe(keys.length);
      expect(emulator.accounts.get("tenant-1")?.truth).toBe(emulator.truth[vendor]);
    },
  );

  it("limits the rate of each account separately", async () => {
    const clock = createTestClock({ now: NOW });
    const { emulator, client } = await open({
      clock,
      vendors: ["itniotech"],
      accounts: { itniotech: labels },
      requestsPerSecond: { itniotech: 1 },
    });
    await client.records(range).toArray({ max: 1000 });
    expect(emulator.requests.filter(({ refusal }) => refusal !== null)).toEqual([]);
    const counts = labels.map((label) => emulator.requests.filter(({ account }) => account === label).length);
    expect(Math.min(...counts)).toBeGreaterThan(1);
    expect(clock.now() - NOW).toBeGreaterThanOrEqual((Math.max(...counts) - 1) * 1000);
    expect(clock.now() - NOW).toBeLessThan((emulator.requests.length - 1) * 1000);
  });

  it("injects a fault into one account", async () => {
    const { emulator, client } = await open({
      clock: createTestClock({ now: NOW }),
      vendors: ["itniotech"],
      accounts: { itniotech: labels },
    });
    emulator.inject("unauthorized", { account: "tenant-2", times: Infinity });
    const stream = client.records({ ...range, isolateFailures: true });
    await stream.toArray({ max: 1000 });
    expect(stream.report().accounts.map(({ account, status }) => [account, status])).toEqual(
      labels.map((label) => [label, label === "tenant-2" ? "failed" : "complete"]),
    );
  });

  it("refuses the keys of one account with the secret of another", async () => {
    const { emulator } = await open({ vendors: ["itniotech"], accounts: { itniotech: labels } });
    const [one, two] = labels.map((label) => emulator.accounts.get(label)?.credentials);
    const client = new CallRecordsClient({
      providers: [
        itniotech({
          apiKey: one?.apiKey ?? "",
          apiSecret: two?.apiSecret ?? "",
          endpoint: emulator.endpoints.itniotech,
        }),
      ],
    });
    closeWithFile(() => client.close());
    expect(detailsOf(await rejectionOf(client.records(range).toArray({ max: 10 })))).toMatchObject({
      code: "authentication",
    });
  });

  it("gives a custom call to the account that it names, else to the first one", async () => {
    const startedAt = new Date(NOW - 2.5 * DAY);
    const { client } = await open({
      callsPerDay: 0,
      vendors: ["itniotech"],
      accounts: { itniotech: labels },
      calls: { itniotech: [{ startedAt }, { startedAt, account: "tenant-3" }] },
    });
    const calls = await client.records(range).toArray({ max: 1000 });
    expect(calls.map(({ account }) => account).sort()).toEqual(["tenant-1", "tenant-3"]);
  });
});

describe("the option `port`", () => {
  it("gives the vendors consecutive ports, and a taken port rejects", async () => {
    const [free] = Object.values((await open({ vendors: ["itniotech"] })).emulator.endpoints);
    const error = await rejectionOf(startVendorEmulator({ ...small, port: Number(new URL(free ?? "").port) }));
    expect(error).toMatchObject({ code: "EADDRINUSE" });
  });
});

describe("client() of an emulator with `now`", () => {
  it("has the emulator's time of day, and accepts other options", async () => {
    const { emulator } = await open({ vendors: ["itniotech"] });
    const events: string[] = [];
    const client = emulator.client({ onEvent: ({ type, at }) => events.push(`${type} ${at}`) });
    closeWithFile(() => client.close());
    await client.records(range).toArray({ max: 1000 });
    expect(events).toContain(`request ${new Date(NOW).toISOString()}`);
  });
});
