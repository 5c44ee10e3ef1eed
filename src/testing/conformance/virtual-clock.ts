import type { Clock } from "../../index.js";

interface Sleeper {
  at: number;
  wake: () => void;
}

/** Time that moves by itself, and only when all that goes on is asleep: hours pass in no time, and nothing that works is ever too slow. */
export class VirtualClock implements Clock {
  private readonly sleepers = new Set<Sleeper>();
  private working = 0;
  private arranged = false;

  constructor(private time: number) {}

  readonly now = (): number => this.time;

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
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
      this.arrange();
    });
  }

  /** Holds time while something works that is no sleep, such as a vendor that thinks about its answer. */
  async during<Result>(work: () => Result | Promise<Result>): Promise<Result> {
    this.working += 1;
    try {
      return await work();
    } finally {
      this.working -= 1;
      this.arrange();
    }
  }

  /** Looks, once everything has run that need not wait for time, whether time has to move on. */
  private arrange(): void {
    if (this.arranged || this.working > 0 || this.sleepers.size === 0) return;
    this.arranged = true;
    setImmediate(() => {
      this.arranged = false;
      if (this.working > 0) return;
      this.wakeNext();
      this.arrange();
    });
  }

  private wakeNext(): void {
    let next: Sleeper | null = null;
    for (const sleeper of this.sleepers) if (next === null || sleeper.at < next.at) next = sleeper;
    if (next === null) return;
    this.sleepers.delete(next);
    this.time = Math.max(this.time, next.at);
    next.wake();
  }
}
