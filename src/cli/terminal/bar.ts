import { MultiBar } from "cli-progress";

/** A bar on standard error. */
export interface Bar {
  update(done: number, total: number, rest: string): void;
  /** Writes a line over it. */
  log: (line: string) => void;
  /** Takes it off the screen. */
  stop(): void;
}

export function openBar(): Bar {
  // Of several bars, one: only those let lines be written over them.
  const bars = new MultiBar({
    format: "{bar} {value}/{total} windows, {rest}",
    barsize: 20,
    barCompleteChar: "█",
    barIncompleteChar: "░",
    hideCursor: true,
    // Without it, the terminal would cut the lines above the bar at its edge. The bar is cut all the same.
    linewrap: true,
    clearOnComplete: true,
    // Of its own, it would end with the first Ctrl-C, and come again with the next line.
    gracefulExit: false,
    stream: process.stderr,
    // Its own look at the time would hold the process open for no purpose.
    fps: 10,
  });
  const bar = bars.create(1, 0, { rest: "" });
  const stop = () => {
    bars.stop();
  };
  // A second Ctrl-C, or a reader who has seen enough, ends the process under it: the cursor must come back all the same.
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
