import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RequestError } from "call-records";
import { billedSeconds, type BillingRule, parseBillingRule } from "call-records/metrics";

describe("a billing rule", () => {
  const increment = fc.integer({ min: 1, max: 300 });
  const rules: fc.Arbitrary<BillingRule> = fc.record({ minimumSeconds: increment, incrementSeconds: increment });
  const talks = fc.integer({ min: 1, max: 20_000_000 }).map((ms) => ms / 1000);

  it.each([
    ["60+60", 61, 120],
    ["6+6", 61, 66],
    ["60+60", 60, 60],
    ["60+60", 1, 60],
    ["30+6", 12, 30],
    ["30+6", 31, 36],
    ["60+1", 61, 61],
    ["60+60", 0, 0],
    ["60+60", 60.5, 120],
    ["0+6", 1, 6],
  ])("%s charges %d seconds as %d", (text, talk, billed) => {
    expect(billedSeconds(parseBillingRule(text), talk)).toBe(billed);
  });

  it.each([
    ["up", 61, 120],
    ["nearest", 89, 60],
    ["nearest", 90, 120],
    ["down", 119, 60],
    ["down", 120, 120],
    ["down", 1, 60],
  ] as const)("with rounding %s charges %d seconds as %d under 60+60", (rounding, talk, billed) => {
    expect(billedSeconds({ minimumSeconds: 60, incrementSeconds: 60, rounding }, talk)).toBe(billed);
  });

  it("is parsed from its text", () => {
    fc.assert(
      fc.property(rules, (rule) => {
        expect(parseBillingRule(`${rule.minimumSeconds}+${rule.incrementSeconds}`)).toEqual(rule);
      }),
    );
  });

  it.each(["", "60", "60+", "+60", "60+0", "60-60", "60+60+60", " 60+60", "6.5+6", "1e2+6", "a+b"])(
    "is not %j",
    (text) => {
      expect(() => parseBillingRule(text)).toThrow(RequestError);
    },
  );

  it("charges for all talk in whole increments, and for no increment that has not begun", () => {
    fc.assert(
      fc.property(rules, talks, (rule, talk) => {
        const billed = billedSeconds(rule, talk);
        expect(billed).toBeGreaterThanOrEqual(talk);
        expect((billed - rule.minimumSeconds) % rule.incrementSeconds).toBe(0);
        if (billed > rule.minimumSeconds) expect(billed - rule.incrementSeconds).toBeLessThan(talk);
        else expect(billed).toBe(rule.minimumSeconds);
      }),
    );
  });

  it("never charges less for more talk, nor more when it rounds down, and rounds up if the increments are equal", () => {
    fc.assert(
      fc.property(rules, talks, talks, (rule, one, other) => {
        expect(billedSeconds(rule, one + other)).toBeGreaterThanOrEqual(billedSeconds(rule, one));
        const [down, nearest] = [
          billedSeconds({ ...rule, rounding: "down" }, one),
          billedSeconds({ ...rule, rounding: "nearest" }, one),
        ];
        expect(down).toBeLessThanOrEqual(nearest);
        expect(nearest).toBeLessThanOrEqual(billedSeconds(rule, one));
      }),
    );
    fc.assert(
      fc.property(increment, talks, (length, talk) => {
        expect(billedSeconds({ minimumSeconds: length, incrementSeconds: length }, talk)).toBe(
          Math.ceil(talk / length) * length,
        );
      }),
    );
  });
});
