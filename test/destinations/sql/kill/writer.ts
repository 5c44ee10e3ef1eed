import { type ChildProcess, fork } from "node:child_process";
import type { Pass, WriterMessage } from "./pass.js";

/** A point in a pass: `delayMs` after an event. `write` is the number of the write; 0 for the event `started`. */
export interface Point {
  event: "started" | "writing" | "written";
  write: number;
  delayMs: number;
}

/** A process that writes to a database. */
export class Writer {
  readonly messages: WriterMessage[] = [];
  private readonly exited: Promise<unknown>;
  private listeners: (() => void)[] = [];

  private constructor(private readonly child: ChildProcess) {
    this.exited = new Promise((resolve) => child.once("exit", resolve));
    child.on("message", (message) => {
      this.messages.push(message as WriterMessage);
      this.notify();
    });
    void this.exited.then(() => {
      this.notify();
    });
  }

  /** @param script the built script of the writer. */
  static start(script: string): Writer {
    // The processes do not live long enough to benefit from optimised code.
    return new Writer(fork(script, [], { execArgv: ["--no-opt"] }));
  }

  /** Runs a pass until it reaches a point, or ends before. */
  async run(pass: Pass, point: Point | null): Promise<void> {
    await this.until(({ event }) => event === "ready");
    this.child.send(pass);
    if (point === null) return;
    await this.until(
      (message) =>
        isEnd(message) || (message.event === point.event && ("write" in message ? message.write : 0) === point.write),
    );
    if (point.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, point.delayMs));
  }

  /** Waits for the end of the pass. */
  ended(): Promise<WriterMessage> {
    return this.until(isEnd);
  }

  get hasEnded(): boolean {
    return this.messages.some(isEnd);
  }

  pause(): void {
    this.child.kill("SIGSTOP");
  }

  resume(): void {
    this.child.kill("SIGCONT");
  }

  async kill(): Promise<void> {
    this.child.kill("SIGKILL");
    await this.exited;
  }

  /** @throws Error when the process exits before. */
  private async until(isWanted: (message: WriterMessage) => boolean): Promise<WriterMessage> {
    for (;;) {
      const found = this.messages.find(isWanted);
      if (found !== undefined) return found;
      if (this.child.exitCode !== null || this.child.signalCode !== null)
        throw new Error("A writer ended before it was killed.");
      await new Promise<void>((resolve) => this.listeners.push(resolve));
    }
  }

  private notify(): void {
    const waiting = this.listeners;
    this.listeners = [];
    for (const listener of waiting) listener();
  }
}

function isEnd({ event }: WriterMessage): boolean {
  return event === "done" || event === "failed";
}
