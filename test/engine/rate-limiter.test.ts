import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LocalRateLimiter } from "../../src/engine/account/rate-limiter.js";
import { quiet, VirtualClock } from "./virtual-clock.js";

const never = new AbortController().signal;
const rateOf = (requestsPerSecond: number) => ({ requestsPerSecond, concurrency: 20 });

/** The most instants that lie within any one second. */
function mostInAnySecond(times: readonly number[]): number {
  return Math.max(0, ...times.map((from) => times.filter((time) => time >= from && time < from + 1000).length));
}

interface Plan {
  perSecond: number;
  /** For each request, the milliseconds after which it comes. */
  arrivals: number[];
  /** When the vendor refuses, and how long it wants to be left alone. */
  refusals: { at: number; ms: number }[];
}

/** When each request of a plan went, and in which order. */
async function go({
  perSecond,
  arrivals,
  refusals,
}: Plan): Promise<{ times: number[]; order: number[]; began: number }> {
  const clock = new VirtualClock();
  const limiter = new LocalRateLimiter(clock);
  const began = clock.now();
  const times: number[] = [];
  const order: number[] = [];
  const requests = arrivals.map(async (after, index) => {
    await clock.sleep(after);
    await limiter.take("account", rateOf(perSecond), never);
    times.push(clock.now());
    order.push(index);
  });
  const refused = refusals.map(async ({ at, ms }) => {
    await clock.sleep(at);
    limiter.slowDown("account", ms);
  });
  await clock.run(Promise.all([...requests, ...refused]));
  return { times, order, began };
}

const arrivals = fc
  .array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 8000 })), { minLength: 1, maxLength: 80 })
  .map((times) => times.sort((a, b) => a - b));

describe("the pace of an account", () => {
  it("never lets more than its allowance go in any one second, and keeps the order of asking", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 20 }), arrivals, async (perSecond, after) => {
        const { times, order } = await go({ perSecond, arrivals: after, refusals: [] });
        expect(mostInAnySecond(times)).toBeLessThanOrEqual(perSecond);
        expect(order).toEqual(after.map((_, index) => index));
      }),
      { numRuns: 60 },
    );
  });

  it("never lets more than its allowance go in any one second while it recovers from refusals", async () => {
    const refusals = fc.array(
      fc.record({ at: fc.integer({ min: 0, max: 5000 }), ms: fc.integer({ min: 1, max: 3000 }) }),
      { minLength: 1, maxLength: 3 },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 20 }),
        refusals,
        fc.integer({ min: 20, max: 120 }),
        async (perSecond, refused, count) => {
          const { times } = await go({
            perSecond,
            arrivals: Array.from({ length: count }, () => 0),
            refusals: refused,
          });
          expect(mostInAnySecond(times)).toBeLessThanOrEqual(perSecond);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("of 5 a second stays one of 5 a second through the whole recovery from one refusal", async () => {
    const { times } = await go({
      perSecond: 5,
      arrivals: Array.from({ length: 60 }, () => 0),
      refusals: [{ at: 1, ms: 1000 }],
    });
    expect(mostInAnySecond(times)).toBeLessThanOrEqual(5);
  });

  it("of a fraction more than a whole number lets no more go in a second than the next whole number", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 190 }), async (tenths) => {
        const perSecond = tenths / 10;
        const { times } = await go({ perSecond, arrivals: Array.from({ length: 40 }, () => 0), refusals: [] });
        expect(mostInAnySecond(times)).toBeLessThanOrEqual(Math.ceil(perSecond));
      }),
      { numRuns: 40 },
    );
  });

  it("uses its allowance: N·k requests take about k seconds", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 2, max: 5 }), async (perSecond, seconds) => {
        const { times, began } = await go({
          perSecond,
          arrivals: Array.from({ length: perSecond * seconds }, () => 0),
          refusals: [],
        });
        const took = (times.at(-1) ?? 0) - began;
        // The last allowance goes when the second before it is over; nothing has been answered yet, which is when the margin is largest.
        expect(took).toBeGreaterThanOrEqual((seconds - 1) * 1000);
        expect(took).toBeLessThanOrEqual((seconds - 1) * 1050);
      }),
      { numRuns: 30 },
    );
  });

  it("below one a second is one in a longer time", async () => {
    const { times } = await go({ perSecond: 0.5, arrivals: [0, 0, 0], refusals: [] });
    expect(times.map((time) => time - (times[0] ?? 0))).toEqual([0, 2050, 4100]);
  });

  it("is each account's own", async () => {
    const clock = new VirtualClock();
    const limiter = new LocalRateLimiter(clock);
    limiter.slowDown("one", 60_000);
    await limiter.take("other", rateOf(1), never);
    expect(clock.sleeps).toEqual([]);
  });
});

/** The way to a vendor that is so many milliseconds out, and as many back, at a pace; and when each request arrived there. */
function wayOf(out: number, perSecond: number) {
  const clock = new VirtualClock();
  const limiter = new LocalRateLimiter(clock);
  const arrived: number[] = [];
  const goThere = async (delay: number) => {
    arrived.push(clock.now() + out + delay);
    await clock.sleep(out + delay + out);
  };
  return {
    clock,
    arrived,
    /** Delayed on its way, of which only the answer's lateness tells. */
    send: async (delay: number) => {
      const noteResponse = await limiter.take("account", rateOf(perSecond), never);
      await goThere(delay);
      noteResponse();
    },
    /** Waits before it leaves, and tells when it did. */
    sendAfter: async (wait: number) => {
      const noteResponse = await limiter.take("account", rateOf(perSecond), never);
      await clock.sleep(wait);
      const sentAt = clock.now();
      await goThere(0);
      noteResponse(sentAt);
    },
  };
}

