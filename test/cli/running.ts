import { spawn, type ChildProcessByStdio } from "node:child_process";
import type { Readable } from "node:stream";
import { onTestFinished } from "vitest";
import type { Outcome } from "../outcome.js";
import { CLI, environment, newFolder, type RunOptions } from "./command.js";
import { Lookout } from "./lookout.js";

/** `call-records` while it runs: to be interrupted, or to have its pipes closed. */
export class Running {
  stdout = "";
  stderr = "";
  private readonly lookout = new Lookout();
  /** The result, when it has ended. */
  readonly outcome: Promise<Outcome>;

  private constructor(readonly child: ChildProcessByStdio<null, Readable, Readable>) {
    child.stderr.setEncoding("utf8").on("data", (part: string) => {
      this.stderr += part;
      this.lookout.look();
    });
    this.outcome = new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => {
        resolve({ code, stdout: this.stdout, stderr: this.stderr });
        this.lookout.look();
      });
    });
  }

  /** @param isRead whether what it prints is taken from the pipe. */
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
      this.lookout.look();
    });
  }

  /** Waits until what it has written is so. @throws Error when it ends before. */
  async until(isSo: (running: Running) => boolean): Promise<void> {
    const ended = this.outcome.then(({ code, stderr }) => `It ended (${String(code)}) before. It said:\n${stderr}`);
    await this.lookout.until(() => isSo(this), ended);
  }
}
