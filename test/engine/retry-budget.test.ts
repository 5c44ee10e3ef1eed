import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RetryBudget } from "../../src/engine/account/retry-budget.js";
import type { Clock } from "../../src/engine/account/clock.js";

function openBudget() {
  const time = { now: 0 };
  const clock: Clock = { now: () => time.now, sleep: () => Promise.resolve() };
  return { budget: new RetryBudget(clock), time };
}

function spendAll(budget: RetryBudget): number {
  let spent = 0;
  while (budget.spend()) spent += 1;
  return spent;
}

describe("the retry budget of an account", () => {
  it("is limited while no request succeeds", () => {
    const { budget } = openBudget();
    expect(spendAll(budget)).toBe(50);
    expect(budget.spend()).toBe(false);
  });

  it("earns one retry for each success, up to the maximum", () => {
    fc.assert(
      fc.property(fc.nat(200), (responses) => {
        const { budget } = openBudget();
        spendAll(budget);
        for (let response = 0; response < responses; response += 1) budget.earn();
        expect(spendAll(budget)).toBe(Math.min(50, responses));
      }),
    );
  });

  it("is refilled by one retry in two seconds, and not when the clock is set back", () => {
    const { budget, time } = openBudget();
    spendAll(budget);
    time.now += 10_000;
    expect(spendAll(budget)).toBe(5);
    time.now -= 3_600_000;
    expect(budget.spend()).toBe(false);
    time.now += 1_000_000;
    expect(spendAll(budget)).toBe(50);
  });

  it("suffices for a vendor that fails every second time", () => {
    const { budget } = openBudget();
    for (let request = 0; request < 10_000; request += 1) {
      expect(budget.spend()).toBe(true);
      budget.earn();
    }
  });
});
