import { clearTimeout, setTimeout } from "node:timers";
import { abortReason } from "./abort.js";

/** The engine's time: replaced in tests, or by a deployment that has a better clock. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Resolves after so many milliseconds; rejects with the signal's reason once it is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
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
      const timer = setTimeout(wake, ms);
      const giveUp = () => {
        clearTimeout(timer);
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- whoever aborted chose the reason
        if (signal !== undefined) reject(abortReason(signal));
      };
      signal?.addEventListener("abort", giveUp, { once: true });
    }),
};
