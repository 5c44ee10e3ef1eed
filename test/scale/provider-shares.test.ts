import { describe, expect, it } from "vitest";
import { ProviderShares } from "../../src/scale/bullmq/provider-shares.js";

const PERIOD = 60_000;

/** A worker whose jobs of each provider are due, and a clock. */
function stage(concurrency: number) {
  const clock = { now: 1_000_000 };
  const shares = new ProviderShares(concurrency, () => clock.now);
  const due = (account: string, provider: string) => {
    shares.note(account, provider, PERIOD);
    return shares.begin(account, provider);
  };
  return { clock, shares, due };
}

describe("the share of a provider", () => {
  it.each([
    [1, 1],
    [2, 1],
    [3, 1],
    [10, 5],
    [11, 5],
  ])("of a concurrency of %i is %i, and at least one", (concurrency, half) => {
    const { shares, due } = stage(concurrency);
    const ends = Array.from({ length: half }, (_, index) => {
      expect(shares.hasRoom("a")).toBe(true);
      return due(`a-${index}`, "a");
    });
    expect(shares.hasRoom("a")).toBe(false);
    expect(shares.hasRoom("b")).toBe(true);
    ends[0]?.();
    expect(shares.hasRoom("a")).toBe(true);
  });

  it("may be exceeded only when the provider of each account is known and no other provider has been due recently", () => {
    const { clock, shares, due } = stage(4);
    due("a-1", "a");
    expect(shares.othersMayWait("a", 2)).toBe(true);
    due("a-2", "a");
    expect(shares.othersMayWait("a", 2)).toBe(false);
    due("b-1", "b");
    expect(shares.othersMayWait("a", 3)).toBe(true);
    // The accounts of the other provider were removed.
    clock.now += 2 * PERIOD + 60_000;
    expect(shares.othersMayWait("a", 3)).toBe(false);
    shares.forget("b-1");
    expect(shares.knownProvider("b-1")).toBeUndefined();
    expect(shares.othersMayWait("a", 3)).toBe(true);
  });

  it("is expected to have room after the passes of the accounts that wait already", () => {
    const { clock, shares, due } = stage(10);
    expect(shares.postpone("a-0", "a")).toBe(500);
    const end = due("a-1", "a");
    clock.now += 4000;
    end();
    expect(shares.postpone("a-2", "a")).toBe((2 * 4000) / 5);
    expect(shares.postpone("a-2", "a")).toBe((2 * 4000) / 5);
    for (let index = 3; index < 100; index += 1) shares.postpone(`a-${index}`, "a");
    expect(shares.postpone("a-100", "a")).toBe(30_000);
  });
});
