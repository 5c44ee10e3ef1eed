import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { WindowRule } from "call-records/adapter";
import { verifiedStarts } from "../../src/engine/lists/coverage.js";
import { Intervals, type Span } from "../../src/engine/lists/intervals.js";
import { WindowGrid } from "../../src/engine/lists/window-grid.js";
import { SyncState } from "../../src/operations/sync/sync-state.js";
import { runs } from "../search.js";

const DAY = 86_400_000;
/** Clocks are set back in Berlin on 25 October, so that day has 25 hours. */
const BEGIN = Date.parse("2026-10-22T22:00:00Z");
const END = BEGIN + 6 * DAY;
const UNITS = { ms: 1, s: 1000, day: DAY } as const;
const OWNER = { id: "vendor", account: "account" };

/** One or more passes over settled ranges. Windows close in any order, and the process may be killed between two commits. */
interface Scenario {
  rule: WindowRule;
  /** How the vendor interprets the requested bounds: as the rule declares, or in any way if it declares nothing. */
  edges: { start: "inclusive" | "exclusive"; end: "inclusive" | "exclusive" };
  /** The vendor may store the filter time in whole seconds, and send the start in milliseconds. */
  rounding: "none" | "floor" | "ceil";
  lists: 1 | 2;
  calls: { at: number; seconds: number; list: number }[];
  order: number[];
  killAfter: number;
}

const edge = fc.constantFrom("inclusive" as const, "exclusive" as const);

const rule: fc.Arbitrary<WindowRule> = fc
  .record({
    unit: fc.constantFrom("ms" as const, "s" as const, "day" as const),
    end: fc.constantFrom("inclusive" as const, "exclusive" as const, "unknown" as const),
    filtersOn: fc.constantFrom("start" as const, "unknown" as const),
    maxSeconds: fc.integer({ min: 2 * 3600, max: 2 * 86_400 }),
  })
  .map((made) => ({ ...made, maxSeconds: made.unit === "day" ? Math.max(made.maxSeconds, 90_000) : made.maxSeconds }));

const LONGEST_MS = 6 * 3_600_000;

const scenario: fc.Arbitrary<Scenario> = rule.chain((made) => {
  const grid = new WindowGrid(made, "Europe/Berlin");
  const bounds = grid.windowsOf({ from: BEGIN, to: END }).flatMap(({ from, to }) => [from, to]);
  const unit = UNITS[made.unit];
  const atBound = fc
    .tuple(fc.constantFrom(...bounds), fc.constantFrom(-unit, -1, 0, 1, unit, -unit - 1, unit + 1))
    .map(([bound, beside]) => bound + beside);
  const fine = made.unit === "day" ? 1000 : 1;
  return fc.record({
    rule: fc.constant(made),
    edges: fc.record({
      start: made.end === "unknown" ? edge : fc.constant("inclusive" as const),
      end: made.end === "unknown" ? edge : fc.constant(made.end),
    }),
    rounding:
      made.unit === "s" && made.end === "unknown"
        ? fc.constantFrom("none" as const, "floor" as const, "ceil" as const)
        : fc.constant("none" as const),
    lists: fc.constantFrom(1 as const, 2 as const),
    calls: fc.array(
      fc.record({
        // In days, times are whole seconds: the last second of a day is its end.
        at: fc
          .oneof({ weight: 3, arbitrary: atBound }, fc.integer({ min: BEGIN, max: END - 1 }))
          .map((at) => Math.floor(Math.min(Math.max(at, BEGIN), END - 1000) / fine) * fine),
        seconds: fc.nat(LONGEST_MS / 1000),
        list: fc.nat(1),
      }),
      { minLength: 1, maxLength: 30 },
    ),
    order: fc.array(fc.nat(), { minLength: 1, maxLength: 80 }),
    killAfter: fc.nat(60),
  });
});

/** Returns every delivery of a job that starts again after each kill. */
function deliveriesOf({ rule: made, edges, rounding, lists, calls, order, killAfter }: Scenario): string[] {
  const grid = new WindowGrid(made, "Europe/Berlin");
  const windowMarginMs = made.filtersOn === "unknown" ? LONGEST_MS : 0;
  const range = Intervals.of([{ from: BEGIN, to: END }]);
  const readRanges = range.widen(windowMarginMs);
  const requested = {
    range,
    windowMarginMs,
    readRanges,
    readable: { from: Number.NEGATIVE_INFINITY, to: END + 30 * DAY },
  };
  const partitions = Array.from({ length: lists }, (_, list) => ({
    application: null,
    parameters: { list: String(list) },
  }));
  const filteredOn = (call: Scenario["calls"][number]) => {
    const time = made.filtersOn === "unknown" ? call.at + call.seconds * 1000 : call.at;
    return rounding === "none" ? time : Math[rounding](time / 1000) * 1000;
  };
  const rowsOf = (list: number, span: Span) => {
    const { start, end } = grid.bounds(span);
    return calls.flatMap((call, index) => {
      const time = filteredOn(call);
      const begun = edges.start === "inclusive" ? time >= start.getTime() : time > start.getTime();
      const within = edges.end === "inclusive" ? time <= end.getTime() : time < end.getTime();
      return begun && within && call.list % lists === list
        ? [{ key: String(index), startedAt: call.at, at: call.at, hash: `content${index}` }]
        : [];
    });
  };
  const delivered: string[] = [];
  let saved = null;
  for (let life = 0; life < 3; life += 1) {
    const state: SyncState = SyncState.restore(OWNER, saved, grid.overlapMs);
    state.intervals.addRange({ from: BEGIN, to: END }, windowMarginMs);
    const { verified } = state.intervals.earlier(partitions, END + 30 * DAY, 0);
    const pending = partitions.flatMap((_, list) =>
      readRanges
        .subtract(verified[list] ?? Intervals.empty)
        .spans.flatMap((span) => grid.windowsOf(span))
        .map((span) => ({ list, span })),
    );
    for (let turn = 0; pending.length > 0 && (life === 2 || turn < killAfter); turn += 1) {
      const [window] = pending.splice((order[turn % order.length] ?? 0) % pending.length, 1);
      const partition = window === undefined ? undefined : partitions[window.list];
      if (window === undefined || partition === undefined) throw new TypeError("There is a window.");
      const rows = state.compare(partition, partitions, rowsOf(window.list, window.span), true);
      for (const { key, comparison } of rows)
        if (comparison === "new" || comparison === "updated") delivered.push(`${comparison} ${key}`);
      state.add({
        partition,
        partitions,
        latestStart: null,
        reread: Intervals.empty,
        rows: rows.filter(({ comparison }) => comparison !== "same"),
        outcome: {
          type: "advance",
          span: window.span,
          verifiedTo: window.span.to,
          readTo: window.span.to,
          earlierNow: null,
          isAwaiting: false,
          settled: true,
          requested,
        },
      });
    }
    saved = JSON.parse(JSON.stringify(state.checkpoint())) as ReturnType<SyncState["checkpoint"]>;
    if (life === 2)
      expect(
        verifiedStarts(
          requested,
          state.intervals.earlier(partitions, END + 30 * DAY, 0).verified[0] ?? Intervals.empty,
        ),
      ).toEqual(range);
  }
  return delivered;
}

describe("adjacent windows", () => {
  it("deliver every call once, for any order of closing, any start of the calls, and any time of a kill", () => {
    fc.assert(
      fc.property(scenario, (made) => {
        expect(deliveriesOf(made).sort()).toEqual(made.calls.map((_, index) => `new ${index}`).sort());
      }),
      { numRuns: runs(1000) },
    );
  });
});
