import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TimeCheck } from "../../src/engine/lists/time-check.js";
import { runs } from "../search.js";

const HOUR = 3_600_000;
const START = Date.parse("2026-11-01T00:00:00Z");
const LONGEST = 12 * HOUR;
const check = new TimeCheck({
  start: ["start"],
  others: ["answered", "ended", "legs[].answered"],
  written: ["changed"],
  talkSeconds: ["talk"],
  otherSeconds: ["ring"],
});

/** Hours after the start. */
const at = (hours: number) => new Date(START + hours * HOUR);
const window = { from: START - HOUR, to: START + HOUR };

function checked(
  row: Record<string, unknown>,
  options: { raw?: object; place?: { from: number; to: number } | null } = {},
) {
  const read = check.check({ start: at(0), ...row }, options.raw, {
    window: options.place ?? null,
    marginMs: 0,
    now: START + 48 * HOUR,
    maxMs: LONGEST,
  });
  return { ...read, fields: read.faults.map(({ field }) => field) };
}

describe("an optional time", () => {
  it.each([
    new Date(0),
    new Date(-1),
    new Date(Number.NaN),
    at(-13),
    at(13),
    new Date("9999-12-31T23:59:59Z"),
    "text",
    {},
    true,
  ])("of %j is null", (answered) => {
    const { row, fields } = checked({ answered });
    expect(row).toEqual({ start: at(0), answered: null });
    expect(fields).toEqual(["answered"]);
  });

  it.each([at(-12), at(0), at(11), null, undefined])("of %j is kept", (answered) => {
    expect(checked({ answered })).toMatchObject({ row: { answered }, faults: [], longMs: null });
  });

  it("that the vendor wrote with an invalid value is a fault, unless the value means none", () => {
    for (const written of [-1, "-1", " ", "0000-00-00 00:00:00", false, []])
      expect(checked({ ended: null }, { raw: { ended: written } }).fields).toEqual(["ended"]);
    for (const written of [0, "0", "", null, undefined])
      expect(checked({ ended: null }, { raw: { ended: written } }).fields).toEqual([]);
  });

  it("in a list is reported with its index, and the original row is not changed", () => {
    const row = { start: at(0), legs: [{ answered: at(1) }, { answered: at(99), name: "x" }] };
    const read = check.check(row, undefined, { window: null, marginMs: 0, now: START, maxMs: LONGEST });
    expect(read.row).toEqual({ start: at(0), legs: [{ answered: at(1) }, { answered: null, name: "x" }] });
    expect(read.faults.map(({ field }) => field)).toEqual(["legs.1.answered"]);
    expect(row.legs[1]?.answered).toEqual(at(99));
  });

  it("is kept if a talk duration confirms the length of the call", () => {
    expect(checked({ answered: at(0.01), ended: at(20), talk: 72_000 })).toMatchObject({
      fields: [],
      longMs: 20 * HOUR,
    });
    expect(checked({ answered: at(13), ended: at(20), talk: 72_000 })).toMatchObject({ fields: [], longMs: 20 * HOUR });
    expect(checked({ answered: at(0.01), ended: at(20), talk: 60 })).toMatchObject({ fields: ["ended"], longMs: null });
    expect(checked({ ended: at(20 * 365), talk: 20 * 365 * 3600 })).toMatchObject({
      fields: ["ended", "talk"],
      longMs: null,
    });
  });
});

describe("a duration", () => {
  it.each([-1, Number.NaN, 43_201, 1_772_330_430, "60"])("of %j s is null", (ring) => {
    expect(checked({ ring })).toMatchObject({ row: { ring: null }, fields: ["ring"] });
  });

  it.each([0, 1.5, 43_200, null])("of %j s is kept", (ring) => {
    expect(checked({ ring })).toMatchObject({ row: { ring }, fields: [] });
  });
});

describe("a time at which a row was written", () => {
  it("may be long after the call, but not before it or in the future", () => {
    expect(checked({ changed: at(40) }).fields).toEqual([]);
    for (const changed of [at(-13), at(48 + 25), new Date(0)]) expect(checked({ changed }).fields).toEqual(["changed"]);
  });
});

