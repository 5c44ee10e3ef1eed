import { describe, expect, expectTypeOf, it } from "vitest";
import { ConfigurationError, day } from "call-records";
import {
  createTestClock,
  type EmulatorOptions,
  type FaultKind,
  replayCapture,
  startVendorEmulator,
  type VendorEmulator,
  type VendorId,
} from "call-records/testing";
import { daysAgo, openEmulator, rejectionOf, thrownBy } from "../client/stage.js";
import { captureFileOf } from "../samples/captures/emulated-capture.js";

/** Returns the message of the RangeError with which an emulator with these options does not start. */
async function refusalOf(options: unknown): Promise<string> {
  const error = await rejectionOf(startVendorEmulator(options as EmulatorOptions));
  expect(error).toBeInstanceOf(RangeError);
  return error.message;
}

function containingItself(): object {
  const outer: Record<string, unknown> = {};
  outer.inner = outer;
  return outer;
}

const at = new Date("2026-11-02T01:00:00Z");
const before = new Date("2026-11-02T00:59:00Z");
const cap = { rows: 5, total: "true", beyond: "empty" } as const;
const ofItniotech = (...calls: unknown[]) => ({ calls: { itniotech: calls } });

describe("an emulator", () => {
  it.each<[string, unknown]>([
    ["vendors", { vendors: "itniotech" }],
    ["vendors", { vendors: [] }],
    ["vendors.0", { vendors: ["nope"] }],
    ["accounts.itniotech", { accounts: { itniotech: "a" } }],
    ["accounts.itniotech", { accounts: { itniotech: [] } }],
    ["accounts.itniotech.1", { accounts: { itniotech: ["a", "a"] } }],
    ["accounts.itniotech.0", { accounts: { itniotech: [""] } }],
    ["accounts.itniotech.0", { accounts: { itniotech: ["huawei-cec"] } }],
    ["seed", { seed: "x" }],
    ["seed", { seed: Number.NaN }],
    ["days", { days: "3" }],
    ["days", { days: -1 }],
    ["days", { days: Infinity }],
    ["callsPerDay", { callsPerDay: Infinity }],
    ["activeCalls", { activeCalls: 0.5 }],
    ["now", { now: 5 }],
    ["now", { now: () => Number.NaN }],
    ["now", { now: () => "5" }],
    ["now", { now: () => at.getTime(), clock: createTestClock({ now: at }) }],
    ["clock", { clock: {} }],
    ["clock", { clock: { ...createTestClock({ now: at }), sleep: 5 } }],
    ["clock", { clock: { now: () => 0, sleep: () => Promise.resolve(), monotonicMs: 5 } }],
    ["clock.monotonicMs", { clock: { now: () => 0, sleep: () => Promise.resolve(), monotonicMs: () => "5" } }],
    ["clock.monotonicMs", { clock: { now: () => 0, sleep: () => Promise.resolve(), monotonicMs: () => 5n } }],
    ["clock.now", { clock: { now: () => Number.NaN, sleep: () => Promise.resolve() } }],
    ["port", { port: 0.5 }],
    ["port", { port: 65_534 }],
    ["port", { port: 65_536, vendors: ["itniotech"] }],
    ["latencyMs", { latencyMs: "5" }],
    ["latencyMs", { latencyMs: Infinity }],
    ["requestsPerSecond.itniotech", { requestsPerSecond: { itniotech: 0 } }],
    ["requestsPerSecond.itniotech", { requestsPerSecond: { itniotech: "x" } }],
    ["filterTime", { filterTime: "foo" }],
    ["windowEdges", { windowEdges: "inclusive" }],
    ["windowEdges.start", { windowEdges: { start: "foo" } }],
    ["order", { order: "foo" }],
    ["tokenTtlSeconds", { tokenTtlSeconds: -5 }],
    ["tokenDelayMs", { tokenDelayMs: "x" }],
    ["sdkAppIds.0", { sdkAppIds: ["x"] }],
    ["sdkAppIds.0", { sdkAppIds: [] }],
    ["sdkAppIds", { sdkAppIds: [1, 1] }],
    ["tencentToken", { tencentToken: 5 }],
    ["tencentToken", { tencentToken: "a\nb" }],
    ["timeZone", { timeZone: "foo" }],
    ["numberMatching", { numberMatching: "foo" }],
    ["calls", { calls: [] }],
    ["calls.itniotech", { calls: { itniotech: {} } }],
    ["calls.itniotech.0", ofItniotech(5)],
    ["calls.itniotech.0.startedAt", ofItniotech({})],
    ["calls.itniotech.1.startedAt", ofItniotech({ startedAt: at }, { startedAt: at.toISOString() })],
    ["calls.itniotech.0.startedAt", ofItniotech({ startedAt: new Date(Number.NaN) })],
    ["calls.itniotech.0.endedAt", ofItniotech({ startedAt: at, endedAt: before })],
    ["calls.itniotech.0.answeredAt", ofItniotech({ startedAt: at, answeredAt: before })],
    ["calls.itniotech.0.answeredAt", ofItniotech({ startedAt: before, answeredAt: new Date(+at + 1), endedAt: at })],
    ["calls.itniotech.0.direction", ofItniotech({ startedAt: at, direction: "sideways" })],
    ["calls.itniotech.0.direction", ofItniotech({ startedAt: at, direction: "internal" })],
    ["calls.huawei-cec.0.direction", { calls: { "huawei-cec": [{ startedAt: at, direction: "inbound" }] } }],
    ["calls.itniotech.0.application", ofItniotech({ startedAt: at, application: 1_400_000_000 })],
    ["calls.tencent-ccc.0.application", { calls: { "tencent-ccc": [{ startedAt: at, application: 5 }] } }],
    ["calls.itniotech.0.account", ofItniotech({ startedAt: at, account: "other" })],
    ["calls.itniotech.0.oddTimes.endedAt", ofItniotech({ startedAt: at, oddTimes: { endedAt: "foo" } })],
    ["calls.itniotech.0.row", ofItniotech({ startedAt: at, row: [] })],
    ["calls.itniotech.0.row", ofItniotech({ startedAt: at, row: new Map() })],
    ["calls.itniotech.0.row", ofItniotech({ startedAt: at, row: new Date() })],
    ["calls.itniotech.0.row.id", ofItniotech({ startedAt: at, row: { id: 5n } })],
    ["calls.itniotech.0.row.list.0.inner", ofItniotech({ startedAt: at, row: { list: [containingItself()] } })],
    ["calls.itniotech.0.removedAt", ofItniotech({ startedAt: at, removedAt: before })],
    ["calls.itniotech.0.removedAt", ofItniotech({ startedAt: before, listedFrom: at, removedAt: at })],
    ["calls.itniotech.0.startedAt", ofItniotech({ startedAt: new Date(8.64e15) })],
    ["calls.itniotech.0.startedAt", ofItniotech({ startedAt: new Date(0) })],
    ["calls.itniotech.0.endedAt", ofItniotech({ startedAt: at, endedAt: new Date(8.64e15) })],
    ["calls.itniotech.0.listedFrom", ofItniotech({ startedAt: at, listedFrom: new Date(-8.64e15) })],
    ["calls.itniotech.0.direction", ofItniotech({ startedAt: at, type: 2, direction: "outbound" })],
    ["calls.itniotech.0.direction", ofItniotech({ startedAt: at, type: 3, direction: "inbound" })],
    ["calls.tencent-ccc.0.direction", { calls: { "tencent-ccc": [{ startedAt: at, type: 6, direction: "inbound" }] } }],
    [
      "calls.tencent-ccc.0.direction",
      { calls: { "tencent-ccc": [{ startedAt: at, type: 1, direction: "internal" }] } },
    ],
    ["calls", { calls: new Map() }],
    ["calls.itniotech.0", ofItniotech(new Map([["startedAt", at]]))],
    ["calls.itniotech.0.oddTimes", ofItniotech({ startedAt: at, oddTimes: new Map() })],
    ["windowEdges", { windowEdges: new Map() }],
    ["pageCap", { pageCap: new Date() }],
    ["searchCap.itniotech", { searchCap: { itniotech: new Map() } }],
    ["faults", { faults: new Map([["share", 1]]) }],
    ["sdkAppIds", { vendors: ["itniotech"], sdkAppIds: [1_400_000_000] }],
    ["tencentToken", { vendors: ["huawei-cec"], tencentToken: "token-of-a-test" }],
    ["tokenTtlSeconds", { vendors: ["tencent-ccc"], tokenTtlSeconds: 60 }],
    ["tokenDelayMs", { vendors: ["itniotech"], tokenDelayMs: 5 }],
    ["faults", { faults: true }],
    ["faults.share", { faults: { kinds: ["reset"] } }],
    ["faults.share", { faults: { share: 2 } }],
    ["faults.kinds.0", { faults: { share: 0.1, kinds: ["nope"] } }],
    ["faults.kinds", { faults: { share: 0.1, kinds: [] } }],
    ["faults.kinds", { faults: { share: 0.1, kinds: ["no-token"], vendors: ["itniotech"] } }],
    ["faults.vendors.0", { faults: { share: 0.1, vendors: ["huawei-cec"] }, vendors: ["itniotech"] }],
    ["faults.max", { faults: { share: 0.1, max: -1 } }],
    ["pageCap.itniotech", { pageCap: { itniotech: 0 } }],
    ["totalShift.itniotech", { totalShift: { itniotech: "x" } }],
    ["maxRows.tencent-ccc", { maxRows: { "tencent-ccc": -3 } }],
    ["retentionSeconds.huawei-cec", { retentionSeconds: { "huawei-cec": 0 } }],
    ["searchCap.itniotech.rows", { searchCap: { itniotech: { ...cap, rows: 0.5 } } }],
    ["searchCap.itniotech.beyond", { searchCap: { itniotech: { ...cap, beyond: "foo" } } }],
    ["missingPage.itniotech.row", { missingPage: { itniotech: { row: -1, as: "empty" } } }],
    ["corruptAt.itniotech.0", { corruptAt: { itniotech: ["x"] } }],
    ["corruptAt.itniotech.0", { corruptAt: { itniotech: [new Date(Number.NaN)] } }],
    ["pageCap.itniotech", { vendors: ["huawei-cec"], pageCap: { itniotech: 5 } }],
    ["calls.itniotech", { vendors: ["huawei-cec"], ...ofItniotech() }],
  ])("does not start with an invalid option `%s` (%o)", async (path, options) => {
    expect(await refusalOf(options)).toMatch(`startVendorEmulator: option \`${path}\`: `);
  });

  it.each([null, 5, "days", true])("does not start with %j instead of options", async (options) => {
    expect(await refusalOf(options)).toBe("startVendorEmulator: the options must be an object.");
  });

  it.each<[string, unknown]>([
    ["a Map", new Map([["days", 3]])],
    ["a Date", new Date()],
    ["a Array", [3]],
  ])("does not start with %s instead of options", async (kind, options) => {
    expect(await refusalOf(options)).toBe(
      `startVendorEmulator: the options must be an object with these fields, not ${kind}.`,
    );
  });

  it("starts with a type and the direction that it states, and with a row whose field has a getter", async () => {
    let reads = 0;
    const row = Object.defineProperty({}, "remark", { enumerable: true, get: () => (reads += 1) });
    const calls = { itniotech: [{ startedAt: at, type: 2, direction: "inbound" as const, row }] };
    await openEmulator({ days: 0, calls });
    expect(reads).toBe(0);
  });

  it.each<[string, object]>([
    ["callPerDay", { callPerDay: 5 }],
    ["toString", { toString: 5 }],
    ["windowEdges.begin", { windowEdges: { begin: "exclusive" } }],
    ["faults.rate", { faults: { share: 0, rate: 1 } }],
    ["pageCap.tencent", { pageCap: { tencent: 5 } }],
    ["calls.itniotech.0.number", ofItniotech({ startedAt: at, number: "1" })],
    ["searchCap.itniotech.max", { searchCap: { itniotech: { ...cap, max: 1 } } }],
    ["missingPage.itniotech.page", { missingPage: { itniotech: { row: 1, as: "empty", page: 1 } } }],
  ])("does not start with an option that does not exist (%s)", async (name, options) => {
    expect(await refusalOf(options)).toBe(`startVendorEmulator: unknown option \`${name}\`.`);
  });

  it("treats an option that is undefined as left out", async () => {
    const options = { days: 0, now: undefined, order: undefined, pageCap: { itniotech: undefined }, faults: undefined };
    const emulator = await openEmulator(options);
    expect(Object.keys(emulator.endpoints)).toHaveLength(3);
  });

  it.each<[string, unknown, unknown]>([
    ["there is no fault `nope`", "nope", {}],
    ["there is no fault `null`", null, {}],
    ["the options must be an object", "reset", null],
    ["the options must be an object", "reset", 5],
    ["unknown option `time`", "reset", { time: 2 }],
    ["option `vendor`: must be a vendor that is started: huawei-cec, itniotech", "reset", { vendor: "tencent-ccc" }],
    ["option `vendor`: must be one of", "reset", { vendor: "nope" }],
    ["option `account`: must be one of the accounts a, b", "reset", { vendor: "itniotech", account: "huawei-cec" }],
    ["option `account`: must be one of the accounts huawei-cec, a, b", "reset", { account: "c" }],
    ["option `times`: must be a whole number of at least 1, or Infinity", "reset", { times: 0 }],
    ["option `after`: ", "reset", { after: -1 }],
    ["option `after`: ", "reset", { after: "1" }],
    ["option `retryAfter`: must be seconds of at least 0, or a valid Date", "http-503", { retryAfter: "soon" }],
    ["option `retryAfter`: ", "http-503", { retryAfter: new Date(Number.NaN) }],
    ["option `location`: ", "redirect", { location: "a\r\nb" }],
    ["option `location`: must be an http or https URL or a path", "redirect", { location: "::::" }],
    ["option `location`: must be an http or https URL or a path", "redirect", { location: "http://" }],
    ["option `location`: must be an http or https URL or a path", "redirect", { location: "" }],
    ["option `location`: must be left out", "reset", { location: "/elsewhere" }],
    ["option `retryAfter`: must be left out", "reset", { retryAfter: 5 }],
    ["option `retryAfter`: must be left out", "redirect", { retryAfter: 5 }],
    ["option `retryAfter`: must be left out", "empty-page", { retryAfter: at }],
    [
      "option `operation`: must be an operation of huawei-cec or itniotech: tokenByAkSk",
      "reset",
      { operation: "nope" },
    ],
    [
      "option `operation`: must be an operation of itniotech: v3/cc/record/query, voice/getVoiceFile",
      "reset",
      { vendor: "itniotech", operation: "queryCallDetailRecord" },
    ],
    ["the options must be an object with these fields, not a Map", "reset", new Map()],
    ["the fault `no-token` does not apply to any operation of itniotech", "no-token", { vendor: "itniotech" }],
    ["option `operation`: the fault `no-token` does not apply", "no-token", { operation: "queryCallDetailRecord" }],
  ])("refuses an injection with: %s", async (message, kind, injection) => {
    await using emulator = await startVendorEmulator({
      ...{ days: 0, activeCalls: 0, vendors: ["huawei-cec", "itniotech"] },
      accounts: { itniotech: ["a", "b"] },
    });
    const error = thrownBy(() => {
      emulator.inject(kind as FaultKind, injection as never);
    });
    expect(error).toBeInstanceOf(RangeError);
    expect(error.message).toContain(`inject: ${message}`);
  });

  it("refuses a fault after it was closed", async () => {
    const emulator = await startVendorEmulator({ days: 0 });
    await emulator.close();
    const error = thrownBy(() => {
      emulator.inject("reset");
    });
    expect(error).toBeInstanceOf(RangeError);
    expect(error.message).toContain("inject: the emulator is closed");
  });

  it("accepts the name of every operation that it has received", async () => {
    const emulator = await openEmulator({ days: 3 });
    const client = emulator.client();
    const from = daysAgo(2);
    await client.records({ from, to: daysAgo(0) }).toArray({ max: 10_000 });
    await client.activeCalls({ isolateFailures: true });
    const billed = day(from.toISOString().slice(0, 10), "Asia/Shanghai");
    await client.usage({ ...billed, source: "vendor", accounts: ["tencent-ccc"] });
    const desk = { callId: "1", userId: "2", tenantId: "3", agentId: "4" };
    await client.findCall({ account: "huawei-cec", ...desk }).catch(() => null);
    await client.close();
    const operations = [...new Set(emulator.requests.map(({ operation }) => operation))];
    expect(operations).toEqual(expect.arrayContaining(["DescribeTelCallInfo", "queryCallInfoByCallId", "tokenByAkSk"]));
    for (const operation of operations) emulator.inject("reset", { operation });
  });

  it("refuses options of a client that it sets itself, and values that are not options", async () => {
    const emulator = await openEmulator({ days: 0 });
    const replay = await replayCapture(captureFileOf("itniotech"));
    for (const opened of [emulator, replay]) {
      const refusalOf = (options: unknown) => thrownBy(() => opened.client(options as never));
      expect(refusalOf(5)).toBeInstanceOf(ConfigurationError);
      expect(refusalOf({ providers: [] }).message).toContain("client: option `providers`: must be left out");
      expect(refusalOf({ retries: 1 }).message).toContain("unknown option `retries`");
    }
    expect(thrownBy(() => replay.client({ transport: {} } as never)).message).toContain("option `transport`");
  });

  it("accepts only accounts and calls of the vendors that it starts", () => {
    type Options = EmulatorOptions<"itniotech">;
    expectTypeOf<keyof NonNullable<Options["accounts"]>>().toEqualTypeOf<"itniotech">();
    expectTypeOf<keyof NonNullable<Options["calls"]>>().toEqualTypeOf<"itniotech">();
    expectTypeOf<keyof NonNullable<Options["pageCap"]>>().toEqualTypeOf<"itniotech">();
    expectTypeOf<NonNullable<Options["faults"]>["vendors"]>().toEqualTypeOf<readonly "itniotech"[] | undefined>();
    const injectAt = (emulator: VendorEmulator<"itniotech">) => {
      emulator.inject("reset", { vendor: "itniotech" });
      // @ts-expect-error Tencent is not started.
      emulator.inject("reset", { vendor: "tencent-ccc" });
    };
    expect(injectAt).toBeInstanceOf(Function);
    // Without `vendors`, all three are started, whatever accounts are named.
    const start = () => startVendorEmulator({ accounts: { itniotech: ["a"] } });
    expectTypeOf(start)
      .returns.resolves.toHaveProperty("endpoints")
      .toEqualTypeOf<Readonly<Record<VendorId, string>>>();
    const wrong = () =>
      startVendorEmulator({
        vendors: ["itniotech"],
        // @ts-expect-error Tencent is not started.
        calls: { "tencent-ccc": [] },
      });
    expect(wrong).toBeInstanceOf(Function);
  });

  it("refuses connections after the block that declares it, and can be closed again", async () => {
    let endpoint: string;
    let close: () => Promise<void>;
    {
      await using emulator = await startVendorEmulator({ days: 0 });
      endpoint = emulator.endpoints.itniotech;
      close = () => emulator.close();
      expect((await fetch(endpoint)).status).toBeGreaterThan(0);
    }
    await expect(fetch(endpoint)).rejects.toThrow(TypeError);
    await Promise.all([close(), close()]);
  });
});
