import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { WindowRule } from "../../src/contract/provider.js";
import { Zone } from "../../src/contract/zone.js";
import type { Span } from "../../src/engine/lists/intervals.js";
import { WindowGrid } from "../../src/engine/lists/window-grid.js";
import { runs } from "../search.js";

const SECOND = 1000;
const DAY = 86_400_000;
const zones = ["Asia/Shanghai", "America/New_York", "America/Sao_Paulo", "Pacific/Apia"] as const;

/** Clocks may be changed by an hour within a day, and Apia once skipped a day. A maximum that can be obeyed must include that. */
const LONGEST_DAY_SECONDS = 25 * 3600;

const rules: fc.Arbitrary<WindowRule> = fc
  .record({
    unit: fc.constantFrom("ms", "s", "day"),
    end: fc.constantFrom("inclusive", "exclusive", "unknown"),
    timeZone: fc.constantFrom(...zones),
    units: fc.integer({ min: 2, max: 9 }),
    odd: fc.double({ min: 0, max: 0.99, noNaN: true }),
  })
  .map(({ unit, end, timeZone, units, odd }) => {
    const unitSeconds = { ms: 0.001, s: 1, day: LONGEST_DAY_SECONDS }[unit];
    return { unit, end, timeZone, maxSeconds: unitSeconds * (units + (unit === "ms" ? 0 : odd)), filtersOn: "start" };
  });

const edges = [
  "2026-03-08T05:00:00Z",
  "2026-11-01T04:00:00Z",
  "2018-11-04T03:00:00Z",
  "2019-02-17T03:00:00Z",
  "2011-12-30T10:00:00Z",
  "2026-10-31T16:00:00Z",
].map((text) => Date.parse(text));

/** A rule with a range that needs at most a few dozen windows. */
const cases = rules.chain((rule) =>
  fc.tuple(
    fc.constant(rule),
    fc
      .tuple(
        fc.constantFrom(...edges),
        fc.integer({ min: -3 * DAY, max: 3 * DAY }),
        fc.integer({ min: 1, max: Math.ceil(rule.maxSeconds * SECOND * 12) }),
      )
      .map(([edge, shift, length]): Span => {
        const from = rule.unit === "day" ? edge + shift : edge + (shift % 5000);
        return { from, to: from + length };
      }),
  ),
);

const gridOf = (rule: WindowRule) => new WindowGrid(rule, "UTC");

describe("the windows of a range", () => {
  it("cover it without gaps or overlaps, in whole units, and extend no further than the units at its ends", () => {
    fc.assert(
      fc.property(cases, ([rule, range]) => {
        const grid = gridOf(rule);
        const windows = grid.windowsOf(range);
        expect(windows[0]?.from).toBe(grid.floor(range.from));
        expect(windows.at(-1)?.to).toBe(grid.ceil(range.to));
        windows.forEach((window, index) => {
          expect(window.from).toBeLessThan(window.to);
          if (index > 0) expect(window.from).toBe(windows[index - 1]?.to);
          expect(grid.floor(window.from)).toBe(window.from);
          expect(grid.ceil(window.to)).toBe(window.to);
        });
      }),
      { numRuns: runs(400) },
    );
  });

  it("have bounds in whole units whose difference does not exceed the maximum", () => {
    fc.assert(
      fc.property(cases, ([rule, range]) => {
        const grid = gridOf(rule);
        for (const window of grid.windowsOf(range)) {
          const { start, end } = grid.bounds(window);
          expect(end.getTime() - start.getTime()).toBeLessThanOrEqual(Math.ceil(rule.maxSeconds * SECOND));
          expect(start.getTime()).toBeLessThan(end.getTime() + (rule.unit === "ms" ? 1 : 0));
          expect(grid.floor(start.getTime())).toBe(start.getTime());
        }
      }),
      { numRuns: runs(400) },
    );
  });

  it("are as long as the rule allows, so that no request is superfluous", () => {
    fc.assert(
      fc.property(cases, ([rule, range]) => {
        const grid = gridOf(rule);
        const windows = grid.windowsOf(range);
        windows.slice(0, -1).forEach((window, index) => {
          const next = windows[index + 1];
          const { start, end } = grid.bounds({ from: window.from, to: grid.ceil((next?.from ?? Number.NaN) + 1) });
          expect(end.getTime() - start.getTime()).toBeGreaterThan(rule.maxSeconds * SECOND);
        });
      }),
      { numRuns: runs(300) },
    );
  });

  it("are one unit each if the maximum is less than one unit", () => {
    const grid = gridOf({
      unit: "day",
      timeZone: "America/New_York",
      end: "exclusive",
      maxSeconds: 3600,
      filtersOn: "start",
    });
    const range = { from: Date.parse("2026-10-31T04:00:00Z"), to: Date.parse("2026-11-03T05:00:00Z") };
    expect(grid.windowsOf(range).map(({ from, to }) => (to - from) / 3_600_000)).toEqual([24, 25, 24]);
  });

  it("do not exist for an empty or reversed range", () => {
    const grid = gridOf({ unit: "s", end: "unknown", maxSeconds: 60, filtersOn: "start" });
    expect(grid.windowsOf({ from: 5000, to: 5000 })).toEqual([]);
    expect(grid.windowsOf({ from: 9000, to: 5000 })).toEqual([]);
  });
});

