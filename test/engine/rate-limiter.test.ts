import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LocalRateLimiter } from "../../src/engine/account/rate-limiter.js";
import { quiet, VirtualClock } from "./virtual-clock.js";

const never = new AbortController().signal;
const rateOf = (requestsPerSecond: number) => ({ requestsPerSecond, concurrency: 1000 });

/** Returns the largest number of times within any one second. */
function mostInAnySecond(times: readonly number[]): number {
  return Math.max(0, ...times.map((from) => times.filter((time) => time >= from && time < from + 1000).length));
}

interface Plan {
  perSecond: number;
  /** For each request, the milliseconds after which it is made. */
  arrivals: number[];
  /** The times at which the vendor refuses a request, and the pauses that it requests. */
  refusals: { at: number; pauseMs: number }[];
}

/** Returns the times at which the requests of a plan are sent, and their order. */
async function run({
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
    const permit = await limiter.take("account", rateOf(perSecond), never);
    permit.sent?.();
    times.push(clock.now());
    order.push(index);
  });
  const refused = refusals.map(async ({ at, pauseMs }) => {
    await clock.sleep(at);
    limiter.slowDown("account", pauseMs);
  });
  await clock.run(Promise.all([...requests, ...refused]));
  return { times, order, began };
}

const arrivals = fc
  .array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 8000 })), { minLength: 1, maxLength: 80 })
  .map((times) => times.sort((a, b) => a - b));

describe("the rate of an account", () => {
  it("never exceeds the rate in any one second, and keeps the order of requests", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 20 }), arrivals, async (perSecond, after) => {
        const { times, order } = await run({ perSecond, arrivals: after, refusals: [] });
        expect(mostInAnySecond(times)).toBeLessThanOrEqual(perSecond);
        expect(order).toEqual(after.map((_, index) => index));
      }),
      { numRuns: 60 },
    );
  });

  it("never exceeds the rate in any one second while it recovers from refusals", async () => {
    const refusals = fc.array(
      fc.record({ at: fc.integer({ min: 0, max: 5000 }), pauseMs: fc.integer({ min: 1, max: 3000 }) }),
      { minLength: 1, maxLength: 3 },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 20 }),
        refusals,
        fc.integer({ min: 20, max: 120 }),
        async (perSecond, refused, count) => {
          const { times } = await run({
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

  it("never exceeds 5 requests a second during the recovery from one refusal", async () => {
    const { times } = await run({
      perSecond: 5,
      arrivals: Array.from({ length: 60 }, () => 0),
      refusals: [{ at: 1, pauseMs: 1000 }],
    });
    expect(mostInAnySecond(times)).toBeLessThanOrEqual(5);
  });

  it("sends at most the next whole number of requests a second if the rate is fractional", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 190 }), async (tenths) => {
        const perSecond = tenths / 10;
        const { times } = await run({ perSecond, arrivals: Array.from({ length: 40 }, () => 0), refusals: [] });
        expect(mostInAnySecond(times)).toBeLessThanOrEqual(Math.ceil(perSecond));
      }),
      { numRuns: 40 },
    );
  });

  it("uses the whole rate: N·k requests take about k seconds", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 2, max: 5 }), async (perSecond, seconds) => {
        const { times, began } = await run({
          perSecond,
          arrivals: Array.from({ length: perSecond * seconds }, () => 0),
          refusals: [],
        });
        const took = (times.at(-1) ?? 0) - began;
        // The last requests are sent when the second before them is over. The margin is largest before the first response.
        expect(took).toBeGreaterThanOrEqual((seconds - 1) * 1000);
        expect(took).toBeLessThanOrEqual((seconds - 1) * 1050);
      }),
      { numRuns: 30 },
    );
  });

  it("sends one request in a longer period if the rate is below one a second", async () => {
    const { times } = await run({ perSecond: 0.5, arrivals: [0, 0, 0], refusals: [] });
    expect(times.map((time) => time - (times[0] ?? 0))).toEqual([0, 2050, 4100]);
  });

  it("is independent for each account", async () => {
    const clock = new VirtualClock();
    const limiter = new LocalRateLimiter(clock);
    limiter.slowDown("one", 60_000);
    await limiter.take("other", rateOf(1), never);
    expect(clock.sleeps).toEqual([]);
  });
});

