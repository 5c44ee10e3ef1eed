import { describe, expect, it } from "vitest";
import {
  type ClientEvent,
  type Clock,
  ConfigurationError,
  MemoryCheckpointStore,
  PermissionError,
  ResponseError,
  type Transport,
  UnsupportedError,
} from "call-records";
import { createTestClock, type EmulatorOptions } from "call-records/testing";
import { passOf } from "../sync/pass.js";
import { daysAgo, HOUR, ManualClock, NOW, openClient, openEmulator, rejectionOf, tencentAt } from "./stage.js";

const DISCOVERY = "DescribeCCCBuyInfoList";
const [ONE, TWO, THREE] = [1_400_000_000, 1_400_000_001, 1_400_000_002];
const range = { from: daysAgo(6), to: daysAgo(4) };

/** Starts Tencent with three applications, and a client that reads all of them. */
async function openAll<Time extends Clock>(clock: Time, options: EmulatorOptions = {}) {
  const emulator = await openEmulator({
    now: () => clock.now(),
    sdkAppIds: [ONE, TWO, THREE],
    days: 8,
    callsPerDay: 24,
    ...options,
  });
  const events: ClientEvent[] = [];
  const clientOf = (sdkAppIds: readonly number[] | "all") =>
    openClient({
      providers: [tencentAt(emulator, { sdkAppIds })],
      clock,
      onEvent: (event) => events.push(event),
    });
  const countOf = (operation: string) => emulator.requests.filter((request) => request.operation === operation).length;
  const idsOf = (from: Date, to: Date, applications: readonly number[] = [ONE, TWO, THREE]) =>
    emulator.truth["tencent-ccc"].calls
      .filter(
        ({ application, startedAt }) =>
          applications.map(String).includes(String(application)) && startedAt >= from && startedAt < to,
      )
      .map(({ id }) => id)
      .sort();
  return { emulator, client: clientOf("all"), clientOf, clock, events, countOf, idsOf };
}

const ids = (calls: readonly { id: string }[]) => calls.map(({ id }) => id).sort();

