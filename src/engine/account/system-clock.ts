import { performance } from "node:perf_hooks";
import { clearTimeout, setTimeout } from "node:timers";
import { abortReason } from "./abort.js";
import type { EngineClock } from "./clock.js";

/** The maximum delay of a timer. A longer one would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** The machine's clock. A sleep of more than 24 days ends early, and whoever waits for a time sleeps again. */
export const systemClock: EngineClock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  sleep,
  timeLimit: sleep,
};

function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- whoever aborted chose the reason
      reject(abortReason(signal));
      return;
    }
    const wake = () => {
      signal?.removeEventListener("abort", giveUp);
      resolve();
    };
    const timer = setTimeout(wake, Math.min(MAX_TIMER_MS, Math.ceil(ms)));
    const giveUp = () => {
      clearTimeout(timer);
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- whoever aborted chose the reason
      if (signal !== undefined) reject(abortReason(signal));
    };
    signal?.addEventListener("abort", giveUp, { once: true });
  });
}
