import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import {
  wireCount,
  wireId,
  wireInteger,
  wireSeconds,
  wireText,
  wireTexts,
  wireTime,
  wireUnixMs,
  wireUnixSeconds,
} from "../../src/contract/wire.js";
import { parseIso } from "../../src/contract/zone.js";

const isoTime = wireTime("a time such as 2026-11-01T00:00:00Z", parseIso);
const optional = { isoTime, wireText, wireInteger, wireSeconds, wireUnixSeconds, wireUnixMs };

function refusal(schema: z.ZodType, value: unknown): string {
  return schema.safeParse(value).error?.issues[0]?.message ?? "accepted";
}

describe("absence", () => {
  it.each(Object.entries(optional))("%s reads a missing key, null and an empty text as null", (_, schema) => {
    const row = z.object({ field: schema });
    for (const absent of [{}, { field: undefined }, { field: null }, { field: "" }])
      expect(row.parse(absent)).toEqual({ field: null });
  });

  it.each([
    ["an id", wireId],
    ["a count", wireCount],
  ])("%s is required", (expected, schema) => {
    const row = z.object({ field: schema });
    for (const absent of [{}, { field: null }, { field: "" }])
      expect(refusal(row, absent)).toBe(`expected ${expected}`);
  });

  it("an absent list is empty, and absent members are left out", () => {
    expect(wireTexts.parse(undefined)).toEqual([]);
    expect(wireTexts.parse(null)).toEqual([]);
    expect(wireTexts.parse(["a", null, "", 7])).toEqual(["a", "7"]);
  });
});

describe("numbers, and numbers as text", () => {
  it("are read as the same value", () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (number) => {
        expect(wireInteger.parse(number)).toBe(number);
        expect(wireInteger.parse(String(number))).toBe(number);
        expect(wireText.parse(number)).toBe(String(number));
        expect(wireId.parse(number)).toBe(String(number));
        expect(wireSeconds.parse(String(number))).toBe(number);
        expect(wireCount.safeParse(String(number)).success).toBe(number >= 0);
      }),
    );
  });

  it("are refused instead of rounded if a double cannot represent them", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 2n ** 53n, max: 2n ** 80n }), (long) => {
        expect(refusal(wireInteger, String(long))).toBe("expected an integer");
        expect(refusal(wireCount, String(long))).toBe("expected a count");
        expect(refusal(wireId, Number(long))).toBe("expected an id");
        expect(wireId.parse(String(long))).toBe(String(long));
      }),
    );
  });

  it("may have a fraction only if they are seconds", () => {
    expect(wireSeconds.parse(1.25)).toBe(1.25);
    expect(wireSeconds.parse("1.25")).toBe(1.25);
    expect(refusal(wireInteger, 1.25)).toBe("expected an integer");
    expect(refusal(wireInteger, "1.25")).toBe("expected an integer");
    expect(refusal(wireId, 1.5)).toBe("expected an id");
  });
});

describe("instants", () => {
  it("are read from numbers and from digits, in their unit", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4_000_000_000 }), (seconds) => {
        for (const count of [seconds, String(seconds)]) {
          expect(wireUnixSeconds.parse(count)).toEqual(new Date(seconds * 1000));
          expect(wireUnixMs.parse(count)).toEqual(new Date(seconds));
        }
      }),
    );
  });

  it.each([0, "0"])("%j is read as null", (zero) => {
    expect(wireUnixSeconds.parse(zero)).toBeNull();
    expect(wireUnixMs.parse(zero)).toBeNull();
  });

  it("may have fractions, which are kept to the millisecond", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4_000_000_000_000 }), (ms) => {
        for (const count of [ms / 1000, String(ms / 1000)]) expect(wireUnixSeconds.parse(count)).toEqual(new Date(ms));
      }),
    );
    expect(wireUnixMs.parse(1_700_000_000_000.4)).toEqual(new Date(1_700_000_000_000));
  });

  it.each([Number.NaN, "soon", "2026-11-01", 8.65e15, true, [], {}])("%j is refused", (value) => {
    expect(refusal(wireUnixSeconds, value)).toBe("expected a time in Unix seconds");
    expect(refusal(wireUnixMs, value)).toBe("expected a time in Unix milliseconds");
  });

  // Such a year results from a count in another unit, and its JSON form cannot be parsed again.
  it("are refused in years with more than four digits", () => {
    const last = Date.parse("9999-12-31T23:59:59Z") / 1000;
    const first = Date.parse("0000-01-01T00:00:00Z") / 1000;
    for (const seconds of [first, last]) expect(wireUnixSeconds.parse(seconds)).toEqual(new Date(seconds * 1000));
    for (const seconds of [first - 1, last + 1]) {
      expect(refusal(wireUnixSeconds, seconds)).toBe("expected a time in Unix seconds");
      expect(refusal(wireUnixMs, seconds * 1000)).toBe("expected a time in Unix milliseconds");
    }
  });
});

describe("instants as text", () => {
  it("are parsed by the given function", () => {
    expect(isoTime.parse("2026-11-01T08:00:00+08:00")).toEqual(new Date("2026-11-01T00:00:00Z"));
    expect(wireTime("a date", Date.parse).parse("2026-11-01")).toEqual(new Date("2026-11-01T00:00:00Z"));
  });

  it.each([0, "0"])("%j is read as null", (zero) => {
    expect(isoTime.parse(zero)).toBeNull();
  });

  it.each(["soon", 1, true, {}, [], "2026-02-30T00:00:00Z"])("%j is refused", (value) => {
    expect(refusal(isoTime, value)).toBe("expected a time such as 2026-11-01T00:00:00Z");
  });

  it("are refused where the function returns NaN, or a year with more than four digits", () => {
    expect(refusal(wireTime("a date", Date.parse), "soon")).toBe("expected a date");
    expect(
      refusal(
        wireTime("a date", () => 1e15),
        "far away",
      ),
    ).toBe("expected a date");
  });
});

describe("a value without a meaning", () => {
  it.each([true, {}, [], Number.NaN, Number.POSITIVE_INFINITY])("%s is refused by every schema", (value) => {
    expect(refusal(wireText, value)).toBe("expected text");
    expect(refusal(wireId, value)).toBe("expected an id");
    expect(refusal(wireInteger, value)).toBe("expected an integer");
    expect(refusal(wireCount, value)).toBe("expected a count");
    expect(refusal(wireSeconds, value)).toBe("expected a number of seconds");
  });

  it.each(["12 ", "1e3", "0x10", "+5", "--5", "NaN", "Infinity", "1,000"])("%j is not a number", (value) => {
    expect(refusal(wireInteger, value)).toBe("expected an integer");
    expect(refusal(wireSeconds, value)).toBe("expected a number of seconds");
  });

  it("is never quoted in the message", () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 4 }).filter((text) => !/^-?\d+$/.test(text)),
        (value) => {
          const message = refusal(wireInteger, `secret-${value}`);
          expect(message).toBe("expected an integer");
        },
      ),
    );
  });
});
