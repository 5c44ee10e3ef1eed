import { type ChildProcess, spawn, type SpawnOptions } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";

const START_LIMIT_MS = 120_000;
const RETRY_MS = 50;

/** A server of a campaign, which can be killed and started again. */
export class ServerProcess {
  private process: ChildProcess | null = null;

  /**
   * @param isReady whether the server accepts commands. It may reject.
   * @param killSignal the signal after which the server ends at once, as if it had crashed.
   */
  constructor(
    private readonly command: readonly [string, ...string[]],
    private readonly options: SpawnOptions,
    private readonly isReady: () => Promise<unknown>,
    private readonly killSignal: NodeJS.Signals,
  ) {}

  /** Resolves when the server accepts commands. @throws Error when it ends, or is not ready in time. */
  async start(): Promise<void> {
    const [program, ...args] = this.command;
    const started = spawn(program, args, { ...this.options, stdio: "ignore" });
    this.process = started;
    const latest = performance.now() + START_LIMIT_MS;
    for (;;) {
      try {
        await this.isReady();
        return;
      } catch (error) {
        if (started.exitCode !== null || performance.now() > latest)
          throw new Error(`${program} has not started.`, { cause: error });
        await sleep(RETRY_MS);
      }
    }
  }

  /** Resolves when the server has ended. */
  async kill(): Promise<void> {
    const { process } = this;
    this.process = null;
    if (process?.exitCode !== null || process.signalCode !== null) return;
    const ended = once(process, "exit");
    process.kill(this.killSignal);
    await ended;
  }
}
