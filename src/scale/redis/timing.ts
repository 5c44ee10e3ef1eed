import { performance } from "node:perf_hooks";
import { clearTimeout, setImmediate, setTimeout } from "node:timers";

/** The time and the timers of this process. A test replaces them. */
export interface Timing {
  /** Returns milliseconds since a fixed moment, which never decrease. */
  monotonicMs(): number;
  /** Runs a callback after some milliseconds. Returns the function that cancels it. */
  after(ms: number, run: () => void): () => void;
  /** Runs a callback in the next turn of the event loop. */
  soon(run: () => void): void;
}

export const systemTiming: Timing = {
  monotonicMs: () => performance.now(),
  after(ms, run) {
    const timer = setTimeout(run, Math.ceil(ms));
    // The connection keeps the process running, if anything does.
    timer.unref();
    return () => {
      clearTimeout(timer);
    };
  },
  soon: (run) => void setImmediate(run),
};
