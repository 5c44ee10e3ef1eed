import { createLogUpdate } from "log-update";
import type { Messages } from "./messages.js";

/** Lines that are shown in place on standard output. */
export interface LiveTable {
  show(lines: string): void;
  /** Leaves them as they are, and gives the cursor back. */
  stop(): void;
}

/** @param redraw is called when the terminal has another size than before: what it shows is gone. */
export function openLiveTable(messages: Messages, redraw: () => void): LiveTable {
  const { stdout } = process;
  const screen = createLogUpdate(stdout);
  let shown = "";
  /** What stands above the table: once, however often it is shown anew. */
  const told = new Set<string>();
  // On the same terminal, a line in between would be taken for one of the table.
  const giveBack = process.stderr.isTTY
    ? messages.redirect((line) => {
        if (told.has(line)) return;
        told.add(line);
        screen.persist(line);
        if (shown !== "") screen(shown);
      })
    : () => undefined;
  const startAnew = () => {
    // The terminal has folded the lines anew: how many there are now, nobody knows.
    screen.clear();
    stdout.write("\u001b[2J\u001b[H");
    redraw();
  };
  stdout.on("resize", startAnew);
  return {
    show(lines) {
      shown = lines;
      screen(lines);
    },
    stop() {
      stdout.off("resize", startAnew);
      giveBack();
      screen.done();
    },
  };
}
