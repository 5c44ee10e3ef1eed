import { setImmediate as nextTurn, setTimeout as realTime } from "node:timers/promises";
import { z } from "zod";
import type { Clock, LimitedWork } from "../index.js";
import { dateSchema } from "./input-schemas.js";
import { readInput } from "./read-input.js";
import { VirtualClock } from "./virtual-clock.js";

/** A clock for tests, which skips sleeps. */
export interface TestClock extends Clock {
  /**
   * Advances the time by `ms` milliseconds. Wakes the sleepers whose time comes meanwhile, in order. Each runs at the time at which its sleep ends, and may sleep
   * again within the `ms`. Resolves when the time has advanced. Where no sleeper is due, it advances at once.
   * @throws RangeError when `ms` is negative, is not a number, or leads beyond the limits of a `Date`.
   */
  advance(ms: number): Promise<void>;
}

/** Options of `createTestClock`. */
export interface TestClockOptions {
  /** The time at which the clock starts: a `Date`, ISO 8601 with an offset or `Z`, or epoch milliseconds. */
  now: Date | string | number;
}

const MAX_TIMER_MS = 2 ** 31 - 1;
/** The limit of a `Date`. */
const LAST_INSTANT = 8.64e15;

const instantSchema = z.union([
  dateSchema,
  z.iso.datetime({ offset: true }),
  z.number().min(-LAST_INSTANT).max(LAST_INSTANT),
]);
const optionSchema = z.strictObject({
  now: z.custom<TestClockOptions["now"]>(
    (value) => instantSchema.safeParse(value).success,
    "must be a valid Date, an ISO 8601 text with an offset or Z, or epoch milliseconds",
  ),
} satisfies Record<keyof TestClockOptions, z.ZodType>);

/**
 * Returns a clock that skips sleeps: once nothing but sleeps is left to wait for, it advances to the earliest end of a sleep and wakes that sleeper. Several
 * sleepers therefore wake in the order of their times, and the waits of a rate limit, a retry or `Retry-After` take no real time. It never advances otherwise,
 * except by `advance`.
 *
 * It stands still while a request is in progress, so a slow response neither ends early nor changes the times that a test observes. `timeoutMs` is measured in
 * real time, because responses take real time. `totalTimeoutMs` ends when either the clock or real time has passed it. A request without a response therefore
 * holds up the waits of all accounts until its `timeoutMs` is over: set a short one where a test stalls a response.
 *
 * Pass it to the emulator: `startVendorEmulator({ clock })`. The emulator then measures its rate limits by it, and `emulator.client()` uses it.
 * @throws RangeError for an option that does not exist, and when `now` is missing or not a valid time. A `sleep` that would never end, or would lead beyond the limits of a `Date`, rejects with one.
 */
export function createTestClock(options: TestClockOptions): TestClock {
  const { now } = readInput("createTestClock", optionSchema, options);
  return new SkippingClock(new Date(now).getTime());
}

/** Recognises a signal by its methods, because one of another realm is an instance of another class. */
function isSignal(value: unknown): boolean {
  return typeof value === "object" && value !== null && "aborted" in value && "addEventListener" in value;
}

class SkippingClock extends VirtualClock implements TestClock {
  /** The time at which the last `advance` ends. */
  private target: number;
  private isAdvancing = false;
  private advancing: Promise<void> = Promise.resolve();

  constructor(private readonly began: number) {
    super(began);
    this.target = began;
  }

  readonly monotonicMs = (): number => this.now() - this.began;

  override sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal !== undefined && !isSignal(signal))
      return Promise.reject(new RangeError("sleep: `signal` must be an AbortSignal."));
    // In JavaScript, a text as `ms` would be appended to the time instead of added.
    return typeof (ms as unknown) === "number" && this.now() + ms <= LAST_INSTANT
      ? super.sleep(ms, signal)
      : Promise.reject(new RangeError("sleep: `ms` must be a number that does not lead beyond the limits of a Date."));
  }

  advance(ms: number): Promise<void> {
    // A BigInt cannot be added to a number.
    const until = typeof (ms as unknown) === "number" ? Math.max(this.target, this.now()) + ms : Number.NaN;
    if (!(ms >= 0 && until <= LAST_INSTANT))
      throw new RangeError(
        "advance: `ms` must be a number of at least 0 that does not lead beyond the limits of a Date. This clock never goes back.",
      );
    this.target = until;
    if (!this.isAdvancing) this.advancing = this.pauseDuring(() => this.advanceToTarget());
    return this.advancing;
  }

  private async advanceToTarget(): Promise<void> {
    this.isAdvancing = true;
    // A sleeper runs, and may sleep again, before the next one is woken.
    while (this.wakeNext(this.target)) await nextTurn();
    this.moveTo(this.target);
    this.isAdvancing = false;
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
