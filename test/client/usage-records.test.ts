import { beforeAll, describe, expect, it } from "vitest";
import { day, month, type UsageSummary } from "call-records";
import type { EmulatedCall, VendorId } from "call-records/testing";
import { DAY, daysAgo, NOW, openStage, requestsFor, type Stage } from "./stage.js";
import { within } from "./truth.js";
import { extent, share } from "../search.js";

const APPS = [1_400_000_000, 1_400_000_001];
/** Bounds that are not whole days, because usage from records covers exactly the range. */
const from = new Date("2026-09-25T03:17:11.250Z");
const to = new Date("2026-11-03T21:40:02.750Z");

/** Returns the expected usage of the ended calls, computed without the library. */
function countOf(vendor: VendorId, calls: readonly EmulatedCall[]) {
  const ended = calls.filter(({ progress }) => progress === "ended");
  const answered = ended.filter((call) => call.answered);
  const isVoip = ({ type }: EmulatedCall) => vendor === "tencent-ccc" && type === 3;
  const minutes = (chosen: readonly EmulatedCall[]) =>
    chosen.reduce((sum, { talkSeconds }) => sum + Math.ceil((talkSeconds ?? 0) / 60), 0);
  return {
    calls: {
      total: ended.length,
      answered: answered.length,
      inbound: ended.filter(({ direction }) => direction === "inbound").length,
      outbound: ended.filter(({ direction }) => direction === "outbound").length,
    },
    minutes: {
      outbound: minutes(answered.filter((call) => call.direction === "outbound" && !isVoip(call))),
      inbound: minutes(answered.filter((call) => call.direction === "inbound" && !isVoip(call))),
      voip: minutes(answered.filter(isVoip)),
      unclassified: 0,
      asrOffline: null,
      asrRealtime: null,
    },
    talkSeconds: answered.reduce((sum, { talkSeconds }) => sum + (talkSeconds ?? 0), 0),
  };
}

const counted = ({ calls, minutes, talkSeconds }: UsageSummary) => ({ calls, minutes, talkSeconds });

function ofApplication(calls: readonly EmulatedCall[], application: string | null): EmulatedCall[] {
  return calls.filter((call) => call.application === application);
}

let stage: Stage;
beforeAll(async () => {
  stage = await openStage({ emulator: { days: 65, callsPerDay: extent(20, 40), sdkAppIds: APPS } });
});

