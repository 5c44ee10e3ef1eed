import stringWidth from "string-width";
import type { Zone } from "../../contract/zone.js";
import type { AccountReport, Gap } from "../../model/account-report.js";
import { ExitCode } from "../exit-code.js";
import { stderrColors } from "./colors.js";
import type { Messages } from "./messages.js";
import { oneLine } from "./one-line.js";
import { padTo } from "./width.js";

/** What the report says beside the accounts. */
export interface Closing {
  /** What is counted: one of it, and many. */
  noun: readonly [one: string, many: string];
  zone: Zone;
  /** The command that fetches one gap; null where there is none, such as where nothing is left to fetch. */
  fetch: ((account: string, gap: Gap, number: number) => string) | null;
  /** The command that does an account again, where gaps cannot be fetched by themselves. */
  again?: (account: string, number: number) => string;
  /** Whether an account that was not named may be unable to do what was asked. */
  named: boolean;
}

/** Says account by account what was read and what is missing, and answers with which code to end. */
export function closeWith(
  accounts: readonly AccountReport[],
  { noun, zone, fetch, again, named }: Closing,
  messages: Messages,
): ExitCode {
  const code = exitCodeOf(accounts, named);
  // What is missing is said in any case.
  const say = (line: string) => {
    if (code === ExitCode.whole) messages.say(line);
    else messages.insist(line);
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
    // Who stops it knows, and nothing has failed.
    const isStopped = report.error?.code === "aborted";
    const status = isStopped ? "partial" : report.status;
    say(
      `${bold(padTo(oneLine(report.account), width))}  ${colors[status](status.padEnd(11))}  ${report.status === "unsupported" ? "" : counts.join(", ")}`.trimEnd(),
    );
    if (report.error !== undefined && report.status !== "unsupported" && !isStopped)
      say(`${indent}${oneLine(report.error.message)}`);
    if (report.unreadable > 0) say(`${indent}${plural(report.unreadable, "row")} could not be understood.`);
    const [first] = report.unsettled;
    if (first !== undefined)
      say(dim(`${indent}unsettled from ${zone.print(Date.parse(first.from))}: calls may come or change`));
    for (const gap of merge(report.gaps)) {
      say(
        `${indent}${yellow("missing")} ${zone.print(Date.parse(gap.from))} to ${zone.print(Date.parse(gap.to))} (${REASONS[gap.reason]})`,
      );
      if (fetch !== null && mayStillCome(gap)) say(`${indent}  ${fetch(report.account, gap, ++number)}`);
    }
    if (again !== undefined && report.gaps.some(mayStillCome)) say(`${indent}${again(report.account, ++number)}`);
  }
  return code;
}

/** Whether asking again may bring what is missing. */
export function mayStillCome({ reason }: Gap): boolean {
  return reason !== "retention" && reason !== "abandoned";
}

const REASONS: Record<Gap["reason"], string> = {
  retention: "the vendor no longer keeps it",
  failed: "it could not be read",
  incomplete: "what was read does not add up to the vendor's total",
  unreadable: "a row in it could not be understood",
  stopped: "stopped before it was read",
  abandoned: "it was given up",
};

export function exitCodeOf(accounts: readonly AccountReport[], named: boolean): ExitCode {
  const able = accounts.filter(({ status }) => status !== "unsupported");
  // Where no account can do it, nothing was asked: that is no whole answer.
  const asked = named || able.length === 0 ? accounts : able;
  if (asked.every(({ status, unreadable }) => status === "complete" && unreadable === 0)) return ExitCode.whole;
  const isNothing = asked.every(
    ({ status, rows, coverage, unsettled }) =>
      status !== "complete" && status !== "partial" && rows === 0 && coverage.length === 0 && unsettled.length === 0,
  );
  return isNothing ? ExitCode.failed : ExitCode.incomplete;
}

/** Gaps that touch, of one reason, are one to fetch. */
function merge(gaps: readonly Gap[]): Gap[] {
  const merged: Gap[] = [];
  for (const gap of gaps) {
    const last = merged.at(-1);
    if (last?.to === gap.from && last.reason === gap.reason) last.to = gap.to;
    else merged.push({ ...gap });
  }
  return merged;
}

function plural(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString("en-US")} ${count === 1 ? one : many}`;
}
