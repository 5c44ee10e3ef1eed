import { MultiBar } from "cli-progress";

/** A progress bar on standard error. */
export interface Bar {
  update(done: number, total: number, rest: string): void;
  /** Writes a line above it. */
  log: (line: string) => void;
  /** Removes it from the screen. */
  stop(): void;
}

export function openBar(): Bar {
  // A MultiBar with one bar: a single bar does not support lines above it.
  const bars = new MultiBar({
    format: "{bar} {value}/{total} windows, {rest}",
    barsize: 20,
    barCompleteChar: "█",
    barIncompleteChar: "░",
    hideCursor: true,
    // Otherwise, the terminal truncates the lines above the bar at its edge. The bar itself is always truncated.
    linewrap: true,
    clearOnComplete: true,
    // The bar's own handler would remove it on the first Ctrl-C, and show it again with the next line.
    gracefulExit: false,
    stream: process.stderr,
    fps: 10,
  });
  const bar = bars.create(1, 0, { rest: "" });
  const stop = () => {
    bars.stop();
  };
  // A second Ctrl-C or a closed pipe ends the process while the bar is shown. The cursor must be restored.
  process.once("exit", stop);
  return {
    update(done, total, rest) {
      bar.setTotal(Math.max(1, total));
      bar.update(done, { rest });
    },
    log(line) {
      bars.log(`${line}\n`);
      bars.update();
    },
    stop() {
      process.off("exit", stop);
      stop();
    },
  };
}
