import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { comparableNumber, matches } from "../../src/operations/records/call-filter.js";
import type { Party } from "../../src/model/party.js";

const digits = fc.stringMatching(/^[1-9]\d{4,14}$/);
const party = (number: string | null, e164: string | null = null): Party => ({
  number,
  e164,
  displayNumber: null,
  protectedId: null,
  region: null,
});

describe("comparableNumber", () => {
  it("removes separators and the international prefix", () => {
    fc.assert(
      fc.property(
        digits,
        fc.constantFrom("", "+", "00"),
        fc.array(fc.record({ at: fc.nat(15), separator: fc.constantFrom(" ", "-", ".", "(", ")", "\u00a0") }), {
          maxLength: 4,
        }),
        (number, prefix, separators) => {
          let written = `${prefix}${number}`;
          for (const { at, separator } of separators) written = written.slice(0, at) + separator + written.slice(at);
          expect(comparableNumber(written)).toBe(number);
          expect(comparableNumber(comparableNumber(written))).toBe(number);
        },
      ),
    );
  });

  it("keeps a single leading 0, which is part of the number", () => {
    expect(comparableNumber("0755-1234567")).toBe("07551234567");
  });
});

describe("matches", () => {
  const call = {
    direction: "inbound" as const,
    caller: party("138 0000-0000", "+8613800000000"),
    callee: party("4001234567"),
  };

  it.each([
    [null, null, true],
    ["inbound", null, true],
    ["outbound", null, false],
    [null, "13800000000", true],
    [null, "8613800000000", true],
    [null, "4001234567", true],
    [null, "1380000", false],
    ["inbound", "4001234567", true],
    ["outbound", "4001234567", false],
  ] as const)("compares direction %s and number %s: %s", (direction, number, expected) => {
    expect(matches(call, { direction, number })).toBe(expected);
  });

  it("returns false if neither party has a number", () => {
    expect(matches({ direction: "inbound", caller: null, callee: party(null) }, { direction: null, number: "1" })).toBe(
      false,
    );
  });
});
