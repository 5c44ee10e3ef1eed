import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import type { WorkerMessage, WorkerTask } from "./worker-process.js";

const START_LIMIT_MS = 120_000;
const LAST_FAILURES = 3;

/** A process with one worker. */
export class Worker {
  private readonly failures: string[] = [];
  private request = "none";

  private constructor(
    readonly number: number,
    private readonly child: ChildProcess,
  ) {}

  /** Resolves when the worker has started. @param script the built script of a worker. @throws Error when it ends, or does not start in time. */
  static async start(number: number, script: string, task: WorkerTask): Promise<Worker> {
    const child = fork(script, [], { serialization: "advanced" });
    const worker = new Worker(number, child);
    const limit = AbortSignal.timeout(START_LIMIT_MS);
    const started = once(child, "message", { signal: limit });
    const ended = once(child, "exit", { signal: limit });
    child.on("message", (message: WorkerMessage) => {
      worker.note(message);
    });
    child.send(task);
    const isStarted = await Promise.race([started.then(() => true), ended.then(() => false)]);
    ended.catch(() => undefined);
    if (!isStarted) throw new Error(`Worker ${number} has ended before it started.`);
    return worker;
  }

  /** Returns the last request and the last failures, as lines. */
  describe(): string[] {
    const lines = [`last request: ${this.request}`, ...this.failures.slice(-LAST_FAILURES)];
    return lines.map((line) => `worker ${this.number}: ${line}`);
  }

  private note(message: WorkerMessage): void {
    if (message === "started") return;
    if ("request" in message) this.request = message.request;
    else this.failures.push(`failure of ${message.account ?? "the connection"}: ${message.failure}`);
  }

  /** Whether it has ended. It must not without a kill. */
  get hasEnded(): boolean {
    // A process that a signal has ended has no exit code.
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  async kill(): Promise<void> {
    if (this.hasEnded) return;
    const ended = once(this.child, "exit");
    this.child.kill("SIGKILL");
    await ended;
  }
}
