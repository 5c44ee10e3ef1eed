import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Zone } from "../../src/contract/zone.js";
import { runs } from "../search.js";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const names = [
  "America/New_York",
  "Europe/London",
  "Australia/Lord_Howe",
  "America/Sao_Paulo",
  "Asia/Shanghai",
  "Pacific/Apia",
] as const;
const zones = new Map(names.map((name) => [name, new Zone(name)]));

function zoneOf(name: (typeof names)[number]): Zone {
  const zone = zones.get(name);
  if (zone === undefined) throw new RangeError(name);
  return zone;
}

/** Instants at which a zone of the list changes its clock. The properties test instants near them more often. */
const changes = [
  "2026-03-08T07:00:00Z",
  "2026-11-01T06:00:00Z", // New York
  "2026-03-29T01:00:00Z",
  "2026-10-25T01:00:00Z", // London
  "2026-04-04T15:00:00Z",
  "2026-10-03T15:30:00Z", // Lord Howe (by half an hour)
  "2018-11-04T03:00:00Z",
  "2019-02-17T02:00:00Z", // São Paulo (over midnight)
  "1986-05-03T18:00:00Z",
  "1991-09-14T15:00:00Z", // Shanghai (which had daylight saving time then)
  "2011-12-30T10:00:00Z", // Apia (which skipped 30 December)
].map((text) => Date.parse(text));

const instants = fc.oneof(
  fc.integer({ min: Date.UTC(1975, 0, 1), max: Date.UTC(2035, 0, 1) }),
  fc
    .tuple(fc.constantFrom(...changes), fc.integer({ min: -30 * 60, max: 30 * 60 }))
    .map(([change, minutes]) => change + minutes * 60_000),
  fc.tuple(fc.constantFrom(...changes), fc.integer({ min: -2, max: 2 })).map(([change, ms]) => change + ms),
);
const anyZone = fc.constantFrom(...names);

/** Returns the wall-clock day as `Intl` formats it. */
function dayIn(name: string, instant: number): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone: name, dateStyle: "short" }).format(instant);
}

describe("wall-clock time of a zone", () => {
  it("equals the time that `Intl` formats", () => {
    fc.assert(
      fc.property(anyZone, instants, (name, instant) => {
        const shown = new Intl.DateTimeFormat("sv-SE", {
          timeZone: name,
          dateStyle: "short",
          timeStyle: "medium",
        }).format(instant);
        expect(zoneOf(name).print(instant)).toBe(shown);
      }),
      { numRuns: runs(500) },
    );
  });

  it("converts back to its instant, or to the earlier instant with the same time", () => {
    fc.assert(
      fc.property(anyZone, instants, (name, instant) => {
        const zone = zoneOf(name);
        const wall = zone.toWall(instant);
        const back = zone.toInstant(wall);
        expect(zone.toWall(back)).toBe(wall);
        expect(back).toBeLessThanOrEqual(instant);
        if (back !== instant) expect(instant - back).toBeLessThanOrEqual(HOUR);
        expect(zone.repeatOf(back)).toBe(back === instant ? zone.repeatOf(instant) : instant);
      }),
      { numRuns: runs(1000) },
    );
  });

  it("occurs again where clocks are set back, and only there", () => {
    const newYork = zoneOf("America/New_York");
    expect(newYork.repeatOf(Date.parse("2026-11-01T05:30:00Z"))).toBe(Date.parse("2026-11-01T06:30:00Z"));
    for (const once of ["2026-11-01T04:59:59Z", "2026-11-01T06:30:00Z", "2026-11-01T07:00:00Z", "2026-03-08T06:30:00Z"])
      expect(newYork.repeatOf(Date.parse(once))).toBeNull();
  });

  it("is parsed back from its text, with and without an offset", () => {
    fc.assert(
      fc.property(anyZone, instants, (name, instant) => {
        const zone = zoneOf(name);
        const second = Math.floor(instant / 1000) * 1000;
        expect(zone.parse(zone.print(second))).toBe(zone.toInstant(zone.toWall(second)));
        expect(zone.parse(zone.printWithOffset(second))).toBe(second);
      }),
      { numRuns: runs(500) },
    );
  });

  it.each([
    ["America/New_York", "2026-03-08 02:30:00", "2026-03-08T07:30:00Z"],
    ["Australia/Lord_Howe", "2026-10-04 02:15:00", "2026-10-03T15:45:00Z"],
    ["America/Sao_Paulo", "2018-11-04 00:00:00", "2018-11-04T03:00:00Z"],
    ["Pacific/Apia", "2011-12-30 00:00:00", "2011-12-30T10:00:00Z"],
  ])("in a gap of %s (%s) converts to an instant after the gap", (name, wall, instant) => {
    expect(new Zone(name).parse(wall)).toBe(Date.parse(instant));
  });

  it.each([
    ["America/New_York", "2026-11-01 01:30:00", "2026-11-01T05:30:00Z"],
    ["Australia/Lord_Howe", "2026-04-05 01:45:00", "2026-04-04T14:45:00Z"],
  ])("that occurs twice in %s (%s) converts to the earlier instant", (name, wall, instant) => {
    expect(new Zone(name).parse(wall)).toBe(Date.parse(instant));
  });
});

