import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { e164Of } from "../../src/contract/phone-number.js";

describe("E.164", () => {
  it("is derived only from a number with an international prefix", () => {
    // Mobile numbers, landlines with their area code and 400 numbers of China; numbers of Hong Kong; numbers of a country where the length varies.
    const numbers = fc.oneof(
      ...[/^861[3-9]\d{9}$/, /^86[2-9]\d{9,10}$/, /^86400\d{7}$/, /^852[2-9]\d{7}$/, /^49[1-9]\d{6,11}$/].map((form) =>
        fc.stringMatching(form),
      ),
    );
    fc.assert(
      fc.property(numbers, (digits) => {
        expect(e164Of(`+${digits}`)).toBe(`+${digits}`);
        expect(e164Of(`00${digits}`)).toBe(`+${digits}`);
        expect(e164Of(`00 ${digits.slice(0, 2)} (${digits.slice(2, 5)}) ${digits.slice(5)}`)).toBe(`+${digits}`);
        expect(e164Of(digits)).toBeNull();
        expect(e164Of(`0${digits}`)).toBeNull();
      }),
    );
  });

  it.each([
    null,
    "",
    "+",
    "00",
    "+1234567",
    "+1234567890123456",
    "+08613800000000",
    "0001380000000",
    "+86138****0000",
    "++8613800000000",
    "anonymous",
    "+8613800000000\n",
  ])("%j is not guessed: the result is null", (number) => {
    expect(e164Of(number)).toBeNull();
  });

  it.each([
    ["a service number", "0086955881"],
    ["a local number without its area code", "008688889060"],
    ["a trunk prefix that was left in", "008601012345678"],
    ["too few digits for its country", "00123456789"],
    ["too many digits for its country", "+85212345678901"],
  ])("%s after the prefix is refused: %s", (_, number) => {
    expect(e164Of(number)).toBeNull();
  });
});
