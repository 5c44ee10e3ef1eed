import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { e164Of } from "../../src/contract/phone-number.js";

describe("E.164", () => {
  it("is told only of a number with an international prefix", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[1-9]\d{7,14}$/), (digits) => {
        expect(e164Of(`+${digits}`)).toBe(`+${digits}`);
        expect(e164Of(`00${digits}`)).toBe(`+${digits}`);
        expect(e164Of(digits)).toBeNull();
        expect(e164Of(`0${digits}`)).toBeNull();
      }),
    );
  });

  it.each([null, "", "+", "00", "+1234567", "+1234567890123456", "+08613800000000", "0001380000000", "+86 138 0000 0000", "+86138****0000", "++8613800000000", "anonymous", "+8613800000000\n"])(
    "%j is not guessed at",
    (number) => {
      expect(e164Of(number)).toBeNull();
    },
  );
});
