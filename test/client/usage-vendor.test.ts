import { beforeAll, describe, expect, it } from "vitest";
import { type UsageSummary, usageSummarySchema, UnsupportedError } from "call-records";
import type { TencentDayUsage, TencentUsage } from "call-records/testing";
import { serve } from "./scripted-vendor.js";
import { bodyOf, NOW, openClient, openStage, rejectionOf, type Stage } from "./stage.js";

const APPS = [1_400_000_000, 1_400_000_001];
const accounts = ["tencent-ccc"];
const shanghai = (day: string) => new Date(`${day}T00:00:00+08:00`);
const minutesOf = ({ outbound, inbound, voip, asrOffline, asrRealtime }: TencentUsage) => ({
  outbound,
  inbound,
  voip,
  unclassified: null,
  asrOffline,
  asrRealtime,
});

/** Returns the total usage of one application on the days of a range. */
function sum(
  days: readonly TencentDayUsage[],
  application: string | null,
  from: Date,
  to: Date,
): Omit<TencentUsage, "seats"> & { unclassified: null } {
  const total = { outbound: 0, inbound: 0, voip: 0, unclassified: null, asrOffline: 0, asrRealtime: 0 };
  for (const day of days) {
    if (day.application !== application || day.from < from || day.to > to) continue;
    for (const kind of ["outbound", "inbound", "voip", "asrOffline", "asrRealtime"] as const) total[kind] += day[kind];
  }
  return total;
}

let stage: Stage;
beforeAll(async () => {
  stage = await openStage({ emulator: { days: 170, callsPerDay: 20, sdkAppIds: APPS } });
});

