import type { Clock } from "../../index.js";

/** Time that stands still until who is to wake next is woken: hours pass in no time, and nothing that works is ever too slow. */
export abstract class VirtualTime implements Clock {
  private readonly sleepers = new Set<{ at: number; wake: () => void }>();

  constructor(private time: number) {}

  readonly now = (): number => this.time;

  /** How many are asleep. */
  get sleeperCount(): number {
    return this.sleepers.size;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
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
      // Like the machine's clock, it shows whole milliseconds, and never wakes early.
      const sleeper = { at: this.time + Math.ceil(ms), wake };
      if (signal?.aborted === true) {
        cancel();
        return;
      }
      signal?.addEventListener("abort", cancel, { once: true });
      this.sleepers.add(sleeper);
    });
  }

  /** Moves time on to who is to wake next; of several, who went to sleep first. False where nobody is to wake by then. */
  protected wakeNext(until = Number.POSITIVE_INFINITY): boolean {
    let next: { at: number; wake: () => void } | null = null;
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
