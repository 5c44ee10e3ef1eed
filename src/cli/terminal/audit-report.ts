import stringWidth from "string-width";
import type { Zone } from "../../contract/zone.js";
import type { AccountAuditReport, NotCompared } from "../../index.js";
import { ExitCode } from "../exit-code.js";
import { stderrColors } from "./colors.js";
import type { Messages } from "./messages.js";
import { padTo, plural, REASONS } from "./report.js";
import { oneLine } from "./sanitize.js";

/** The maximum number of calls of an account that are named. The output contains more. */
const MAX_NAMED = 10;

const NOT_COMPARED: Record<NotCompared["reason"], string> = {
  ...REASONS,
  unsettled: "calls may still be added or change",
  unsynced: "not complete in the sync: run sync --into first",
};

/** Prints for each account what differs and what was not compared, and returns the exit code. */
export function printAuditReport(
  accounts: readonly AccountAuditReport[],
  { zone, repair }: { zone: Zone; repair: boolean },
  messages: Messages,
): ExitCode {
  const code = exitCodeOf(accounts, repair);
  // What differs or is missing is also reported with --quiet.
  const say = (line: string) => {
    if (code === ExitCode.complete) messages.info(line);
    else messages.notice(line);
  };
  const { bold, green, red, yellow, dim } = stderrColors();
  const colors = { complete: green, partial: yellow, failed: red };
  const width = Math.max(...accounts.map(({ account }) => stringWidth(oneLine(account))));
  const indent = " ".repeat(width + 2);
  const time = (iso: string) => zone.print(Date.parse(iso));
  for (const audit of accounts) {
    const { status, calls, missing, changed, delisted, repaired, differences } = audit;
    const counts = [
      `${plural(calls, "call")} compared`,
      `${missing} missing, ${changed} changed, ${delisted} delisted`,
      ...(repair ? [`${repaired} repaired`] : []),
      plural(audit.requests, "request"),
    ];
    say(`${bold(padTo(oneLine(audit.account), width))}  ${colors[status](status.padEnd(9))}  ${counts.join(", ")}`);
    if (audit.error !== undefined) say(`${indent}${oneLine(audit.error.message)}`);
    for (const { type, application, id, startedAt, fields } of differences.slice(0, MAX_NAMED)) {
      const place = application === null ? "" : ` of the application ${oneLine(application)}`;
      const which = fields.length === 0 ? "" : `: ${fields.join(", ")}`;
      say(`${indent}${yellow(type)} ${oneLine(id)}${place}, started ${time(startedAt)}${which}`);
    }
    const more = missing + changed + delisted - MAX_NAMED;
    if (more > 0) say(`${indent}and ${plural(more, "more call")}`);
    for (const { from, to, reason } of audit.notCompared) {
      const line = `not compared ${time(from)} to ${time(to)} (${NOT_COMPARED[reason]})`;
      say(`${indent}${reason === "unsettled" ? dim(line) : yellow(line)}`);
    }
  }
  return code;
}

function exitCodeOf(accounts: readonly AccountAuditReport[], repair: boolean): ExitCode {
  if (accounts.every(({ status }) => status === "failed")) return ExitCode.failed;
  const isExact = ({ differences }: AccountAuditReport) => repair || differences.length === 0;
  return accounts.every((audit) => audit.status === "complete" && isExact(audit))
    ? ExitCode.complete
    : ExitCode.incomplete;
}
