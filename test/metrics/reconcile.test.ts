import { describe, expect, it } from "vitest";
import { type CallRecord, day, RequestError, type UsageSummary } from "call-records";
import { parseBillingRule, reconcile, type ReconcileOptions } from "call-records/metrics";
import { callRecord } from "call-records/testing";

const RULE = parseBillingRule("60+60");
const first = day("2026-11-03", "Asia/Shanghai");
const second = day("2026-11-04", "Asia/Shanghai");

function summary(range: { from: Date; to: Date }, minutes: Partial<UsageSummary["minutes"]>): UsageSummary {
  return {
    ...{ provider: "tencent-ccc", account: "main", application: "1", source: "vendor", complete: true, raw: [] },
    ...range,
    calls: null,
    minutes: { outbound: 0, inbound: 0, voip: 0, unclassified: null, asrOffline: null, asrRealtime: null, ...minutes },
    talkSeconds: null,
    answeredWithoutDuration: null,
    seats: null,
  };
}

/** Returns a call of an agent that began on 3 November in Shanghai. */
function call(id: string, talkSeconds: number | null, changes: Partial<CallRecord> = {}): CallRecord {
  const startedAt = changes.startedAt ?? new Date("2026-11-03T02:00:00Z");
  const endedAt = new Date(startedAt.getTime() + (talkSeconds ?? 5) * 1000);
  return {
    ...callRecord({ direction: "outbound" }),
    ...{ provider: "tencent-ccc", account: "main", application: "1", kind: "manual", id, startedAt, endedAt },
    ...{ answeredAt: startedAt, talkSeconds, outcome: "answered", legs: [] },
    ...changes,
  };
}

const unanswered = { outcome: "no-answer", answeredAt: null, talkSeconds: 0 } as const;

function leg(talkSeconds: number | null): CallRecord["legs"][number] {
  const answeredAt = new Date("2026-11-03T02:00:00Z");
  return {
    ...{ role: "agent", number: null, agent: null, startedAt: null, ringingAt: null, answeredAt, endedAt: null },
    ...{ talkSeconds, transferredFrom: null, transferredTo: null, recordings: [] },
  };
}

const reconcileDay = async (
  minutes: Partial<UsageSummary["minutes"]>,
  calls: CallRecord[],
  options?: ReconcileOptions,
) => {
  const result = await reconcile({ summaries: [summary(first, minutes)] }, calls, RULE, options);
  const [period] = result.periods;
  if (period === undefined) throw new TypeError("There is no period.");
  return { ...result, period, explanations: period.explanations };
};