describe("all applications", () => {
  it("are discovered with one request for each call of the client, and read", async () => {
    const { client, countOf, idsOf, events } = await openAll(new ManualClock());
    const stream = client.records(range);
    expect(ids(await stream.toArray({ max: 1000 }))).toEqual(idsOf(range.from, range.to));
    expect(stream.report().accounts).toMatchObject([
      { status: "complete", applications: [ONE, TWO, THREE].map(String), gaps: [] },
    ]);
    expect(countOf(DISCOVERY)).toBe(1);
    await client.usage({ ...range, source: "records" });
    await client.activeCalls();
    expect(countOf(DISCOVERY)).toBe(3);
    expect(events.filter(({ type }) => type === "warning")).toEqual([]);
  });

  it("have usage for each of them, from the vendor and from records", async () => {
    const { client, clientOf } = await openAll(new ManualClock());
    const days = { from: "2026-11-10T00:00:00+08:00", to: "2026-11-12T00:00:00+08:00" };
    for (const source of ["vendor", "records"] as const) {
      const { summaries } = await client.usage({ ...days, source });
      const { summaries: expected } = await clientOf([ONE, TWO, THREE]).usage({ ...days, source });
      const counts = (all: typeof summaries) => all.map((one) => ({ ...one, raw: null }));
      expect(counts(summaries)).toEqual(counts(expected));
    }
  });

  it("are searched for one call and its recording", async () => {
    const { client, emulator, countOf } = await openAll(new ManualClock());
    const call = emulator.truth["tencent-ccc"].calls.find(
      ({ application, startedAt, answeredAt }) =>
        application === String(THREE) && startedAt > daysAgo(5) && startedAt < daysAgo(1) && answeredAt !== null,
    );
    const found = await client.findCall({ account: "tencent-ccc", sessionId: call?.id ?? "" });
    expect(found).toMatchObject({ id: call?.id, application: String(THREE) });
    expect(countOf(DISCOVERY)).toBe(1);
    const records = await client.records({ from: daysAgo(5), to: daysAgo(1) }).toArray({ max: 1000 });
    const recorded = records.find(({ recordings }) => recordings.length > 0);
    if (recorded === undefined) throw new TypeError("No call has a recording.");
    const { body } = await client.openRecording(recorded);
    let bytes = 0;
    for await (const chunk of body as AsyncIterable<Uint8Array>) bytes += chunk.byteLength;
    expect(bytes).toBeGreaterThan(0);
  });

  it("are unknown without a request", async () => {
    const { client, emulator, idsOf } = await openAll(new ManualClock());
    expect(client.capabilities("tencent-ccc").records.partitions).toBeNull();
    const [raw] = await client.records({ ...range, raw: true }).toArray({ max: 1000 });
    emulator.clearRequests();
    expect(client.normalize("tencent-ccc", raw?.raw)).toMatchObject({ application: null, id: raw?.id });
    expect(client.normalize("tencent-ccc", raw?.raw, { application: raw?.application })).toEqual(raw);
    expect(emulator.requests).toEqual([]);
    expect(idsOf(range.from, range.to)).toContain(raw?.id);
  });

  it("are paced and retried like any other request", async () => {
    const { client, emulator, idsOf, countOf, events } = await openAll(createTestClock({ now: NOW }));
    emulator.inject("throttled", { operation: DISCOVERY });
    emulator.inject("reset", { operation: DISCOVERY });
    expect(ids(await client.records(range).toArray({ max: 1000 }))).toEqual(idsOf(range.from, range.to));
    expect(countOf(DISCOVERY)).toBe(3);
    expect(events.filter(({ type }) => type === "throttle" || type === "retry").length).toBeGreaterThanOrEqual(2);
  });

  it.each([
    [{ Error: { Code: "UnauthorizedOperation", Message: "not allowed" } }, PermissionError, DISCOVERY],
    [{ TotalCount: 0, SdkAppIdBuyList: [] }, ConfigurationError, "lists no application"],
    [{ TotalCount: 2, SdkAppIdBuyList: [{ SdkAppId: ONE, Name: "one" }] }, ResponseError, "`TotalCount`"],
    [
      { TotalCount: 1, SdkAppIdBuyList: [{ SdkAppId: "one", Name: "one" }] },
      ResponseError,
      "SdkAppIdBuyList.0.SdkAppId",
    ],
    [{ TotalCount: 1 }, ResponseError, "SdkAppIdBuyList"],
  ])("cannot be read if the vendor responds with %j", async (Response, type, words) => {
    const { emulator } = await openAll(new ManualClock());
    const transport: Transport = {
      send: ({ headers }) => {
        expect(headers["X-TC-Action"]).toBe(DISCOVERY);
        return Promise.resolve({ status: 200, headers: {}, text: JSON.stringify({ Response }) });
      },
    };
    const client = openClient({ providers: [tencentAt(emulator, { sdkAppIds: "all" })], transport });
    const error = await rejectionOf(client.records(range).toArray({ max: 1000 }));
    expect(error).toBeInstanceOf(type);
    expect(error.message).toContain(words);
    const isolated = client.records({ ...range, isolateFailures: true });
    expect(await isolated.toArray({ max: 1000 })).toEqual([]);
    expect(isolated.report().accounts).toMatchObject([{ status: "failed", coverage: [] }]);
  });

  it("that appear are read from the beginning, and those that disappear are gaps until they return", async () => {
    const { emulator, client, clock, idsOf, events } = await openAll(new ManualClock());
    const store = new MemoryCheckpointStore();
    const from = daysAgo(5);
    const all = new Map<string, string>();
    const pass = async () => {
      const { changes, report } = await passOf(client, { from, store });
      for (const { record } of changes) all.set(record.id, String(record.application));
      return report.accounts[0];
    };
    const stored = () => [...all.keys()].sort();

    emulator.setApplications([ONE, TWO]);
    expect(await pass()).toMatchObject({ status: "complete", applications: [ONE, TWO].map(String) });
    expect(stored()).toEqual(idsOf(from, new Date(clock.now()), [ONE, TWO]));

    emulator.setApplications([ONE, THREE]);
    clock.advance(6 * HOUR);
    const second = await pass();
    expect(second).toMatchObject({ status: "partial", applications: [ONE, THREE].map(String) });
    expect(second?.gaps).not.toEqual([]);
    expect(events.flatMap((event) => (event.type === "warning" ? [event.message] : []))).toEqual([
      expect.stringContaining(`no longer lists \`${TWO}\``),
    ]);
    expect(idsOf(from, daysAgo(0), [THREE]).every((id) => all.has(id))).toBe(true);

    emulator.setApplications([ONE, TWO, THREE]);
    expect(await pass()).toMatchObject({ status: "complete", gaps: [] });
    expect(stored()).toEqual(idsOf(from, new Date(clock.now())));
    expect(await pass()).toMatchObject({ status: "complete" });
  });
});

describe("a probe of all applications", () => {
  it("discovers them once, and measures the same as with a list", async () => {
    const { client, clientOf, emulator, countOf } = await openAll(new ManualClock());
    const report = await client.probe("tencent-ccc");
    expect(countOf(DISCOVERY)).toBe(1);
    expect(emulator.requests.filter(({ refusal }) => refusal !== null)).toEqual([]);
    const expected = await clientOf([ONE, TWO, THREE]).probe("tencent-ccc");
    expect(report).toEqual({ ...expected, requests: expected.requests + 1 });
  });
});

describe("listApplications", () => {
  it("names the applications, and warns of those that the options leave out", async () => {
    const { clientOf, events, countOf } = await openAll(new ManualClock());
    const client = clientOf([TWO]);
    expect(await client.listApplications("tencent-ccc")).toEqual(
      [ONE, TWO, THREE].map((id) => ({ application: String(id), name: `Application ${id}`, isRead: id === TWO })),
    );
    expect(events.flatMap((event) => (event.type === "warning" ? [event.message] : []))).toEqual([
      `tencent-ccc: the account has applications that the options of the provider leave out: ${ONE} (Application ${ONE}), ${THREE} (Application ${THREE}). Their calls are in no result.`,
    ]);
    expect(countOf(DISCOVERY)).toBe(1);
    expect((await clientOf("all").listApplications("tencent-ccc")).every(({ isRead }) => isRead)).toBe(true);
    expect(events.filter(({ type }) => type === "warning")).toHaveLength(1);
  });

  it("is not supported for a vendor without applications", async () => {
    const emulator = await openEmulator();
    const client = openClient({ providers: emulator.providers() });
    expect(await rejectionOf(client.listApplications("itniotech"))).toBeInstanceOf(UnsupportedError);
  });
});
