import { performance } from "node:perf_hooks";
import { setImmediate } from "node:timers";
import type { Clock, EngineClock } from "./clock.js";
import { engineClockOf } from "./engine-clock.js";

/** Why a timer is stopped whose time did not come: said once, for without it a new exception is made each time. */
const IN_TIME = new Error("in time");
/** A timer that fires later than this was held up: the process was busy, and read nothing meanwhile. */
const HELD_UP_MS = 20;
/** For what has been received by then, however short the process was held up. */
const MIN_GRACE_MS = 100;
/** How often the time is prolonged: by then, all that had been received has been read. */
const MAX_GRACES = 5;
/** Turns of the event loop in which what has been received is read: of a socket, and of what unpacks its bytes. */
const READING_TURNS = 3;

/**
 * Does a piece of work. Where that takes longer than it may, `late` is called, which is to end it; where the clock fails, `broken` is, with its error.
 * Time during which the process was too busy to read what it had received does not count.
 * @param heldMs for how long the work has been held up by this process itself, so far. That does not count either.
 */
export async function withTimeLimit<Result>(
  clock: Clock,
  ms: number,
  late: () => void,
  work: () => Promise<Result>,
  broken: (error: unknown) => void = late,
  heldMs: () => number = () => 0,
): Promise<Result> {
  const timer = new AbortController();
  timePassed(engineClockOf(clock), ms, heldMs, timer.signal).then(late, (error: unknown) => {
    if (!timer.signal.aborted) broken(error);
  });
  try {
    return await work();
  } finally {
    timer.abort(IN_TIME);
  }
}

/** Resolves when the time is over; rejects once the signal is aborted, or when the clock fails. */
async function timePassed(clock: EngineClock, ms: number, heldMs: () => number, signal: AbortSignal): Promise<void> {
  let wait = ms;
  let madeUpMs = 0;
  for (let graces = 0; ;) {
    const began = performance.now();
    await clock.sleep(wait, signal);
    const heldUp = performance.now() - began - wait;
    const missedMs = heldMs() - madeUpMs;
    if (missedMs > 0 && !signal.aborted) {
      madeUpMs += missedMs;
      wait = Math.max(MIN_GRACE_MS, missedMs);
      continue;
    }
    // The sleep of a clock that is not the machine's took no such time.
    if (heldUp < 0) return;
    await readingTurns();
    if (heldUp <= HELD_UP_MS || graces === MAX_GRACES || signal.aborted) return;
    graces += 1;
    wait = Math.min(ms, Math.max(MIN_GRACE_MS, heldUp));
  }
}

async function readingTurns(): Promise<void> {
  for (let turn = 0; turn < READING_TURNS; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
