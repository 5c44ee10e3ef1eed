import { spawn, type ChildProcessByStdio } from "node:child_process";
import type { Readable } from "node:stream";
import { onTestFinished } from "vitest";
import type { Outcome } from "../outcome.js";
import { CLI, environment, newFolder, type RunOptions } from "./command.js";
import { ConditionWaiter } from "./condition-waiter.js";

/** A running `call-records` process. A test can interrupt it or close its pipes. */
export class Running {
  stdout = "";
  stderr = "";
  private readonly waiter = new ConditionWaiter();
  /** Resolves with the result when the process has ended. */
  readonly outcome: Promise<Outcome>;

  private constructor(readonly child: ChildProcessByStdio<null, Readable, Readable>) {
    child.stderr.setEncoding("utf8").on("data", (part: string) => {
      this.stderr += part;
      this.waiter.check();
    });
    this.outcome = new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => {
        resolve({ code, stdout: this.stdout, stderr: this.stderr });
        this.waiter.check();
      });
    });
  }

  /** @param isRead whether the test reads standard output. */
  static async start(args: readonly string[], { env, cwd }: RunOptions = {}, isRead = true): Promise<Running> {
    const folder = cwd ?? (await newFolder());
    const child = spawn(process.execPath, [CLI, ...args], {
      cwd: folder,
      env: environment(env),
      stdio: ["ignore", "pipe", "pipe"],
    });
    onTestFinished(() => {
      child.kill("SIGKILL");
    });
    const running = new Running(child);
    if (isRead) running.read();
    return running;
  }

  read(): void {
    this.child.stdout.setEncoding("utf8").on("data", (part: string) => {
      this.stdout += part;
      this.waiter.check();
    });
  }

  /** Waits until the output fulfils a condition. @throws Error when the process ends first. */
  async until(holds: (running: Running) => boolean): Promise<void> {
    const ended = this.outcome.then(
      ({ code, stderr }) => `The process ended first, with exit code ${String(code)}. Standard error:\n${stderr}`,
    );
    await this.waiter.until(() => holds(this), ended);
  }
}
