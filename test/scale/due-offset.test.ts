import fc from "fast-check";
import { expect, it } from "vitest";
import { offsetMsOf } from "../../src/scale/bullmq/due-offset.js";

it("is within the period, and the same each time", () => {
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 1000, max: 8.64e13 }), (account, everyMs) => {
      const offsetMs = offsetMsOf(account, everyMs);
      expect(Number.isInteger(offsetMs)).toBe(true);
      expect(offsetMs).toBeGreaterThanOrEqual(1);
      expect(offsetMs).toBeLessThan(everyMs);
      expect(offsetMsOf(account, everyMs)).toBe(offsetMs);
    }),
  );
});

it("spreads similar labels evenly over the period", () => {
  const everyMs = 300_000;
  const parts = new Array<number>(10).fill(0);
  for (let index = 0; index < 10_000; index += 1) {
    const part = Math.floor((offsetMsOf(`tenant-${index}`, everyMs) / everyMs) * parts.length);
    parts[part] = (parts[part] ?? 0) + 1;
  }
  // Four standard deviations of a uniform distribution.
  for (const accounts of parts) expect(Math.abs(accounts - 1000)).toBeLessThan(120);
});