describe("Tencent's usage", () => {
  it("is one summary of whole days per application, with the vendor's minutes and seats", async () => {
    const [from, to] = [shanghai("2026-10-01"), shanghai("2026-10-31")];
    const { summaries, accounts: reports } = await stage.client.usage({ from, to, accounts });
    const expected = APPS.map((app) => {
      const { seats, ...minutes } = stage.emulator.truth["tencent-ccc"].usageOf([app], from, to);
      return {
        provider: "tencent-ccc",
        account: "tencent-ccc",
        application: String(app),
        from,
        to,
        source: "vendor",
        calls: null,
        talkSeconds: null,
        minutes,
        seats,
        complete: true,
      };
    });
    expect(summaries).toMatchObject(expected);
    expect(summaries[0]?.minutes.outbound).toBeGreaterThan(100);
    expect(summaries.every(({ raw }) => raw.length === 1)).toBe(true);
    expect(reports).toMatchObject([
      { account: "tencent-ccc", status: "complete", requests: 2, windows: 2, gaps: [], unsettled: [] },
    ]);
  });

  it("adds up the minutes of windows of 90 days, and omits seats, which cannot be summed", async () => {
    const [from, to] = [shanghai("2026-06-15"), shanghai("2026-11-10")];
    const { summaries } = await stage.client.usage({ from, to, accounts });
    expect(
      summaries.map(({ application, minutes, seats, raw }) => ({ application, minutes, seats, windows: raw.length })),
    ).toEqual(
      APPS.map((app) => ({
        application: String(app),
        minutes: minutesOf(stage.emulator.truth["tencent-ccc"].usageOf([app], from, to)),
        seats: null,
        windows: 2,
      })),
    );
  });

  it("requests exactly 90 days in one window, and includes their seats", async () => {
    const [from, to] = [shanghai("2026-08-01"), shanghai("2026-10-30")];
    const { summaries } = await stage.client.usage({ from, to, accounts });
    expect(summaries.map(({ seats }) => seats)).toEqual(
      APPS.map((app) => stage.emulator.truth["tencent-ccc"].usageOf([app], from, to).seats),
    );
  });

  it("of future days is not requested, and their summaries are incomplete", async () => {
    const [from, to] = [shanghai("2026-11-19"), shanghai("2026-12-24")];
    stage.emulator.clearRequests();
    const { summaries, accounts: reports } = await stage.client.usage({ from, to, by: "day", accounts });
    const tonight = shanghai("2026-11-21");
    for (const request of stage.emulator.requests)
      expect(Number(bodyOf(request).EndTimeStamp)).toBeLessThan(tonight.getTime() / 1000);
    expect(stage.emulator.requests).toHaveLength(2 * APPS.length);
    const future = summaries.filter((summary) => summary.from >= tonight);
    expect(future).toHaveLength(33 * APPS.length);
    for (const { minutes, complete, raw } of future) {
      expect({ minutes, complete, raw }).toEqual({
        minutes: { outbound: null, inbound: null, voip: null, unclassified: null, asrOffline: null, asrRealtime: null },
        complete: false,
        raw: [],
      });
    }
    expect(reports).toMatchObject([
      { status: "complete", coverage: [], unsettled: [{ from: from.toISOString(), to: to.toISOString() }], gaps: [] },
    ]);
  });

  it("widens a range to whole days, and returns the widened bounds", async () => {
    const { summaries } = await stage.client.usage({
      from: "2026-10-05T13:45:00+08:00",
      to: "2026-10-07T00:00:01+08:00",
      accounts,
    });
    const [from, to] = [shanghai("2026-10-05"), shanghai("2026-10-08")];
    expect(summaries.map((summary) => [summary.from, summary.to])).toEqual([
      [from, to],
      [from, to],
    ]);
    expect(summaries.map(({ minutes }) => minutes)).toEqual(
      APPS.map((app) => sum(stage.emulator.truth["tencent-ccc"].usage, String(app), from, to)),
    );
  });

  it("by day contains the minutes and seats of each day, and adds up to the total", async () => {
    const [from, to] = [shanghai("2026-09-25"), shanghai("2026-10-06")];
    const byDay = (await stage.client.usage({ from, to, accounts, by: "day" })).summaries;
    const total = (await stage.client.usage({ from, to, accounts })).summaries;
    expect(byDay).toHaveLength(22);
    for (const { application, from: begin, to: end, minutes, seats } of byDay) {
      const { seats: trueSeats, ...trueMinutes } = stage.emulator.truth["tencent-ccc"].usageOf(
        [Number(application)],
        begin,
        end,
      );
      expect({ begin, minutes, seats }).toEqual({
        begin,
        minutes: { ...trueMinutes, unclassified: null },
        seats: trueSeats,
      });
    }
    for (const { application, minutes } of total) {
      const own = byDay.filter((summary) => summary.application === application);
      expect(own.map((day) => day.to)).toEqual([...own.slice(1).map((day) => day.from), to]);
      expect(totalOf(own)).toEqual(minutes);
    }
  });

  it("by month is split where the zone's months begin, and adds up to the total", async () => {
    const range = { from: shanghai("2026-08-20"), to: shanghai("2026-11-05"), accounts };
    const byMonth = (await stage.client.usage({ ...range, by: "month" })).summaries;
    const total = (await stage.client.usage(range)).summaries;
    const bounds = ["2026-08-20", "2026-09-01", "2026-10-01", "2026-11-01", "2026-11-05"].map(shanghai);
    for (const { application, minutes } of total) {
      const own = byMonth.filter((summary) => summary.application === application);
      expect(own.map(({ from, to }) => [from, to])).toEqual(
        bounds.slice(1).map((bound, index) => [bounds[index], bound]),
      );
      expect(totalOf(own)).toEqual(minutes);
    }
  });

  it("of the current day is requested once per application, and is incomplete", async () => {
    stage.emulator.clearRequests();
    const { summaries, accounts: reports } = await stage.client.usage({
      from: shanghai("2026-11-20"),
      to: new Date(NOW),
      accounts,
    });
    expect(summaries.map(({ from, to, complete }) => ({ from, to, complete }))).toEqual(
      APPS.map(() => ({ from: shanghai("2026-11-20"), to: shanghai("2026-11-21"), complete: false })),
    );
    expect(reports[0]).toMatchObject({ coverage: [], gaps: [] });
    expect(stage.emulator.requests).toHaveLength(2);
  });

  it("is the same after a round trip through JSON", async () => {
    const { summaries } = await stage.client.usage({
      from: shanghai("2026-10-01"),
      to: shanghai("2026-10-02"),
      accounts,
    });
    expect(summaries.map((summary) => usageSummarySchema.parse(JSON.parse(JSON.stringify(summary))))).toEqual(
      summaries,
    );
  });
});

