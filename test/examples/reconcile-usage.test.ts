import { describe, expect, it } from "vitest";
import { month } from "call-records";
import { parseBillingRule, type UsageCategory } from "call-records/metrics";
import { type CustomCall, startVendorEmulator, type EmulatedCall, type VendorEmulator } from "call-records/testing";
import { monthsBefore } from "../../examples/months-before.js";
import { reconcileUsage as reconcilePeriods } from "../../examples/reconcile-usage/reconcile-usage.js";
import { DAY, daysAgo, huaweiAt, itniotechAt, NOW, openClient, openEmulator, openStage } from "../client/stage.js";
import { runExample } from "./example-process.js";

const MINUTE_RULE = parseBillingRule("60+60");
const SIX_RULE = parseBillingRule("6+6");
const categories: readonly UsageCategory[] = ["outbound", "inbound", "voip"];

/** Runs the example's function. Returns a row for each category of a day. */
async function reconcileUsage(...args: Parameters<typeof reconcilePeriods>) {
  const { periods, withoutCount } = await reconcilePeriods(...args);
  const days = periods.flatMap(({ application, from, settled, explanations, ...period }) =>
    period.categories.map(({ category, vendorMinutes, recordMinutes, difference }) => ({
      ...{ application, category, difference, settled },
      ...{ vendor: vendorMinutes, records: recordMinutes },
      day: new Date(from).toLocaleDateString("sv-SE", { timeZone: "Asia/Shanghai" }),
      reasons: explanations
        .filter((one) => one.category === category)
        .map(({ reason, minutes }) => ({ reason, minutes })),
    })),
  );
  return { days, withoutCount };
}

type DayOfUsage = Awaited<ReturnType<typeof reconcileUsage>>["days"][number];
/** Whole days in Shanghai, which are all settled. */
const range = { from: new Date("2026-10-31T16:00:00Z"), to: new Date("2026-11-14T16:00:00Z") };

describe("a reconciliation", () => {
  const packageOf = ({ type }: EmulatedCall): UsageCategory | null =>
    type === 3 ? "voip" : type === 2 ? "inbound" : type === 1 || type === 5 ? "outbound" : null;

  /** Returns the sum of the calls in tenths of a minute, computed independently. */
  function tenthsOf(emulator: VendorEmulator, { application, day, category: item }: DayOfUsage): number {
    const from = Date.parse(`${day}T00:00:00+08:00`);
    return emulator.truth["tencent-ccc"].calls
      .filter(
        (call) =>
          call.answered &&
          call.application === application &&
          packageOf(call) === item &&
          call.startedAt.getTime() >= from &&
          call.startedAt.getTime() < from + DAY,
      )
      .reduce((sum, { talkSeconds }) => sum + Math.ceil((talkSeconds ?? 0) / 6), 0);
  }

  const sum = (days: readonly DayOfUsage[], value: (day: DayOfUsage) => number | null) =>
    days.reduce((total, day) => total + (value(day) ?? 0), 0);

  it("has no differences under the vendor's rule, over 14 days, two applications and three packages", async () => {
    const { emulator, client } = await openStage({ emulator: { days: 25, callsPerDay: 80 } });
    const { days, withoutCount } = await reconcileUsage(client, range, MINUTE_RULE);
    expect(days).toHaveLength(14 * 2 * 3);
    for (const day of days) expect(day).toMatchObject({ difference: 0, settled: true });
    expect(withoutCount).toEqual(["huawei-cec", "itniotech"]);

    const truth = emulator.truth["tencent-ccc"].usage.filter(({ from }) => range.from <= from && from < range.to);
    for (const item of categories) {
      const counted = truth.reduce((total, usage) => total + usage[item], 0);
      expect(counted).toBeGreaterThan(0);
      expect(
        sum(
          days.filter((day) => day.category === item),
          ({ vendor }) => vendor,
        ),
      ).toBe(counted);
    }
  });

  it("has the differences of shorter increments under another rule", async () => {
    const { emulator, client } = await openStage({ emulator: { days: 25, callsPerDay: 80 } });
    const { days } = await reconcileUsage(client, range, SIX_RULE);
    for (const day of days) {
      const tenths = tenthsOf(emulator, day);
      expect(day.records).toBe(tenths / 10);
      expect(day.difference).toBeCloseTo((day.vendor ?? 0) - tenths / 10, 8);
    }
    expect(sum(days, ({ difference }) => difference)).toBeGreaterThan(100);
  });

  it("finds the day, application and package of a call whose counted length differs from its record", async () => {
    const odd: CustomCall = {
      startedAt: new Date("2026-11-05T02:00:00Z"),
      endedAt: new Date("2026-11-05T02:01:00Z"),
      direction: "inbound",
      application: 1_400_000_001,
      row: { Duration: 130 },
    };
    const { client } = await openStage({ emulator: { days: 25, callsPerDay: 20, calls: { "tencent-ccc": [odd] } } });
    const { days } = await reconcileUsage(client, range, MINUTE_RULE);
    expect(days.filter(({ difference }) => difference !== 0)).toMatchObject([
      { application: "1400000001", day: "2026-11-05", category: "inbound", difference: -2 },
    ]);
  });

  it("reports the minutes of calls across midnight, and counts each call on the day of its start", async () => {
    const long: CustomCall = {
      startedAt: new Date("2026-11-05T15:50:00Z"),
      answeredAt: new Date("2026-11-05T15:50:00Z"),
      endedAt: new Date("2026-11-05T16:10:00Z"),
    };
    const { client } = await openStage({
      emulator: { callsPerDay: 0, activeCalls: 0, calls: { "tencent-ccc": [long] } },
    });
    const { days } = await reconcileUsage(client, range, MINUTE_RULE);
    expect(days.filter(({ records }) => records > 0)).toMatchObject([
      { day: "2026-11-05", category: "outbound", vendor: 20, records: 20, difference: 0 },
    ]);
    const reasons = days.flatMap((one) => one.reasons.filter(({ reason }) => /-(later|earlier)$/.test(reason)));
    expect(reasons).toEqual([
      { reason: "ends-later", minutes: -20 },
      { reason: "began-earlier", minutes: 20 },
    ]);
  });

  it("marks days that may still change, and widens the range to whole days", async () => {
    const { client } = await openStage({ emulator: { days: 10, callsPerDay: 40 } });
    const { days } = await reconcileUsage(client, { from: daysAgo(4), to: new Date(NOW) }, MINUTE_RULE);
    const settled = (day: string) => new Set(days.filter((one) => one.day === day).map((one) => one.settled));
    expect([...new Set(days.map(({ day }) => day))]).toEqual([
      "2026-11-16",
      "2026-11-17",
      "2026-11-18",
      "2026-11-19",
      "2026-11-20",
    ]);
    expect(settled("2026-11-16")).toEqual(new Set([true]));
    expect(settled("2026-11-20")).toEqual(new Set([false]));
    expect(sum(days, ({ vendor }) => vendor)).toBeGreaterThan(0);
    expect(days.filter(({ difference }) => difference !== 0)).toEqual([]);
  });

  it("sends no requests if no vendor provides a count, and lists the accounts", async () => {
    const emulator = await openEmulator({ days: 3 });
    const client = openClient({ providers: [huaweiAt(emulator), itniotechAt(emulator)] });
    expect(await reconcileUsage(client, range, MINUTE_RULE)).toEqual({
      days: [],
      withoutCount: ["huawei-cec", "itniotech"],
    });
    expect(emulator.requests).toEqual([]);
  });

  it("rejects if the records cannot be read completely", async () => {
    const { client } = await openStage({
      emulator: {
        days: 25,
        callsPerDay: 10,
        calls: {
          "tencent-ccc": [{ startedAt: new Date("2026-11-05T02:00:00Z"), row: { Time: null, StartTimestamp: null } }],
        },
      },
    });
    await expect(reconcileUsage(client, range, MINUTE_RULE)).rejects.toMatchObject({ code: "response" });
  });
});

