import { setImmediate } from "node:timers";
import { CallRecordsError, ConfigurationError } from "../../model/errors.js";
import { abortReason, orAborted } from "./abort.js";
import type { Clock, EngineClock, LimitedWork } from "./clock.js";
import { systemClock } from "./system-clock.js";
import { describeThrown, sanitizedCause } from "./thrown.js";

/** The limits of a `Date`. */
const LAST_INSTANT = 8.64e15;
/** The usual maximum delay of a timer in a busy process. */
const LATE_MS = 50;
/** The share of a sleep that must have passed when it resolves. Timers may be a little early, and the time of day may be set back during a sleep. */
const MIN_SHARE = 0.5;
/** The number of consecutive short sleeps after which the clock is refused. */
const MAX_SHORT_SLEEPS = 12;
/** The weight of a short sleep that returned within the same turn of the event loop. */
const AT_ONCE = 4;

const RULE =
  "A `Clock` needs a `now()` that returns epoch milliseconds, and a `sleep(ms)` that resolves once `now()` is later by `ms`.";
const MONOTONIC_RULE =
  "A `monotonicMs()` must advance with time. If it is left out, durations are measured by `now()`.";

const checked = new WeakMap<Clock, EngineClock>();

/** Returns the clock with a monotonic time. The same clock gives the same result. */
export function engineClockOf(clock: Clock): EngineClock {
  if (clock === systemClock) return systemClock;
  if (clock instanceof CheckedClock) return clock;
  const made = checked.get(clock) ?? new CheckedClock(clock);
  checked.set(clock, made);
  return made;
}

/** Wraps a user's clock: checks its values, wraps its errors, and ends its sleeps with their signal. */
class CheckedClock implements EngineClock {
  private readonly sleepers = new Set<{ until: number }>();
  private elapsedMs = 0;
  private lastNow: number;
  /** The weight of the consecutive short sleeps so far. */
  private shortSleeps = 0;
  private fullSleeps = 0;
  private eventLoopTurn = 0;
  private isTurning = false;

  constructor(private readonly clock: Clock) {
    this.lastNow = this.now();
  }

  now(): number {
    const now: unknown = this.guarded("now", () => this.clock.now());
    if (typeof now === "number" && Math.abs(now) <= LAST_INSTANT) return now;
    throw new ConfigurationError(
      `CallRecordsClient: option \`clock\`: its \`now()\` did not return epoch milliseconds. ${RULE}`,
    );
  }

  monotonicMs(): number {
    if (this.clock.monotonicMs !== undefined) {
      const { clock } = this;
      const read: unknown = this.guarded("monotonicMs", () => clock.monotonicMs?.());
      if (typeof read !== "number" || Number.isNaN(read))
        throw new ConfigurationError(
          "CallRecordsClient: option `clock`: its `monotonicMs()` did not return a number of milliseconds.",
        );
      this.elapsedMs = Math.max(this.elapsedMs, read);
      return this.elapsedMs;
    }
    const now = this.now();
    const passedMs = now - this.lastNow;
    this.lastNow = now;
    if (passedMs > 0 && this.canHavePassed(passedMs)) this.elapsedMs += passedMs;
    return this.elapsedMs;
  }

  /** Whether this much time can have passed. A sleeper would have woken before, so a `now()` beyond that was set forward. */
  private canHavePassed(passedMs: number): boolean {
    if (passedMs <= LATE_MS) return true;
    const time = this.elapsedMs + passedMs - LATE_MS;
    for (const { until } of this.sleepers) if (until < time) return false;
    return true;
  }