describe("reconcile", () => {
  it("compares each category in minutes under the rule", async () => {
    // 61 seconds are 2 minutes, and 59 are 1. The inbound call of 120 seconds is 2 minutes. The vendor counts 1 minute more.
    const calls = [
      call("a", 61),
      call("b", 59),
      call("c", 120, { direction: "inbound" }),
      call("d", 30, { kind: "voip" }),
    ];
    const { period } = await reconcileDay({ outbound: 4, inbound: 2, voip: 1 }, calls);
    expect(period).toMatchObject({
      ...{ provider: "tencent-ccc", account: "main", application: "1", settled: false },
      ...{ from: "2026-11-02T16:00:00.000Z", to: "2026-11-03T16:00:00.000Z" },
    });
    expect(period.categories).toEqual([
      { category: "outbound", vendorMinutes: 4, recordMinutes: 3, difference: 1, calls: 2, unknownLength: 0 },
      { category: "inbound", vendorMinutes: 2, recordMinutes: 2, difference: 0, calls: 1, unknownLength: 0 },
      { category: "voip", vendorMinutes: 1, recordMinutes: 1, difference: 0, calls: 1, unknownLength: 0 },
    ]);
  });

  it("has exact sums of tenths of a minute", async () => {
    const calls = Array.from({ length: 1_000 }, (_, index) => call(String(index), 6));
    const result = await reconcile(
      { summaries: [summary(first, { outbound: 100.1 })] },
      calls,
      parseBillingRule("6+6"),
    );
    expect(result.periods[0]?.categories[0]).toMatchObject({ recordMinutes: 100, difference: 0.1, calls: 1_000 });
  });

  it("lists the calls that the vendor may charge otherwise, and the effect of each", async () => {
    const { explanations, period } = await reconcileDay({ outbound: 10 }, [
      call("unknown", null),
      call("internal", 70, { direction: "internal" }),
      call("unclassified", 10, { direction: "unknown" }),
      call("unanswered", 0, { ...unanswered }),
      call("predictive", 10, { kind: "predictive" }),
      call("transferred", 100, { legs: [leg(50), leg(50), leg(20)] }),
      call("full", 60),
    ]);
    expect(
      explanations.map(({ category, reason, calls, minutes, examples }) => [
        category,
        reason,
        calls,
        minutes,
        examples[0]?.id,
      ]),
    ).toEqual([
      ["outbound", "unknown-length", 1, 0, "unknown"],
      [null, "internal", 1, 2, "internal"],
      [null, "unclassified", 1, 1, "unclassified"],
      ["outbound", "unanswered", 1, 1, "unanswered"],
      ["outbound", "predictive", 1, -1, "predictive"],
      // By agent 3 × 1 minute, instead of 2.
      ["outbound", "transferred", 1, 1, "transferred"],
      // 60.4 seconds may be charged as 61: 2 minutes instead of 1.
      ["outbound", "fraction", 1, 1, "full"],
    ]);
    // 1 (predictive) + 2 (transferred) + 1 (full).
    expect(period.categories[0]).toMatchObject({ recordMinutes: 4, difference: 6, unknownLength: 1 });
  });

  it("lists a call across midnight in both days, and charges it to the day of its start", async () => {
    const late = call("late", 900, { startedAt: new Date("2026-11-03T15:50:00Z") });
    const usage = { summaries: [summary(second, { outbound: 15 }), summary(first, {})] };
    const { periods } = await reconcile(usage, [late], RULE);
    expect(
      periods.map(({ categories: [outbound], explanations }) => [
        outbound?.difference,
        explanations.filter(({ reason }) => reason !== "fraction"),
      ]),
    ).toEqual([
      [
        -15,
        [
          {
            category: "outbound",
            reason: "ends-later",
            calls: 1,
            minutes: -15,
            examples: [{ id: "late", startedAt: "2026-11-03T15:50:00.000Z", talkSeconds: 900, minutes: -15 }],
          },
        ],
      ],
      [15, [expect.objectContaining({ reason: "began-earlier", minutes: 15 })]],
    ]);
  });

  it.each([
    ["call", 2],
    ["agents", 3],
    ["all", 5],
  ] as const)("with legs %s charges a transferred call %d minutes", async (legs, minutes) => {
    const transferred = call("t", 100, { legs: [leg(50), leg(50), leg(20), { ...leg(100), role: "customer" }] });
    const { periods } = await reconcile({ summaries: [summary(first, {})] }, [transferred], { ...RULE, legs });
    expect(periods[0]?.categories[0]?.recordMinutes).toBe(minutes);
    const alone = await reconcile({ summaries: [summary(first, {})] }, [call("a", 100)], { ...RULE, legs });
    expect(alone.periods[0]?.categories[0]?.recordMinutes).toBe(2);
  });

  it("lists at most `maxCalls` calls for each reason, and counts all", async () => {
    const calls = Array.from({ length: 250 }, (_, index) => call(String(index), 0, unanswered));
    const usual = await reconcileDay({}, calls);
    expect(usual.explanations[0]).toMatchObject({ calls: 250, minutes: 250 });
    expect(usual.explanations[0]?.examples).toHaveLength(100);
    const none = await reconcileDay({}, calls, { maxCalls: 0 });
    expect(none.explanations[0]).toMatchObject({ calls: 250, examples: [] });
  });

  it("is settled only if the vendor's count is complete and the report covers the period", async () => {
    const covered = { account: "main", coverage: [{ from: first.from.toISOString(), to: first.to.toISOString() }] };
    const report = (accounts: object[]) => ({
      report: () => ({ accounts }) as ReturnType<NonNullable<ReconcileOptions["report"]>>,
    });
    expect((await reconcileDay({}, [], report([covered]))).period.settled).toBe(true);
    expect((await reconcileDay({}, [], report([{ ...covered, account: "other" }]))).period.settled).toBe(false);
    expect((await reconcileDay({}, [], report([{ ...covered, coverage: [] }]))).period.settled).toBe(false);
    const open = { summaries: [{ ...summary(first, {}), complete: false }] };
    expect((await reconcile(open, [], RULE, report([covered]))).periods[0]?.settled).toBe(false);
  });

  it("has null for a number that the vendor does not count, and names accounts without a count", async () => {
    const counted = { ...summary(first, {}), account: "records", source: "records" as const };
    const { periods, withoutCount, callsOutside } = await reconcile(
      { summaries: [summary(first, { voip: null }), counted] },
      [
        call("a", 10),
        call("b", 10, { account: "records" }),
        call("c", 10, { startedAt: second.from }),
        call("d", 10, { state: "in-progress" }),
      ],
      RULE,
    );
    expect(withoutCount).toEqual(["records"]);
    expect(periods).toHaveLength(1);
    expect(periods[0]?.categories[2]).toMatchObject({ category: "voip", vendorMinutes: null, difference: null });
    expect(callsOutside).toBe(2);
  });

  it("is plain JSON, and takes usage from JSON", async () => {
    const usage = { summaries: [summary(first, { outbound: 1 })] };
    const result = await reconcile(usage, [call("a", 10)], RULE);
    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
    expect(await reconcile(JSON.parse(JSON.stringify(usage)) as typeof usage, [call("a", 10)], RULE)).toEqual(result);
  });

  it.each<[name: string, usage: unknown, calls: unknown, rule: unknown, options: unknown, message: string]>([
    ["usage", {}, [], RULE, {}, "reconcile: argument `usage`: option `summaries`: "],
    [
      "overlapping periods",
      { summaries: [summary(first, {}), summary(first, {})] },
      [],
      RULE,
      {},
      "two periods of the account `main` overlap",
    ],
    ["calls", { summaries: [] }, 7, RULE, {}, "argument `calls`: must be a stream"],
    ["a call", { summaries: [] }, [{}], RULE, {}, "argument `calls`: item 1 must be a call record"],
    [
      "the minimum",
      { summaries: [] },
      [],
      { ...RULE, minimumSeconds: -1 },
      {},
      "argument `rule`: option `minimumSeconds`: must not be negative",
    ],
    [
      "the increment",
      { summaries: [] },
      [],
      { ...RULE, incrementSeconds: 0 },
      {},
      "option `incrementSeconds`: must be at least 1",
    ],
    ["the rounding", { summaries: [] }, [], { ...RULE, rounding: "half" }, {}, "option `rounding`: "],
    ["the legs", { summaries: [] }, [], { ...RULE, legs: "some" }, {}, "option `legs`: "],
    [
      "maxCalls",
      { summaries: [] },
      [],
      RULE,
      { maxCalls: 1.5 },
      "reconcile: option `maxCalls`: must be a whole number",
    ],
    ["the report", { summaries: [] }, [], RULE, { report: {} }, "option `report`: must be a function"],
  ])("rejects %s that is wrong", async (_, usage, calls, rule, options, message) => {
    const result = reconcile(usage as never, calls as never, rule as never, options as never);
    await expect(result).rejects.toBeInstanceOf(RequestError);
    await expect(result).rejects.toThrow(message);
  });
});