describe("the example", () => {
  /** Runs the example with 20 calls of 61 seconds in the middle of the last month: each is 2 minutes under 60+60, and 1.1 minutes under 6+6. */
  async function run(rule: string, vendors: RegExp) {
    const [lastMonth = ""] = monthsBefore(new Date(), 1, "Asia/Shanghai");
    const middle = month(lastMonth, "Asia/Shanghai").from.getTime() + 14 * DAY;
    const calls = Array.from({ length: 20 }, (_, index) => ({
      startedAt: new Date(middle + index * 60_000),
      endedAt: new Date(middle + index * 60_000 + 71_000),
    }));
    const emulator = await startVendorEmulator({ callsPerDay: 0, activeCalls: 0, calls: { "tencent-ccc": calls } });
    const environment = Object.fromEntries(
      Object.entries(emulator.environment()).filter(([name]) => vendors.test(name)),
    );
    const { code, stdout } = await runExample("reconcile-usage", [lastMonth, rule], environment);
    await emulator.close();
    return { code, output: stdout };
  }

  it("prints no difference under the right rule", { timeout: 60_000 }, async () => {
    const { code, output } = await run("60+60", /./);
    expect(code).toBe(0);
    expect(output).toContain("No day differs.");
    expect(output).toMatch(/tencent-ccc \S+ outbound .* 40 .* 40 .* 0 /);
    expect(output).toContain("itniotech: its vendor provides no count");
  });

  it("prints the differences under another rule, and exits with 1", { timeout: 60_000 }, async () => {
    const { code, output } = await run("6+6", /./);
    expect(code).toBe(1);
    expect(output).toMatch(/-15' .*'outbound' .* 40 .* 22 .* 18 .* true /);
    expect(output).toContain("docs/metrics.md lists the possible causes");
  });

  it.each([
    ["2026-13", "60+60", "month"],
    ["2026-10", "60", "billing rule"],
  ])("exits with 2 for the month %s and the rule %s", async (wanted, rule, named) => {
    const { code, stdout, stderr } = await runExample("reconcile-usage", [wanted, rule], {});
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr.trimEnd().split("\n")).toEqual([expect.stringContaining(named)]);
  });

  it("succeeds if no vendor provides a count", { timeout: 60_000 }, async () => {
    const { code, output } = await run("60+60", /HUAWEI/);
    expect(code).toBe(0);
    expect(output.trim().split("\n")).toEqual([
      expect.stringContaining("Minutes of"),
      expect.stringContaining("huawei-cec: its vendor provides no count"),
    ]);
  });
});
