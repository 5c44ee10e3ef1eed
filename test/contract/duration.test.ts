import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { notNegative, secondsBetween } from "../../src/contract/duration.js";

const dates = fc.date({ noInvalidDate: true });

describe("a duration", () => {
  it("is the number of seconds between two instants, and null if the second is earlier", () => {
    fc.assert(
      fc.property(dates, dates, (a, b) => {
        const [first, last] = a.getTime() <= b.getTime() ? [a, b] : [b, a];
        expect(secondsBetween(first, last)).toBe((last.getTime() - first.getTime()) / 1000);
        if (first.getTime() !== last.getTime()) expect(secondsBetween(last, first)).toBeNull();
      }),
    );
  });

  it("is null if one of the instants is unknown", () => {
    const date = new Date(0);
    expect([
      secondsBetween(null, date),
      secondsBetween(date, null),
      secondsBetween(null, null),
      secondsBetween(new Date(Number.NaN), date),
    ]).toEqual([null, null, null, null]);
  });

  it.each([
    [0, 0],
    [0.5, 0.5],
    [-0.5, null],
    [null, null],
    [Number.NaN, null],
  ])("of %s seconds is %s", (seconds, expected) => {
    expect(notNegative(seconds)).toBe(expected);
  });
});