describe("usage counted from records", () => {
  it.each<VendorId>(["huawei-cec", "itniotech"])(
    "is the default for %s, and covers exactly the range and only ended calls",
    async (vendor) => {
      const { summaries, accounts } = await stage.client.usage({ from, to, accounts: [vendor] });
      expect(summaries).toHaveLength(1);
      expect(summaries[0]).toMatchObject({
        provider: vendor,
        application: null,
        from,
        to,
        source: "records",
        seats: null,
        complete: true,
        raw: [],
      });
      expect(summaries.map(counted)).toEqual([countOf(vendor, within(stage.emulator.truth[vendor].calls, from, to))]);
      expect(summaries[0]?.calls?.answered).toBeGreaterThan(300);
      expect(accounts).toMatchObject([{ status: "complete", gaps: [] }]);
    },
  );

  it("is returned for Tencent with the source `records`, with one summary per application", async () => {
    stage.emulator.clearRequests();
    const { summaries } = await stage.client.usage({ from, to, accounts: ["tencent-ccc"], source: "records" });
    expect(requestsFor(stage.emulator, "DescribeTelCallInfo")).toEqual([]);
    const calls = within(stage.emulator.truth["tencent-ccc"].calls, from, to);
    expect(
      summaries.map((summary) => ({ application: summary.application, source: summary.source, ...counted(summary) })),
    ).toEqual(
      APPS.map((app) => ({
        application: String(app),
        source: "records",
        ...countOf("tencent-ccc", ofApplication(calls, String(app))),
      })),
    );
  });

  it("agrees with Tencent's minutes over whole days", async () => {
    const range = { ...month("2026-10", "Asia/Shanghai"), accounts: ["tencent-ccc"] };
    const vendor = (await stage.client.usage({ ...range, source: "vendor" })).summaries;
    const records = (await stage.client.usage({ ...range, source: "records" })).summaries;
    const lines = ({ application, minutes: { outbound, inbound, voip } }: UsageSummary) => ({
      application,
      outbound,
      inbound,
      voip,
    });
    expect(records.map(lines)).toEqual(vendor.map(lines));
  });

  it.each(share<"day" | "month">(["day", "month"], 1))(
    "by %s adds up to the total, and the range limits its first and last period",
    async (by) => {
      const periods = (await stage.client.usage({ from, to, by, source: "records" })).summaries;
      const totals = (await stage.client.usage({ from, to, source: "records" })).summaries;
      for (const total of totals) {
        const own = periods.filter(
          ({ account, application }) => account === total.account && application === total.application,
        );
        expect(own[0]?.from).toEqual(from);
        expect(own.at(-1)?.to).toEqual(to);
        expect(own.slice(0, -1).map((period) => period.to)).toEqual(own.slice(1).map((period) => period.from));
        expect(own.slice(1).every((period) => period.from.toISOString().endsWith("T16:00:00.000Z"))).toBe(true);
        const truth = within(stage.emulator.truth[total.provider as VendorId].calls, from, to);
        for (const period of own) {
          const calls = ofApplication(within(truth, period.from, period.to), total.application);
          expect({ from: period.from, ...counted(period) }).toEqual({
            from: period.from,
            ...countOf(total.provider as VendorId, calls),
          });
        }
        expect(own.reduce((sum, { talkSeconds }) => sum + (talkSeconds ?? 0), 0)).toBe(total.talkSeconds);
        expect(own.reduce((sum, { calls }) => sum + (calls?.total ?? 0), 0)).toBe(total.calls?.total);
      }
    },
  );

  it("excludes calls that have not ended, and is incomplete if the range may still change", async () => {
    const range = { from: new Date("2026-11-19T16:00:00Z"), to: new Date("2026-11-20T04:00:00Z") };
    const { summaries } = await stage.client.usage({ ...range, accounts: ["huawei-cec"] });
    const calls = within(stage.emulator.truth["huawei-cec"].calls, range.from, range.to);
    expect(calls.some(({ progress }) => progress !== "ended")).toBe(true);
    expect(summaries.map(counted)).toEqual([countOf("huawei-cec", calls)]);
    expect(summaries[0]?.complete).toBe(false);
  });

  it("of an application without calls is a summary of zeros", async () => {
    const { summaries } = await stage.client.usage({
      ...day("2026-09-01", "Asia/Shanghai"),
      accounts: ["tencent-ccc"],
      source: "records",
    });
    expect(summaries.map(({ application, calls }) => [application, calls?.total])).toEqual(
      APPS.map((app) => [String(app), 0]),
    );
  });
});

describe("usage counted from records in a zone with daylight saving time", () => {
  it("has a day of 25 hours, in which each call is counted once", async () => {
    const timeZone = "America/New_York";
    const { emulator, client } = await openStage({
      emulator: { days: 25, callsPerDay: 200, timeZone },
      tencent: { timeZone },
      huawei: { timeZone },
      itniotech: { timeZone },
    });
    const range = { from: new Date("2026-10-31T00:00:00-04:00"), to: new Date("2026-11-03T00:00:00-05:00") };
    const { summaries } = await client.usage({ ...range, by: "day", accounts: ["huawei-cec"] });
    expect(summaries.map((summary) => (summary.to.getTime() - summary.from.getTime()) / 3_600_000)).toEqual([
      24, 25, 24,
    ]);
    for (const summary of summaries) {
      expect(counted(summary)).toEqual(
        countOf("huawei-cec", within(emulator.truth["huawei-cec"].calls, summary.from, summary.to)),
      );
    }
  });

  it("counts every call of Itniotech once in an hour that occurs twice", async () => {
    const timeZone = "America/New_York";
    // 01:30 occurs twice in New York: at 05:30 and at 06:30 UTC.
    const twice = ["2026-11-01T05:30:00Z", "2026-11-01T06:30:00Z", "2026-11-01T06:59:59Z", "2026-11-01T05:00:00Z"].map(
      (text) => ({ startedAt: new Date(text) }),
    );
    const { client } = await openStage({
      emulator: { callsPerDay: 0, timeZone, calls: { itniotech: twice } },
      itniotech: { timeZone },
    });
    const { summaries } = await client.usage({
      from: "2026-11-01T00:00:00-04:00",
      to: "2026-11-02T00:00:00-05:00",
      accounts: ["itniotech"],
    });
    expect(summaries.map(({ calls }) => calls?.total)).toEqual([4]);
  });
});

