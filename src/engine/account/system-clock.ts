import { performance } from "node:perf_hooks";
import { clearTimeout, setTimeout } from "node:timers";
import { abortReason } from "./abort.js";
import type { EngineClock } from "./clock.js";

/** The machine's clock. */
export const systemClock: EngineClock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- whoever aborted chose the reason
        reject(abortReason(signal));
        return;
      }
      const wake = () => {
        signal?.removeEventListener("abort", giveUp);
        resolve();
      };
      const timer = setTimeout(wake, Math.ceil(ms));
      const giveUp = () => {
        clearTimeout(timer);
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- whoever aborted chose the reason
        if (signal !== undefined) reject(abortReason(signal));
      };
      signal?.addEventListener("abort", giveUp, { once: true });
    }),
};
