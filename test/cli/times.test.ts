import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Zone } from "../../src/contract/zone.js";
import { parseSpanMs, type RangeOptions, readDelayMs, readRange, readTime } from "../../src/cli/times.js";
import { UsageError } from "../../src/cli/exit-code.js";

const NOW = Date.parse("2026-11-21T10:00:00Z");
const read = (text: string, zone = "Asia/Shanghai") => readTime("--from", text, Zone.named(zone), NOW).toISOString();

describe("a time", () => {
  it.each([
    ["now", "2026-11-21T10:00:00.000Z"],
    ["0s", "2026-11-21T10:00:00.000Z"],
    ["30s", "2026-11-21T09:59:30.000Z"],
    ["90m", "2026-11-21T08:30:00.000Z"],
    ["36h", "2026-11-19T22:00:00.000Z"],
    ["7d", "2026-11-14T10:00:00.000Z"],
    ["2w", "2026-11-07T10:00:00.000Z"],
    ["2026-11-01", "2026-10-31T16:00:00.000Z"],
    ["2026-11-01T09:00", "2026-11-01T01:00:00.000Z"],
    ["2026-11-01 09:00:30", "2026-11-01T01:00:30.000Z"],
    ["2026-11-01T09:00:30.250", "2026-11-01T01:00:30.250Z"],
    ["2026-11-01T09:00:00+09:00", "2026-11-01T00:00:00.000Z"],
    ["2026-11-01T09:00-0500", "2026-11-01T14:00:00.000Z"],
    ["2026-11-01T09:00:00.125Z", "2026-11-01T09:00:00.125Z"],
  ])("can be %s", (text, instant) => {
    expect(read(text)).toBe(instant);
  });

  it.each([
    // In Berlin, clocks are set forward at 02:00 on 2026-03-29, and back at 03:00 on 2026-10-25.
    ["2026-03-29", "Europe/Berlin", "2026-03-28T23:00:00.000Z"],
    ["2026-03-30", "Europe/Berlin", "2026-03-29T22:00:00.000Z"],
    ["2026-03-29T02:30", "Europe/Berlin", "2026-03-29T01:30:00.000Z"],
    ["2026-10-25T02:30", "Europe/Berlin", "2026-10-25T00:30:00.000Z"],
    ["2026-10-26", "Europe/Berlin", "2026-10-25T23:00:00.000Z"],
    // In Beirut and Santiago, clocks are set forward over midnight, so the day begins at 01:00.
    ["2026-03-29", "Asia/Beirut", "2026-03-28T22:00:00.000Z"],
    ["2026-09-06", "America/Santiago", "2026-09-06T04:00:00.000Z"],
    ["2026-11-01", "Asia/Kathmandu", "2026-10-31T18:15:00.000Z"],
  ])("can be %s in %s", (text, zone, instant) => {
    expect(read(text, zone)).toBe(instant);
  });

  it.each([
    // In UTC, it is 21 November 10:00. In Honolulu, it is the same day. In Kiritimati, it is the next day.
    ["2026-11-21T10:00:00Z", "UTC", "today", "2026-11-21T00:00:00.000Z"],
    ["2026-11-21T10:00:00Z", "Pacific/Honolulu", "today", "2026-11-21T10:00:00.000Z"],
    ["2026-11-21T10:00:00Z", "Pacific/Honolulu", "yesterday", "2026-11-20T10:00:00.000Z"],
    ["2026-11-21T10:00:00Z", "Pacific/Kiritimati", "today", "2026-11-21T10:00:00.000Z"],
    // In Shanghai, November begins while it is still October in UTC, and 2027 while it is still 2026.
    ["2026-10-31T15:59:59Z", "Asia/Shanghai", "this-month", "2026-09-30T16:00:00.000Z"],
    ["2026-10-31T16:00:00Z", "Asia/Shanghai", "this-month", "2026-10-31T16:00:00.000Z"],
    ["2026-10-31T16:00:00Z", "Asia/Shanghai", "last-month", "2026-09-30T16:00:00.000Z"],
    ["2026-10-31T16:00:00Z", "Asia/Shanghai", "yesterday", "2026-10-30T16:00:00.000Z"],
    ["2026-12-31T16:00:00Z", "Asia/Shanghai", "last-month", "2026-11-30T16:00:00.000Z"],
    ["2027-01-15T00:00:00Z", "UTC", "last-month", "2026-12-01T00:00:00.000Z"],
    // 31 March, because a month before it has no such day.
    ["2026-03-31T12:00:00Z", "UTC", "last-month", "2026-02-01T00:00:00.000Z"],
    // The day before has 25 hours in Berlin, 23 hours in New York, and begins at 01:00 in Santiago.
    ["2026-10-26T12:00:00Z", "Europe/Berlin", "yesterday", "2026-10-24T22:00:00.000Z"],
    ["2026-03-09T12:00:00Z", "America/New_York", "yesterday", "2026-03-08T05:00:00.000Z"],
    ["2026-09-07T12:00:00Z", "America/Santiago", "yesterday", "2026-09-06T04:00:00.000Z"],
  ])("can be, at %s in %s, %s", (now, zone, text, instant) => {
    expect(readTime("--to", text, Zone.named(zone), Date.parse(now)).toISOString()).toBe(instant);
  });

  it.each([
    "",
    " ",
    "Yesterday",
    "tomorrow",
    "last month",
    "2026-10",
    "constructor",
    "7",
    "d",
    "-7d",
    "7 d",
    "1.5h",
    "7D",
    "2026-02-30",
    "2026-13-01",
    "2026-1-1",
    "20261101",
    "2026-11-01T25:00Z",
    "2026-11-01T09",
    "2026-11-01T09:61",
    "2026-11-01 ",
    "1762000000",
    "2026-11-01T09:00:00+8",
  ])("cannot be %j", (text) => {
    expect(() => read(text)).toThrow(UsageError);
    expect(() => read(text)).toThrow(/^--from must be a time such as/);
  });

  it("in the format of a zone is read back as the same instant", () => {
    const zones = fc.constantFrom(
      "Asia/Shanghai",
      "Europe/Berlin",
      "America/New_York",
      "Australia/Lord_Howe",
      "America/Santiago",
      "Asia/Kathmandu",
      "UTC",
    );
    const seconds = fc.integer({
      min: Date.parse("2020-01-01T00:00:00Z") / 1000,
      max: Date.parse("2030-01-01T00:00:00Z") / 1000,
    });
    fc.assert(
      fc.property(zones, seconds, (name, second) => {
        const zone = Zone.named(name);
        const shown = zone.print(second * 1000);
        const found = readTime("--from", shown, zone, NOW).getTime();
        // Where clocks are set back, a local time occurs twice. It is read as the first.
        expect(zone.print(found)).toBe(shown);
        expect(found).toBeLessThanOrEqual(second * 1000);
        expect(readTime("--from", zone.printWithOffset(second * 1000), zone, NOW).getTime()).toBe(second * 1000);
      }),
    );
  });

  it("is either a valid date or a usage error, for any text", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          expect(Number.isNaN(Date.parse(read(text)))).toBe(false);
        } catch (error) {
          expect(error).toBeInstanceOf(UsageError);
        }
      }),
    );
  });
});

