import type { Clock } from "../../src/engine/account/clock.js";

/** Time that moves only when everything that goes on is asleep. */
export class VirtualClock implements Clock {
  /** What was asked to be slept, in order. */
  readonly sleeps: number[] = [];
  private readonly sleepers = new Set<{ at: number; wake: () => void }>();

  constructor(private time = Date.UTC(2026, 10, 1)) {}

  now(): number {
    return this.time;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    this.sleeps.push(ms);
    return new Promise((resolve, reject) => {
      const giveUp = () => {
        this.sleepers.delete(sleeper);
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- as the clock's contract says: the signal's reason
        reject(signal?.reason);
      };
      const wake = () => {
        signal?.removeEventListener("abort", giveUp);
        resolve();
      };
      // Like the machine's clock, it shows whole milliseconds, and never wakes early.
      const sleeper = { at: this.time + Math.ceil(ms), wake };
      if (signal?.aborted === true) {
        giveUp();
        return;
      }
      signal?.addEventListener("abort", giveUp, { once: true });
      this.sleepers.add(sleeper);
    });
  }

  /** Moves time on until the work is done. */
  async run<Result>(work: Promise<Result>): Promise<Result> {
    const state = { settled: false };
    const settle = () => {
      state.settled = true;
    };
    work.then(settle, settle);
    for (;;) {
      await quiet();
      if (state.settled) return work;
      const next = [...this.sleepers].sort((a, b) => a.at - b.at)[0];
      if (next === undefined) throw new Error("The work waits for something else than time.");
      this.sleepers.delete(next);
      this.time = Math.max(this.time, next.at);
      next.wake();
    }
  }
}

/** Lets everything run that need not wait for time. */
export function quiet(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
