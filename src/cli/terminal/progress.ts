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
export async function showProgress(messages: Messages, out: string | undefined, report: () => { accounts: readonly AccountReport[] }): Promise<Progress> {
  if (messages.isQuiet) return { stop: () => undefined };
  const began = Date.now();
  const standing = () => standingOf(report().accounts, Math.max(1, Date.now() - began) / 1000);
  if (!process.stderr.isTTY) {
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

function standingOf(accounts: readonly AccountReport[], seconds: number): Standing {
  const sum = (of: (account: AccountReport) => number) => accounts.reduce((total, account) => total + of(account), 0);
  const done = sum(({ windows }) => windows);
  // An account that has ended leaves what it had before it.
  const left = sum(({ status, windowsLeft }) => (status === "failed" ? 0 : windowsLeft));
  const rows = sum((account) => account.rows);
  return { done, total: done + left, rows, perSecond: rows / seconds, secondsLeft: done === 0 ? null : (left * seconds) / done };
}

function restOf({ rows, perSecond, secondsLeft }: Omit<Standing, "done" | "total">): string {
  const left = secondsLeft === null ? "" : `, ${spanOf(secondsLeft)} left`;
  return `${rows.toLocaleString("en-US")} calls, ${Math.round(perSecond).toLocaleString("en-US")}/s${left}`;
}

function lineOf({ done, total, ...rest }: Standing): string {
  return `${done} of ${total} windows, ${restOf(rest)}`;
}

function spanOf(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  return whole < 3600 ? `${Math.ceil(whole / 60)} min` : `${Math.floor(whole / 3600)} h ${Math.ceil((whole % 3600) / 60)} min`;
}
