import type { Clock } from "call-records";
import { NOW } from "../client/stage.js";

/** Of the clients here: no back-off is as long, so that the two can be told apart. */
export const TIMEOUT_MS = 86_399_999;

/** Whoever sleeps wakes at once, at the time he wanted to wake. Only the time-out of an attempt waits until it is told to pass. */
export class HastyClock implements Clock {
  private readonly timeouts = new Set<() => void>();

  constructor(private time = NOW) {}

  readonly now = (): number => this.time;

  /** Time-outs of attempts that are under way. */
  get armed(): number {
    return this.timeouts.size;
  }

  advance(ms: number): void {
    this.time += ms;
  }

  /** Lets the time-out of every attempt that is under way pass, in no time. */
  expire(): void {
    for (const wake of this.timeouts) wake();
    this.timeouts.clear();
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (ms !== TIMEOUT_MS) {
      this.time += Math.ceil(ms);
      return;
    }
    await new Promise<void>((resolve, reject) => {
      this.timeouts.add(resolve);
      const giveUp = () => {
        this.timeouts.delete(resolve);
        reject(signal?.reason as Error);
      };
      signal?.addEventListener("abort", giveUp, { once: true });
    });
  }
}
