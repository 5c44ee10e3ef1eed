import type { Clock } from "call-records";
import { NOW } from "../client/stage.js";

/** The attempt timeout of the clients in these tests. No back-off is this long, so the clock can recognise a timeout by its length. */
export const TIMEOUT_MS = 86_399_999;

/** A clock whose `sleep` returns immediately and advances the time. Only the timeout of an attempt waits, until `expire` is called. */
export class HastyClock implements Clock {
  private readonly timeouts = new Set<() => void>();

  constructor(private time = NOW) {}

  readonly now = (): number => this.time;

  /** The number of attempts in progress that have a timeout. */
  get armed(): number {
    return this.timeouts.size;
  }

  advance(ms: number): void {
    this.time += ms;
  }

  /** Ends the timeout of every attempt in progress, without advancing the time. */
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
      const cancel = () => {
        this.timeouts.delete(resolve);
        reject(signal?.reason as Error);
      };
      signal?.addEventListener("abort", cancel, { once: true });
    });
  }
}
