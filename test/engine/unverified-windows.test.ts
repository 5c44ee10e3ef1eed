import { describe, expect, it } from "vitest";
import type { UnverifiedWindow } from "../../src/engine/lists/coverage.js";
import { splitUnverified } from "../../src/engine/lists/unverified-windows.js";
import { Intervals } from "../../src/engine/lists/intervals.js";
import { WindowGrid } from "../../src/engine/lists/window-grid.js";

const DAY = 86_400_000;
const grid = new WindowGrid(
  { maxSeconds: 86_400, unit: "s", end: "exclusive", filtersOn: "start", timeZone: "UTC" },
  "UTC",
);
const everything = Intervals.of([{ from: 0, to: 10_000 * DAY }]);
const days = (count: number, result: UnverifiedWindow["result"]) =>
  Array.from({ length: count }, (_, day): UnverifiedWindow => ({
    from: 2 * day * DAY,
    to: (2 * day + 1) * DAY,
    result,
  }));

describe("windows that an earlier pass did not verify", () => {
  it.each([
    [1, 20],
    [8, 160],
    [20, 160],
    [80, 160],
    [100, 160 + 20],
    [1000, 160 + 920],
    [1001, 1001],
  ])("are split into a limited number of parts per pass: %i failed windows make %i", (count, expected) => {
    const failed = days(count, "failed");
    const { windows, counted } = splitUnverified(grid, everything, failed);
    expect(windows).toHaveLength(expected);
    expect(counted).toEqual([]);
    expect(Intervals.of(windows).equals(Intervals.of(failed))).toBe(true);
  });

  it("are counted as a whole if few do not add up, and read unsplit if many do not; failed ones are split", () => {
    const failed: UnverifiedWindow = { from: 2000 * DAY, to: 2001 * DAY, result: "failed" };
    const sizes = (unverified: readonly UnverifiedWindow[]) => {
      const { windows, counted } = splitUnverified(grid, everything, unverified);
      return [windows.length, counted.length];
    };
    expect(sizes(days(4, "incomplete"))).toEqual([0, 4]);
    expect(sizes(days(5, "incomplete"))).toEqual([5, 0]);
    expect(sizes([...days(5, "incomplete"), failed])).toEqual([25, 0]);
    expect(sizes([...days(4, "incomplete"), failed])).toEqual([20, 4]);
  });

  it("are split with the longest first; those that cannot be split are requested alone up to the maximum number of parts", () => {
    const seconds = Array.from({ length: 300 }, (_, index): UnverifiedWindow => ({
      from: index * 1000,
      to: (index + 1) * 1000,
      result: "failed",
    }));
    const long: UnverifiedWindow = { from: 2 * DAY, to: 3 * DAY, result: "failed" };
    const { windows } = splitUnverified(grid, everything, [...seconds, long]);
    expect(windows.filter(({ from }) => from >= long.from)).toHaveLength(20);
    expect(windows.filter(({ from, to }) => to - from === 1000)).toHaveLength(140);
    // The rest of the seconds touch: one window.
    expect(windows).toHaveLength(161);
  });
});