describe("Tencent's usage over several windows", () => {
  const range = { from: shanghai("2026-06-15"), to: shanghai("2026-11-10"), accounts };
  const figures = {
    TelCallOutCount: 500,
    TelCallInCount: 40,
    VOIPCallInCount: 3,
    AsrOfflineCount: null,
    SeatUsedCount: 2,
  };

  /** Returns the usage if the vendor's response to the first window has these fields, and the others are complete. */
  async function usageWith(firstWindow: object) {
    const endpoint = await serve(({ body }) => {
      const isFirst = Number(body.StartTimeStamp) * 1000 === range.from.getTime();
      return { body: { Response: { ...figures, ...(isFirst ? firstWindow : {}), RequestId: "r" } } };
    });
    const { client, events } = await openStage({ tencent: { endpoint, sdkAppIds: [APPS[0] ?? 0] } });
    const report = await client.usage(range);
    return {
      summary: report.summaries[0],
      warnings: events.flatMap((event) => (event.type === "warning" && event.field !== null ? [event] : [])),
    };
  }

  it.each([null, undefined, ""])(
    "has no total of a number that one window omits (%j), is incomplete, and causes a warning",
    async (TelCallOutCount) => {
      const { summary, warnings } = await usageWith({ TelCallOutCount });
      expect(summary).toMatchObject({
        minutes: { outbound: null, inbound: 80, voip: 6, asrOffline: null, asrRealtime: null },
        complete: false,
      });
      expect(warnings).toMatchObject([{ account: "tencent-ccc", field: "minutes.outbound" }]);
      expect(warnings[0]?.message).toContain(range.from.toISOString());
    },
  );

  it("is complete if all windows omit the same number", async () => {
    const { summary, warnings } = await usageWith({});
    expect(summary).toMatchObject({ minutes: { outbound: 1000, asrOffline: null, asrRealtime: null }, complete: true });
    expect(warnings).toEqual([]);
  });
});

describe("the vendor's usage at a vendor that does not report it", () => {
  it.each(["huawei-cec", "itniotech"])(
    "is rejected for %s if the account is named, before any request",
    async (account) => {
      stage.emulator.clearRequests();
      const error = await rejectionOf(
        stage.client.usage({
          from: shanghai("2026-10-01"),
          to: shanghai("2026-10-02"),
          accounts: ["tencent-ccc", account],
          source: "vendor",
        }),
      );
      expect(error).toBeInstanceOf(UnsupportedError);
      expect(error).toMatchObject({ account, code: "unsupported" });
      expect(stage.emulator.requests).toEqual([]);
    },
  );

  const range = { from: shanghai("2026-10-01"), to: shanghai("2026-10-02"), source: "vendor" } as const;

  it("is rejected if no account is named, before any request", async () => {
    stage.emulator.clearRequests();
    const error = await rejectionOf(stage.client.usage(range));
    expect(error).toBeInstanceOf(UnsupportedError);
    expect(error).toMatchObject({ account: "huawei-cec", code: "unsupported", operation: "usage" });
    expect(error.message).toBe(
      'huawei-cec: this vendor does not report usage. Pass `source: "auto"` or `source: "records"` to count the records, or select other accounts with `accounts`.',
    );
    expect(stage.emulator.requests).toEqual([]);
  });

  it.each([["huawei-cec"], ["itniotech"]])(
    "is rejected with isolated failures too if %s is the only account",
    async (account) => {
      const provider = stage.emulator.providers().find((one) => one.account === account);
      const client = openClient({ providers: provider === undefined ? [] : [provider] });
      const error = await rejectionOf(client.usage({ ...range, isolateFailures: true }));
      expect(error).toMatchObject({ account, code: "unsupported" });
    },
  );

  it("is reported as unsupported with isolated failures if the account is not named", async () => {
    const { summaries, accounts: reports } = await stage.client.usage({ ...range, isolateFailures: true });
    expect(reports.map(({ account, status, error }) => [account, status, error?.code])).toEqual([
      ["tencent-ccc", "complete", undefined],
      ["huawei-cec", "unsupported", "unsupported"],
      ["itniotech", "unsupported", "unsupported"],
    ]);
    expect(new Set(summaries.map(({ account }) => account))).toEqual(new Set(["tencent-ccc"]));
  });
});

