import type { ClientEvent } from "../../model/events.js";
import { stderrColors } from "./colors.js";
import { neutralButColors } from "./neutral.js";
import { oneLine } from "./one-line.js";

/** How much is said on standard error. */
export interface Loudness {
  quiet?: boolean | undefined;
  verbose?: boolean | undefined;
}

/** What is said on standard error, line by line; data never is. */
export class Messages {
  private readonly colors = stderrColors();
  /** By which a line is written: over a bar, where there is one. */
  private writeLine = (line: string) => {
    process.stderr.write(`${line}\n`);
  };

  constructor(private readonly loudness: Loudness) {}

  get isQuiet(): boolean {
    return this.loudness.quiet ?? false;
  }

  /** Has lines written by another, such as a bar that must stay below them; answers how to end that. */
  redirect(writeLine: (line: string) => void): () => void {
    const before = this.writeLine;
    this.writeLine = writeLine;
    return () => {
      this.writeLine = before;
    };
  }

  say(line: string): void {
    if (!this.isQuiet) this.write(line);
  }

  /** Said also when all is to be quiet: something is wrong, or missing. */
  warn(line: string): void {
    this.write(`${this.colors.yellow("warning:")} ${line}`);
  }

  /** Said also when all is to be quiet, and as it is. */
  insist(line: string): void {
    this.write(line);
  }

  /** A line may name what strangers have named, such as an account or a file. */
  private write(line: string): void {
    this.writeLine(neutralButColors(line));
  }

  /** Shows what goes on, as far as that is wanted. */
  readonly onEvent = (event: ClientEvent): void => {
    if (event.type === "warning") this.warn(oneLine(event.message));
    else if (this.loudness.verbose === true && event.type !== "window-opened" && event.type !== "window-closed")
      this.write(this.colors.dim(oneLine(describe(event))));
  };
}

/** What a person follows: that a window is opened and closed is for traces. */
type Told = Exclude<ClientEvent, { type: "warning" | "window-opened" | "window-closed" }>;

function describe(event: Told): string {
  const { account } = event;
  switch (event.type) {
    case "request":
      return `${account}: ${event.operation}: ${event.status === null ? "no answer" : `HTTP ${event.status}`} after ${Math.round(event.ms)} ms${event.attempt > 1 ? `, attempt ${event.attempt}` : ""}`;
    case "retry":
      return `${account}: ${event.operation}: attempt ${event.attempt} failed (${event.reason}), again in ${Math.round(event.waitMs)} ms`;
    case "throttle":
      return `${account}: ${event.operation}: too fast for the vendor${event.vendorCode === null ? "" : ` (${event.vendorCode})`}, on in ${Math.round(event.waitMs)} ms`;
    case "token":
      return `${account}: a new token, until ${event.expiresAt}`;
    case "clock":
      return `${account}: the vendor's clock is ${event.offsetMs} ms ahead of ours`;
    case "window":
      return `${account}: ${event.operation}: ${event.from} to ${event.to} ${event.result}`;
    case "duplicate":
      return `${account}: ${event.operation}: ${event.key} came twice${event.sameContent ? "" : ", with another content"}`;
  }
}
