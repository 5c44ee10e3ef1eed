import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { type Clock, ConfigurationError, TimeoutError } from "call-records";
import { withAttempts, RetryableFailure } from "../../src/engine/account/attempts.js";
import { systemClock } from "../../src/engine/account/system-clock.js";
import { engineClockOf } from "../../src/engine/account/engine-clock.js";
import { LocalRateLimiter } from "../../src/engine/account/rate-limiter.js";
import { RetryBudget } from "../../src/engine/account/retry-budget.js";
import { withTimeLimit } from "../../src/engine/account/abort.js";
import { MemoryTokenStore, Tokens } from "../../src/engine/account/tokens.js";
import { rejectionOf, thrownBy } from "../client/stage.js";
import { MovedClock } from "./moved-clock.js";
import { quiet, VirtualClock } from "./virtual-clock.js";

const HOUR = 3_600_000;
const never = new AbortController().signal;
const MOVES = [-30 * 24 * HOUR, -HOUR, -500, 500, HOUR, 30 * 24 * HOUR];

afterEach(() => {
  vi.restoreAllMocks();
});

function openClock() {
  const time = new VirtualClock();
  const clock = new MovedClock(time);
  return { time, clock };
}

describe("a duration", () => {
  it("never decreases, and equals the time slept, whenever the time of day is set", async () => {
    const step = fc.record({
      sleepMs: fc.integer({ min: 1, max: 10_000 }),
      moveMs: fc.constantFrom(...MOVES, 0, 0),
      moveAt: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 10 }), async (steps) => {
        const { time, clock } = openClock();
        const engine = engineClockOf(clock);
        const began = engine.monotonicMs();
        let slept = 0;
        for (const { sleepMs, moveMs, moveAt } of steps) {
          const before = engine.monotonicMs();
          const sleeping = engine.sleep(sleepMs);
          const moving = time.sleep(Math.floor(sleepMs * moveAt)).then(() => {
            clock.set(moveMs);
          });
          await time.run(Promise.all([sleeping, moving]));
          slept += sleepMs;
          expect(engine.monotonicMs()).toBeGreaterThanOrEqual(before);
        }
        // A change of half a second may count as time that has passed, but no longer than the sleep itself.
        expect(engine.monotonicMs() - began).toBeGreaterThanOrEqual(slept - 500 * steps.length);
        expect(engine.monotonicMs() - began).toBeLessThanOrEqual(slept + 600 * steps.length);
      }),
      { numRuns: 100 },
    );
  });

  it("of the machine's clock does not depend on the time of day", () => {
    const engine = engineClockOf(systemClock);
    const before = engine.monotonicMs();
    vi.spyOn(Date, "now").mockReturnValue(0);
    expect(engine.monotonicMs()).toBeGreaterThanOrEqual(before);
    expect(engine.monotonicMs() - before).toBeLessThan(10_000);
  });

  it("is read from `monotonicMs` if the clock has it", () => {
    let ms = 5;
    const engine = engineClockOf({ now: () => 0, sleep: () => Promise.resolve(), monotonicMs: () => ms });
    expect(engine.monotonicMs()).toBe(5);
    ms = 4;
    expect(engine.monotonicMs()).toBe(5);
  });
});

