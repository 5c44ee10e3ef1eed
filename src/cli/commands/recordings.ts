import type { Command } from "commander";
import { archiveRecordings, type ArchiveReport } from "../../index.js";
import { type AccountOptions, commonArguments, runWithAccounts } from "../command-context.js";
import { ExitCode } from "../exit-code.js";
import { commandFor } from "../resume.js";
import type { Messages } from "../terminal/messages.js";
import { plural, printReport } from "../terminal/report.js";
import { oneLine } from "../terminal/sanitize.js";
import { type RangeOptions, readRange } from "../times.js";

export interface RecordingsOptions extends AccountOptions, RangeOptions {
  out: string;
  concurrency: number;
}

/** Downloads the recordings of a range to a folder. */
export function recordings({ concurrency, ...options }: RecordingsOptions, command: Command): Promise<ExitCode> {
  return runWithAccounts(options, async (context) => {
    const { client, zone, zoneDescription, messages } = context;
    const { from, to } = readRange(options, zone, Date.now());
    const report = await archiveRecordings(client, {
      ...commonArguments(options, context),
      ...{ from, to, directory: options.out, concurrency },
      ...{ isolateFailures: true, beforeRetention: "clip", unreadableRows: "report" },
    });
    const whole = { from: from.toISOString(), to: to.toISOString() };
    const code = printReport(
      report.accounts,
      {
        noun: ["call read", "calls read"],
        zone,
        named: options.account !== undefined,
        fetch: null,
        again: (account, number) => `To read again: ${commandFor(command, account, whole, number)}`,
      },
      messages,
    );
    printArchive(report, options.out, messages);
    messages.info(zoneDescription);
    return code === ExitCode.complete && report.failed.length > 0 ? ExitCode.incomplete : code;
  });
}

function printArchive({ fetched, bytes, kept, gone, failed }: ArchiveReport, folder: string, messages: Messages): void {
  messages.info(
    `${oneLine(folder)}: ${plural(fetched, "recording")} fetched (${plural(bytes, "byte")}), ${kept.toLocaleString("en-US")} there before, ${gone.length.toLocaleString("en-US")} gone.`,
  );
  for (const { path, gone: reason } of gone) messages.info(`gone: ${oneLine(path)}: ${oneLine(reason ?? "")}`);
  for (const { path, error } of failed) messages.notice(`not fetched: ${oneLine(path)}: ${oneLine(error.message)}`);
  if (failed.length > 0) messages.notice("Run the command again to fetch the rest.");
}
