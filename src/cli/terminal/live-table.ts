import { createLogUpdate } from "log-update";
import type { Messages } from "./messages.js";

/** A table on standard output that is updated in place. */
export interface LiveTable {
  show(lines: string): void;
  /** Leaves the lines on the screen, and restores the cursor. */
  stop(): void;
}

/** Opens a live table. @param redraw is called after the terminal was resized, which clears the table. */
export function openLiveTable(messages: Messages, redraw: () => void): LiveTable {
  const { stdout } = process;
  const screen = createLogUpdate(stdout);
  let shown = "";
  /** The lines above the table. Each is printed only once. */
  const printed = new Set<string>();
  // A message on the same terminal must be written above the table.
  const restoreMessages = process.stderr.isTTY
    ? messages.redirect((line) => {
        if (printed.has(line)) return;
        printed.add(line);
        screen.persist(line);
        if (shown !== "") screen(shown);
      })
    : () => undefined;
  const redrawAll = () => {
    // The terminal has wrapped the lines again, so their number is unknown.
    screen.clear();
    stdout.write("\u001b[2J\u001b[H");
    redraw();
  };
  stdout.on("resize", redrawAll);
  return {
    show(lines) {
      shown = lines;
      screen(lines);
    },
    stop() {
      stdout.off("resize", redrawAll);
      restoreMessages();
      screen.done();
    },
  };
}
