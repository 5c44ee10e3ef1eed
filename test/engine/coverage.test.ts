import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Interval } from "../../src/model/interval.js";
import { Coverage, type CoveragePlan, type WindowResult } from "../../src/engine/lists/coverage.js";
import { Intervals } from "../../src/engine/lists/intervals.js";
import { runs } from "../search.js";

const RANGE = { from: 20, to: 60 };
const instants = Array.from({ length: RANGE.to - RANGE.from }, (_, index) => RANGE.from + index);

/** @param clipped the end of the time before the retention; null if the vendor keeps everything. */
function planOf(
  now: number,
  {
    windowMarginMs = 0,
    partitions = 1,
    clipped = null,
  }: { windowMarginMs?: number; partitions?: number; clipped?: number | null } = {},
): CoveragePlan {
  return {
    range: Intervals.of([RANGE]),
    windowMarginMs,
    readRanges: Intervals.of([{ from: RANGE.from - windowMarginMs, to: RANGE.to + windowMarginMs }]),
    readable: { from: clipped ?? RANGE.from - windowMarginMs, to: now },
    beyondRetention: Intervals.of([{ from: RANGE.from, to: clipped ?? RANGE.from }]),
    partitions,
    earlier: null,
  };
}

interface Case {
  plan: CoveragePlan;
  windows: { partition: number; from: number; to: number; result: WindowResult }[];
}

/** A plan whose partitions are divided into windows. Some of them have been read, in any order. */
const cases: fc.Arbitrary<Case> = fc
  .record({
    windowMarginMs: fc.integer({ min: 0, max: 8 }),
    partitions: fc.integer({ min: 1, max: 3 }),
    now: fc.integer({ min: 30, max: 80 }),
    clipped: fc.option(fc.integer({ min: 21, max: 30 }), { nil: null }),
  })
  .chain(({ windowMarginMs, partitions, now, clipped }) => {
    const read = { from: clipped ?? RANGE.from - windowMarginMs, to: Math.min(RANGE.to + windowMarginMs, now) };
    const plan = planOf(now, { windowMarginMs, partitions, clipped });
    const boundaries = fc
      .uniqueArray(fc.integer({ min: read.from, max: read.to }), { maxLength: 6 })
      .map((inner) => [...new Set([read.from, ...inner, read.to])].sort((a, b) => a - b));
    const result = fc.constantFrom<(WindowResult | null)[]>(
      "verified",
      "verified",
      "verified",
      "read",
      "failed",
      "incomplete",
      "unreadable",
      null,
    );
    const windowsOf = (partition: number) =>
      boundaries.chain((bounds) =>
        fc
          .array(result, { minLength: bounds.length - 1, maxLength: bounds.length - 1 })
          .map((results) =>
            results.flatMap((of, index) =>
              of === null ? [] : [{ partition, from: bounds[index] ?? 0, to: bounds[index + 1] ?? 0, result: of }],
            ),
          ),
      );
    return fc
      .tuple(...Array.from({ length: partitions }, (_, partition) => windowsOf(partition)))
      .chain((lists) => fc.shuffledSubarray(lists.flat(), { minLength: lists.flat().length }))
      .map((windows) => ({ plan, windows }));
  });

function summarize({ plan, windows }: Case, ended: boolean) {
  const coverage = new Coverage(plan);
  for (const { partition, from, to, result } of windows) coverage.record(partition, { from, to }, result);
  return coverage.summarize(ended);
}

function holds(intervals: readonly Interval[], x: number): boolean {
  return intervals.some(({ from, to }) => Date.parse(from) <= x && x < Date.parse(to));
}

/** The naive model: in every partition, each instant within the margin of x is verified, or before the retention. */
function isVerified({ plan, windows }: Case, x: number): boolean {
  for (let partition = 0; partition < plan.partitions; partition += 1) {
    for (let near = x - plan.windowMarginMs; near <= x + plan.windowMarginMs; near += 1) {
      const read =
        near < plan.readable.from ||
        windows.some(
          (window) =>
            window.partition === partition && window.result === "verified" && window.from <= near && near < window.to,
        );
      if (!read) return false;
    }
  }
  return true;
}

