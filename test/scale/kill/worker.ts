import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import type { WorkerMessage, WorkerTask } from "./worker-process.js";

/** A process with one worker. */
export class Worker {
  /** The failures that it reported, in order. */
  readonly failures: string[] = [];

  private constructor(
    readonly number: number,
    private readonly child: ChildProcess,
  ) {}

  /** Resolves when the worker has started. @param script the built script of a worker. */
  static async start(number: number, script: string, task: WorkerTask): Promise<Worker> {
    const child = fork(script, [], { serialization: "advanced" });
    const worker = new Worker(number, child);
    const started = once(child, "message");
    child.on("message", (message: WorkerMessage) => {
      if (message === "started") return;
      worker.failures.push(`${message.account ?? "worker"}: ${message.failure}`);
    });
    child.send(task);
    await started;
    return worker;
  }

  /** Whether it has ended without a kill. It must not. */
  get hasEnded(): boolean {
    return this.child.exitCode !== null;
  }

  async kill(): Promise<void> {
    if (this.hasEnded) return;
    const ended = once(this.child, "exit");
    this.child.kill("SIGKILL");
    await ended;
  }
}