describe("requests that are delayed on their way", () => {
  it("still arrive at the vendor no more than allowed in any one second", async () => {
    const OUT = 10;
    const delays = fc.array(fc.integer({ min: 0, max: 480 }), { minLength: 10, maxLength: 80 });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 20 }), delays, async (perSecond, delayed) => {
        const { clock, arrived, send } = wayOf(OUT, perSecond);
        // The first goes alone, and shows how long the way is.
        await clock.run(send(0));
        await clock.run(Promise.all(delayed.map(send)));
        expect(mostInAnySecond(arrived)).toBeLessThanOrEqual(perSecond);
      }),
      { numRuns: 60 },
    );
  });

  it("are counted from when they left, however long they waited for it", async () => {
    const OUT = 10;
    const waits = fc.array(fc.integer({ min: 0, max: 900 }), { minLength: 20, maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 20 }), waits, async (perSecond, waited) => {
        const { clock, arrived, sendAfter } = wayOf(OUT, perSecond);
        // Those that are asked for while these are on their way do not know yet when they left.
        for (let from = 0; from < waited.length; from += perSecond)
          await clock.run(Promise.all(waited.slice(from, from + perSecond).map(sendAfter)));
        expect(mostInAnySecond(arrived)).toBeLessThanOrEqual(perSecond);
      }),
      { numRuns: 60 },
    );
  });

  it("still arrive so where all of the first second are slow to leave, and none shows how long the way is", async () => {
    const OUT = 75;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 25, max: 40 }), { minLength: 20, maxLength: 20 }),
        async (slowness) => {
          const { clock, arrived, send } = wayOf(OUT, 20);
          const [first = 0, ...others] = slowness;
          await clock.run(send(first));
          await clock.run(Promise.all(others.map(send)));
          // All have been answered, and those of the next second leave at once.
          await clock.run(Promise.all(others.map(() => send(0))));
          expect(mostInAnySecond(arrived)).toBeLessThanOrEqual(20);
        },
      ),
      { numRuns: 30 },
    );
  });
});

describe("a refusal for want of allowance", () => {
  it("pauses the account for as long as it says", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 60_000 }), async (perSecond, ms) => {
        const { times, began } = await go({ perSecond, arrivals: [10, 10, 10], refusals: [{ at: 5, ms }] });
        for (const time of times) expect(time).toBeGreaterThanOrEqual(began + 5 + ms);
      }),
      { numRuns: 20 },
    );
  });

  it("halves the pace, which is won back in seconds", async () => {
    const { times, began } = await go({
      perSecond: 20,
      arrivals: Array.from({ length: 400 }, () => 2),
      refusals: [{ at: 1, ms: 1000 }],
    });
    const inSecond = (second: number) =>
      times.filter((time) => time >= began + second * 1000 && time < began + (second + 1) * 1000).length;
    expect(inSecond(0)).toBe(0);
    expect(inSecond(1)).toBeGreaterThanOrEqual(9);
    expect(inSecond(1)).toBeLessThanOrEqual(12);
    // A tenth of 20 comes back each second: five seconds make up for one refusal.
    expect(inSecond(8)).toBeGreaterThanOrEqual(18);
  });

  it("never makes anyone wait longer than the pauses and the slowest pace ask for, however often it comes", async () => {
    const refusal = fc.record({
      at: fc.integer({ min: 1, max: 200_000 }),
      ms: fc.constantFrom(1000, 5000, 10_000, 20_000, 60_000),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 20 }),
        fc.array(refusal, { maxLength: 12 }),
        async (perSecond, refusals) => {
          const { times, began } = await go({ perSecond, arrivals: Array.from({ length: 20 }, () => 500), refusals });
          const longest = refusals.reduce((sum, { ms }) => sum + ms, 0) + 20 * 500 + 20 * 16 * 1020;
          expect(times).toHaveLength(20);
          for (const time of times) expect(time - began).toBeLessThanOrEqual(longest);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("of requests that were under way together counts once", async () => {
    const burst = Array.from({ length: 20 }, (_, index) => ({ at: 1 + index, ms: 1000 }));
    const together = await go({ perSecond: 20, arrivals: Array.from({ length: 30 }, () => 50), refusals: burst });
    const alone = await go({
      perSecond: 20,
      arrivals: Array.from({ length: 30 }, () => 50),
      refusals: [{ at: 1, ms: 1019 }],
    });
    expect((together.times.at(-1) ?? 0) - together.began).toBeLessThanOrEqual(
      (alone.times.at(-1) ?? 0) - alone.began + 100,
    );
  });
});

describe("a request that is aborted while it waits", () => {
  it("rejects with its signal's reason, and costs the others nothing", async () => {
    const clock = new VirtualClock();
    const limiter = new LocalRateLimiter(clock);
    const began = clock.now();
    const abort = new AbortController();
    const reason = new Error("enough");
    const take = (signal: AbortSignal) => limiter.take("account", rateOf(1), signal);
    await take(never);
    const aborted = [take(abort.signal), take(abort.signal)].map((taken) => taken.catch((error: unknown) => error));
    const last = take(never).then(() => clock.now() - began);
    await quiet();
    abort.abort(reason);
    expect(await Promise.all(aborted)).toEqual([reason, reason]);
    expect(await clock.run(last)).toBe(1050);
  });

  it("before it asks takes no allowance", async () => {
    const clock = new VirtualClock();
    const limiter = new LocalRateLimiter(clock);
    await expect(limiter.take("account", rateOf(1), AbortSignal.abort(new Error("enough")))).rejects.toThrow("enough");
    await limiter.take("account", rateOf(1), never);
    expect(clock.sleeps).toEqual([]);
  });
});
