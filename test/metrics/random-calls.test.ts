import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CallRecord, ProvidedValues } from "call-records";
import { callMetrics, type GroupDimension, mergeMetrics, type Metrics } from "call-records/metrics";
import { extent } from "../search.js";
import { naiveMetrics, type NaiveOptions } from "./naive-metrics.js";
import { anyCall } from "./random-calls.js";

/** Number of calls of each list, and of lists: together 20,000 calls in full. */
const CALLS = 100;
const LISTS = extent(20, 200);

const everything: ProvidedValues = {
  inbound: true,
  outbound: true,
  abandoned: true,
  menuAbandonCodes: null,
  waitSeconds: true,
  talkSeconds: true,
};
/** The declarations of the built-in vendors, written again. */
const builtIn: Readonly<Record<string, ProvidedValues>> = {
  "tencent-ccc": { ...everything, menuAbandonCodes: ["102", "ivrGiveUp"] },
  "huawei-cec": { ...everything, inbound: false, abandoned: false, waitSeconds: false },
  itniotech: everything,
  // A computed name, because a literal one sets the prototype.
  ["__proto__"]: everything,
};
const dimensions: readonly GroupDimension[] = [
  "account",
  "provider",
  "direction",
  "agent",
  "group",
  "queue",
  "outcome",
  "day",
  "hour",
  "weekday",
];
const given = fc.record({
  inbound: fc.boolean(),
  outbound: fc.boolean(),
  abandoned: fc.boolean(),
  menuAbandonCodes: fc.constantFrom(null, ["103"], ["102", "1"]),
  waitSeconds: fc.boolean(),
  talkSeconds: fc.boolean(),
});
const settings = fc.record({
  timeZone: fc.constantFrom("Asia/Shanghai", "Europe/Berlin", "America/St_Johns"),
  groupBy: fc.subarray([...dimensions], { minLength: 1, maxLength: 3 }),
  serviceLevel: fc.record({
    seconds: fc.integer({ min: 0, max: 60 }),
    of: fc.constantFrom("handled" as const, "offered" as const),
  }),
  shortAbandonSeconds: fc.option(fc.integer({ min: 0, max: 30 }), { nil: undefined }),
  menuAbandons: fc.constantFrom("offered" as const, "excluded" as const),
  custom: fc.option(given, { nil: null }),
});
const lists = fc.array(anyCall, { minLength: 0, maxLength: CALLS, size: "max" });

type Settings = typeof settings extends fc.Arbitrary<infer Value> ? Value : never;

function optionsOf({ custom, ...options }: Settings) {
  return { ...options, ...(custom === null ? {} : { capabilities: [{ provider: "twilio", provides: custom }] }) };
}

function naiveOptionsOf({ custom, ...options }: Settings): NaiveOptions {
  return { ...options, provides: { ...builtIn, twilio: custom ?? everything } };
}

/** The numbers of a result that the second implementation computes. */
function numbersOf({ totals, groups }: Pick<Metrics, "totals" | "groups">) {
  const plain = ({ counts, ...metrics }: Metrics["totals"] | Metrics["groups"][number]["metrics"]) => {
    expect(counts).toBeTypeOf("object");
    return metrics;
  };
  return { totals: plain(totals), groups: groups.map(({ key, metrics }) => ({ key, metrics: plain(metrics) })) };
}

const sortedByKey = <Group extends { key: object }>(groups: readonly Group[]) =>
  [...groups].sort((one, other) => (JSON.stringify(one.key) < JSON.stringify(other.key) ? -1 : 1));

describe("metrics of random calls", () => {
  it("are those of a second implementation, for every option", { timeout: 600_000 }, async () => {
    let calls = 0;
    await fc.assert(
      fc.asyncProperty(lists, settings, async (list, drawn) => {
        calls += list.length;
        const result = await callMetrics(list, optionsOf(drawn));
        const [found, expected] = [numbersOf(result), naiveMetrics(list, naiveOptionsOf(drawn))];
        expect(found.totals).toEqual(expected.totals);
        expect(sortedByKey(found.groups)).toEqual(sortedByKey(expected.groups));
        expect(result.excluded.active + result.excluded.internal + result.totals.calls).toBe(list.length);
      }),
      { numRuns: LISTS },
    );
    expect(calls).toBeGreaterThan((LISTS * CALLS) / 10);
  });

  it("are the same in any order, from any iterable, and in any number of groupings", async () => {
    await fc.assert(
      fc.asyncProperty(
        lists.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))),
        settings,
        async ([list, shuffled], drawn) => {
          const { groupBy, ...options } = optionsOf(drawn);
          const whole = await callMetrics(list, { ...options, groupBy });
          expect(await callMetrics(shuffled, { ...options, groupBy })).toEqual(whole);
          const several = await callMetrics(stream(list), { ...options, groupBy: [groupBy, ["provider"], groupBy] });
          expect(several.groups).toEqual([]);
          expect(several.groupings.map(({ groups }) => groups)).toEqual([
            whole.groups,
            (await callMetrics(list, { ...options, groupBy: ["provider"] })).groups,
            whole.groups,
          ]);
        },
      ),
      { numRuns: extent(10, 100) },
    );
  });

  it("add up: the merged parts of any division are the whole, in any order, also from JSON", async () => {
    const divided = lists.chain((list) =>
      fc.tuple(fc.constant(list), fc.array(fc.nat(3), { minLength: list.length, maxLength: list.length })),
    );
    await fc.assert(
      fc.asyncProperty(divided, settings, fc.boolean(), async ([list, places], drawn, isSingle) => {
        const { groupBy, ...rest } = optionsOf(drawn);
        const options = { ...rest, groupBy: isSingle ? groupBy : [groupBy, ["agent" as const, "queue" as const]] };
        const whole = { ...(await callMetrics(list, options)), unprovenParts: 4 };
        const parts = await Promise.all([0, 1, 2, 3].map((part) => callMetrics(pick(list, places, part), options)));
        const [a, b, c, d] = parts.map((part) => JSON.parse(JSON.stringify(part)) as Metrics);
        if (a === undefined || b === undefined || c === undefined || d === undefined)
          throw new TypeError("Four parts.");
        expect(mergeMetrics(mergeMetrics(a, b), mergeMetrics(c, d))).toEqual(whole);
        expect(mergeMetrics(d, mergeMetrics(mergeMetrics(b, c), a))).toEqual(whole);
        expect(JSON.parse(JSON.stringify(whole))).toEqual(whole);
      }),
      { numRuns: extent(10, 100) },
    );
  });
});

const pick = (list: readonly CallRecord[], places: readonly number[], part: number) =>
  list.filter((_, index) => places[index] === part);

async function* stream(list: readonly CallRecord[]): AsyncGenerator<CallRecord> {
  for (const call of list) yield await Promise.resolve(call);
}