describe("a vendor that receives requests for all windows", () => {
  /** The possible interpretations of the requested bounds, by the declared rule. */
  const readings = {
    inclusive: [{ start: true, end: true }],
    exclusive: [
      { start: true, end: false },
      { start: true, end: true },
    ],
    unknown: [
      { start: true, end: true },
      { start: true, end: false },
      { start: false, end: true },
      { start: false, end: false },
    ],
  } as const;

  const vendors = cases.chain(([rule, range]) => {
    const grid = gridOf(rule);
    const unit = rule.unit === "ms" ? 1 : SECOND;
    const onEdges = grid
      .windowsOf(range)
      .flatMap(({ from, to }) => [from - unit, from - 1, from, from + 1, from + unit, to - unit, to - 1, to]);
    const anywhere = fc.integer({ min: range.from, max: range.to - 1 });
    // In days with an inclusive end, rows are whole seconds, as the last second of the window is.
    const step = rule.unit === "day" && rule.end === "inclusive" ? SECOND : 1;
    const rows = fc
      .array(fc.oneof(anywhere, fc.constantFrom(...onEdges, range.from, range.to - 1)), { maxLength: 60 })
      .map((times) => times.map((time) => Math.floor(time / step) * step));
    return fc.record({
      rule: fc.constant(rule),
      range: fc.constant(range),
      rows,
      reading: fc.constantFrom(...readings[rule.end]),
    });
  });

  it("returns every row of the range, for each interpretation of the bounds that its rule allows", () => {
    fc.assert(
      fc.property(vendors, ({ rule, range, rows, reading }) => {
        const grid = gridOf(rule);
        const returned = new Set<number>();
        for (const window of grid.windowsOf(range)) {
          const { start, end } = grid.bounds(window);
          rows.forEach((row, index) => {
            const afterStart = reading.start ? row >= start.getTime() : row > start.getTime();
            const beforeEnd = reading.end ? row <= end.getTime() : row < end.getTime();
            if (afterStart && beforeEnd) returned.add(index);
          });
        }
        const missed = rows.filter((row, index) => row >= range.from && row < range.to && !returned.has(index));
        expect(missed).toEqual([]);
      }),
      { numRuns: runs(1000) },
    );
  });

  it("returns every row if it truncates times to its unit before it compares", () => {
    fc.assert(
      fc.property(vendors, ({ rule, range, rows, reading }) => {
        const unit = rule.unit === "ms" ? 1 : SECOND;
        const grid = gridOf(rule);
        const windows = grid.windowsOf(range).map((window) => grid.bounds(window));
        const missed = rows.filter((row) => {
          if (row < range.from || row >= range.to) return false;
          const kept = Math.floor(row / unit) * unit;
          return !windows.some(
            ({ start, end }) =>
              (reading.start ? kept >= start.getTime() : kept > start.getTime()) &&
              (reading.end ? kept <= end.getTime() : kept < end.getTime()),
          );
        });
        expect(missed).toEqual([]);
      }),
      { numRuns: runs(400) },
    );
  });

  it("receives the last second of the last day if the end of days is inclusive", () => {
    const grid = gridOf({
      unit: "day",
      timeZone: "Asia/Shanghai",
      end: "inclusive",
      maxSeconds: 90 * 86_400,
      filtersOn: "start",
    });
    const zone = new Zone("Asia/Shanghai");
    const [window] = grid.windowsOf({
      from: Date.parse("2026-10-30T20:00:00Z"),
      to: Date.parse("2026-10-31T20:00:00Z"),
    });
    const bounds = grid.bounds(window ?? { from: 0, to: 0 });
    expect([zone.print(bounds.start.getTime()), zone.print(bounds.end.getTime())]).toEqual([
      "2026-10-31 00:00:00",
      "2026-11-01 23:59:59",
    ]);
  });
});

