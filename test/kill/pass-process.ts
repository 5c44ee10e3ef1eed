import { type ChildProcess, fork, type Serializable } from "node:child_process";

/** A message from a process. Events of one kind have the numbers 1, 2 and so on. `done` or `failed` is the last one. */
export interface PassMessage {
  event: string;
  number?: number;
}

/** A point in a pass: `delayMs` after an event. `number` is the number of the event; 0 for one without a number. */
export interface Point<Message extends PassMessage> {
  event: Message["event"];
  number: number;
  delayMs: number;
}

/** A process that runs one pass, with `servePass`, and can be killed at any point of it. */
export class PassProcess<Pass extends Serializable, Message extends PassMessage> {
  readonly messages: Message[] = [];
  private readonly exited: Promise<unknown>;
  private listeners: (() => void)[] = [];

  private constructor(private readonly child: ChildProcess) {
    this.exited = new Promise((resolve) => child.once("exit", resolve));
    child.on("message", (message) => {
      this.messages.push(message as Message);
      this.notify();
    });
    void this.exited.then(() => {
      this.notify();
    });
  }

  /** @param script the built script of the process. */
  static start<Pass extends Serializable, Message extends PassMessage>(script: string): PassProcess<Pass, Message> {
    // The processes do not live long enough to benefit from optimised code.
    return new PassProcess(fork(script, [], { execArgv: ["--no-opt"] }));
  }

  /** Runs a pass until it reaches a point, or ends before. */
  async run(pass: Pass, point: Point<Message> | null): Promise<void> {
    await this.until(({ event }) => event === "ready");
    this.child.send(pass);
    if (point === null) return;
    await this.until(
      (message) => isEnd(message) || (message.event === point.event && (message.number ?? 0) === point.number),
    );
    if (point.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, point.delayMs));
  }

  /** Waits for the end of the pass. */
  ended(): Promise<Message> {
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
  private async until(isWanted: (message: Message) => boolean): Promise<Message> {
    for (;;) {
      const found = this.messages.find(isWanted);
      if (found !== undefined) return found;
      if (this.child.exitCode !== null || this.child.signalCode !== null)
        throw new Error("A process ended before it was killed.");
      await new Promise<void>((resolve) => this.listeners.push(resolve));
    }
  }

  private notify(): void {
    const waiting = this.listeners;
    this.listeners = [];
    for (const listener of waiting) listener();
  }
}

function isEnd({ event }: PassMessage): boolean {
  return event === "done" || event === "failed";
}