/** Simulates a vendor with this latency in each direction, and records when each request arrives. */
function connectionOf(latencyMs: number, perSecond: number) {
  const clock = new VirtualClock();
  const limiter = new LocalRateLimiter(clock);
  const arrived: number[] = [];
  const exchange = async (delayMs: number) => {
    arrived.push(clock.now() + latencyMs + delayMs);
    await clock.sleep(latencyMs + delayMs + latencyMs);
  };
  return {
    clock,
    arrived,
    /** Sends a request that is delayed on its way. Only the late response shows the delay. */
    send: async (delayMs: number) => {
      const permit = await limiter.take("account", rateOf(perSecond), never);
      permit.sent?.();
      const sentAt = clock.now();
      await exchange(delayMs);
      permit.responded({ sentAgoMs: clock.now() - sentAt });
    },
    /** Waits before it sends a request, and reports the time at which it was sent. */
    sendAfter: async (waitMs: number) => {
      const permit = await limiter.take("account", rateOf(perSecond), never);
      await clock.sleep(waitMs);
      permit.sent?.();
      const sentAt = clock.now();
      await exchange(0);
      permit.responded({ sentAgoMs: clock.now() - sentAt });
    },
  };
}

describe("requests that are delayed on their way", () => {
  it("do not exceed the rate at the vendor in any one second", async () => {
    const LATENCY_MS = 10;
    const delays = fc.array(fc.integer({ min: 0, max: 480 }), { minLength: 10, maxLength: 80 });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 20 }), delays, async (perSecond, delayed) => {
        const { clock, arrived, send } = connectionOf(LATENCY_MS, perSecond);
        // The first is sent alone, and shows the undelayed round trip.
        await clock.run(send(0));
        await clock.run(Promise.all(delayed.map(send)));
        expect(mostInAnySecond(arrived)).toBeLessThanOrEqual(perSecond);
      }),
      { numRuns: 60 },
    );
  });

  it("are counted from the time at which they were sent, however long they waited", async () => {
    const LATENCY_MS = 10;
    const waits = fc.array(fc.integer({ min: 0, max: 900 }), { minLength: 20, maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 20 }), waits, async (perSecond, waited) => {
        const { clock, arrived, sendAfter } = connectionOf(LATENCY_MS, perSecond);
        // Requests that are made meanwhile do not know yet when these were sent.
        for (let from = 0; from < waited.length; from += perSecond)
          await clock.run(Promise.all(waited.slice(from, from + perSecond).map(sendAfter)));
        expect(mostInAnySecond(arrived)).toBeLessThanOrEqual(perSecond);
      }),
      { numRuns: 60 },
    );
  });

  it("do not exceed the rate at the vendor if all requests of the first second are sent late, so that none shows the undelayed round trip", async () => {
    const LATENCY_MS = 75;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 25, max: 40 }), { minLength: 20, maxLength: 20 }),
        async (slowness) => {
          const { clock, arrived, send } = connectionOf(LATENCY_MS, 20);
          const [first = 0, ...others] = slowness;
          await clock.run(send(first));
          await clock.run(Promise.all(others.map(send)));
          // All have a response, and those of the next second are sent at once.
          await clock.run(Promise.all(others.map(() => send(0))));
          expect(mostInAnySecond(arrived)).toBeLessThanOrEqual(20);
        },
      ),
      { numRuns: 30 },
    );
  });
});