describe("a split window", () => {
  it("is covered exactly by at most the requested number of parts, in whole units", () => {
    fc.assert(
      fc.property(cases, fc.integer({ min: 2, max: 40 }), ([rule, range], parts) => {
        const grid = gridOf(rule);
        for (const window of grid.windowsOf(range).slice(0, 3)) {
          const split = grid.split(window, parts);
          expect(split.length).toBeGreaterThanOrEqual(1);
          expect(split.length).toBeLessThanOrEqual(parts);
          expect(split[0]?.from).toBe(window.from);
          expect(split.at(-1)?.to).toBe(window.to);
          split.forEach((part, index) => {
            expect(part.from).toBeLessThan(part.to);
            expect(grid.floor(part.from)).toBe(part.from);
            if (index > 0) expect(part.from).toBe(split[index - 1]?.to);
          });
        }
      }),
      { numRuns: runs(400) },
    );
  });

  it("has two parts if its first day is the longer one", () => {
    const grid = gridOf({
      unit: "day",
      timeZone: "America/New_York",
      end: "exclusive",
      maxSeconds: 7 * 86_400,
      filtersOn: "start",
    });
    expect(
      grid.split({ from: Date.parse("2026-11-01T04:00:00Z"), to: Date.parse("2026-11-03T05:00:00Z") }, 2),
    ).toHaveLength(2);
  });

  it("has two parts, unless it is one unit", () => {
    fc.assert(
      fc.property(cases, ([rule, range]) => {
        const grid = gridOf(rule);
        for (const window of grid.windowsOf(range)) {
          const isOneUnit = grid.ceil(window.from + 1) === window.to;
          expect(grid.split(window, 2)).toHaveLength(isOneUnit ? 1 : 2);
        }
      }),
      { numRuns: runs(300) },
    );
  });
});

describe("bounds in local time", () => {
  const localZones = [
    "America/New_York",
    "Europe/Berlin",
    "Australia/Lord_Howe",
    "America/St_Johns",
    "Asia/Shanghai",
  ] as const;
  const changes = [
    "2026-11-01T06:00:00Z",
    "2026-10-25T01:00:00Z",
    "2026-04-04T15:00:00Z",
    "2026-11-01T04:31:00Z",
    "2026-03-08T07:00:00Z",
    "2026-03-29T01:00:00Z",
  ].map((text) => Date.parse(text));
  const local = fc.record({
    timeZone: fc.constantFrom(...localZones),
    end: fc.constantFrom<WindowRule["end"]>("inclusive", "exclusive", "unknown"),
    maxSeconds: fc.integer({ min: 60, max: 5 * 86_400 }),
    change: fc.constantFrom(...changes),
    from: fc.integer({ min: -4 * 3600, max: 4 * 3600 }),
    length: fc.integer({ min: 1, max: 10 * 3600 }),
  });

  /** Returns the instants that a vendor may understand by the local time of an instant. */
  function readings(zone: Zone, instant: number): number[] {
    const wall = zone.toWall(instant);
    return [-7_200_000, -3_600_000, -1_800_000, 0, 1_800_000, 3_600_000, 7_200_000]
      .map((shift) => instant + shift)
      .filter((other) => zone.toWall(other) === wall);
  }

  it("are never a local time that occurs twice, and cover the range without gaps", () => {
    fc.assert(
      fc.property(local, ({ timeZone, end, maxSeconds, change, from, length }) => {
        const zone = Zone.named(timeZone);
        const grid = new WindowGrid(
          { unit: "s", maxSeconds, end, filtersOn: "start", timeZone, localTime: true },
          "UTC",
        );
        const range = { from: change + from * SECOND, to: change + (from + length) * SECOND };
        const windows = grid.windowsOf(range);
        expect(windows[0]?.from).toBeLessThanOrEqual(range.from);
        expect(windows.at(-1)?.to).toBeGreaterThanOrEqual(range.to);
        for (const [index, window] of windows.entries()) {
          const { start, end: last } = grid.bounds(window);
          expect(window.from).toBeLessThan(window.to);
          if (index > 0) expect(window.from).toBe(windows[index - 1]?.to);
          for (const bound of [start.getTime(), last.getTime()]) expect(readings(zone, bound)).toEqual([bound]);
          expect(zone.toWall(start.getTime())).toBeLessThan(zone.toWall(last.getTime()));
          for (const part of grid.split(window, 3))
            for (const bound of Object.values(grid.bounds(part)))
              expect(readings(zone, bound.getTime())).toEqual([bound.getTime()]);
        }
      }),
      { numRuns: runs(500) },
    );
  });

  it("differ by at most the maximum in local time, also when clocks are set forward", () => {
    const zone = Zone.named("America/New_York");
    const grid = new WindowGrid(
      { unit: "s", maxSeconds: 93 * 86_400, end: "unknown", filtersOn: "start", timeZone: zone.name, localTime: true },
      "UTC",
    );
    for (const { start, end } of grid
      .windowsOf({ from: Date.parse("2026-01-10T00:00:00Z"), to: Date.parse("2027-06-10T00:00:00Z") })
      .map((window) => grid.bounds(window))) {
      expect(zone.toWall(end.getTime()) - zone.toWall(start.getTime())).toBeLessThanOrEqual(93 * 86_400_000);
    }
  });
});
