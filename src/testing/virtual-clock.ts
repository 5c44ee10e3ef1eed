import { setImmediate } from "node:timers";
import { VirtualTime } from "./virtual-time.js";

/** A virtual clock that advances automatically when all work is waiting for it. */
export class VirtualClock extends VirtualTime {
  private working = 0;
  private isScheduled = false;

  override sleep(ms: number, signal?: AbortSignal): Promise<void> {
    const slept = super.sleep(ms, signal);
    this.scheduleWake();
    return slept;
  }

  /** Stops the clock during work that does not sleep on it, such as a vendor's asynchronous response. */
  async pauseDuring<Result>(work: () => Result | Promise<Result>): Promise<Result> {
    this.working += 1;
    try {
      return await work();
    } finally {
      this.working -= 1;
      this.scheduleWake();
    }
  }

  /** Advances the clock after all work that does not wait for it. */
  private scheduleWake(): void {
    if (this.isScheduled || this.working > 0 || this.sleeperCount === 0) return;
    this.isScheduled = true;
    setImmediate(() => {
      this.isScheduled = false;
      if (this.working > 0 || this.sleeperCount === 0) return;
      this.wakeNext();
      this.scheduleWake();
    });
  }
}
