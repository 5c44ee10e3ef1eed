import { Worker } from "node:worker_threads";

/** Real time that one mutation may take at the most, before it is taken for one that never ends. */
const PATIENCE_SECONDS = 20;

/** Runs beside the test, whose own timers a loop without an end would hold up. */
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
  writeSync(2, "\\nThe mutation with the seed " + Atomics.load(cells, 0) + " goes on for ever: the test process is ended.\\n");
  process.kill(process.pid, "SIGKILL");
}, 1000);
`;

/** Ends the process, with the seed on its standard error, when one mutation keeps it busy for ever. */
export class Watchdog {
  private readonly cells = new Int32Array(new SharedArrayBuffer(8)).fill(-1);
  private readonly worker = new Worker(WATCH, { eval: true, workerData: this.cells });

  /** A mutation begins. */
  watch(seed: number): void {
    Atomics.store(this.cells, 0, seed);
    Atomics.add(this.cells, 1, 1);
  }

  async close(): Promise<void> {
    Atomics.store(this.cells, 0, -1);
    await this.worker.terminate();
  }
}
