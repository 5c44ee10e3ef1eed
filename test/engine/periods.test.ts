import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Zone } from "../../src/contract/zone.js";
import { periodsOf } from "../../src/operations/usage/periods.js";

const ranges = fc
  .record({
    from: fc.integer({ min: Date.UTC(2011, 0, 1), max: Date.UTC(2027, 0, 1) }),
    length: fc.integer({ min: 1, max: 100 * 86_400_000 }),
  })
  .map(({ from, length }) => ({ from, to: from + length }));
const zones = fc.constantFrom(
  "Asia/Shanghai",
  "America/New_York",
  "Australia/Lord_Howe",
  "America/Sao_Paulo",
  "Pacific/Apia",
);

describe("the periods of a range", () => {
  it("meet, cover it exactly, and lie in one day or month each", () => {
    fc.assert(
      fc.property(ranges, fc.constantFrom("day" as const, "month" as const), zones, (range, by, name) => {
        const zone = new Zone(name);
        const periods = periodsOf(range, by, name);
        expect(periods[0]?.from).toBe(range.from);
        expect(periods.at(-1)?.to).toBe(range.to);
        const labels = periods.map(({ from, to }, index) => {
          if (index > 0) expect(from).toBe(periods[index - 1]?.to);
          const label = (instant: number) => zone.print(instant).slice(0, by === "day" ? 10 : 7);
          expect(label(to - 1)).toBe(label(from));
          return label(from);
        });
        expect(new Set(labels).size).toBe(labels.length);
      }),
      { numRuns: 150 },
    );
  });

  it("equal the range for `total`", () => {
    expect(periodsOf({ from: 5, to: 9 }, "total", "UTC")).toEqual([{ from: 5, to: 9 }]);
  });

  it("have 23 and 25 hours when clocks change", () => {
    const hours = (from: string, to: string) =>
      periodsOf({ from: Date.parse(from), to: Date.parse(to) }, "day", "America/New_York").map(
        (day) => (day.to - day.from) / 3_600_000,
      );
    expect(hours("2026-03-07T05:00:00Z", "2026-03-10T04:00:00Z")).toEqual([24, 23, 24]);
    expect(hours("2026-10-31T04:00:00Z", "2026-11-03T05:00:00Z")).toEqual([24, 25, 24]);
  });

  it("end with the range at both ends", () => {
    const range = { from: Date.parse("2026-10-15T00:00:00Z"), to: Date.parse("2026-11-02T00:00:00Z") };
    const november = Date.parse("2026-10-31T16:00:00Z");
    expect(periodsOf(range, "month", "Asia/Shanghai")).toEqual([
      { from: range.from, to: november },
      { from: november, to: range.to },
    ]);
  });
});
