import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import type { AccountReport, CallRecord, Order } from "call-records";
import type { CustomCall, EmulatorOptions, FilterTime, RowOrder, VendorId } from "call-records/testing";
import { callsAround, UNIT, windowEdges } from "./edge-calls.js";
import { SEARCH, share } from "../search.js";
import { DAY, NOW, openStage } from "./stage.js";
import { idsOf, within } from "./truth.js";

const VENDORS: VendorId[] = ["tencent-ccc", "huawei-cec", "itniotech"];
const SDK_APP_IDS = [1_400_000_000, 1_400_000_001];
/** Bounds that are not whole seconds. The range has settled, so that all of it can be verified. */
const from = new Date(NOW - 124 * DAY + 357);
const to = new Date(NOW - 4 * DAY + 642);

interface Behaviour {
  filterTime: FilterTime;
  start: "inclusive" | "exclusive";
  end: "inclusive" | "exclusive";
  rows: RowOrder;
  order: Order;
}

let calls: Partial<Record<VendorId, readonly CustomCall[]>> = {};

beforeAll(async () => {
  const { emulator, client } = await openStage({
    emulator: { callsPerDay: 0, activeCalls: 0, sdkAppIds: SDK_APP_IDS },
  });
  const edges = await windowEdges(emulator, client, { from, to });
  calls = Object.fromEntries(
    VENDORS.map((vendor) => {
      const unit = UNIT[vendor];
      const bounds = [from, to].flatMap((bound) => [
        Math.floor(Number(bound) / unit) * unit,
        Math.ceil(Number(bound) / unit) * unit,
      ]);
      return [vendor, callsAround(vendor, [...new Set([...edges[vendor], ...bounds])], SDK_APP_IDS)];
    }),
  );
});

async function read(behaviour: Behaviour, options: EmulatorOptions = {}) {
  const { filterTime, start, end, rows, order } = behaviour;
  const emulator: EmulatorOptions = {
    days: 126,
    callsPerDay: 28,
    sdkAppIds: SDK_APP_IDS,
    filterTime,
    windowEdges: { start, end },
    order: rows,
    calls,
    ...options,
  };
  const stage = await openStage({ emulator });
  const stream = stage.client.records({ from, to, order, raw: false });
  const records = await stream.toArray({ max: 100_000 });
  const wanted = Object.fromEntries(
    VENDORS.map((vendor) => [vendor, idsOf(within(stage.emulator.truth[vendor].calls, from, to))]),
  );
  const refusals = stage.emulator.requests.filter(({ refusal }) => refusal !== null);
  await stage.client.close();
  await stage.emulator.close();
  return { records, wanted, refusals, accounts: stream.report().accounts };
}

function expectExactlyOnce({ records, wanted, refusals, accounts }: Awaited<ReturnType<typeof read>>): void {
  for (const vendor of VENDORS) {
    const found = records
      .filter(({ provider }) => provider === vendor)
      .map(({ id }) => id)
      .sort();
    // Counts are compared first, because a diff of thousands of ids is unreadable.
    expect({ vendor, calls: found.length, distinct: new Set(found).size }).toEqual({
      vendor,
      calls: wanted[vendor]?.length,
      distinct: found.length,
    });
    expect(found).toEqual(wanted[vendor]);
  }
  expect(records.filter(({ startedAt }) => startedAt < from || startedAt >= to)).toEqual([]);
  expect(refusals).toEqual([]);
  expect(accounts.map(verified)).toEqual(
    VENDORS.map(() => ({
      status: "complete",
      coverage: [{ from: from.toISOString(), to: to.toISOString() }],
      unsettled: [],
      gaps: [],
    })),
  );
}

const verified = ({ status, coverage, unsettled, gaps }: AccountReport) => ({ status, coverage, unsettled, gaps });

function isInOrder(records: readonly CallRecord[], order: Order): boolean {
  const sign = { arrival: 0, time: 1, newest: -1 }[order];
  const positions = records.map(({ startedAt }) => sign * startedAt.getTime());
  return positions.every((position, index) => index === 0 || (positions[index - 1] ?? 0) <= position);
}

