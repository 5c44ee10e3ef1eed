import { fstatSync } from "node:fs";
import type { AccountReport } from "../../model/account-report.js";
import type { Messages } from "./messages.js";

/** A display of the progress, until it is stopped. */
export interface Progress {
  stop(): void;
}

/** The parts of a report that show the progress of an account. */
type AccountProgress = Pick<AccountReport, "status" | "windows" | "windowsLeft" | "rows">;

const BAR_MS = 250;
/** The interval of progress lines where no terminal shows a bar. */
const LINE_MS = 10_000;

/** The number of windows that are done and left, and the estimated time. */
interface ProgressState {
  done: number;
  total: number;
  rows: number;
  perSecond: number;
  /** Null if it is unknown. */
  secondsLeft: number | null;
}

/**
 * Shows a bar if the terminal shows nothing else; otherwise prints a line every ten seconds.
 * @param out the output file; undefined for standard output.
 */
export async function showProgress(
  messages: Messages,
  out: string | undefined,
  report: () => { accounts: readonly AccountProgress[] },
): Promise<Progress> {
  if (messages.isQuiet) return { stop: () => undefined };
  const estimate = new Estimate();
  const state = () => estimate.stateOf(report().accounts);
  // The reader of the pipe may print on the same terminal, where a bar would break its output.
  const isPiped = out === undefined && fstatSync(process.stdout.fd).isFIFO();
  if (!process.stderr.isTTY || isPiped) {
    return every(LINE_MS, () => {
      messages.info(describeState(state()));
    });
  }
  // The rows on the terminal show the progress.
  if (out === undefined && process.stdout.isTTY) return { stop: () => undefined };
  const { openBar } = await import("./bar.js");
  const bar = openBar();
  const restoreMessages = messages.redirect(bar.log);
  const ticking = every(BAR_MS, () => {
    const { done, total, ...rest } = state();
    bar.update(done, total, describeRate(rest));
  });
  return {
    stop() {
      ticking.stop();
      restoreMessages();
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

/** Estimates the remaining time whenever a window is done, and counts down in between. */
class Estimate {
  private readonly began = performance.now();
  private done = 0;
  private endsAt: number | null = null;

  stateOf(accounts: readonly AccountProgress[]): ProgressState {
    const sum = (of: (account: AccountProgress) => number) =>
      accounts.reduce((total, account) => total + of(account), 0);
    const now = performance.now();
    const done = sum(({ windows }) => windows);
    // The remaining windows of a failed account will not be read.
    const left = sum(({ status, windowsLeft }) => (status === "failed" ? 0 : windowsLeft));
    const rows = sum((account) => account.rows);
    if (done > this.done) this.endsAt = now + (left * (now - this.began)) / done;
    this.done = done;
    const secondsLeft = this.endsAt === null ? null : Math.max(0, this.endsAt - now) / 1000;
    return { done, total: done + left, rows, perSecond: (rows * 1000) / Math.max(1, now - this.began), secondsLeft };
  }
}

function describeRate({ rows, perSecond, secondsLeft }: Omit<ProgressState, "done" | "total">): string {
  const left = secondsLeft === null ? "" : `, ${formatSpan(secondsLeft)} left`;
  return `${rows.toLocaleString("en-US")} calls, ${Math.round(perSecond).toLocaleString("en-US")}/s${left}`;
}

function describeState({ done, total, ...rest }: ProgressState): string {
  return `${done} of ${total} windows, ${describeRate(rest)}`;
}

function formatSpan(seconds: number): string {
  if (seconds < 59.5) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