describe("a request that is sent after its permit was granted", () => {
  /** For each request, the milliseconds from its permit until it is sent, and from then until its response. */
  const delays = fc.array(fc.record({ waitMs: fc.oneof(fc.constant(0), fc.nat(6000)), responseMs: fc.nat(4000) }), {
    minLength: 1,
    maxLength: 60,
  });
  const sendAll = async (
    perSecond: number,
    plans: readonly { waitMs: number; responseMs: number }[],
    reports: "sent" | "only responses" | "nothing",
  ) => {
    const clock = new VirtualClock();
    const limiter = new LocalRateLimiter(clock);
    const departed: number[] = [];
    const send = async ({ waitMs, responseMs }: { waitMs: number; responseMs: number }) => {
      const permit = await limiter.take("account", rateOf(perSecond), never);
      await clock.sleep(waitMs);
      const sentAt = clock.now();
      departed.push(sentAt);
      if (reports === "sent") permit.sent?.();
      await clock.sleep(responseMs);
      if (reports !== "nothing") permit.responded({ sentAgoMs: clock.now() - sentAt });
      permit.release();
    };
    await clock.run(Promise.all(plans.map(send)));
    return { departed, elapsedMs: clock.elapsed() };
  };

  it("counts from then, so that the rate is not exceeded in any one second", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 20 }),
        delays,
        fc.constantFrom("sent" as const, "only responses" as const),
        async (perSecond, plans, reports) => {
          const { departed } = await sendAll(perSecond, plans, reports);
          expect(departed).toHaveLength(plans.length);
          expect(mostInAnySecond(departed)).toBeLessThanOrEqual(perSecond);
        },
      ),
      { numRuns: 100 },
    );
  });

  it("does not exceed the rate when a backlog is sent at once after a long wait", async () => {
    const plans = [5000, 3000, 1000, 0, 0, 0].map((waitMs) => ({ waitMs, responseMs: 10 }));
    const { departed } = await sendAll(2, plans, "sent");
    expect(mostInAnySecond(departed)).toBe(2);
  });

  it("lowers the rate of the others only until it is sent, however slow its response is", async () => {
    const plans = Array.from({ length: 10 }, () => ({ waitMs: 0, responseMs: 60_000 }));
    const { departed } = await sendAll(2, plans, "sent");
    expect((departed.at(-1) ?? 0) - (departed[0] ?? 0)).toBeLessThanOrEqual(4 * 1600);
  });

  it("counts until it ends if nothing reports when it is sent", async () => {
    const plans = Array.from({ length: 4 }, () => ({ waitMs: 0, responseMs: 5000 }));
    expect((await sendAll(2, plans, "nothing")).elapsedMs).toBe(10_000);
  });

  it("does not count any more once it has ended unsent", async () => {
    const clock = new VirtualClock();
    const limiter = new LocalRateLimiter(clock);
    const unsent = await limiter.take("account", rateOf(1), never);
    const abort = new AbortController();
    const reason = new Error("enough");
    const aborted = limiter.take("account", rateOf(1), abort.signal).catch((error: unknown) => error);
    const next = limiter.take("account", rateOf(1), never).then(() => clock.elapsed());
    await clock.runOn(10_000);
    abort.abort(reason);
    expect(await aborted).toBe(reason);
    await clock.runOn(10_000);
    unsent.release();
    expect(await clock.run(next)).toBe(20_000);
  });
});

