import { setImmediate } from "node:timers";
import { VirtualTime } from "./virtual-time.js";

/** Time that moves by itself, and only when all that goes on is asleep. */
export class VirtualClock extends VirtualTime {
  private working = 0;
  private isScheduled = false;

  override sleep(ms: number, signal?: AbortSignal): Promise<void> {
    const slept = super.sleep(ms, signal);
    this.scheduleWake();
    return slept;
  }

  /** Holds time while something works that is no sleep, such as a vendor that thinks about its answer. */
  async pauseDuring<Result>(work: () => Result | Promise<Result>): Promise<Result> {
    this.working += 1;
    try {
      return await work();
    } finally {
      this.working -= 1;
      this.scheduleWake();
    }
  }

  /** Looks, once everything has run that need not wait for time, whether time has to move on. */
  private scheduleWake(): void {
    if (this.isScheduled || this.working > 0 || this.sleeperCount === 0) return;
    this.isScheduled = true;
    setImmediate(() => {
      this.isScheduled = false;
      if (this.working > 0) return;
      this.wakeNext();
      this.scheduleWake();
    });
  }
}
