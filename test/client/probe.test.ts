import { describe, expect, it } from "vitest";
import {
  AbortedError,
  AuthenticationError,
  type ClientEvent,
  type ProbedOptions,
  type ProbeReport,
  RequestError,
  ResponseError,
} from "call-records";
import type { CustomCall, EmulatorOptions, FilterTime, RowOrder, VendorEmulator, VendorId } from "call-records/testing";
import { extent, share } from "../search.js";
import {
  DAY,
  daysAgo,
  HISTORY,
  HOUR,
  huaweiAt,
  itniotechAt,
  NOW,
  openClient,
  openStage,
  rejectionOf,
  requestsFor,
  type Stage,
  tencentAt,
} from "./stage.js";
import { idsOf, within } from "./truth.js";

const VENDORS: VendorId[] = ["tencent-ccc", "huawei-cec", "itniotech"];
const MAX_REQUESTS = 23;
const everywhere = (value: number) => ({ "tencent-ccc": value, "huawei-cec": value, itniotech: value });

const EDGES = [
  ["inclusive", "inclusive"],
  ["inclusive", "exclusive"],
  ["exclusive", "inclusive"],
  ["exclusive", "exclusive"],
] as const;
const TIMES: FilterTime[] = ["start", "end", "created"];
const ORDERS: RowOrder[] = ["ascending", "descending", "unsorted"];

/**
 * Returns the `filtersOn` that a probe should find. The emulated Huawei creates a record when a call starts, Itniotech when it ends, and Tencent up to
 * four seconds after it ends.
 */
function expectedFilter(vendor: VendorId, filterTime: FilterTime) {
  return filterTime === "created"
    ? ({ "tencent-ccc": "neither", "huawei-cec": "start", itniotech: "end" } as const)[vendor]
    : filterTime;
}

/** Returns the suggested options about windows, without the one about retention. */
function windowOptionsOf({ options: { filtersOn, windowEnd } }: ProbeReport): ProbedOptions {
  return { ...(filtersOn === undefined ? {} : { filtersOn }), ...(windowEnd === undefined ? {} : { windowEnd }) };
}

async function probeAll(options: EmulatorOptions): Promise<Stage & { reports: Record<VendorId, ProbeReport> }> {
  const stage = await openStage({ emulator: { days: 30, callsPerDay: 60, ...options } });
  const [tencent, huawei, itniotech] = await Promise.all(VENDORS.map((vendor) => stage.client.probe(vendor)));
  if (tencent === undefined || huawei === undefined || itniotech === undefined)
    throw new TypeError("A vendor was not probed.");
  return { ...stage, reports: { "tencent-ccc": tencent, "huawei-cec": huawei, itniotech } };
}

async function closeStage({ client, emulator }: Pick<Stage, "client" | "emulator">): Promise<void> {
  await client.close();
  await emulator.close();
}

function sentTo(emulator: VendorEmulator, vendor: VendorId): number {
  return requestsFor(emulator, HISTORY[vendor]).length;
}

