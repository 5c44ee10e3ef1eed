import * as fc from "fast-check";
import { expect, it } from "vitest";
import type { Gap } from "call-records";
import { AuditRanges } from "../../src/audit/audit-ranges.js";
import { fromIntervals, Intervals, type Span, toIntervals } from "../../src/engine/lists/intervals.js";

const END = 100;
const span = fc
  .tuple(fc.integer({ min: 0, max: END }), fc.integer({ min: 0, max: END }))
  .map(([one, other]): Span => ({ from: Math.min(one, other), to: Math.max(one, other) }));
const spans = fc.array(span, { maxLength: 4 }).map((some) => toIntervals(Intervals.of(some)));
const reason = fc.constantFrom<Gap["reason"]>("failed", "incomplete", "unreadable", "stopped", "retention");

it("divides a range into what was compared and what was not, whatever was read", () => {
  fc.assert(
    fc.property(
      fc.record({ coverage: spans, unsettled: spans, lost: spans, abandoned: spans, settled: fc.nat(END) }),
      fc.record({ coverage: spans, unsettled: spans, gaps: spans, reason }),
      fc.boolean(),
      ({ settled, ...sync }, read, isStopped) => {
        const range = { from: 10, to: 90 };
        const settledBefore = new Date(settled).toISOString();
        const ranges = new AuditRanges(range, { account: "a", provider: "p", missing: [], ...sync, settledBefore });
        const compared = fromIntervals(sync.coverage)
          .intersect(Intervals.of([range]))
          .before(settled);
        expect(ranges.toCompare.equals(compared)).toBe(true);
        const gaps = read.gaps.map((gap) => ({ ...gap, reason: read.reason }));
        const parts = isStopped ? ranges.toCompare.spans.slice(1) : ranges.toCompare.spans;
        for (const part of parts) ranges.add(part, { ...read, gaps });
        expect(ranges.isComplete).toBe(
          ranges.notCompared.every((one) => one.reason === "unsettled" || one.reason === "abandoned") &&
            parts.length === ranges.toCompare.spans.length,
        );
        ranges.stop();
        const pieces = [...ranges.comparedIntervals, ...ranges.notCompared].map(({ from, to }) => ({ from, to }));
        const length = (all: Intervals) => all.spans.reduce((sum, { from, to }) => sum + to - from, 0);
        // Nothing is left out, and nothing is in two of them.
        expect(fromIntervals(pieces).spans).toEqual([range]);
        expect(pieces.reduce((sum, piece) => sum + length(fromIntervals([piece])), 0)).toBe(80);
      },
    ),
    { numRuns: 500 },
  );
});
