import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import type { Pass, Told } from "./pass.js";

/** When a process is killed: so many milliseconds after it has taken so many batches in hand, or has none any more. */
export interface Moment {
  batches: number;
  delayMs: number;
}

/** When there is nothing left to do. */
export const AT_THE_END: Moment = { batches: Number.POSITIVE_INFINITY, delayMs: 0 };

/** How far a process had come when it was killed. */
export interface Killed {
  /** The last batch that it had in hand; 0: none. */
  batch: number;
  hadDone: boolean;
}

interface Started {
  child: ChildProcess;
  told: Told[];
  ready: Promise<void>;
  onTold: (told: Told) => void;
}

/** Starts processes before they are needed: what they load is no subject. */
export class Processes {
  private spare: Started;

  /** @param script of the consumer, built. */
  constructor(private readonly script: string) {
    this.spare = this.start();
  }

  private start(): Started {
    // They live too short for what is optimised to pay.
    const child = fork(this.script, [], { execArgv: ["--no-opt"] });
    const started: Started = { child, told: [], ready: Promise.resolve(), onTold: () => undefined };
    started.ready = new Promise((resolve, reject) => {
      child.once("error", reject);
      child.on("message", (message) => {
        const told = message as Told;
        started.told.push(told);
        if (told === "ready") resolve();
        started.onTold(told);
      });
    });
    return started;
  }

  /**
   * Lets a process make a pass, and kills it at a moment, or else when the pass is done.
   * @throws Error with what the process failed with.
   */
  async run(pass: Pass, { batches, delayMs }: Moment): Promise<Killed> {
    const started = this.spare;
    await started.ready;
    const { child, told } = started;
    const ended = new Promise<NodeJS.Signals | null>((resolve) => {
      child.once("exit", (_, signal) => {
        resolve(signal);
      });
    });
    // All that it told has come by then.
    const gone = once(child, "disconnect");
    const killLater = () => {
      if (delayMs === 0) child.kill("SIGKILL");
      else setTimeout(() => child.kill("SIGKILL"), delayMs);
    };
    started.onTold = (last) => {
      if (last === "done" || failureIn(last) !== null || batchIn(last) === batches) killLater();
    };
    child.send(pass);
    if (batches === 0) killLater();
    this.spare = this.start();
    const [signal] = await Promise.all([ended, gone]);
    const failure =
      told.map(failureIn).find((one) => one !== null) ??
      (signal === "SIGKILL" ? null : "It ended before it was killed.");
    if (failure !== null) throw new Error(`The process of pass ${pass.run} (${pass.consumer}) failed: ${failure}`);
    return { batch: Math.max(...told.map((one) => batchIn(one) ?? 0)), hadDone: told.includes("done") };
  }

  close(): void {
    this.spare.child.kill("SIGKILL");
  }
}

function batchIn(told: Told): number | null {
  return typeof told === "object" && "batch" in told ? told.batch : null;
}

function failureIn(told: Told): string | null {
  return typeof told === "object" && "failure" in told ? told.failure : null;
}
