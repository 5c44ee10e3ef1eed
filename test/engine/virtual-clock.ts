import type { Clock } from "../../src/engine/account/clock.js";

/** Time that moves only when everything that goes on is asleep. */
export class VirtualClock implements Clock {
  /** What was asked to be slept, in order. */
  readonly sleeps: number[] = [];
  private readonly sleepers = new Set<{ at: number; wake: () => void }>();
  private time: number;

  constructor(private readonly began = Date.UTC(2026, 10, 1)) {
    this.time = began;
  }

  now(): number {
    return this.time;
  }

  /** Milliseconds since the beginning. */
  elapsed(): number {
    return this.time - this.began;
  }

  /** How many are asleep. */
  get asleep(): number {
    return this.sleepers.size;
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
      if (!this.wakeNext()) throw new Error("The work waits for something else than time.");
    }
  }

  /** Moves time on as long as anything is asleep, and not further than this. */
  async runOn(ms: number): Promise<void> {
    const until = this.time + ms;
    do await quiet();
    while (this.wakeNext(until));
    this.time = Math.max(this.time, until);
  }

  /** Wakes who is to wake next; of several, who went to sleep first. False where nobody is to wake by then. */
  private wakeNext(until = Number.POSITIVE_INFINITY): boolean {
    let next: { at: number; wake: () => void } | null = null;
    for (const sleeper of this.sleepers) if (next === null || sleeper.at < next.at) next = sleeper;
    if (next === null || next.at > until) return false;
    this.sleepers.delete(next);
    this.time = Math.max(this.time, next.at);
    next.wake();
    return true;
  }
}

/** Lets everything run that need not wait for time. */
export function quiet(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