describe("a probe", () => {
  const behaviours = TIMES.flatMap((filterTime) =>
    EDGES.flatMap(([start, end]) =>
      ORDERS.flatMap((order) => [100, 30, 7].map((cap) => ({ filterTime, start, end, order, cap }))),
    ),
  );

  it.each(share(behaviours, 3))(
    "detects windows that filter on $filterTime, start $start, end $end, rows $order, pages of at most $cap rows",
    async ({ filterTime, start, end, order, cap }) => {
      const stage = await probeAll({ filterTime, windowEdges: { start, end }, order, pageCap: everywhere(cap) });
      for (const vendor of VENDORS) {
        const report = stage.reports[vendor];
        const filtersOn = expectedFilter(vendor, filterTime);
        const found = {
          filtersOn: report.filtersOn.value,
          windowStart: report.windowStart.value,
          windowEnd: report.windowEnd.value,
          order: report.order.value,
          pageSize: report.pageSize.value,
          total: report.total.value,
        };
        if (filtersOn === "neither") {
          // The value may be null, because the record of an examined call may be created in the second in which the call ends.
          expect(["neither", null]).toContain(found.filtersOn);
          expect(found).toMatchObject({ windowStart: null, windowEnd: null });
          expect(windowOptionsOf(report)).toEqual({});
        } else {
          expect(found).toEqual({ filtersOn, windowStart: start, windowEnd: end, order, pageSize: cap, total: 0 });
          expect(windowOptionsOf(report)).toEqual({
            ...(filtersOn === "start" ? { filtersOn } : {}),
            ...(start === "inclusive" ? { windowEnd: end } : {}),
          });
          expect(report.order.by).toBe(order === "unsorted" ? null : filtersOn);
        }
        expect(report.pageSize.requested).toBe(100);
        expect(report.requests).toBe(sentTo(stage.emulator, vendor) + (vendor === "huawei-cec" ? 1 : 0));
        expect(report.requests).toBeLessThanOrEqual(MAX_REQUESTS);
        expect(JSON.parse(JSON.stringify(report))).toEqual(report);
      }
      expect(stage.emulator.requests.filter(({ refusal }) => refusal !== null)).toEqual([]);
      await closeStage(stage);
    },
  );

  it("explains each finding in a sentence", async () => {
    const { reports, client } = await probeAll({ pageCap: everywhere(30) });
    for (const vendor of VENDORS) {
      const { filtersOn, windowStart, windowEnd, order, pageSize, total, partition } = reports[vendor];
      expect(filtersOn.evidence).toMatch(
        /^The call \S+ was listed in a window of two units around its start, but not in one around its end\. Two other calls were listed around their times\.$/,
      );
      expect(windowStart.evidence).toMatch(/^The call \S+ was listed in a window that began exactly at its time\.$/);
      expect(windowEnd.evidence).toMatch(/^The call \S+ was listed in a window that ended exactly at its time\.$/);
      expect(order.evidence).toBe("30 ended calls on one page were in descending order of their start.");
      expect(pageSize.evidence).toMatch(
        /^100 rows were requested, and 30 received, although the window contained \d+\.$/,
      );
      expect(total.evidence).toMatch(
        /^A window that was read completely contained \d+ distinct rows; its total was \d+\.$/,
      );
      expect(partition).toEqual(client.capabilities(vendor).records.partitions?.[0]);
    }
  });

  it.each(share([1, -1, 50], 1))("detects a total that is off by %i", async (shift) => {
    const { reports } = await probeAll({ totalShift: everywhere(shift) });
    for (const vendor of VENDORS) {
      expect(reports[vendor]).toMatchObject({
        total: { value: shift },
        filtersOn: { value: "start" },
        windowStart: { value: "inclusive" },
      });
      // If the total is too large, the window that was expected to exceed a page contains fewer rows.
      expect([100, null]).toContain(reports[vendor].pageSize.value);
      expect(reports[vendor].requests).toBeLessThanOrEqual(MAX_REQUESTS);
    }
  });

  it("finds nothing in an account without calls, and states the reason", async () => {
    const { reports, emulator } = await probeAll({ callsPerDay: 0, activeCalls: 0 });
    for (const vendor of VENDORS) {
      const {
        filtersOn,
        windowStart,
        windowEnd,
        order,
        pageSize,
        total,
        retention,
        numberFilter,
        options,
        partition,
        requests,
      } = reports[vendor];
      for (const finding of [filtersOn, windowStart, windowEnd, order, pageSize, total, retention, numberFilter])
        expect(finding).toMatchObject({
          value: null,
          evidence: expect.stringMatching(/^No call older than an hour/) as string,
        });
      expect({ options, partition }).toEqual({ options: {}, partition: null });
      expect(requests).toBeLessThanOrEqual(5);
    }
    expect(emulator.requests.filter(({ refusal }) => refusal !== null)).toEqual([]);
  });

  it("does not determine `filtersOn` from calls that start and end in the same second, or from a single call", async () => {
    const missed = (startedAt: number): CustomCall => ({
      startedAt: new Date(startedAt),
      endedAt: new Date(startedAt),
      answeredAt: null,
    });
    const brief = VENDORS.map((vendor) => [
      vendor,
      Array.from({ length: 8 }, (_, place) => missed(NOW - 3 * DAY - place * HOUR)),
    ]);
    const none = await probeAll({
      callsPerDay: 0,
      activeCalls: 0,
      calls: Object.fromEntries(brief) as EmulatorOptions["calls"] & object,
    });
    const lone = { startedAt: new Date(NOW - 3 * DAY) };
    const alone = await probeAll({
      callsPerDay: 0,
      activeCalls: 0,
      calls: { "tencent-ccc": [lone], "huawei-cec": [lone], itniotech: [lone] },
    });
    for (const vendor of VENDORS) {
      expect(none.reports[vendor].filtersOn).toEqual({
        value: null,
        evidence: "No ended call was found whose start and end are 4 units or more apart.",
      });
      expect(none.reports[vendor]).toMatchObject({
        windowStart: { value: null },
        order: { value: "descending" },
        total: { value: 0 },
      });
      expect(windowOptionsOf(none.reports[vendor])).toEqual({});
      expect(alone.reports[vendor].filtersOn).toMatchObject({
        value: null,
        evidence: expect.stringMatching(/no other call/) as string,
      });
      expect(windowOptionsOf(alone.reports[vendor])).toEqual({});
    }
  });

  it("uses the next list if the first contains no calls", async () => {
    const calls = Array.from({ length: 12 }, (_, place): CustomCall => ({
      type: 4,
      startedAt: new Date(NOW - 3 * DAY - place * HOUR),
      endedAt: new Date(NOW - 3 * DAY - place * HOUR + 300_000),
    }));
    const { reports } = await probeAll({
      callsPerDay: 0,
      activeCalls: 0,
      calls: {
        "tencent-ccc": calls.map((call) => ({ ...call, application: 1_400_000_001, type: 1 })),
        "huawei-cec": calls,
      },
    });
    expect(reports["tencent-ccc"]).toMatchObject({
      partition: { application: "1400000001" },
      filtersOn: { value: "start" },
    });
    expect(reports["huawei-cec"]).toMatchObject({
      partition: { parameters: { taskType: "4" } },
      filtersOn: { value: "start" },
    });
    for (const vendor of VENDORS) expect(reports[vendor].requests).toBeLessThanOrEqual(MAX_REQUESTS);
  });

  it("requests smaller windows if the vendor refuses large ones", { tags: ["slow"] }, async () => {
    const { reports, emulator } = await probeAll({
      callsPerDay: 3000,
      days: 5,
      maxRows: { "tencent-ccc": 60, itniotech: 60 },
    });
    for (const vendor of ["tencent-ccc", "itniotech"] as const) {
      expect(reports[vendor]).toMatchObject({
        filtersOn: { value: "start" },
        windowStart: { value: "inclusive" },
        windowEnd: { value: "inclusive" },
        total: { value: 0 },
      });
      expect(reports[vendor].requests).toBeLessThanOrEqual(MAX_REQUESTS);
    }
    expect(emulator.requests.some(({ refusal }) => refusal !== null)).toBe(true);
  });

  it.each([
    ["exact", true],
    ["digits", true],
    ["part", true],
    ["caller", false],
    ["ignored", false],
  ] as const)("detects whether a number filter that compares as %s can be used: %s", async (numberMatching, value) => {
    const { reports } = await probeAll({ numberMatching, days: 10 });
    for (const vendor of ["tencent-ccc", "itniotech"] as const) {
      expect(reports[vendor].numberFilter.value).toBe(value);
      expect(reports[vendor].numberFilter.evidence).not.toMatch(/\d{11}/);
      if (value)
        expect(reports[vendor].numberFilter.evidence).toMatch(/^Every number in the \d+ calls .* is plain digits\./);
      expect(reports[vendor].options.numberFilter).toBe(value ? true : undefined);
      expect(reports[vendor].requests).toBeLessThanOrEqual(MAX_REQUESTS);
    }
  });

  it("proposes the number filter of Huawei only if it finds calls by their called number", async () => {
    const calls = Array.from({ length: 8 }, (_, place): CustomCall => {
      const startedAt = new Date(NOW - (2 + place) * HOUR);
      return { startedAt, customer: `1391234567${place}`, row: { caller: `1381234567${place}` } };
    });
    for (const [numberMatching, value] of [
      ["exact", true],
      [undefined, false],
      ["ignored", false],
    ] as const) {
      const { client } = await openStage({
        emulator: {
          ...{ callsPerDay: 0, activeCalls: 0, calls: { "huawei-cec": calls } },
          ...(numberMatching === undefined ? {} : { numberMatching }),
        },
      });
      const { numberFilter, options } = await client.probe("huawei-cec");
      expect([numberFilter.value, options.numberFilter]).toEqual([value, value ? true : undefined]);
    }
  });

  it("examines the number filter of an account whose callers are extensions, by these extensions", async () => {
    const callsWith = (customerOf: (place: number) => string) =>
      Array.from({ length: 8 }, (_, place): CustomCall => {
        const startedAt = new Date(NOW - (2 + place) * HOUR);
        return { startedAt, customer: customerOf(place), row: { caller: `100${place}` } };
      });
    for (const [numberMatching, customerOf, value, evidence] of [
      ["exact", (place: number) => `1391234567${place}`, true, /The caller was an extension or a local number\.$/],
      [
        "part",
        (place: number) => `139${place < 2 ? "1000" : "1234"}567${place}`,
        true,
        /The caller was an extension or a local number\.$/,
      ],
      ["ignored", (place: number) => `1391234567${place}`, false, /was listed by the callee/],
      ["caller", (place: number) => `1391234567${place}`, false, /was not listed by the callee/],
      ["exact", (place: number) => `200${place}`, null, /^No call with a caller or callee whose country is certain/],
      ["ignored", (place: number) => `200${place}`, null, /^No call with a caller or callee whose country is certain/],
    ] as const) {
      const { client } = await openStage({
        emulator: { callsPerDay: 0, activeCalls: 0, calls: { "huawei-cec": callsWith(customerOf) }, numberMatching },
      });
      const { numberFilter } = await client.probe("huawei-cec");
      expect([numberMatching, numberFilter.value]).toEqual([numberMatching, value]);
      expect(numberFilter.evidence).toMatch(evidence);
    }
  });

  it.each(["+86 139-1234-5678", "139-1234-5678", "139 1234 5678", "13912345678 ext. 7", "(0) 139 1234 5678"])(
    "does not propose the number filter if a number is stored as %s, and withdraws it",
    async (customer) => {
      const odd = { startedAt: new Date(NOW - 2 * HOUR), customer };
      const { client } = await openStage({
        emulator: { days: 10, callsPerDay: 60, calls: { "tencent-ccc": [odd] } },
        tencent: { numberFilter: true },
      });
      const { numberFilter, options } = await client.probe("tencent-ccc");
      expect({ value: numberFilter.value, option: options.numberFilter }).toEqual({ value: false, option: false });
      expect(numberFilter.evidence).toMatch(/^1 of \d+ calls contain a number that is not plain digits/);
    },
  );

  it("suggests resetting an option that is wrong", async () => {
    const { client } = await openStage({
      emulator: { days: 30, callsPerDay: 60, filterTime: "end", windowEdges: { start: "exclusive" } },
      huawei: { filtersOn: "start", windowEnd: "exclusive" },
    });
    expect(windowOptionsOf(await client.probe("huawei-cec"))).toEqual({ filtersOn: "unknown", windowEnd: "unknown" });
  });

  it("rejects with the same errors as the other operations", async () => {
    const unreadable: CustomCall = { startedAt: new Date(NOW - 2 * HOUR), row: { SessionId: null } };
    const { client, emulator } = await openStage({
      emulator: { days: 5, callsPerDay: 60, calls: { "tencent-ccc": [unreadable] } },
      itniotech: { apiSecret: "wrong" },
    });
    expect(await rejectionOf(client.probe("marketing"))).toBeInstanceOf(RequestError);
    expect((await rejectionOf(client.probe("itniotech", { isolateFailures: true } as never))).message).toContain(
      "`isolateFailures`",
    );
    expect(emulator.requests).toEqual([]);
    expect(await rejectionOf(client.probe("itniotech"))).toBeInstanceOf(AuthenticationError);
    expect(await rejectionOf(client.probe("tencent-ccc"))).toBeInstanceOf(ResponseError);
    expect(await client.probe("tencent-ccc", { unreadableRows: "report" })).toMatchObject({
      filtersOn: { value: "start" },
    });
    expect(await rejectionOf(client.probe("huawei-cec", { signal: AbortSignal.abort() }))).toBeInstanceOf(AbortedError);
    await client.close();
    expect(await rejectionOf(client.probe("huawei-cec"))).toBeInstanceOf(RequestError);
  });
});