const corners: Behaviour[] = [
  { filterTime: "start", start: "inclusive", end: "inclusive", rows: "descending", order: "arrival" },
  { filterTime: "start", start: "exclusive", end: "exclusive", rows: "unsorted", order: "time" },
  { filterTime: "end", start: "inclusive", end: "exclusive", rows: "ascending", order: "arrival" },
  { filterTime: "end", start: "exclusive", end: "exclusive", rows: "descending", order: "time" },
  { filterTime: "created", start: "exclusive", end: "exclusive", rows: "unsorted", order: "arrival" },
  { filterTime: "created", start: "inclusive", end: "inclusive", rows: "ascending", order: "time" },
  { filterTime: "start", start: "exclusive", end: "inclusive", rows: "ascending", order: "newest" },
  { filterTime: "end", start: "inclusive", end: "exclusive", rows: "unsorted", order: "newest" },
];

describe("the calls of 120 days at three vendors, with some on every edge of every window", () => {
  it.each(share(corners, 1, 1))(
    "are returned exactly once: filtered on $filterTime, start $start, end $end, rows $rows, in $order order",
    { tags: ["slow"] },
    async (behaviour) => {
      const result = await read(behaviour);
      expectExactlyOnce(result);
      for (const vendor of VENDORS) expect(result.wanted[vendor]?.length).toBeGreaterThan(2500);
      expect(isInOrder(result.records, behaviour.order)).toBe(true);
    },
  );

  it("are returned exactly once, whatever the undocumented behaviour of the vendors", async () => {
    const behaviours = fc.record<Behaviour>({
      filterTime: fc.constantFrom("start", "end", "created"),
      start: fc.constantFrom("inclusive", "exclusive"),
      end: fc.constantFrom("inclusive", "exclusive"),
      rows: fc.constantFrom("ascending", "descending", "unsorted"),
      order: fc.constantFrom("arrival", "time", "newest"),
    });
    await fc.assert(
      fc.asyncProperty(behaviours, async (behaviour) => {
        const result = await read(behaviour, { callsPerDay: 6, seed: 7 });
        expectExactlyOnce(result);
        expect(isInOrder(result.records, behaviour.order)).toBe(true);
      }),
      { seed: 20_261_120, numRuns: SEARCH.histories, endOnFailure: true },
    );
  }, 30_000);
});

describe("a range with random bounds", () => {
  it("contains exactly the calls that began in it, and is reported as verified or unsettled to the millisecond", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 20 * DAY }),
        fc.integer({ min: 1, max: 15 * DAY }),
        fc.constantFrom<FilterTime>("start", "end", "created"),
        async (back, length, filterTime) => {
          const range = {
            from: new Date(NOW - 20 * DAY + back - 5 * DAY),
            to: new Date(NOW - 20 * DAY + back - 5 * DAY + length),
          };
          const stage = await openStage({
            emulator: { days: 27, callsPerDay: 20, filterTime, windowEdges: { start: "exclusive", end: "exclusive" } },
          });
          const stream = stage.client.records(range);
          const records = await stream.toArray({ max: 100_000 });
          for (const vendor of VENDORS) {
            expect(
              records
                .filter(({ provider }) => provider === vendor)
                .map(({ id }) => id)
                .sort(),
            ).toEqual(idsOf(within(stage.emulator.truth[vendor].calls, range.from, range.to)));
          }
          for (const { gaps, coverage, unsettled } of stream.report().accounts) {
            const parts = [...coverage, ...unsettled].map((part) => [part.from, part.to]).sort();
            expect(gaps).toEqual([]);
            // The parts cover the range without gaps and overlaps.
            expect(
              parts
                .flat()
                .filter((_, index) => index % 2 === 1)
                .slice(0, -1),
            ).toEqual(
              parts
                .flat()
                .filter((_, index) => index % 2 === 0)
                .slice(1),
            );
            expect([parts[0]?.[0], parts.at(-1)?.[1]]).toEqual([range.from.toISOString(), range.to.toISOString()]);
          }
          await stage.client.close();
          await stage.emulator.close();
        },
      ),
      { seed: 11, numRuns: SEARCH.histories, endOnFailure: true },
    );
  }, 30_000);
});
