import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { backOffMs, backoffStrategy, RepeatedFailure } from "../../src/scale/bullmq/back-off.js";

const MINUTE = 60_000;
const DAY = 86_400_000;
const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe("the back-off of a failed pass", () => {
  it("is between half of a bound and the bound, which doubles from ten seconds to ten minutes", () => {
    fc.assert(
      fc.property(fc.nat(200), random, (failures, chance) => {
        const bound = Math.min(10 * MINUTE, 10_000 * 2 ** failures);
        const waitMs = backOffMs(failures, null, chance);
        expect(waitMs).toBeGreaterThanOrEqual(bound / 2);
        expect(waitMs).toBeLessThanOrEqual(bound);
        expect(Number.isInteger(waitMs)).toBe(true);
      }),
    );
  });

  it("is at least the wait that the vendor requests, up to a day", () => {
    fc.assert(
      fc.property(
        fc.nat(20),
        random,
        fc.oneof(fc.nat(3 * DAY), fc.constant(Number.POSITIVE_INFINITY)),
        (failures, chance, requestedMs) => {
          const waitMs = backOffMs(failures, requestedMs, chance);
          expect(waitMs).toBe(Math.max(backOffMs(failures, null, chance), Math.min(DAY, requestedMs)));
        },
      ),
    );
  });

  it("is that of the failure, and for an error of the queue that of its number of attempts", () => {
    expect(backoffStrategy(3, "call-records", new RepeatedFailure("one: failed", 1234))).toBe(1234);
    const waitMs = backoffStrategy(1, "call-records", new Error("Missing lock"));
    expect(waitMs).toBeGreaterThanOrEqual(5000);
    expect(waitMs).toBeLessThanOrEqual(10_000);
  });
});