describe.each(MOVES)("when the time of day is set by %i ms", (moveMs) => {
  it("the rate limiter neither waits longer nor sends more requests", async () => {
    const { time, clock } = openClock();
    const limiter = new LocalRateLimiter(clock);
    const times: number[] = [];
    const reading = async () => {
      for (let request = 0; request < 40; request += 1) {
        const permit = await limiter.take("account", { requestsPerSecond: 5, concurrency: 4 }, never);
        times.push(time.now());
        permit.responded({ sentAgoMs: 0 });
        permit.release();
      }
    };
    void time.sleep(2500).then(() => {
      clock.set(moveMs);
    });
    await time.run(reading());
    expect(time.elapsed()).toBeLessThan(10_000);
    for (const from of times)
      expect(
        times.filter((at) => at >= from && at < from + (Math.abs(moveMs) < 1000 ? 500 : 1000)).length,
      ).toBeLessThanOrEqual(5);
  });

  it("a pause that the vendor requested keeps its length", async () => {
    const { time, clock } = openClock();
    const limiter = new LocalRateLimiter(clock);
    limiter.slowDown("account", 3000);
    const waiting = limiter.take("account", { requestsPerSecond: 5, concurrency: 4 }, never);
    await quiet();
    clock.set(moveMs);
    await time.run(waiting);
    expect(time.elapsed()).toBeGreaterThanOrEqual(2500);
    expect(time.elapsed()).toBeLessThanOrEqual(3600);
  });

  it("the retry budget is not refilled", async () => {
    const { time, clock } = openClock();
    const budget = new RetryBudget(clock);
    while (budget.spend());
    // During a run, some work always waits.
    const waiting = engineClockOf(clock).sleep(1000);
    await quiet();
    clock.set(moveMs);
    expect([1, 2].map(() => budget.spend())).toEqual([false, false]);
    await time.run(waiting);
    await time.run(engineClockOf(clock).sleep(10_000));
    expect(budget.spend()).toBe(true);
  });

  it("a token is not used beyond its lifetime", async () => {
    const { time, clock } = openClock();
    const tokens = new Tokens(new MemoryTokenStore(), clock);
    let fetches = 0;
    const fetch = () => {
      fetches += 1;
      return Promise.resolve({ token: `token ${fetches}`, fetchedAt: clock.now(), expiresAt: clock.now() + 600_000 });
    };
    await tokens.take("key", never, fetch);
    clock.set(moveMs);
    await time.run(engineClockOf(clock).sleep(590_000));
    expect(await tokens.take("key", never, fetch)).toBe("token 2");
  });

  it("a time limit ends late work at the right time", async () => {
    const { time, clock } = openClock();
    let lateAt: number | null = null;
    const work = withTimeLimit(
      engineClockOf(clock),
      8000,
      () => (lateAt = time.elapsed()),
      () => time.sleep(20_000),
    );
    void time.sleep(3000).then(() => {
      clock.set(moveMs);
    });
    await time.run(work);
    expect(lateAt).toBe(8000);
  });
});

describe("a clock that has stopped", () => {
  const now = () => Date.UTC(2026, 10, 1);
  const ticking = { ms: now() };
  const stubs: [string, Clock][] = [
    ["with a sleep that resolves at once", { now, sleep: () => Promise.resolve() }],
    ["with a sleep that resolves a turn later", { now, sleep: quiet }],
    ["except that each reading advances it", { now: () => (ticking.ms += 1), sleep: () => Promise.resolve() }],
    ["and whose sleep resolves in real time, of which it shows nothing", { now: () => Date.now(), sleep: quiet }],
  ];

  it.each(stubs)("%s is refused by the rate limiter", async (_, clock) => {
    const limiter = new LocalRateLimiter(clock);
    const take = async () => {
      for (;;) (await limiter.take("account", { requestsPerSecond: 2, concurrency: 1 }, never)).release();
    };
    const error = await rejectionOf(take());
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error.message).toContain("option `clock`");
    expect(error.message).toContain("`sleep(ms)` that resolves once `now()` is later by `ms`");
    expect(error.message).toContain("`createTestClock` of call-records/testing");
  });

  it.each(stubs)("%s is refused by attempts", async (_, clock) => {
    let attempts = 0;
    const failing = withAttempts(
      () => {
        attempts += 1;
        return Promise.reject(new RetryableFailure("retry", () => new TimeoutError("The vendor is slow.")));
      },
      {
        attempts: 1000,
        clock,
        random: () => 0.5,
        signal: never,
        mayRetry: () => true,
        onRetry: () => undefined,
        clean: String,
      },
    );
    expect(await rejectionOf(failing)).toBeInstanceOf(ConfigurationError);
    expect(attempts).toBeLessThan(20);
  });

  it.each(stubs)("%s is refused by a time limit instead of being reported as a slow vendor", async (_, clock) => {
    let broken: unknown = null;
    for (let request = 0; request < 20 && broken === null; request += 1)
      await withTimeLimit(
        engineClockOf(clock),
        1000,
        () => undefined,
        quiet,
        (error) => (broken = error),
      );
    expect(broken).toBeInstanceOf(ConfigurationError);
  });

  it("is detected by its monotonic time, even if the time of day advances", async () => {
    const time = { now: 0 };
    const limiter = new LocalRateLimiter({ now: () => (time.now += 1), sleep: quiet, monotonicMs: () => 5 });
    const take = async () => {
      for (;;) (await limiter.take("account", { requestsPerSecond: 2, concurrency: 1 }, never)).release();
    };
    const error = await rejectionOf(take());
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error.message).toContain("`monotonicMs()` did not advance");
  });

  it("is not confused with one whose sleeps are a little early, or end when the time of day is set back", async () => {
    const time = { now: 0 };
    const sleep = (ms: number) => {
      time.now += ms === 100 ? 60 : -50;
      return Promise.resolve();
    };
    const clock = engineClockOf({ now: () => time.now, sleep });
    for (let round = 0; round < 50; round += 1) for (const ms of [100, 200]) await clock.sleep(ms);
  });

  it("is not confused with one that is set back by less than a sleep, during many concurrent ones", async () => {
    const { time, clock } = openClock();
    const engine = engineClockOf(clock);
    const sleeping = Promise.all(Array.from({ length: 50 }, () => engine.sleep(1000)));
    await quiet();
    clock.set(-700);
    await time.run(sleeping);
  });
});