const isBeyondRetention = ({ plan }: Case, x: number) => plan.beyondRetention.holds(x);

describe("coverage", () => {
  it("contains exactly the instants whose whole margin is verified in every partition", () => {
    fc.assert(
      fc.property(cases, fc.boolean(), (of, ended) => {
        const { coverage } = summarize(of, ended);
        expect(instants.filter((x) => holds(coverage, x))).toEqual(
          instants.filter((x) => isVerified(of, x) && !isBeyondRetention(of, x)),
        );
      }),
      { numRuns: runs(600) },
    );
  });

  it("lies within the range, and does not overlap the unsettled intervals and the gaps", () => {
    fc.assert(
      fc.property(cases, fc.boolean(), (of, ended) => {
        const { coverage, unsettled, gaps } = summarize(of, ended);
        for (let x = RANGE.from - 20; x < RANGE.to + 20; x += 1) {
          const lists = [coverage, unsettled, ...gaps.map((gap) => [gap])].filter((list) => holds(list, x)).length;
          expect(lists).toBeLessThanOrEqual(RANGE.from <= x && x < RANGE.to ? 1 : 0);
        }
      }),
      { numRuns: runs(400) },
    );
  });

  it("equals the range, together with the unsettled intervals and the gaps, once the reading has ended", () => {
    fc.assert(
      fc.property(cases, (of) => {
        const { coverage, unsettled, gaps } = summarize(of, true);
        expect(instants.filter((x) => !holds([...coverage, ...unsettled, ...gaps], x))).toEqual([]);
      }),
      { numRuns: runs(400) },
    );
  });

  it("reports no gap for unread intervals while the reading is active", () => {
    fc.assert(
      fc.property(cases, (of) => {
        expect(summarize(of, false).gaps.filter(({ reason }) => reason === "stopped")).toEqual([]);
      }),
    );
  });

  it("reports a failed window as a gap, with the margin in which its calls may have started", () => {
    fc.assert(
      fc.property(cases, (of) => {
        const { gaps } = summarize(of, true);
        for (const x of instants) {
          const failed = of.windows.some(
            ({ from, to, result }) =>
              result === "failed" && from - of.plan.windowMarginMs <= x && x < to + of.plan.windowMarginMs,
          );
          if (failed) expect(holds(gaps, x)).toBe(true);
        }
      }),
    );
  });

  it("does not depend on the order in which windows are read", () => {
    fc.assert(
      fc.property(cases, (of) => {
        const sorted = [...of.windows].sort((a, b) => a.partition - b.partition || a.from - b.from);
        expect(summarize({ ...of, windows: sorted }, true)).toEqual(summarize(of, true));
      }),
    );
  });
});

describe("the interval before the vendor's retention", () => {
  const plan = planOf(60, { clipped: 30 });

  it("is a gap `retention`, before and after the rest has been read", () => {
    const retention = { from: new Date(20).toISOString(), to: new Date(30).toISOString(), reason: "retention" };
    const coverage = new Coverage(plan);
    expect(coverage.summarize(false)).toEqual({ coverage: [], unsettled: [], gaps: [retention] });
    coverage.record(0, { from: 30, to: 60 }, "verified");
    expect(coverage.summarize(true)).toEqual({
      coverage: [{ from: new Date(30).toISOString(), to: new Date(60).toISOString() }],
      unsettled: [],
      gaps: [retention],
    });
  });
});

describe("the future", () => {
  it("is unsettled, and neither covered nor a gap", () => {
    const coverage = new Coverage(planOf(40));
    coverage.record(0, { from: 20, to: 35 }, "verified");
    coverage.record(0, { from: 35, to: 40 }, "read");
    expect(coverage.summarize(true)).toEqual({
      coverage: [{ from: new Date(20).toISOString(), to: new Date(35).toISOString() }],
      unsettled: [{ from: new Date(35).toISOString(), to: new Date(60).toISOString() }],
      gaps: [],
    });
  });
});
