import { describe, expect, it } from "vitest";
import { type AccountReport, type CallRecord, RequestError } from "call-records";
import { callMetrics, mergeMetrics, type Metrics, type MetricsOptions } from "call-records/metrics";
import { callRecord } from "call-records/testing";

const call = callRecord({ direction: "inbound" });

describe("callMetrics", () => {
  it.each<[options: unknown, message: string]>([
    [{ groupby: ["agent"] }, "callMetrics: unknown option `groupby`."],
    [{ groupBy: "agent" }, "callMetrics: option `groupBy`: must be a list of dimensions, or a list of such lists."],
    [{ groupBy: ["city"] }, "option `groupBy.0`: must be one of account, provider, direction, agent"],
    [{ groupBy: [["agent"], ["city"]] }, "option `groupBy.1.0`: must be one of account"],
    [{ groupBy: ["agent", ["queue"]] }, "option `groupBy.1`: must be one of account"],
    [{ groupBy: ["agent", "agent"] }, "option `groupBy`: must not name a dimension twice."],
    [{ groupBy: [["agent"], []] }, "option `groupBy.1`: must name at least one dimension."],
    [{ groupBy: ["hour"] }, "option `timeZone`: is required, because `groupBy` contains `hour`."],
    [{ groupBy: ["day"], timeZone: "Beijing" }, "option `timeZone`: must be an IANA time zone"],
    [{ serviceLevel: { seconds: 20.5 } }, "option `serviceLevel.seconds`: must be a whole number of seconds."],
    [{ serviceLevel: { seconds: -1 } }, "option `serviceLevel.seconds`: must not be negative."],
    [{ serviceLevel: { of: "offered" } }, "option `serviceLevel.seconds`: "],
    [{ serviceLevel: { seconds: 20, of: "queued" } }, "option `serviceLevel.of`: "],
    [{ shortAbandonSeconds: "5" }, "option `shortAbandonSeconds`: must be a whole number of seconds."],
    [{ menuAbandons: "missed" }, "option `menuAbandons`: "],
    [{ capabilities: [{ provider: "twilio" }] }, "option `capabilities.0.provides`: "],
    [{ report: {} }, "option `report`: must be a function that returns a report."],
    [{ report: () => [] }, "option `report`: must return a report"],
  ])("rejects the options %j", async (options, message) => {
    const result = callMetrics([call], options as MetricsOptions);
    await expect(result).rejects.toBeInstanceOf(RequestError);
    await expect(result).rejects.toThrow(message);
  });

  it.each([null, 7, "calls", { calls: [] }])("rejects %j instead of calls", async (calls) => {
    await expect(callMetrics(calls as never)).rejects.toThrow("argument `calls`: must be a stream of");
  });

  it.each<[changes: object, field: string]>([
    [{ outcome: "lost" }, "outcome"],
    [{ direction: "sideways" }, "direction"],
    [{ waitSeconds: -1 }, "waitSeconds"],
    [{ waitSeconds: 1.5 }, "waitSeconds"],
    [{ outcome: "answered", talkSeconds: NaN }, "talkSeconds"],
    [{ startedAt: new Date(NaN) }, "startedAt"],
    [{ startedAt: undefined }, "startedAt"],
  ])("names the item and the field of a wrong call: %j", async (changes, field) => {
    const result = callMetrics([call, { ...call, ...changes }]);
    await expect(result).rejects.toBeInstanceOf(RequestError);
    await expect(result).rejects.toThrow(new RegExp(`item 2 must be a call record.*\`${field}\``));
  });

  it("throws an error of the stream unchanged", async () => {
    const failure = new Error("The source failed.");
    // eslint-disable-next-line require-yield -- It fails before the first call.
    async function* failing(): AsyncGenerator<CallRecord> {
      await Promise.resolve();
      throw failure;
    }
    await expect(callMetrics(failing())).rejects.toBe(failure);
  });
});

