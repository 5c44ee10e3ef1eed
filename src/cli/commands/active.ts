import { setTimeout as sleep } from "node:timers/promises";
import type { Command } from "commander";
import type { Zone } from "../../contract/zone.js";
import type { AccountReport } from "../../model/account-report.js";
import type { CallRecord } from "../../model/call-record.js";
import { ExitCode } from "../exit-code.js";
import { type FormatOptions, formatOf, openPrinter } from "../output/format.js";
import { printAll } from "../output/print-all.js";
import { activeColumns } from "../output/record-columns.js";
import { commandFor } from "../resume.js";
import { closeWith, exitCodeOf } from "../terminal/closing-report.js";
import { oneLine } from "../terminal/one-line.js";
import { splitTo } from "../terminal/width.js";
import { readWait } from "../times.js";
import { UsageError } from "../usage-error.js";
import { type AccountOptions, policyOf, workWith, type CommandContext } from "../command-context.js";

export interface ActiveOptions extends AccountOptions, FormatOptions {
  /** A span, or true for the default one. */
  watch?: string | true;
}

interface CallsNow {
  calls: CallRecord[];
  accounts: AccountReport[];
}

const WATCH_EVERY_MS = 5000;
/** Lines of a watch that are no calls: the heading, a blank one, the foot, and the one of the cursor. */
const OTHER_LINES = 4;

/** Prints the calls going on now, once or again and again. */
export function active(options: ActiveOptions, command: Command): Promise<ExitCode> {
  const { watch: every, ...once } = options;
  return workWith(options, (context) =>
    every === undefined
      ? show(once, command, context)
      : watch(once, every === true ? WATCH_EVERY_MS : readWait("--watch", every), context),
  );
}

async function show(options: ActiveOptions, command: Command, context: CommandContext): Promise<ExitCode> {
  const { client, zone, messages, interruption } = context;
  const named = options.account !== undefined;
  let accounts: AccountReport[] = [];
  const ask = async () => {
    const response = await client.activeCalls(policyOf(options, context));
    ({ accounts } = response);
    return exitCodeOf(accounts, named) === ExitCode.failed ? null : response.calls.sort(byStart);
  };
  await printAll(ask, options, activeColumns(Date.now), { zone, signal: interruption.signal });
  const code = closeWith(accounts, { noun: ["call", "calls"], zone, named, fetch: null }, messages);
  if (code === ExitCode.incomplete)
    for (const [index, { account }] of accounts.filter(isLacking).entries())
      messages.insist(`To ask again: ${commandFor(command, account, null, index + 1)}`);
  messages.say(`Times and dates are those of ${zone.name}.`);
  return code;
}

/** Whether calls of an account may be going on that are not shown. */
function isLacking({ status, unreadable }: AccountReport): boolean {
  return status === "failed" || status === "partial" || unreadable > 0;
}

/** Those that wait longest first, whatever account they are of. */
function byStart(one: CallRecord, other: CallRecord): number {
  return one.startedAt.getTime() - other.startedAt.getTime();
}

/** Shows a table in place, as many calls as the terminal has lines for, until it is interrupted. */
async function watch(options: ActiveOptions, everyMs: number, context: CommandContext): Promise<ExitCode> {
  const { client, zone, messages, interruption } = context;
  if (!process.stdout.isTTY || formatOf(options) !== "table")
    throw new UsageError("--watch refreshes a table on a terminal. Elsewhere, run the command again and again.");
  const { openLiveTable } = await import("../terminal/live-table.js");
  let latest: CallsNow | null = null;
  const draw = async () => {
    // Anew each time: the terminal may have been made wider.
    if (latest !== null) table.show(await print(latest, options, zone));
  };
  const table = openLiveTable(messages, () => void draw());
  try {
    while (interruption.exitCode() === null) {
      latest = await client.activeCalls(policyOf(options, context));
      await draw();
      await sleep(everyMs, undefined, { signal: interruption.signal });
    }
  } catch (error) {
    // To be interrupted is how a watch ends.
    if (interruption.exitCode() === null) throw error;
  } finally {
    table.stop();
  }
  return interruption.exitCode() ?? ExitCode.interrupted;
}

/** Without the account's name, which stands before it, and for which there is no room twice. */
function reasonOf(account: string, error: AccountReport["error"]): string {
  if (error === undefined) return "a row could not be understood";
  const own = `${account}: `;
  return error.message.startsWith(own) ? error.message.slice(own.length) : error.message;
}

async function print({ calls, accounts }: CallsNow, options: ActiveOptions, zone: Zone): Promise<string> {
  const { rows: lines, columns } = process.stdout;
  const printer = await openPrinter(options, activeColumns(Date.now), zone, calls);
  const short = (line: string) => splitTo(line, columns);
  const lacking = accounts
    .filter(isLacking)
    .map(({ account, status, error }) =>
      short(oneLine(`${account} ${status === "failed" ? "failed" : "partial"}: ${reasonOf(account, error)}`)),
    );
  const foot = short(
    `${calls.length} ${calls.length === 1 ? "call" : "calls"} going on · ${zone.print(Date.now())} ${zone.name} · Ctrl-C ends`,
  );
  const room = Math.max(1, lines - OTHER_LINES - lacking.length);
  const sorted = calls.sort(byStart);
  // In its place stands how many are not shown.
  const shown = sorted.length > room ? sorted.slice(0, Math.max(1, room - 1)) : sorted;
  const hidden = sorted.length > shown.length ? [`… and ${sorted.length - shown.length} more`] : [];
  return [`${printer.begin()}${printer.rows(shown)}`.trimEnd(), ...hidden, "", foot, ...lacking].join("\n");
}
