import { setTimeout as realTime } from "node:timers/promises";
import type { Clock, LimitedWork } from "../index.js";
import { VirtualClock } from "./virtual-clock.js";

/** A clock for tests, which skips sleeps. */
export interface TestClock extends Clock {
  /** Advances the time by `ms` milliseconds, and wakes the sleepers whose time comes meanwhile, in order. @throws RangeError for a negative number. */
  advance(ms: number): void;
}

/** Options of `createTestClock`. */
export interface TestClockOptions {
  /** The time at which the clock starts: a `Date`, an ISO 8601 text, or epoch milliseconds. */
  now: Date | string | number;
}

const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * Returns a clock that skips sleeps: once nothing but sleeps is left to wait for, it advances to the earliest end of a sleep and wakes that sleeper. Several
 * sleepers therefore wake in the order of their times, and the waits of a rate limit, a retry or `Retry-After` take no real time. It never advances otherwise,
 * except by `advance`.
 *
 * It stands still while a request is in progress, so a slow response neither ends early nor changes the times that a test observes. `timeoutMs` is measured in
 * real time, because responses take real time. `totalTimeoutMs` ends when either the clock or real time has passed it.
 *
 * Pass it to the emulator: `startVendorEmulator({ clock })`. The emulator then measures its rate limits by it, and `emulator.client()` uses it.
 * @throws RangeError when `now` is not a valid time.
 */
export function createTestClock({ now }: TestClockOptions): TestClock {
  const time = new Date(now).getTime();
  if (Number.isNaN(time)) throw new RangeError("createTestClock: `now` must be a valid time.");
  return new SkippingClock(time);
}

class SkippingClock extends VirtualClock implements TestClock {
  constructor(private readonly began: number) {
    super(began);
  }

  readonly monotonicMs = (): number => this.now() - this.began;

  advance(ms: number): void {
    if (!(ms >= 0)) throw new RangeError("advance: `ms` must be at least 0. This clock never goes back.");
    const until = this.now() + ms;
    while (this.wakeNext(until));
    this.moveTo(until);
  }

  async timeLimit(ms: number, signal: AbortSignal, work: LimitedWork): Promise<void> {
    const over = new AbortController();
    const ended = AbortSignal.any([signal, over.signal]);
    const timer = () => realTime(Math.min(MAX_TIMER_MS, ms), undefined, { signal: ended });
    try {
      if (work === "request") await this.pauseDuring(timer);
      else await Promise.race([timer(), this.wait(ms, false, ended)]);
    } catch (error) {
      // Node rejects with its own error.
      throw signal.aborted ? signal.reason : error;
    } finally {
      over.abort();
    }
  }
}