describe("the suspected retention", () => {
  /** One call every half day for 1,200 days, of which the vendor keeps only a part. */
  const calls = Array.from({ length: 2400 }, (_, place): CustomCall => ({
    startedAt: new Date(NOW - 2 * DAY - place * (DAY / 2)),
    endedAt: new Date(NOW - 2 * DAY - place * (DAY / 2) + 300_000),
  }));
  const history = {
    callsPerDay: 0,
    activeCalls: 0,
    calls: { "tencent-ccc": calls, "huawei-cec": calls, itniotech: calls },
  };
  const retentionOf = (report: ProbeReport) => ({
    retention: report.retention.value,
    option: report.options.suspectedRetentionSeconds,
  });

  it.each(share([20, 90, 100, 365], 1, 1))(
    "is found with few requests for a vendor that silently keeps %i days",
    { tags: ["slow"] },
    async (days) => {
      for (const order of ORDERS) {
        const stage = await probeAll({ ...history, order, retentionSeconds: everywhere(days * 86_400) });
        for (const vendor of VENDORS) {
          const report = stage.reports[vendor];
          expect(report.requests).toBeLessThanOrEqual(MAX_REQUESTS);
          const { retention, option } = retentionOf(report);
          if (vendor === "tencent-ccc" && days > 180) {
            // Tencent declares its retention.
            expect({ retention, option }).toEqual({ retention: null, option: undefined });
            continue;
          }
          expect(retention).toBeLessThanOrEqual(days * 86_400);
          expect(retention).toBeGreaterThan(days * 86_400 * 0.95);
          expect(option).toBe(retention);
          expect(report.retention.evidence).toMatch(
            /^The oldest call that was found began at \S+; none was found in the windows that were requested between \S+ and \S+\. Either the account had no calls before, or the vendor does not keep them longer\.$/,
          );
          expect(report.retention.evidence).toContain(new Date(NOW - (retention ?? 0) * 1000).toISOString());
        }
        expect(stage.emulator.requests.filter(({ refusal }) => refusal !== null)).toEqual([]);
        await closeStage(stage);
      }
    },
  );

  it("is not reported if calls reach back to the search limit, or are less than a day old", async () => {
    const { reports } = await probeAll(history);
    const young = Array.from({ length: 8 }, (_, place): CustomCall => ({
      startedAt: new Date(NOW - (2 + place) * HOUR),
    }));
    const recent = await probeAll({
      ...history,
      calls: { "tencent-ccc": young, "huawei-cec": young, itniotech: young },
    });
    for (const vendor of VENDORS) {
      expect(retentionOf(reports[vendor])).toEqual({ retention: null, option: undefined });
      expect(reports[vendor].retention.evidence).toMatch(
        /^Calls reach back to \S+, which is as far as the probe searches\.$/,
      );
      expect(retentionOf(recent.reports[vendor])).toEqual({ retention: null, option: undefined });
      expect(recent.reports[vendor].retention.evidence).toContain("less than a day old");
    }
  });

  it("causes a warning if the option is set and older calls are requested", { tags: ["slow"] }, async () => {
    const { reports, emulator, clock } = await probeAll({ ...history, retentionSeconds: everywhere(90 * 86_400) });
    const events: ClientEvent[] = [];
    const client = openClient({
      providers: [huaweiAt(emulator, reports["huawei-cec"].options), itniotechAt(emulator, reports.itniotech.options)],
      clock,
      onEvent: (event) => events.push(event),
    });
    await client.records({ from: daysAgo(300), to: daysAgo(4) }).toArray({ max: 10_000 });
    const warned = events.flatMap((event) => (event.type === "warning" ? [event.account] : []));
    expect(warned.sort()).toEqual(["huawei-cec", "itniotech"]);
  });
});

