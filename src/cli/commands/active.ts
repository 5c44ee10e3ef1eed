import { setTimeout as sleep } from "node:timers/promises";
import type { Command } from "commander";
import stringWidth from "string-width";
import type { Zone } from "../../contract/zone.js";
import type { AccountReport } from "../../model/account-report.js";
import type { CallRecord } from "../../model/call-record.js";
import { ExitCode } from "../exit-code.js";
import { type FormatOptions, formatOf, openPrinter } from "../output/format.js";
import { callMask, type KeyOptions } from "../mask-key.js";
import { printAll } from "../output/print-all.js";
import { activeColumns } from "../output/call-tables.js";
import { commandFor } from "../resume.js";
import { messageOf } from "../terminal/option-names.js";
import { printReport, exitCodeOf } from "../terminal/report.js";
import { oneLine } from "../terminal/sanitize.js";
import { readDelayMs } from "../times.js";
import { UsageError } from "../exit-code.js";
import { type AccountOptions, commonArguments, runWithAccounts, type CommandContext } from "../command-context.js";

export interface ActiveOptions extends AccountOptions, FormatOptions, KeyOptions {
  /** A span, or true for the default one. */
  watch?: string | true;
}

interface CallsNow {
  calls: CallRecord[];
  accounts: AccountReport[];
}

const WATCH_EVERY_MS = 5000;
/** Lines of the live table besides the calls: the heading, a blank line or a note, the footer and the line of the cursor. */
const OTHER_LINES = 4;

/** Prints the active calls, once or repeatedly. */
export function active(options: ActiveOptions, command: Command): Promise<ExitCode> {
  const { watch: every, ...once } = options;
  return runWithAccounts(options, (context) =>
    every === undefined
      ? show(once, command, context)
      : watch(once, every === true ? WATCH_EVERY_MS : readDelayMs("--watch", every), context),
  );
}

async function show(options: ActiveOptions, command: Command, context: CommandContext): Promise<ExitCode> {
  const { client, zone, zoneDescription, messages, interruption } = context;
  const named = options.account !== undefined;
  const mask = callMask(options);
  let accounts: AccountReport[] = [];
  const read = async () => {
    const response = await client.activeCalls(commonArguments(options, context));
    ({ accounts } = response);
    return exitCodeOf(accounts, named) === ExitCode.failed ? null : response.calls.sort(byStart).map(mask);
  };
  await printAll(read, options, activeColumns(Date.now), { zone, messages, signal: interruption.signal });
  const code = printReport(accounts, { noun: ["call", "calls"], zone, named, fetch: null }, messages);
  if (code === ExitCode.incomplete)
    for (const [index, { account }] of accounts.filter(isIncomplete).entries())
      messages.notice(`To try again: ${commandFor(command, account, null, index + 1)}`);
  messages.info(zoneDescription);
  return code;
}

/** Whether active calls of an account may be missing from the output. */
function isIncomplete({ status, unreadable }: AccountReport): boolean {
  return status === "failed" || status === "partial" || unreadable > 0;
}

/** Sorts the longest calls of all accounts first. */
function byStart(one: CallRecord, other: CallRecord): number {
  return one.startedAt.getTime() - other.startedAt.getTime();
}

/** Shows a live table until it is interrupted. It contains as many calls as fit on the terminal. */
async function watch(options: ActiveOptions, everyMs: number, context: CommandContext): Promise<ExitCode> {
  const { client, zone, messages, interruption } = context;
  if (!process.stdout.isTTY || formatOf(options) !== "table")
    throw new UsageError("--watch requires a terminal and --format table. Without them, run the command repeatedly.");
  const { openLiveTable } = await import("../terminal/live-table.js");
  const mask = callMask(options);
  let latest: CallsNow | null = null;
  const draw = async () => {
    // The table is printed again each time, because the terminal may have another width.
    if (latest !== null) table.show(await print(latest, options, zone));
  };
  const table = openLiveTable(messages, () => void draw());
  try {
    while (interruption.exitCode() === null) {
      const { calls, accounts } = await client.activeCalls(commonArguments(options, context));
      latest = { calls: calls.map(mask), accounts };
      await draw();
      await sleep(everyMs, undefined, { signal: interruption.signal });
    }
  } catch (error) {
    // An interruption is the normal end of --watch.
    if (interruption.exitCode() === null) throw error;
  } finally {
    table.stop();
  }
  return interruption.exitCode() ?? ExitCode.interrupted;
}

/** Returns the message without the name of the account, which is printed before it. */
function reasonOf(account: string, error: AccountReport["error"]): string {
  if (error === undefined) return "a row could not be parsed";
  const own = `${account}: `;
  return messageOf(error.message.startsWith(own) ? error.message.slice(own.length) : error.message);
}

/** Truncates a text to this number of cells. A Chinese character takes two cells. */
function truncate(text: string, cells: number): string {
  if (stringWidth(text) <= cells) return text;
  let truncated = "";
  for (const character of text) {
    if (stringWidth(truncated + character) >= cells) break;
    truncated += character;
  }
  return `${truncated}…`;
}

async function print({ calls, accounts }: CallsNow, options: ActiveOptions, zone: Zone): Promise<string> {
  const { rows: lines, columns } = process.stdout;
  const printer = await openPrinter(options, activeColumns(Date.now), zone, calls);
  const short = (line: string) => truncate(line, columns);
  const incomplete = accounts
    .filter(isIncomplete)
    .map(({ account, status, error }) =>
      short(oneLine(`${account} ${status === "failed" ? "failed" : "partial"}: ${reasonOf(account, error)}`)),
    );
  const note = short(oneLine(printer.note ?? ""));
  const foot = short(
    `${calls.length} active ${calls.length === 1 ? "call" : "calls"} · ${zone.print(Date.now())} ${zone.name} · Ctrl-C to quit`,
  );
  const room = Math.max(1, lines - OTHER_LINES - incomplete.length);
  const sorted = calls.sort(byStart);
  // The last line states how many calls are not shown.
  const shown = sorted.length > room ? sorted.slice(0, Math.max(1, room - 1)) : sorted;
  const hidden = sorted.length > shown.length ? [`… and ${sorted.length - shown.length} more`] : [];
  return [`${printer.begin()}${printer.rows(shown)}`.trimEnd(), ...hidden, note, foot, ...incomplete].join("\n");
}