describe("mergeMetrics", () => {
  const settings = { timeZone: "UTC", groupBy: ["agent"] } as const;

  it.each<[other: MetricsOptions, named: string]>([
    [{ ...settings, timeZone: "Asia/Shanghai" }, "`options.timeZone` differ"],
    [{ ...settings, groupBy: ["queue"] }, "`options.groupBy` differ"],
    [{ ...settings, groupBy: [["agent"]] }, "`options.groupBy` differ"],
    [{ ...settings, serviceLevel: { seconds: 30 } }, "`options.serviceLevel` differ"],
    [
      { ...settings, shortAbandonSeconds: 5, menuAbandons: "excluded" },
      "`options.shortAbandonSeconds`, `options.menuAbandons` differ",
    ],
  ])("rejects results with different options: %j", async (other, named) => {
    const [a, b] = [await callMetrics([call], settings), await callMetrics([call], other)];
    expect(() => mergeMetrics(a, b)).toThrow(RequestError);
    expect(() => mergeMetrics(a, b)).toThrow(named);
  });

  it("rejects what is not a result, and names the argument and the field", async () => {
    const result = await callMetrics([call], settings);
    expect(() => mergeMetrics(result, {} as Metrics)).toThrow(
      "argument `b`: must be a result of callMetrics (field `version`",
    );
    expect(() => mergeMetrics(null as never, result)).toThrow("argument `a`: must be a result of callMetrics");
    const broken = structuredClone(result);
    broken.concurrency = [1.5];
    expect(() => mergeMetrics(broken, result)).toThrow("field `concurrency.0`");
  });
});

describe("the proof of metrics", () => {
  const report = (account: string, unsettledFrom: string[]): AccountReport => ({
    account,
    provider: "huawei-cec",
    status: "complete",
    requests: 1,
    retries: 0,
    throttles: 0,
    waitedMs: 0,
    windows: 1,
    windowsLeft: 0,
    rows: 1,
    duplicates: 0,
    unreadable: 0,
    coverage: [],
    unsettled: unsettledFrom.map((from) => ({ from, to: "2026-11-20T00:00:00.000Z" })),
    gaps: [],
  });

  it("comes from the report, and provisionalFrom is the first unsettled time of all accounts", async () => {
    const accounts = [report("one", ["2026-11-19T00:00:00.000Z"]), report("two", ["2026-11-18T00:00:00.000Z"])];
    const result = await callMetrics([], { report: () => ({ accounts }) });
    expect(result).toMatchObject({ proof: accounts, provisionalFrom: "2026-11-18T00:00:00.000Z", unprovenParts: 0 });
    // Without a call, Huawei's list still provides no inbound calls.
    expect(result.totals.inbound.offered).toBeNull();
    expect(result.totals.outbound.attempts).toBe(0);
  });

  it("is read after the last call", async () => {
    let read = 0;
    function* calls() {
      read += 1;
      yield call;
    }
    await callMetrics(calls(), {
      report: () => {
        expect(read).toBe(1);
        return { accounts: [] };
      },
    });
    expect.assertions(1);
  });

  it("is kept by a merge, which counts the parts without one", async () => {
    const [one, two] = [report("one", ["2026-11-19T00:00:00.000Z"]), report("two", [])];
    const [a, b, none] = await Promise.all([
      callMetrics([], { report: () => ({ accounts: [one] }) }),
      callMetrics([], { report: () => ({ accounts: [two] }) }),
      callMetrics([]),
    ]);
    expect(mergeMetrics(b, a)).toMatchObject({
      proof: [two, one],
      provisionalFrom: "2026-11-19T00:00:00.000Z",
      unprovenParts: 0,
    });
    expect(mergeMetrics(none, a)).toMatchObject({ proof: [one], unprovenParts: 1 });
    expect(mergeMetrics(none, none)).toMatchObject({ proof: null, provisionalFrom: null, unprovenParts: 2 });
  });
});