  async sleep(fractionalMs: number, signal?: AbortSignal): Promise<void> {
    if (signal !== undefined) throwReason(signal);
    const ms = Math.ceil(fractionalMs);
    const began = {
      elapsedMs: this.monotonicMs(),
      now: this.now(),
      eventLoopTurn: this.turnOfEventLoop(),
      shortSleeps: this.shortSleeps,
      fullSleeps: this.fullSleeps,
    };
    const sleeper = { until: began.elapsedMs + ms };
    this.sleepers.add(sleeper);
    try {
      await waited(signal, () => this.clock.sleep(ms, signal));
      // Must precede the removal of the sleeper: time beyond its end is a change of the time of day.
      this.monotonicMs();
    } catch (error) {
      if (signal !== undefined) throwReason(signal);
      throw brokenBy("sleep", error);
    } finally {
      this.sleepers.delete(sleeper);
    }
    this.monotonicMs();
    const passedMs = this.now() - began.now;
    // A sleep takes no longer than requested, although the time of day may have been set back meanwhile.
    if (passedMs < 0 || passedMs >= ms) this.elapsedMs = Math.max(this.elapsedMs, began.elapsedMs + ms);
    this.checkProgress(began, this.clock.monotonicMs === undefined ? passedMs : this.elapsedMs - began.elapsedMs, ms);
  }

  async timeLimit(ms: number, signal: AbortSignal, work: LimitedWork): Promise<void> {
    if (this.clock.timeLimit === undefined) return this.sleep(ms, signal);
    throwReason(signal);
    try {
      await waited(signal, () => this.clock.timeLimit?.(Math.ceil(ms), signal, work));
    } catch (error) {
      throwReason(signal);
      throw brokenBy("timeLimit", error);
    }
  }

  /** @throws ConfigurationError when sleeps repeatedly end without the time that they were to take, because waiting for a time would never end. */
  private checkProgress(
    began: { eventLoopTurn: number; shortSleeps: number; fullSleeps: number },
    passedMs: number,
    ms: number,
  ): void {
    // A sleep during which the time of day was set back shows nothing.
    if (passedMs < 0) return;
    if (passedMs >= ms * MIN_SHARE) {
      this.shortSleeps = 0;
      this.fullSleeps += 1;
      return;
    }
    // Concurrent sleeps count once.
    const earlier = began.fullSleeps === this.fullSleeps ? began.shortSleeps : 0;
    const counted = earlier + (began.eventLoopTurn === this.eventLoopTurn ? AT_ONCE : 1);
    this.shortSleeps = Math.max(this.shortSleeps, counted);
    if (this.shortSleeps < MAX_SHORT_SLEEPS) return;
    this.shortSleeps = 0;
    const [method, rule] = this.clock.monotonicMs === undefined ? ["now", RULE] : ["monotonicMs", MONOTONIC_RULE];
    throw new ConfigurationError(
      `CallRecordsClient: option \`clock\`: its \`sleep\` resolved repeatedly while its \`${method}()\` did not advance by the requested time. ${rule} In tests, use \`createTestClock\` of call-records/testing.`,
    );
  }

  private turnOfEventLoop(): number {
    if (!this.isTurning) {
      this.isTurning = true;
      setImmediate(() => {
        this.isTurning = false;
        this.eventLoopTurn += 1;
      });
    }
    return this.eventLoopTurn;
  }

  private guarded<Result>(method: string, read: () => Result): Result {
    try {
      return read();
    } catch (error) {
      throw brokenBy(method, error);
    }
  }
}

/** Waits for a user's promise, or for the signal. */
async function waited(signal: AbortSignal | undefined, wait: () => Promise<void> | undefined): Promise<void> {
  const waiting = Promise.resolve(wait());
  await (signal === undefined ? waiting : orAborted(waiting, signal));
}

function throwReason(signal: AbortSignal): void {
  if (signal.aborted) throw abortReason(signal);
}

function brokenBy(method: string, error: unknown): CallRecordsError {
  if (error instanceof CallRecordsError) return error;
  return new ConfigurationError(
    `CallRecordsClient: option \`clock\`: its \`${method}\` failed (${describeThrown(error)}). ${RULE}`,
    // A clock is shared by all accounts and receives no secret of any.
    { cause: sanitizedCause(error, (text) => text) },
  );
}
