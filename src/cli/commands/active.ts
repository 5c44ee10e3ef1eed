import { setTimeout as sleep } from "node:timers/promises";
import type { AccountReport } from "../../model/account-report.js";
import { AbortedError } from "../../model/errors.js";
import { ExitCode } from "../exit-code.js";
import { type FormatOptions, formatOf, openPrinter } from "../output/format.js";
import { printAll } from "../output/print-all.js";
import { activeColumns } from "../output/record-columns.js";
import { closeWith, exitCodeOf } from "../terminal/closing-report.js";
import { readSpan } from "../times.js";
import { UsageError } from "../usage-error.js";
import { type AccountOptions, policyOf, workWith, type Workplace } from "../workplace.js";

export interface ActiveOptions extends AccountOptions, FormatOptions {
  /** A span, or true for the default one. */
  watch?: string | true;
}

const WATCH_EVERY_MS = 5000;
/** Lines of a watch that are no calls: the heading, and what is below. */
const OTHER_LINES = 4;

/** Prints the calls going on now, once or again and again. */
export function active(options: ActiveOptions): Promise<ExitCode> {
  const { watch: every, ...once } = options;
  return workWith(options, (workplace) => (every === undefined ? show(once, workplace) : watch(once, every === true ? WATCH_EVERY_MS : readSpan("--watch", every), workplace)));
}

async function show(options: ActiveOptions, workplace: Workplace): Promise<ExitCode> {
  const { client, zone, messages, interruption } = workplace;
  const named = options.account !== undefined;
  let accounts: AccountReport[] = [];
  const ask = async () => {
    const answer = await client.activeCalls(policyOf(options, workplace));
    ({ accounts } = answer);
    return exitCodeOf(accounts, named) === ExitCode.failed ? null : answer.calls;
  };
  await printAll(ask, options, activeColumns(Date.now), { zone, signal: interruption.signal });
  return closeWith(accounts, { noun: "calls", zone, named, fetch: null }, messages);
}

/** Shows a table in place, as many calls as the terminal has lines for, until it is interrupted. */
async function watch(options: ActiveOptions, everyMs: number, workplace: Workplace): Promise<ExitCode> {
  const { client, zone, interruption } = workplace;
  if (!process.stdout.isTTY || formatOf(options) !== "table") throw new UsageError("--watch refreshes a table on a terminal. Elsewhere, run the command again and again.");
  const { createLogUpdate } = await import("log-update");
  const screen = createLogUpdate(process.stdout);
  while (interruption.exitCode() === null) {
    try {
      const { calls, accounts } = await client.activeCalls(policyOf(options, workplace));
      // Anew each time: the terminal may have been made wider.
      const printer = await openPrinter(options, activeColumns(Date.now), zone);
      const sorted = calls.sort((a, b) => a.startedAt.getTime() - b.startedAt.getTime());
      const room = Math.max(1, process.stdout.rows - OTHER_LINES);
      const hidden = sorted.length > room ? `\n… and ${sorted.length - room} more` : "";
      const failed = accounts.filter(({ status, error }) => status === "failed" && error !== undefined).map(({ account, error }) => `\n${account}: ${error?.message ?? ""}`);
      const foot = `${calls.length} calls going on · ${zone.print(Date.now())} ${zone.name} · Ctrl-C ends`;
      screen(`${printer.begin()}${printer.rows(sorted.slice(0, room)).trimEnd()}${hidden}\n${foot}${failed.join("")}`);
      await sleep(everyMs, undefined, { signal: interruption.signal });
    } catch (error) {
      if (interruption.exitCode() !== null || error instanceof AbortedError) break;
      throw error;
    }
  }
  screen.done();
  return interruption.exitCode() ?? ExitCode.interrupted;
}