describe("days of a zone", () => {
  it("contain every instant, and each begins where the previous one ends", () => {
    fc.assert(
      fc.property(anyZone, instants, (name, instant) => {
        const zone = zoneOf(name);
        const start = zone.startOfDay(instant);
        const next = zone.nextDay(instant);
        expect(start).toBeLessThanOrEqual(instant);
        expect(next).toBeGreaterThan(instant);
        expect(dayIn(name, start)).toBe(dayIn(name, instant));
        expect(dayIn(name, next - 1)).toBe(dayIn(name, instant));
        expect(dayIn(name, start - 1)).not.toBe(dayIn(name, instant));
        expect(dayIn(name, next)).not.toBe(dayIn(name, instant));
        expect(zone.startOfDay(next)).toBe(next);
        expect(zone.nextDay(start)).toBe(next);
      }),
      { numRuns: runs(600) },
    );
  });

  it.each([
    ["America/New_York", "2026-03-08", 23],
    ["America/New_York", "2026-11-01", 25],
    ["Europe/London", "2026-03-29", 23],
    ["Europe/London", "2026-10-25", 25],
    ["Australia/Lord_Howe", "2026-10-04", 23.5],
    ["Australia/Lord_Howe", "2026-04-05", 24.5],
    ["America/Sao_Paulo", "2018-11-04", 23],
    ["America/Sao_Paulo", "2019-02-16", 25],
    ["Asia/Shanghai", "2026-10-25", 24],
  ])("in %s: %s has %d hours", (name, date, hours) => {
    const zone = new Zone(name);
    const noon = zone.parse(`${date} 12:00:00`) ?? Number.NaN;
    expect((zone.nextDay(noon) - zone.startOfDay(noon)) / HOUR).toBe(hours);
  });

  it("omit the day that Apia skipped", () => {
    const zone = new Zone("Pacific/Apia");
    const lastBefore = zone.parse("2011-12-29 12:00:00") ?? Number.NaN;
    expect(zone.print(zone.nextDay(lastBefore))).toBe("2011-12-31 00:00:00");
  });

  it("contain every instant also where clocks are set back at one minute past midnight", () => {
    const zone = new Zone("America/St_Johns");
    // Clocks were set back from 00:01 to 23:01 of the previous day. This instant is the second 23:16.
    const instant = Date.parse("2010-11-07T02:46:00Z");
    expect(zone.nextDay(instant)).toBeGreaterThan(instant);
  });
});

describe("months of a zone", () => {
  it("begin at the first instant of their first day, and contain whole days", () => {
    fc.assert(
      fc.property(anyZone, instants, (name, instant) => {
        const zone = zoneOf(name);
        const next = zone.nextMonth(instant);
        expect(next).toBeGreaterThan(instant);
        expect(next - instant).toBeLessThanOrEqual(31 * DAY + HOUR);
        expect(zone.startOfDay(next)).toBe(next);
        expect(dayIn(name, next).slice(-2)).toBe("01");
        expect(dayIn(name, next - 1).slice(0, 7)).toBe(dayIn(name, instant).slice(0, 7));
      }),
      { numRuns: runs(400) },
    );
  });

  it("continue after the end of the year", () => {
    const zone = new Zone("Asia/Shanghai");
    expect(zone.print(zone.nextMonth(Date.parse("2026-12-31T15:59:59Z")))).toBe("2027-01-01 00:00:00");
  });
});

it("the constructor throws a RangeError for a zone that the runtime does not support", () => {
  expect(() => new Zone("Mars/Olympus_Mons")).toThrow(RangeError);
});
