import type { ClientEvent } from "../../model/events.js";
import { stderrColors } from "./colors.js";
import { messageOf } from "./option-names.js";
import { oneLine, sanitizeLine } from "./sanitize.js";

/** The amount of messages on standard error. */
export interface Verbosity {
  quiet?: boolean | undefined;
  verbose?: boolean | undefined;
}

/** Writes messages to standard error, line by line. Data is never written there. */
export class Messages {
  private readonly colors = stderrColors();
  /** Writes a line, above a progress bar if there is one. */
  private writeLine = (line: string) => {
    process.stderr.write(`${line}\n`);
  };

  constructor(private readonly verbosity: Verbosity) {}

  get isQuiet(): boolean {
    return this.verbosity.quiet ?? false;
  }

  /** Redirects lines to another writer, such as a bar that must stay below them. Returns a function that restores the previous writer. */
  redirect(writeLine: (line: string) => void): () => void {
    const before = this.writeLine;
    this.writeLine = writeLine;
    return () => {
      this.writeLine = before;
    };
  }

  /** Writes a line unless --quiet is set. */
  info(line: string): void {
    if (!this.isQuiet) this.write(line);
  }

  /** Writes a warning, also with --quiet. */
  warn(line: string): void {
    this.write(`${this.colors.yellow("warning:")} ${line}`);
  }

  /** Writes a line, also with --quiet. */
  notice(line: string): void {
    this.write(line);
  }

  /** A line may contain text from other sources, such as the name of an account or a file. */
  private write(line: string): void {
    this.writeLine(sanitizeLine(line));
  }

  /** Writes warnings, and with --verbose also the other events. */
  readonly onEvent = (event: ClientEvent): void => {
    if (event.type === "warning") this.warn(messageOf(event.message));
    else if (this.verbosity.verbose === true && event.type !== "window-opened" && event.type !== "window-closed")
      this.write(this.colors.dim(oneLine(describe(event))));
  };
}

/** The events that are written. Opened and closed windows are only useful in traces. */
type LoggedEvent = Exclude<ClientEvent, { type: "warning" | "window-opened" | "window-closed" }>;

function describe(event: LoggedEvent): string {
  const { account } = event;
  switch (event.type) {
    case "request":
      return `${account}: ${event.operation}: ${event.status === null ? "no response" : `HTTP ${event.status}`} after ${Math.round(event.durationMs)} ms${event.attempt > 1 ? `, attempt ${event.attempt}` : ""}`;
    case "retry":
      return `${account}: ${event.operation}: attempt ${event.attempt} failed (${event.reason}), retry in ${Math.round(event.waitMs)} ms`;
    case "throttle":
      return `${account}: ${event.operation}: rate limited${event.vendorCode === null ? "" : ` (${event.vendorCode})`}, resumes in ${Math.round(event.waitMs)} ms`;
    case "token":
      return `${account}: new token, valid until ${event.expiresAt}`;
    case "clock":
      return `${account}: the vendor's clock is ${event.offsetMs} ms ahead of the local clock`;
    case "window":
      return `${account}: ${event.operation}: ${event.from} to ${event.to} ${event.result}`;
    case "duplicate":
      return `${account}: ${event.operation}: ${event.key} was returned twice${event.sameContent ? "" : ", with different content"}`;
  }
}
