import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import type { Pass, ProcessMessage } from "./pass.js";

/** The point at which a process is killed: `delayMs` after it has received `batches` batches, or after its pass has ended. */
export interface KillPoint {
  batches: number;
  delayMs: number;
}

/** Kills the process after its pass has ended. */
export const AFTER_THE_PASS: KillPoint = { batches: Number.POSITIVE_INFINITY, delayMs: 0 };

/** The progress of a process when it was killed. */
export interface Kill {
  /** The number of the last batch that it received, or 0. */
  batch: number;
  hadFinished: boolean;
}

interface Started {
  child: ChildProcess;
  messages: ProcessMessage[];
  ready: Promise<void>;
  onMessage: (message: ProcessMessage) => void;
}

/** Starts each process before it is needed, so that loading its modules takes no time from the test. */
export class Processes {
  private spare: Started;

  /** @param script the built script of the consumer. */
  constructor(private readonly script: string) {
    this.spare = this.start();
  }

  private start(): Started {
    // The processes do not live long enough to benefit from optimised code.
    const child = fork(this.script, [], { execArgv: ["--no-opt"] });
    const started: Started = { child, messages: [], ready: Promise.resolve(), onMessage: () => undefined };
    started.ready = new Promise((resolve, reject) => {
      child.once("error", reject);
      child.on("message", (received) => {
        const message = received as ProcessMessage;
        started.messages.push(message);
        if (message === "ready") resolve();
        started.onMessage(message);
      });
    });
    return started;
  }

  /**
   * Runs a pass in a process, and kills the process at the given point, or when the pass has ended.
   * @throws Error with the process's own error when the pass fails.
   */
  async run(pass: Pass, { batches, delayMs }: KillPoint): Promise<Kill> {
    const started = this.spare;
    await started.ready;
    const { child, messages } = started;
    const ended = new Promise<NodeJS.Signals | null>((resolve) => {
      child.once("exit", (_, signal) => {
        resolve(signal);
      });
    });
    // All messages have arrived when the channel is disconnected.
    const disconnected = once(child, "disconnect");
    const killLater = () => {
      if (delayMs === 0) child.kill("SIGKILL");
      else setTimeout(() => child.kill("SIGKILL"), delayMs);
    };
    started.onMessage = (last) => {
      if (last === "done" || failureIn(last) !== null || batchIn(last) === batches) killLater();
    };
    child.send(pass);
    if (batches === 0) killLater();
    this.spare = this.start();
    const [signal] = await Promise.all([ended, disconnected]);
    const failure =
      messages.map(failureIn).find((text) => text !== null) ??
      (signal === "SIGKILL" ? null : "It ended before it was killed.");
    if (failure !== null) throw new Error(`The process of pass ${pass.run} (${pass.consumer}) failed: ${failure}`);
    return {
      batch: Math.max(...messages.map((message) => batchIn(message) ?? 0)),
      hadFinished: messages.includes("done"),
    };
  }

  close(): void {
    this.spare.child.kill("SIGKILL");
  }
}

function batchIn(message: ProcessMessage): number | null {
  return typeof message === "object" && "batch" in message ? message.batch : null;
}

function failureIn(message: ProcessMessage): string | null {
  return typeof message === "object" && "failure" in message ? message.failure : null;
}