describe("a span", () => {
  it("consists of a count and a unit", () => {
    fc.assert(
      fc.property(fc.nat(999_999), (count) => {
        expect(parseSpanMs(`${count}s`)).toBe(count * 1000);
        expect(parseSpanMs(`${count}h`)).toBe(count * 3_600_000);
      }),
    );
    expect(parseSpanMs("1000000s")).toBeNull();
    expect(readDelayMs("--every", "5m")).toBe(300_000);
  });

  it.each(["0m", "5", "often", "-5m", "", "25d", "4w"])("cannot be %j", (text) => {
    expect(() => readDelayMs("--every", text)).toThrow(
      `--every must be a span of at most 24d, such as 30s, 5m, 36h or 7d, not "${text}".`,
    );
  });
});

describe("a range", () => {
  const rangeOf = (given: RangeOptions, zone = "Asia/Shanghai", now = "2026-11-21T10:00:00Z") => {
    const { from, to } = readRange(given, Zone.named(zone), Date.parse(now));
    return [from.toISOString(), to.toISOString()];
  };

  it.each<[RangeOptions, string, string]>([
    [{ month: "2026-10" }, "2026-09-30T16:00:00.000Z", "2026-10-31T16:00:00.000Z"],
    [{ month: "2026-02" }, "2026-01-31T16:00:00.000Z", "2026-02-28T16:00:00.000Z"],
    // The current month ends in the future.
    [{ month: "2026-11" }, "2026-10-31T16:00:00.000Z", "2026-11-30T16:00:00.000Z"],
    [{ from: "yesterday" }, "2026-11-19T16:00:00.000Z", "2026-11-21T10:00:00.000Z"],
    [{ from: "yesterday", to: "today" }, "2026-11-19T16:00:00.000Z", "2026-11-20T16:00:00.000Z"],
    [{ from: "today" }, "2026-11-20T16:00:00.000Z", "2026-11-21T10:00:00.000Z"],
    [{ from: "last-month", to: "this-month" }, "2026-09-30T16:00:00.000Z", "2026-10-31T16:00:00.000Z"],
    [{ from: "this-month", to: "yesterday" }, "2026-10-31T16:00:00.000Z", "2026-11-19T16:00:00.000Z"],
    [{ from: "7d", to: "2026-11-21" }, "2026-11-14T10:00:00.000Z", "2026-11-20T16:00:00.000Z"],
  ])("of %j is %s to %s", (given, from, to) => {
    expect(rangeOf(given)).toEqual([from, to]);
  });

  it("of a month has one hour more or less where clocks change in it", () => {
    const hours = (month: string, zone: string) => {
      const [from = "", to = ""] = rangeOf({ month }, zone);
      return (Date.parse(to) - Date.parse(from)) / 3_600_000;
    };
    expect(hours("2026-03", "Europe/Berlin")).toBe(31 * 24 - 1);
    expect(hours("2026-10", "Europe/Berlin")).toBe(31 * 24 + 1);
    expect(hours("2026-10", "Asia/Shanghai")).toBe(31 * 24);
  });

  it.each<[RangeOptions, string]>([
    [{ month: "2026-13" }, '--month must be a month such as 2026-10, not "2026-13".'],
    [{ month: "2026-1" }, '--month must be a month such as 2026-10, not "2026-1".'],
    [{ month: "2026-10-01" }, '--month must be a month such as 2026-10, not "2026-10-01".'],
    [{ month: "last-month" }, '--month must be a month such as 2026-10, not "last-month".'],
    [{ month: "" }, '--month must be a month such as 2026-10, not "".'],
    [
      { month: "2026-12" },
      "--month: the range begins at 2026-11-30T16:00:00.000Z, which is in the future. Choose a range that has begun.",
    ],
    [
      { from: "2026-12-01", to: "2026-12-02" },
      "--from: the range begins at 2026-11-30T16:00:00.000Z, which is in the future. Choose a range that has begun.",
    ],
    [
      { from: "today", to: "yesterday" },
      "--from must be earlier than --to: 2026-11-20T16:00:00.000Z is not earlier than 2026-11-19T16:00:00.000Z.",
    ],
    [
      { from: "now" },
      "--from must be earlier than --to: 2026-11-21T10:00:00.000Z is not earlier than 2026-11-21T10:00:00.000Z, which is now.",
    ],
  ])("of %j is refused", (given, message) => {
    expect(() => rangeOf(given)).toThrow(new UsageError(message));
  });
});
