import { VirtualTime } from "../../src/testing/conformance/virtual-time.js";

/** Time that moves only while it is told to run, and when everything that goes on is asleep. */
export class VirtualClock extends VirtualTime {
  /** What was asked to be slept, in order. */
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

  /** Moves time on until the work is done. */
  async run<Result>(work: Promise<Result>): Promise<Result> {
    const state = { settled: false };
    const settle = () => {
      state.settled = true;
    };
    work.then(settle, settle);
    for (;;) {
      await quiet();
      if (state.settled) return work;
      if (!this.wakeNext()) throw new Error("The work waits for something else than time.");
    }
  }

  /** Moves time on as long as anything is asleep, and not further than this. */
  async runOn(ms: number): Promise<void> {
    const until = this.now() + ms;
    do await quiet();
    while (this.wakeNext(until));
    this.moveTo(until);
  }
}

/** Lets everything run that need not wait for time. */
export function quiet(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
