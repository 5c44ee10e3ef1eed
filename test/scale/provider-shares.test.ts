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
      expect(shares.hasRoom(`a-${index}`, "a")).toBe(true);
      return due(`a-${index}`, "a");
    });
    expect(shares.hasRoom("a-x", "a")).toBe(false);
    expect(shares.hasRoom("b-x", "b")).toBe(true);
    ends[0]?.();
    expect(shares.hasRoom("a-x", "a")).toBe(true);
  });

  it("is the whole concurrency only when the provider of each account is known and no other one has been due recently", () => {
    const { clock, shares, due } = stage(2);
    const hasRoom = () => shares.hasRoom("a-x", "a");
    due("a-1", "a");
    expect(hasRoom()).toBe(false);
    shares.noteAccounts(2);
    expect(hasRoom()).toBe(false);
    shares.note("a-2", "a", PERIOD);
    expect(hasRoom()).toBe(true);
    shares.noteAccounts(3);
    shares.note("b-1", "b", PERIOD);
    expect(hasRoom()).toBe(false);
    clock.now += 2 * PERIOD + 60_000;
    shares.note("a-1", "a", PERIOD);
    expect(hasRoom()).toBe(true);
    shares.forget("b-1");
    expect(shares.knownProvider("b-1")).toBeUndefined();
    expect(hasRoom()).toBe(false);
  });

  it("is given to the jobs that wait, in the order in which they came", () => {
    const { shares, due } = stage(2);
    const end = due("a-1", "a");
    for (const account of ["a-2", "a-3", "a-4"]) {
      expect(shares.hasRoom(account, "a")).toBe(false);
      expect(shares.wait(account, "a", `job of ${account}`)).toBe(true);
    }
    // A job whose wait is over keeps its place, and a second job of the account does not wait.
    expect(shares.wait("a-2", "a", "job of a-2")).toBe(true);
    expect(shares.wait("a-2", "a", "next job of a-2")).toBe(false);
    expect(end()).toBe("job of a-2");
    expect(shares.hasRoom("a-3", "a")).toBe(false);
    expect(shares.hasRoom("a-5", "a")).toBe(false);
    expect(shares.hasRoom("a-2", "a")).toBe(true);
    expect(due("a-2", "a")()).toBe("job of a-3");
    expect(due("a-3", "a")()).toBe("job of a-4");
    expect(due("a-4", "a")()).toBeNull();
    expect(shares.hasRoom("a-5", "a")).toBe(true);
  });

  it("does not stay reserved for a job that another worker has taken", () => {
    const { clock, shares, due } = stage(2);
    const end = due("a-1", "a");
    shares.wait("a-2", "a", "job of a-2");
    shares.wait("a-3", "a", "job of a-3");
    expect(end()).toBe("job of a-2");
    expect(shares.hasRoom("a-4", "a")).toBe(false);
    clock.now += 2_000;
    expect(shares.hasRoom("a-3", "a")).toBe(true);
    expect(shares.hasRoom("a-4", "a")).toBe(false);
    clock.now += 20_000;
    expect(shares.hasRoom("a-4", "a")).toBe(true);
  });
});
