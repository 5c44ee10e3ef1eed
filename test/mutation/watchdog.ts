import { Worker } from "node:worker_threads";

/** Maximum real time of a mutation. A longer one is considered endless. */
const PATIENCE_SECONDS = 20;

/** Runs in a worker, because an endless loop would block the timers of the test. */
const WATCH = `
const { workerData: cells } = require("node:worker_threads");
const { writeSync } = require("node:fs");
let seen = -1;
let seconds = 0;
setInterval(() => {
  const beats = Atomics.load(cells, 1);
  seconds = Atomics.load(cells, 0) >= 0 && beats === seen ? seconds + 1 : 0;
  seen = beats;
  if (seconds < ${PATIENCE_SECONDS}) return;
  writeSync(2, "\\nThe mutation with the seed " + Atomics.load(cells, 0) + " does not end: the test process is killed.\\n");
  process.kill(process.pid, "SIGKILL");
}, 1000);
`;

/** Kills the process when a mutation does not end, after writing its seed to standard error. */
export class Watchdog {
  private readonly cells = new Int32Array(new SharedArrayBuffer(8)).fill(-1);
  private readonly worker = new Worker(WATCH, { eval: true, workerData: this.cells });

  /** Reports the start of a mutation. */
  watch(seed: number): void {
    Atomics.store(this.cells, 0, seed);
    Atomics.add(this.cells, 1, 1);
  }

  async close(): Promise<void> {
    Atomics.store(this.cells, 0, -1);
    await this.worker.terminate();
  }
}
