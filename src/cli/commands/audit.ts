import type { Command } from "commander";
import { auditDestination, type AuditReport } from "../../index.js";
import { type AccountOptions, commonArguments, runWithAccounts } from "../command-context.js";
import type { ExitCode } from "../exit-code.js";
import { databaseKeys, type KeyOptions } from "../mask-key.js";
import { auditColumns } from "../output/audit-columns.js";
import type { FormatOptions } from "../output/format.js";
import { printAll } from "../output/print-all.js";
import { repeatCommand } from "../resume.js";
import { printAuditReport } from "../terminal/audit-report.js";
import { showProgress } from "../terminal/progress.js";
import { type RangeOptions, readRange } from "../times.js";

export interface AuditOptions extends AccountOptions, FormatOptions, RangeOptions, KeyOptions {
  into: string;
  repair?: boolean;
}

const HOUR_MS = 3_600_000;

/** Compares the calls in a database with those of the vendors, and repairs the database if requested. */
export function audit({ raw = false, ...options }: AuditOptions, command: Command): Promise<ExitCode> {
  return runWithAccounts(options, async (context) => {
    const { client, zone, zoneDescription, messages, interruption } = context;
    const { from, to } = readRange(options, zone, Date.now());
    const { repair = false } = options;
    const { openDestination } = await import("../databases/index.js");
    const target = await openDestination(options.into, process.env, { raw, mustExist: true, ...databaseKeys(options) });
    let report: AuditReport = { accounts: [] };
    const compare = async () => {
      // The result is printed at the end, so that the terminal can show the progress as for an output file.
      const progress = await showProgress(messages, target.name, () => hoursOf(report, to.getTime() - from.getTime()));
      try {
        await target.destination.migrate();
        report = await auditDestination(client, target.destination, {
          ...commonArguments(options, context),
          from,
          to,
          repair,
          raw,
          isolateFailures: true,
          onProgress: (known) => {
            report = known;
          },
        });
      } finally {
        progress.stop();
      }
      return report.accounts;
    };
    try {
      await printAll(compare, options, auditColumns, { zone, messages, signal: interruption.signal });
    } finally {
      await target.close();
    }
    const code = printAuditReport(report.accounts, { zone, repair }, messages);
    const isDifferent = report.accounts.some(({ differences }) => differences.length > 0);
    if (isDifferent && !repair) messages.notice(`To repair ${target.name}: ${repeatCommand(command)} --repair`);
    messages.info(zoneDescription);
    return code;
  });
}

/** Returns the progress in hours of calls: those that were compared, or excluded, and the others. */
function hoursOf({ accounts }: AuditReport, rangeMs: number) {
  return {
    accounts: accounts.map(({ status, calls, compared, notCompared }) => {
      const ms = [...compared, ...notCompared].reduce(
        (sum, { from, to }) => sum + Date.parse(to) - Date.parse(from),
        0,
      );
      const windows = Math.round(ms / HOUR_MS);
      return { status, rows: calls, windows, windowsLeft: Math.max(0, Math.round(rangeMs / HOUR_MS) - windows) };
    }),
  };
}
