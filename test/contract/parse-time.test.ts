import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseIso, Zone } from "../../src/contract/zone.js";

const shanghai = new Zone("Asia/Shanghai");

describe("ISO 8601", () => {
  it("is parsed with any offset", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: Date.UTC(1970, 0, 2), max: Date.UTC(2100, 0, 1) }),
        fc.integer({ min: -14 * 60, max: 14 * 60 }),
        fc.boolean(),
        (instant, offset, colon) => {
          const wall = new Date(instant + offset * 60_000).toISOString().slice(0, -1);
          const hours = String(Math.trunc(Math.abs(offset) / 60)).padStart(2, "0");
          const minutes = String(Math.abs(offset) % 60).padStart(2, "0");
          expect(parseIso(`${wall}${offset < 0 ? "-" : "+"}${hours}${colon ? ":" : ""}${minutes}`)).toBe(instant);
        },
      ),
    );
  });

  it.each([
    ["2026-11-01T00:00Z", "2026-11-01T00:00:00.000Z"],
    ["2026-11-01T00:00:00.5Z", "2026-11-01T00:00:00.500Z"],
    ["2028-02-29T12:00:00+08:00", "2028-02-29T04:00:00.000Z"],
  ])("%s is %s", (text, instant) => {
    expect(new Date(parseIso(text) ?? Number.NaN).toISOString()).toBe(instant);
  });

  it.each([
    ["without an offset", "2026-11-01T00:00:00"],
    ["a date alone", "2026-11-01"],
    ["a blank in place of the T", "2026-11-01 00:00:00Z"],
    ["31 April", "2026-04-31T00:00:00Z"],
    ["29 February of a common year", "2026-02-29T00:00:00Z"],
    ["29 February of a common year, with a short offset", "2026-02-29T00:00:00+0800"],
    ["month 13", "2026-13-01T00:00:00Z"],
    ["hour 25", "2026-11-01T25:00:00Z"],
    ["hour 25, with a short offset", "2026-11-01T25:00:00+0800"],
    ["minute 60", "2026-11-01T00:60:00+0800"],
    ["second 60", "2026-11-01T00:00:60+0800"],
    ["offset 25:00", "2026-11-01T00:00:00+25:00"],
    ["offset +0860", "2026-11-01T00:00:00+0860"],
    ["a leading space", " 2026-11-01T00:00:00Z"],
    ["a trailing line break", "2026-11-01T00:00:00Z\n"],
    ["an empty text", ""],
  ])("%s is refused", (_, text) => {
    expect(parseIso(text)).toBeNull();
  });
});

describe("a zone's wall-clock text", () => {
  it.each(["2026-11-01 08:00:00", "2026-11-01T08:00:00", "2026-11-01T00:00:00Z", "2026-11-01T02:00:00+02:00"])(
    "%s is parsed",
    (text) => {
      expect(shanghai.parse(text)).toBe(Date.parse("2026-11-01T00:00:00Z"));
    },
  );

  it.each([
    "2026-04-31 00:00:00",
    "2026-02-29 00:00:00",
    "2026-01-01 24:00:00",
    "2026-01-01 23:59:60",
    "2026-00-01 00:00:00",
    "0000-00-00 00:00:00",
    "2026-01-01",
    "2026-01-01 00:00",
    "1767225600000",
    "",
  ])("%j is refused", (text) => {
    expect(shanghai.parse(text)).toBeNull();
  });

  it("is parsed in any year", () => {
    // Databases write `0001-01-01 00:00:00` for "no time".
    fc.assert(
      fc.property(
        fc.date({ min: new Date("0001-01-03T00:00:00Z"), max: new Date("2100-01-01T00:00:00Z"), noInvalidDate: true }),
        (date) => {
          const text = date.toISOString().slice(0, 19).replace("T", " ");
          const read = new Zone("UTC").parse(text);
          expect(read).toBe(Math.floor(date.getTime() / 1000) * 1000);
        },
      ),
    );
  });
});
