import { VirtualTime } from "../../src/testing/virtual-time.js";

/** A clock that advances only in `run` and `runOn`, and only when all pending work is asleep. */
export class VirtualClock extends VirtualTime {
  /** The requested sleeps in milliseconds, in order. */
  readonly sleeps: number[] = [];

  constructor(private readonly began = Date.UTC(2026, 10, 1)) {
    super(began);
  }

  /** Milliseconds since the beginning. */
  elapsed(): number {
    return this.now() - this.began;
  }

  override sleep(ms: number, signal?: AbortSignal): Promise<void> {
    this.sleeps.push(ms);
    return super.sleep(ms, signal);
  }

  /** Advances the time until the work is done. */
  async run<Result>(work: Promise<Result>): Promise<Result> {
    const state = { settled: false };
    const settle = () => {
      state.settled = true;
    };
    work.then(settle, settle);
    for (;;) {
      await quiet();
      if (state.settled) return work;
      if (!this.wakeNext()) throw new Error("The work waits for something other than time.");
    }
  }

  /** Advances the time by a duration, and wakes what is asleep meanwhile. */
  async runOn(durationMs: number): Promise<void> {
    const until = this.now() + durationMs;
    do await quiet();
    while (this.wakeNext(until));
    this.moveTo(until);
  }
}

/** Waits for a turn of the event loop, in which all work runs that does not wait for time. */
export function quiet(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
