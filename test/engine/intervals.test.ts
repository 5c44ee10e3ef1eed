import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Intervals, type Span } from "../../src/engine/lists/intervals.js";

const LINE = 24;
const line = Array.from({ length: LINE }, (_, point) => point);
const point = fc.integer({ min: 0, max: LINE });
/** Spans as they come: empty, reversed, touching and overlapping ones too. */
const spans: fc.Arbitrary<Span[]> = fc.array(fc.record({ from: point, to: point }), { maxLength: 8 });
const sets = spans.map((list) => Intervals.of(list));

/** The points of a line that a set of spans holds: the naive model. */
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
  it("is made of spans in any order, and kept as disjoint spans that do not touch", () => {
    fc.assert(
      fc.property(spans, (list) => {
        const given = list.map((span) => ({ ...span }));
        expectPoints(Intervals.of(list), pointsOf(list));
        expect(list).toEqual(given);
      }),
    );
  });

  it("joined with another holds what either holds", () => {
    fc.assert(
      fc.property(sets, sets, (a, b) => {
        expectPoints(
          a.union(b),
          line.filter((x) => pointsOf(a.spans).includes(x) || pointsOf(b.spans).includes(x)),
        );
      }),
    );
  });

  it("intersected with another holds what both hold", () => {
    fc.assert(
      fc.property(sets, sets, (a, b) => {
        expectPoints(
          a.intersect(b),
          line.filter((x) => pointsOf(a.spans).includes(x) && pointsOf(b.spans).includes(x)),
        );
      }),
    );
  });

  it("without another holds what only it holds", () => {
    fc.assert(
      fc.property(sets, sets, (a, b) => {
        expectPoints(
          a.subtract(b),
          line.filter((x) => pointsOf(a.spans).includes(x) && !pointsOf(b.spans).includes(x)),
        );
      }),
    );
  });

  it("widened holds everything so near to it", () => {
    fc.assert(
      fc.property(sets, fc.integer({ min: 0, max: 5 }), (set, ms) => {
        const windowMarginMs = set.spans.map(({ from, to }) => ({ from: from - ms, to: to + ms }));
        expectPoints(set.widen(ms), pointsOf(windowMarginMs));
      }),
    );
  });

  it("covers a span when it holds every instant of it", () => {
    fc.assert(
      fc.property(sets, point, point, (set, from, to) => {
        const wanted = line.filter((x) => from <= x && x < to);
        expect(set.covers({ from, to })).toBe(wanted.every((x) => pointsOf(set.spans).includes(x)));
      }),
    );
  });

  it("is not changed by what is made of it", () => {
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
