import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Intervals, type Span } from "../../src/engine/lists/intervals.js";

const LINE = 24;
const line = Array.from({ length: LINE }, (_, point) => point);
const point = fc.integer({ min: 0, max: LINE });
/** Any spans, including empty, reversed, touching and overlapping ones. */
const spans: fc.Arbitrary<Span[]> = fc.array(fc.record({ from: point, to: point }), { maxLength: 8 });
const sets = spans.map((list) => Intervals.of(list));

/** The naive model: returns the points of the line that lie in the spans. */
function pointsOf(list: readonly Span[]): number[] {
  return line.filter((x) => list.some(({ from, to }) => from <= x && x < to));
}

function expectPoints(set: Intervals, expected: number[]): void {
  expect(pointsOf(set.spans)).toEqual(expected);
  set.spans.forEach(({ from, to }, index) => {
    expect(from).toBeLessThan(to);
    const before = set.spans[index - 1];
    if (before !== undefined) expect(before.to).toBeLessThan(from);
  });
}

describe("a set of instants", () => {
  it("is created from spans in any order, and stored as disjoint spans that do not touch", () => {
    fc.assert(
      fc.property(spans, (list) => {
        const given = list.map((span) => ({ ...span }));
        expectPoints(Intervals.of(list), pointsOf(list));
        expect(list).toEqual(given);
      }),
    );
  });

  it("has a union that contains the instants of either set", () => {
    fc.assert(
      fc.property(sets, sets, (a, b) => {
        expectPoints(
          a.union(b),
          line.filter((x) => pointsOf(a.spans).includes(x) || pointsOf(b.spans).includes(x)),
        );
      }),
    );
  });

  it("has an intersection that contains the instants of both sets", () => {
    fc.assert(
      fc.property(sets, sets, (a, b) => {
        expectPoints(
          a.intersect(b),
          line.filter((x) => pointsOf(a.spans).includes(x) && pointsOf(b.spans).includes(x)),
        );
      }),
    );
  });

  it("has a difference that contains the instants of only this set", () => {
    fc.assert(
      fc.property(sets, sets, (a, b) => {
        expectPoints(
          a.subtract(b),
          line.filter((x) => pointsOf(a.spans).includes(x) && !pointsOf(b.spans).includes(x)),
        );
      }),
    );
  });

  it("contains all instants within the margin after it is widened", () => {
    fc.assert(
      fc.property(sets, fc.integer({ min: 0, max: 5 }), (set, ms) => {
        const windowMarginMs = set.spans.map(({ from, to }) => ({ from: from - ms, to: to + ms }));
        expectPoints(set.widen(ms), pointsOf(windowMarginMs));
      }),
    );
  });

  it("covers a span if it contains every instant of the span", () => {
    fc.assert(
      fc.property(sets, point, point, (set, from, to) => {
        const wanted = line.filter((x) => from <= x && x < to);
        expect(set.covers({ from, to })).toBe(wanted.every((x) => pointsOf(set.spans).includes(x)));
      }),
    );
  });

  it("is not changed by operations on it", () => {
    fc.assert(
      fc.property(sets, sets, (a, b) => {
        const before = structuredClone(a.spans);
        a.union(b);
        a.subtract(b);
        a.intersect(b);
        a.widen(3);
        expect(a.spans).toEqual(before);
      }),
    );
  });
});