describe("Tencent's usage in a zone with daylight saving time", () => {
  it("uses the zone's days, including days of 25 hours, over more than 90 days", async () => {
    const timeZone = "America/New_York";
    // Clocks go back on 1 November 2026, and went forward on 8 March.
    const now = Date.parse("2026-11-20T04:00:00Z");
    const { emulator, client } = await openStage({
      emulator: { days: 150, callsPerDay: 10, timeZone, now: () => now },
      tencent: { timeZone, rate: { concurrency: 1 } },
    });
    const [from, to] = [new Date("2026-08-05T00:00:00-04:00"), new Date("2026-11-15T00:00:00-05:00")];
    const { summaries } = await client.usage({ from, to, accounts });
    const days = (
      await client.usage({
        from: new Date("2026-10-31T00:00:00-04:00"),
        to: new Date("2026-11-03T00:00:00-05:00"),
        accounts,
        by: "day",
      })
    ).summaries;

    expect(emulator.requests.filter(({ refusal }) => refusal !== null)).toEqual([]);
    expect(summaries.map(({ application, minutes }) => [application, minutes])).toEqual(
      APPS.map((app) => [String(app), minutesOf(emulator.truth["tencent-ccc"].usageOf([app], from, to))]),
    );
    expect(days.slice(0, 3).map((day) => (day.to.getTime() - day.from.getTime()) / 3_600_000)).toEqual([24, 25, 24]);
    const bounds = emulator.requests
      .map(bodyOf)
      .map(({ StartTimeStamp, EndTimeStamp }) => Number(EndTimeStamp) - Number(StartTimeStamp));
    expect(Math.max(...bounds)).toBeLessThanOrEqual(90 * 86_400);
  });

  it("requests 23 hours for the day on which clocks go forward", async () => {
    const timeZone = "America/New_York";
    const now = Date.parse("2026-03-20T04:00:00Z");
    const { emulator, client, clock } = await openStage({
      emulator: { days: 20, callsPerDay: 10, timeZone, now: () => now },
      tencent: { timeZone },
    });
    clock.advance(now - NOW);
    const range = { from: "2026-03-08T00:00:00-05:00", to: "2026-03-09T00:00:00-04:00", accounts };
    const { summaries } = await client.usage(range);
    expect(
      emulator.requests
        .map(bodyOf)
        .map(({ StartTimeStamp, EndTimeStamp }) => Number(EndTimeStamp) - Number(StartTimeStamp)),
    ).toEqual([23 * 3600 - 1, 23 * 3600 - 1]);
    expect(summaries.map(({ minutes }) => minutes)).toEqual(
      APPS.map((app) =>
        minutesOf(emulator.truth["tencent-ccc"].usageOf([app], new Date(range.from), new Date(range.to))),
      ),
    );
  });
});

/** Returns the total minutes of summaries. */
function totalOf(summaries: readonly UsageSummary[]): UsageSummary["minutes"] {
  const total = { outbound: 0, inbound: 0, voip: 0, unclassified: null, asrOffline: 0, asrRealtime: 0 };
  for (const { minutes } of summaries)
    for (const kind of ["outbound", "inbound", "voip", "asrOffline", "asrRealtime"] as const)
      total[kind] += minutes[kind] ?? 0;
  return total;
}