describe("an undocumented or contradictory code", () => {
  const startedAt = new Date("2026-11-10T02:00:00Z");
  const talked = { startedAt, answeredAt: startedAt, endedAt: new Date(startedAt.getTime() + 600_000) };
  const range = day("2026-11-10", "Asia/Shanghai");
  const codes: [VendorId, Record<string, unknown>][] = [
    ["itniotech", { hangupReason: 42 }],
    ["itniotech", { hangupReason: null }],
    ["huawei-cec", { reasonCode: 4242 }],
    ["huawei-cec", { reasonCode: 4242, taskType: "4" }],
    ["tencent-ccc", { EndStatus: 229, EndStatusString: "maxCallDurationReached" }],
    ["tencent-ccc", { EndStatus: 0, EndStatusString: "new" }],
  ];

  it.each(share(codes, 4))("of %s, %j, does not exclude talk time from the minutes", async (vendor, row) => {
    const { client } = await openStage({
      emulator: {
        callsPerDay: 0,
        activeCalls: 0,
        sdkAppIds: [APPS[0] ?? 0],
        calls: { [vendor]: [{ ...talked, row }] },
      },
    });
    const [call] = await client.records({ ...range, accounts: [vendor] }).toArray({ max: 2 });
    expect(call).toMatchObject({ outcome: "answered", talkSeconds: 600 });
    const { summaries } = await client.usage({ ...range, accounts: [vendor], source: "records" });
    expect(summaries).toMatchObject([
      {
        calls: { total: 1, answered: 1 },
        minutes: { outbound: 10, unclassified: 0 },
        talkSeconds: 600,
        answeredWithoutDuration: 0,
        complete: true,
      },
    ]);
  });

  it.each<[VendorId, object]>([
    ["itniotech", { hangupReason: 4 }],
    ["huawei-cec", { reasonCode: 5, taskType: "1" }],
    ["tencent-ccc", { EndStatus: 211 }],
  ])("of a failure at %s, %j, does not exclude talk time from the minutes", async (vendor, row) => {
    const { client } = await openStage({
      emulator: {
        callsPerDay: 0,
        activeCalls: 0,
        sdkAppIds: [APPS[0] ?? 0],
        calls: { [vendor]: [{ ...talked, row: { ...row } }] },
      },
    });
    const { summaries } = await client.usage({ ...range, accounts: [vendor], source: "records" });
    expect(summaries).toMatchObject([{ calls: { answered: 1 }, minutes: { outbound: 10 }, talkSeconds: 600 }]);
  });

  it.each<[VendorId, object]>([
    ["itniotech", { callType: 9 }],
    ["tencent-ccc", { CallType: 99, Direction: 7 }],
    ["tencent-ccc", { CallType: 99, Direction: null }],
  ])("of the direction at %s, %j, leaves the minutes unclassified", async (vendor, row) => {
    const { client } = await openStage({
      emulator: {
        callsPerDay: 0,
        activeCalls: 0,
        sdkAppIds: [APPS[0] ?? 0],
        calls: { [vendor]: [{ ...talked, row: { ...row } }] },
      },
    });
    const { summaries } = await client.usage({ ...range, accounts: [vendor], source: "records" });
    expect(summaries).toMatchObject([
      { minutes: { outbound: 0, inbound: 0, voip: 0, unclassified: 10 }, talkSeconds: 600 },
    ]);
  });
});