describe("reading with the options that a probe suggested", () => {
  const behaviours = TIMES.flatMap((filterTime) => EDGES.map(([start, end]) => ({ filterTime, start, end })));
  const [from, to] = [daysAgo(25), daysAgo(4)];

  it.each(share(behaviours, 1, 3))(
    "returns all calls without additional requests: filtered on $filterTime, start $start, end $end",
    { tags: ["slow"] },
    async ({ filterTime, start, end }) => {
      const stage = await probeAll({
        callsPerDay: extent(50, 100),
        filterTime,
        windowEdges: { start, end },
        pageCap: everywhere(extent(15, 30)),
      });
      const { emulator, reports } = stage;
      emulator.clearRequests();
      await stage.client.records({ from, to }).toArray({ max: 100_000 });
      const before = new Map(VENDORS.map((vendor) => [vendor, sentTo(emulator, vendor)]));

      emulator.clearRequests();
      const providers = [
        tencentAt(emulator, reports["tencent-ccc"].options),
        huaweiAt(emulator, reports["huawei-cec"].options),
        itniotechAt(emulator, reports.itniotech.options),
      ];
      const client = openClient({ providers, clock: stage.clock });
      const stream = client.records({ from, to });
      const records = await stream.toArray({ max: 100_000 });
      for (const vendor of VENDORS) {
        expect(idsOf(records.filter(({ account }) => account === vendor))).toEqual(
          idsOf(within(emulator.truth[vendor].calls, from, to)),
        );
        if (reports[vendor].options.filtersOn === "start")
          expect(sentTo(emulator, vendor)).toBeLessThan(before.get(vendor) ?? 0);
        else expect(sentTo(emulator, vendor)).toBeLessThanOrEqual(before.get(vendor) ?? 0);
      }
      expect(stream.report().accounts.map(({ status }) => status)).toEqual(["complete", "complete", "complete"]);
      await client.close();
      await closeStage(stage);
    },
  );
});