describe("the content of a row", () => {
  const hours = (most: number) => fc.integer({ min: -most * 4, max: most * 4 }).map((quarters) => quarters / 4);
  const time = fc.option(fc.oneof(hours(14), hours(24 * 40)).map(at), { nil: null });
  const talk = fc.option(fc.oneof(fc.constantFrom(0, 60, 72_000), fc.nat(40 * 86_400)), { nil: null });
  const rows = fc.record({
    answered: time,
    ended: time,
    changed: time,
    talk,
    ring: talk,
    legs: fc.array(fc.record({ answered: time }), { maxLength: 2 }),
  });
  /** Rows whose talk duration confirms their times. */
  const confirmed = fc
    .tuple(rows, fc.nat(60))
    .map(([row, after]) => ({ ...row, ended: at(after), talk: after * 3600 }));
  const windows = fc.record({ from: hours(24 * 40), hours: hours(72).map(Math.abs) });

  it("is the same for every window in which the row is kept", () => {
    fc.assert(
      fc.property(fc.oneof(rows, confirmed), windows, (row, { from, hours: length }) => {
        const anywhere = checked(row);
        const place = { from: START + from * HOUR, to: START + (from + length) * HOUR };
        const read = check.check({ start: at(0), ...row }, undefined, {
          window: place,
          marginMs: LONGEST,
          now: START + 48 * HOUR,
          maxMs: LONGEST,
        });
        if (read.refusal === null)
          expect([read.row, read.maxMs, read.longMs]).toEqual([anywhere.row, anywhere.maxMs, anywhere.longMs]);
        // Each null is reported in one of the two lists.
        if (read.refusal === null)
          expect([...read.faults.map(({ field }) => field), ...(read.unverified?.fields ?? [])].sort()).toEqual(
            anywhere.fields.sort(),
          );
        const isListedByStart = from <= 0 && from + length >= 0;
        const end = row.ended === null ? 0 : (row.ended.getTime() - START) / HOUR;
        const isListedByEnd =
          (row.talk ?? 0) === 0 && end >= 0 && end <= 30 * 24 && from <= end && from + length >= end;
        if (isListedByStart || isListedByEnd) expect(read.refusal).toBeNull();
      }),
      { numRuns: runs(2000) },
    );
  });
});

describe("a start far from its window", () => {
  const far = { from: START + 15 * HOUR, to: START + 40 * HOUR };

  it("is refused before and after the window", () => {
    expect(checked({}, { place: window }).refusal).toBeNull();
    expect(checked({}, { place: far }).refusal).toMatchObject({ field: "start" });
    expect(
      checked({ ended: at(0.1), talk: 60 }, { place: { from: START - 40 * HOUR, to: START - 15 * HOUR } }).refusal,
    ).toMatchObject({ field: "start" });
  });

  it("is accepted if a talk duration confirms that the call lasted until the window", () => {
    expect(checked({ ended: at(20), talk: 72_000 }, { place: far })).toMatchObject({
      refusal: null,
      longMs: 20 * HOUR,
      unverified: null,
      fields: [],
    });
  });

  it("is accepted if one field indicates that the call lasted until the window, and that field is null", () => {
    for (const row of [{ ended: at(20) }, { ended: at(20), talk: 0 }, { talk: 72_000 }]) {
      const shown = "ended" in row ? "ended" : "talk";
      expect(checked(row, { place: far })).toMatchObject({
        refusal: null,
        longMs: null,
        maxMs: LONGEST,
        unverified: { durationMs: 20 * HOUR, fields: [shown] },
        fields: [],
        row: { [shown]: null },
      });
    }
  });

  it("within the margin is accepted without an unconfirmed end", () => {
    const near = (row: Record<string, unknown>) =>
      check.check({ start: at(0), ...row }, undefined, {
        window: { from: START + 8 * HOUR, to: START + 40 * HOUR },
        marginMs: LONGEST,
        now: START + 48 * HOUR,
        maxMs: LONGEST,
      });
    expect(near({ ended: at(20) })).toMatchObject({
      refusal: null,
      row: { ended: null },
      longMs: null,
      unverified: { durationMs: 20 * HOUR, fields: ["ended"] },
      faults: [],
    });
    for (const row of [{ ended: at(50) }, { ended: at(20), talk: 60 }]) {
      expect(near(row)).toMatchObject({
        refusal: null,
        row: { ended: null },
        longMs: null,
        unverified: null,
        faults: [{ field: "ended" }],
      });
    }
    expect(near({ ended: at(20), talk: 72_000 })).toMatchObject({
      refusal: null,
      row: { ended: at(20) },
      longMs: 20 * HOUR,
    });
  });

  it("is refused if a talk duration contradicts that, or the length is impossible", () => {
    expect(checked({ answered: at(20), ended: at(20.1), talk: 360 }, { place: far }).refusal).toMatchObject({
      field: "start",
    });
    const year = { from: START + 360 * 24 * HOUR, to: START + 370 * 24 * HOUR };
    expect(checked({ ended: at(365 * 24) }, { place: year }).refusal).toMatchObject({ field: "start" });
    expect(checked({ ended: at(365 * 24), talk: 365 * 86_400 }, { place: year }).refusal).toMatchObject({
      field: "start",
    });
  });

  it("is refused for any window if it is not after 1970", () => {
    expect(checked({ start: new Date(0) }).refusal).toMatchObject({ field: "start" });
  });
});
