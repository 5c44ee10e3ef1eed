import type { Clock } from "../index.js";

interface Sleeper {
  at: number;
  wake: () => void;
  /** Whether the time advances in order to wake it. Otherwise it is woken when the time passes it for another sleeper. */
  advances: boolean;
}

/** Virtual time, which advances only to the next wake-up. Hours pass without delay, and slow machines cause no timeouts. */
export abstract class VirtualTime implements Clock {
  private readonly sleepers = new Set<Sleeper>();

  constructor(private time: number) {}

  readonly now = (): number => this.time;

  /** Number of pending sleeps. */
  get sleeperCount(): number {
    return [...this.sleepers].filter(({ advances }) => advances).length;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return this.wait(ms, true, signal);
  }

  protected wait(ms: number, advances: boolean, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const cancel = () => {
        this.sleepers.delete(sleeper);
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- as the clock's contract says: the signal's reason
        reject(signal?.reason);
      };
      const wake = () => {
        signal?.removeEventListener("abort", cancel);
        resolve();
      };
      // Like a real clock, it has whole milliseconds, and sleeps never end early.
      const sleeper = { at: this.time + Math.ceil(ms), wake, advances };
      if (signal?.aborted === true) {
        cancel();
        return;
      }
      signal?.addEventListener("abort", cancel, { once: true });
      this.sleepers.add(sleeper);
    });
  }

  /** Advances to the next wake-up; of several, to the one that was requested first. Returns false if there is none until then. */
  protected wakeNext(until = Number.POSITIVE_INFINITY): boolean {
    let next: Sleeper | null = null;
    for (const sleeper of this.sleepers) if (next === null || sleeper.at < next.at) next = sleeper;
    if (next === null || next.at > until) return false;
    this.sleepers.delete(next);
    this.moveTo(next.at);
    next.wake();
    return true;
  }

  protected moveTo(time: number): void {
    this.time = Math.max(this.time, time);
  }
}
