import stringWidth from "string-width";
import type { Zone } from "../../contract/zone.js";
import type { AccountReport, Gap } from "../../model/account-report.js";
import { ExitCode } from "../exit-code.js";
import { stderrColors } from "./colors.js";
import type { Messages } from "./messages.js";
import { messageOf } from "./option-names.js";
import { oneLine } from "./sanitize.js";

/** The settings of the report. */
export interface ReportSettings {
  /** The counted items, in the singular and the plural. */
  noun: readonly [one: string, many: string];
  zone: Zone;
  /** Returns the command that fetches one gap; null if gaps cannot be fetched separately. */
  fetch: ((account: string, gap: Gap, number: number) => string) | null;
  /** Returns the command that repeats an account, if gaps cannot be fetched separately. */
  again?: (account: string, number: number) => string;
  /** Whether the user named the accounts. Otherwise, accounts that do not support the operation do not make the result incomplete. */
  named: boolean;
}

/** Prints for each account what was read and what may be missing, and returns the exit code. */
export function printReport(
  accounts: readonly AccountReport[],
  { noun, zone, fetch, again, named }: ReportSettings,
  messages: Messages,
): ExitCode {
  const code = exitCodeOf(accounts, named);
  // Missing data is also reported with --quiet.
  const say = (line: string) => {
    if (code === ExitCode.complete) messages.info(line);
    else messages.notice(line);
  };
  const { bold, green, red, yellow, dim } = stderrColors();
  const colors = { complete: green, partial: yellow, failed: red, unsupported: dim };
  const width = Math.max(...accounts.map(({ account }) => stringWidth(oneLine(account))));
  const indent = " ".repeat(width + 2);
  let number = 0;
  for (const report of accounts) {
    const counts = [
      plural(report.rows, ...noun),
      plural(report.requests, "request"),
      ...(report.retries > 0 ? [plural(report.retries, "retry", "retries")] : []),
    ];
    // An interruption is not a failure.
    const isStopped = report.error?.code === "aborted";
    const status = isStopped ? "partial" : report.status;
    say(
      `${bold(padTo(oneLine(report.account), width))}  ${colors[status](status.padEnd(11))}  ${report.status === "unsupported" ? "" : counts.join(", ")}`.trimEnd(),
    );
    if (report.error !== undefined && report.status !== "unsupported" && !isStopped)
      say(`${indent}${messageOf(report.error.message)}`);
    if (report.unreadable > 0) say(`${indent}${plural(report.unreadable, "row")} could not be parsed.`);
    const [first] = report.unsettled;
    if (first !== undefined)
      say(dim(`${indent}unsettled from ${zone.print(Date.parse(first.from))}: calls may be added or change`));
    for (const gap of merge(report.gaps)) {
      say(
        `${indent}${yellow(gap.reason === "filtered" ? "not verified" : "may be missing")} ${zone.print(Date.parse(gap.from))} to ${zone.print(Date.parse(gap.to))} (${REASONS[gap.reason]})`,
      );
      if (fetch !== null && isFetchable(gap)) say(`${indent}  ${fetch(report.account, gap, ++number)}`);
    }
    if (again !== undefined && report.gaps.some(isFetchable)) say(`${indent}${again(report.account, ++number)}`);
  }
  return code;
}

/** Whether another request may return what is missing. */
export function isFetchable({ reason }: Gap): boolean {
  return reason !== "retention" && reason !== "abandoned" && reason !== "filtered";
}

/** The reasons of gaps in words. */
export const REASONS: Record<Gap["reason"], string> = {
  retention: "older than the vendor's retention",
  failed: "could not be read",
  incomplete: "the rows do not match the vendor's total",
  unreadable: "a row could not be parsed",
  filtered: "read with numberFilter",
  stopped: "stopped before it was read",
  abandoned: "abandoned",
};

/** Returns the exit code for these reports. */
export function exitCodeOf(accounts: readonly AccountReport[], named: boolean): ExitCode {
  const able = accounts.filter(({ status }) => status !== "unsupported");
  // If no account supports the operation, no request was sent, so the result is not complete.
  const requested = named || able.length === 0 ? accounts : able;
  if (requested.every(({ status, unreadable }) => status === "complete" && unreadable === 0)) return ExitCode.complete;
  const isNothing = requested.every(
    ({ status, rows, coverage, unsettled }) =>
      status !== "complete" && status !== "partial" && rows === 0 && coverage.length === 0 && unsettled.length === 0,
  );
  return isNothing ? ExitCode.failed : ExitCode.incomplete;
}

/** Merges adjacent gaps with the same reason, which one command can fetch. */
function merge(gaps: readonly Gap[]): Gap[] {
  const merged: Gap[] = [];
  for (const gap of gaps) {
    const last = merged.at(-1);
    if (last?.to === gap.from && last.reason === gap.reason) last.to = gap.to;
    else merged.push({ ...gap });
  }
  return merged;
}

/** Pads a text to this number of cells. A Chinese character takes two cells. */
export function padTo(text: string, cells: number): string {
  return text + " ".repeat(Math.max(0, cells - stringWidth(text)));
}

/** Returns a count with its noun. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString("en-US")} ${count === 1 ? one : many}`;
}
