import { setImmediate } from "node:timers";
import { VirtualTime } from "./virtual-time.js";

/** Time that moves by itself, and only when all that goes on is asleep. */
export class VirtualClock extends VirtualTime {
  private working = 0;
  private arranged = false;

  override sleep(ms: number, signal?: AbortSignal): Promise<void> {
    const slept = super.sleep(ms, signal);
    this.arrange();
    return slept;
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
    if (this.arranged || this.working > 0 || this.asleep === 0) return;
    this.arranged = true;
    setImmediate(() => {
      this.arranged = false;
      if (this.working > 0) return;
      this.wakeNext();
      this.arrange();
    });
  }
}