describe("a sleep", () => {
  it("is of whole milliseconds, so that a clock with whole milliseconds advances", async () => {
    const time = { now: 0 };
    const sleep = (ms: number) => {
      time.now += Math.floor(ms);
      return Promise.resolve();
    };
    const clock = engineClockOf({ now: () => time.now, sleep });
    for (let turn = 0; turn < 50; turn += 1) await clock.sleep(0.3);
    expect(time.now).toBe(50);
  });

  it("of the machine's clock for longer than a timer allows does not end at once", async () => {
    const controller = new AbortController();
    const sleeping = systemClock.sleep(2 ** 40, controller.signal);
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setTimeout(resolve, 1));
    controller.abort(new TimeoutError("Still asleep."));
    expect(await rejectionOf(sleeping)).toBeInstanceOf(TimeoutError);
  });
});

describe("a time limit", () => {
  it("is measured by the clock's `timeLimit`, which receives what the work is", async () => {
    const limits: [number, string][] = [];
    const clock = engineClockOf({
      now: () => 0,
      sleep: () => Promise.reject(new Error("unused")),
      timeLimit: (ms, _, work) => {
        limits.push([ms, work]);
        return Promise.resolve();
      },
    });
    let late = 0;
    const count = () => (late += 1);
    await withTimeLimit(clock, 12.5, count, quiet);
    await withTimeLimit(clock, 7, count, quiet, count, undefined, "invocation");
    expect([limits, late]).toEqual([
      [
        [13, "request"],
        [7, "invocation"],
      ],
      2,
    ]);
  });

  it("of a clock whose `timeLimit` fails is refused", async () => {
    const clock = engineClockOf({
      now: () => 0,
      sleep: () => Promise.resolve(),
      timeLimit: () => Promise.reject(new Error("no timers")),
    });
    let broken: unknown = null;
    await withTimeLimit(
      clock,
      5,
      () => undefined,
      quiet,
      (error) => (broken = error),
    );
    expect(broken).toMatchObject({ code: "configuration" });
    expect(String(broken)).toContain("`timeLimit` failed");
  });
});

describe("a broken clock", () => {
  it.each([
    ["`now` that does not return a number", { now: () => Number.NaN, sleep: () => Promise.resolve() }],
    [
      "`now` that throws",
      {
        now: () => {
          throw new Error("no time");
        },
        sleep: () => Promise.resolve(),
      },
    ],
  ] as [string, Clock][])("with a %s is refused", (_, clock) => {
    const error = thrownBy(() => engineClockOf(clock));
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error.message).toContain("option `clock`");
  });

  it("with a sleep that fails is refused", async () => {
    const clock = engineClockOf({ now: () => 0, sleep: () => Promise.reject(new Error("no timers")) });
    expect(await rejectionOf(clock.sleep(5))).toMatchObject({ code: "configuration" });
  });

  it("with a sleep that ignores signals does not delay an abort", async () => {
    const clock = engineClockOf({ now: () => 0, sleep: () => new Promise(() => undefined) });
    const controller = new AbortController();
    const sleeping = clock.sleep(1_000_000, controller.signal);
    controller.abort(new TimeoutError("Too late."));
    expect(await rejectionOf(sleeping)).toBeInstanceOf(TimeoutError);
  });
});
