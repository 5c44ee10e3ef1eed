import fc from "fast-check";
import { expect, it } from "vitest";
import { memoryOfJson } from "../../src/engine/http/json-memory.js";
import { MemoryBudget } from "../../src/engine/http/memory-budget.js";

const LIMIT = 100;
const never = new AbortController().signal;

it("grants memory to every body, and never exceeds the limit by more than one body", async () => {
  const bodies = fc.array(fc.array(fc.integer({ min: 1, max: 150 }), { minLength: 1, maxLength: 8 }), {
    minLength: 1,
    maxLength: 12,
  });
  await fc.assert(
    fc.asyncProperty(bodies, fc.infiniteStream(fc.nat(3)), async (given, turns) => {
      const budget = new MemoryBudget(LIMIT);
      const shares = given.map(() => ({ bytes: 0 }));
      const largest = Math.max(...given.map((chunks) => chunks.reduce((sum, bytes) => sum + bytes, 0)));
      let peak = 0;
      await Promise.all(
        given.map(async (chunks, index) => {
          const share = shares[index];
          if (share === undefined) return;
          const { signal } = new AbortController();
          for (const bytes of chunks) {
            for (let turn = Number(turns.next().value); turn > 0; turn -= 1) await Promise.resolve();
            await budget.take(share, bytes, signal);
            peak = Math.max(
              peak,
              shares.reduce((sum, one) => sum + one.bytes, 0),
            );
          }
          expect(share.bytes).toBe(chunks.reduce((sum, bytes) => sum + bytes, 0));
          budget.release(share);
        }),
      );
      expect(peak).toBeLessThanOrEqual(LIMIT + largest);
      expect(shares.every(({ bytes }) => bytes === 0)).toBe(true);
    }),
    { numRuns: 500 },
  );
});

it("grants memory to later bodies after a waiting one is aborted", async () => {
  const budget = new MemoryBudget(LIMIT);
  const [first, second, third, fourth] = [{ bytes: 0 }, { bytes: 0 }, { bytes: 0 }, { bytes: 0 }];
  const ending = new AbortController();
  expect(budget.take(first, 60, never)).toBeNull();
  expect(budget.take(second, 60, never)).toBeNull();
  const givingUp = budget.take(third, 60, ending.signal);
  const waiting = budget.take(fourth, 10, never);
  ending.abort();
  await expect(givingUp).rejects.toThrow("aborted");
  budget.release(second);
  await waiting;
  expect([first.bytes, second.bytes, third.bytes, fourth.bytes]).toEqual([60, 0, 0, 10]);
});

it("counts the memory of many small objects, and none for a usual response", () => {
  const objects = Buffer.from(`[${"{},".repeat(1_000_000)}0]`);
  expect(memoryOfJson(objects)).toBeGreaterThan(70_000_000);
  expect(memoryOfJson(Buffer.from(JSON.stringify({ text: "a".repeat(2_000_000) })))).toBeLessThan(2_100_000);
  expect(memoryOfJson(Buffer.from("[{},{},{}]"))).toBe(0);
});