describe("a refusal because of the rate limit", () => {
  it("pauses the account for the requested time", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 60_000 }),
        async (perSecond, pauseMs) => {
          const { times, began } = await run({ perSecond, arrivals: [10, 10, 10], refusals: [{ at: 5, pauseMs }] });
          for (const time of times) expect(time).toBeGreaterThanOrEqual(began + 5 + pauseMs);
        },
      ),
      { numRuns: 20 },
    );
  });

  it("halves the rate, which recovers within seconds", async () => {
    const { times, began } = await run({
      perSecond: 20,
      arrivals: Array.from({ length: 400 }, () => 2),
      refusals: [{ at: 1, pauseMs: 1000 }],
    });
    const inSecond = (second: number) =>
      times.filter((time) => time >= began + second * 1000 && time < began + (second + 1) * 1000).length;
    expect(inSecond(0)).toBe(0);
    expect(inSecond(1)).toBeGreaterThanOrEqual(9);
    expect(inSecond(1)).toBeLessThanOrEqual(12);
    // A tenth of 20 is restored each second, so one refusal costs five seconds.
    expect(inSecond(8)).toBeGreaterThanOrEqual(18);
  });

  it("never delays a request by more than the pauses and the slowest rate, however often it occurs", async () => {
    const refusal = fc.record({
      at: fc.integer({ min: 1, max: 200_000 }),
      pauseMs: fc.constantFrom(1000, 5000, 10_000, 20_000, 60_000),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 20 }),
        fc.array(refusal, { maxLength: 12 }),
        async (perSecond, refusals) => {
          const { times, began } = await run({ perSecond, arrivals: Array.from({ length: 20 }, () => 500), refusals });
          const longest = refusals.reduce((sum, { pauseMs }) => sum + pauseMs, 0) + 20 * 500 + 20 * 16 * 1020;
          expect(times).toHaveLength(20);
          for (const time of times) expect(time - began).toBeLessThanOrEqual(longest);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("counts once for requests that were in flight together", async () => {
    const burst = Array.from({ length: 20 }, (_, index) => ({ at: 1 + index, pauseMs: 1000 }));
    const together = await run({ perSecond: 20, arrivals: Array.from({ length: 30 }, () => 50), refusals: burst });
    const alone = await run({
      perSecond: 20,
      arrivals: Array.from({ length: 30 }, () => 50),
      refusals: [{ at: 1, pauseMs: 1019 }],
    });
    expect((together.times.at(-1) ?? 0) - together.began).toBeLessThanOrEqual(
      (alone.times.at(-1) ?? 0) - alone.began + 100,
    );
  });
});

describe("a request that is aborted while it waits", () => {
  it("rejects with its signal's reason, and does not delay the others", async () => {
    const clock = new VirtualClock();
    const limiter = new LocalRateLimiter(clock);
    const began = clock.now();
    const abort = new AbortController();
    const reason = new Error("enough");
    const take = (signal: AbortSignal) => limiter.take("account", rateOf(1), signal);
    (await take(never)).sent?.();
    const aborted = [take(abort.signal), take(abort.signal)].map((taken) => taken.catch((error: unknown) => error));
    const last = take(never).then(() => clock.now() - began);
    await quiet();
    abort.abort(reason);
    expect(await Promise.all(aborted)).toEqual([reason, reason]);
    expect(await clock.run(last)).toBe(1050);
  });

  it("uses no part of the rate if it was aborted before", async () => {
    const clock = new VirtualClock();
    const limiter = new LocalRateLimiter(clock);
    await expect(limiter.take("account", rateOf(1), AbortSignal.abort(new Error("enough")))).rejects.toThrow("enough");
    await limiter.take("account", rateOf(1), never);
    expect(clock.sleeps).toEqual([]);
  });
});

describe("the concurrency of an account", () => {
  const UNLIMITED = 100_000;
  const requests = fc.array(fc.record({ durationMs: fc.nat(500), isAborted: fc.boolean() }), { maxLength: 20 });

  it("is never exceeded, and is used in full, in the order of the requests", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 5 }), requests, async (concurrency, plans) => {
        const clock = new VirtualClock();
        const limiter = new LocalRateLimiter(clock);
        const rate = { requestsPerSecond: UNLIMITED, concurrency };
        const abort = new AbortController();
        const reason = new Error("enough");
        const started: number[] = [];
        let pending = 0;
        let most = 0;
        const send = async (index: number, durationMs: number, signal: AbortSignal) => {
          const permit = await limiter.take("account", rate, signal);
          started.push(index);
          most = Math.max(most, (pending += 1));
          await clock.sleep(durationMs);
          pending -= 1;
          permit.release();
        };
        // Enough requests to fill the account precede those that are aborted while they wait.
        const first = Array.from({ length: concurrency }, (_, index) => send(index, 100, never));
        const others = plans.map(({ durationMs, isAborted }, index) =>
          send(concurrency + index, durationMs, isAborted ? abort.signal : never).catch((error: unknown) => error),
        );
        await quiet();
        abort.abort(reason);
        const results = await clock.run(Promise.all([...first, ...others]));
        const kept = plans.flatMap(({ isAborted }, index) => (isAborted ? [] : [concurrency + index]));
        expect(most).toBe(concurrency);
        expect(started).toEqual([...first.keys(), ...kept]);
        expect(results.slice(concurrency)).toEqual(plans.map(({ isAborted }) => (isAborted ? reason : undefined)));
      }),
    );
  });

  it("counts a request without a response until it is released", async () => {
    const limiter = new LocalRateLimiter(new VirtualClock());
    const rate = { requestsPerSecond: UNLIMITED, concurrency: 1 };
    const permit = await limiter.take("account", rate, never);
    let isGranted = false;
    const next = limiter.take("account", rate, never).then(() => (isGranted = true));
    await quiet();
    expect(isGranted).toBe(false);
    permit.release();
    await next;
  });
});
