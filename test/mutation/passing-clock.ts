import type { Clock } from "call-records";

/** The time-out of an attempt, by which its timer is told from the other waits. */
export const ATTEMPT_TIMEOUT_MS = 1_234_567;

/** A clock on which every wait is over at once, but for the one that bounds an attempt: nothing that is answered from memory is late. */
export class PassingClock implements Clock {
  constructor(private time: number) {}

  readonly now = (): number => this.time;

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (ms !== ATTEMPT_TIMEOUT_MS) {
      this.time += ms;
      return Promise.resolve();
    }
    return new Promise((_, reject) => {
      signal?.addEventListener(
        "abort",
        () => {
          reject(signal.reason as Error);
        },
        { once: true },
      );
    });
  }
}
