import type { Clock } from "call-records";
import type { VirtualClock } from "./virtual-clock.js";

/** A machine's clock whose time of day is set back or forward while it runs. */
export class MovedClock implements Clock {
  private offsetMs = 0;

  constructor(readonly time: VirtualClock) {}

  readonly now = (): number => this.time.now() + this.offsetMs;

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return this.time.sleep(ms, signal);
  }

  /** Sets the time of day forward; back if the argument is negative. */
  set(ms: number): void {
    this.offsetMs += ms;
  }
}