describe("an answered call without any duration", () => {
  it("has null minutes, and is counted as answered", async () => {
    const startedAt = new Date("2026-11-10T02:00:00Z");
    const unknown = { startedAt, row: { callDuration: null, calledHangupTime: null } };
    const range = { ...day("2026-11-10", "Asia/Shanghai"), accounts: ["itniotech"] };
    const alone = await openStage({ emulator: { callsPerDay: 0, calls: { itniotech: [unknown] } } });
    const [call] = await alone.client.records(range).toArray({ max: 2 });
    expect(call).toMatchObject({ outcome: "answered", talkSeconds: null });
    expect((await alone.client.usage(range)).summaries).toMatchObject([
      {
        calls: { answered: 1 },
        minutes: { outbound: null, inbound: 0, unclassified: 0 },
        talkSeconds: null,
        answeredWithoutDuration: 1,
      },
    ]);

    const beside = await openStage({
      emulator: { callsPerDay: 0, calls: { itniotech: [unknown, { startedAt, answeredAt: startedAt }] } },
    });
    expect((await beside.client.usage(range)).summaries).toMatchObject([
      { calls: { answered: 2 }, minutes: { outbound: 1 }, talkSeconds: 60, answeredWithoutDuration: 1 },
    ]);
  });
});

describe("a settled call without an end", () => {
  const startedAt = new Date(NOW - 10 * DAY);
  const range = { from: daysAgo(11), to: daysAgo(9) };
  const answered = startedAt.getTime() + 5000;
  const talking = { talkingTime: answered, endTime: null, releaseTime: null, reasonCode: null, talkDuration: 600 };
  const tencent = {
    AcceptTimestamp: answered / 1000,
    EndedTimestamp: -1,
    EndStatus: 0,
    EndStatusString: null,
    Duration: 600,
  };
  const openRow = (vendor: VendorId, row: object) =>
    openStage({
      emulator: {
        callsPerDay: 0,
        activeCalls: 0,
        sdkAppIds: [APPS[0] ?? 0],
        calls: { [vendor]: [{ startedAt, endedAt: new Date(answered + 600_000), row: { ...row } }] },
      },
    });

  it.each<[VendorId, object]>([
    ["tencent-ccc", tencent],
    ["tencent-ccc", { ...tencent, EndStatus: null, EndedTimestamp: null }],
    ["tencent-ccc", { ...tencent, AcceptTimestamp: null, EndStatus: null, EndStatusString: "ok" }],
    ["huawei-cec", { ...talking, state: 2, releaseTime: answered + 600_000 }],
    ["huawei-cec", { ...talking, state: 9, endTime: -1, releaseTime: "0" }],
    ["huawei-cec", { ...talking, state: 2 }],
  ])("at %s, %j, is counted with its talk time", async (vendor, row) => {
    const { client } = await openRow(vendor, row);
    const [call] = await client.records({ ...range, accounts: [vendor] }).toArray({ max: 2 });
    expect(call).toMatchObject({ state: "ended", outcome: "answered", talkSeconds: 600 });
    const { summaries } = await client.usage({ ...range, accounts: [vendor], source: "records" });
    expect(summaries).toMatchObject([
      {
        calls: { total: 1, answered: 1 },
        minutes: { outbound: 10 },
        talkSeconds: 600,
        answeredWithoutDuration: 0,
        complete: true,
      },
    ]);
  });

  it.each<[VendorId, object]>([
    ["tencent-ccc", { ...tencent, Duration: 0 }],
    ["huawei-cec", { ...talking, state: 2, talkDuration: null }],
  ])(
    "and without talk time at %s, %j, is counted as answered without a duration, with a warning",
    async (vendor, row) => {
      const { client, events } = await openRow(vendor, row);
      const { summaries } = await client.usage({ ...range, accounts: [vendor], source: "records" });
      expect(summaries).toMatchObject([
        { calls: { total: 1, answered: 1 }, answeredWithoutDuration: 1, complete: true },
      ]);
      expect(
        events
          .flatMap((event) => (event.type === "warning" ? [event.message] : []))
          .filter((message) => message.includes("answeredWithoutDuration")),
      ).toHaveLength(1);
    },
  );
});
