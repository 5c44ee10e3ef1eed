import { fstatSync } from "node:fs";
import type { AccountReport } from "../../model/account-report.js";
import type { Messages } from "./messages.js";

/** Shows how far the reading has come, until it is stopped. */
export interface Progress {
  stop(): void;
}

const LOOK_MS = 250;
/** Where no terminal shows a bar, a line as seldom as this. */
const LINE_MS = 10_000;

/** What has been read so far, and what is left. */
interface Standing {
  done: number;
  total: number;
  rows: number;
  perSecond: number;
  /** Null where it cannot be told. */
  secondsLeft: number | null;
}

/**
 * A bar on a terminal that shows nothing else, else a line now and then.
 * @param out the file that rows go to; undefined for standard output.
 */
export async function showProgress(
  messages: Messages,
  out: string | undefined,
  report: () => { accounts: readonly AccountReport[] },
): Promise<Progress> {
  if (messages.isQuiet) return { stop: () => undefined };
  const estimate = new Estimate();
  const standing = () => estimate.standingOf(report().accounts);
  // What reads the pipe may print on the same terminal, where a bar would tear it apart.
  const isPiped = out === undefined && fstatSync(process.stdout.fd).isFIFO();
  if (!process.stderr.isTTY || isPiped) {
    return every(LINE_MS, () => {
      messages.say(lineOf(standing()));
    });
  }
  // Rows that are printed on the same terminal are progress enough.
  if (out === undefined && process.stdout.isTTY) return { stop: () => undefined };
  const { openBar } = await import("./bar.js");
  const bar = openBar();
  const giveBack = messages.redirect(bar.log);
  const ticking = every(LOOK_MS, () => {
    const { done, total, ...rest } = standing();
    bar.update(done, total, restOf(rest));
  });
  return {
    stop() {
      ticking.stop();
      giveBack();
      bar.stop();
    },
  };
}

function every(ms: number, tick: () => void): Progress {
  const timer = setInterval(tick, ms);
  timer.unref();
  return {
    stop: () => {
      clearInterval(timer);
    },
  };
}

/** What is left is estimated anew whenever a window is done; between, time goes by. */
class Estimate {
  private readonly began = performance.now();
  private done = 0;
  private endsAt: number | null = null;

  standingOf(accounts: readonly AccountReport[]): Standing {
    const sum = (of: (account: AccountReport) => number) => accounts.reduce((total, account) => total + of(account), 0);
    const now = performance.now();
    const done = sum(({ windows }) => windows);
    // An account that has ended leaves what it had before it.
    const left = sum(({ status, windowsLeft }) => (status === "failed" ? 0 : windowsLeft));
    const rows = sum((account) => account.rows);
    if (done > this.done) this.endsAt = now + (left * (now - this.began)) / done;
    this.done = done;
    const secondsLeft = this.endsAt === null ? null : Math.max(0, this.endsAt - now) / 1000;
    return { done, total: done + left, rows, perSecond: (rows * 1000) / Math.max(1, now - this.began), secondsLeft };
  }
}

function restOf({ rows, perSecond, secondsLeft }: Omit<Standing, "done" | "total">): string {
  const left = secondsLeft === null ? "" : `, ${spanOf(secondsLeft)} left`;
  return `${rows.toLocaleString("en-US")} calls, ${Math.round(perSecond).toLocaleString("en-US")}/s${left}`;
}

function lineOf({ done, total, ...rest }: Standing): string {
  return `${done} of ${total} windows, ${restOf(rest)}`;
}

function spanOf(seconds: number): string {
  if (seconds < 59.5) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
