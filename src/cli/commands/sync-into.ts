import type { Command } from "commander";
import type { SyncToReport } from "../../operations/sync/sync-to.js";
import { commonArguments, runWithAccounts } from "../command-context.js";
import { type ExitCode, UsageError } from "../exit-code.js";
import { databaseKeys } from "../mask-key.js";
import { failedPass, readPasses, repeatPasses, reportPass, type SyncOptions } from "../passes.js";
import { repeatCommand } from "../resume.js";
import { showProgress } from "../terminal/progress.js";

/** Options that concern the output of `--state`. */
const OUTPUT_OPTIONS = ["state", "out", "format", "columns", "for"] as const;

/** Writes the calls that are new or changed since the last pass to a database, once or repeatedly. */
export function syncInto(options: SyncOptions & { into: string }, command: Command): Promise<ExitCode> {
  for (const name of OUTPUT_OPTIONS)
    if (command.getOptionValueSource(name) === "cli")
      throw new UsageError(`--${name} cannot be used with --into: the calls and the checkpoint are in the database.`);
  return runWithAccounts(options, async (context) => {
    const { zone, zoneDescription, messages, interruption, client } = context;
    const { everyMs, range } = readPasses(options, zone);
    const { openDestination } = await import("../databases/index.js");
    const raw = options.raw ?? false;
    const target = await openDestination(options.into, process.env, { raw, ...databaseKeys(options) });
    const pass = async () => {
      let report: SyncToReport = { accounts: [], inserted: 0, updated: 0 };
      // Nothing else is printed, so that the terminal can show the progress as for an output file.
      const progress = await showProgress(messages, target.name, () => report);
      try {
        await target.destination.migrate();
        const onWrite = (written: SyncToReport) => {
          report = written;
        };
        report = await client.syncTo(target.destination, {
          ...commonArguments(options, context),
          ...range,
          raw,
          onWrite,
        });
      } catch (error) {
        return failedPass(error, everyMs, ({ code, retryable }) => code !== "checkpoint" || retryable, context);
      } finally {
        progress.stop();
      }
      const code = reportPass(report.accounts, options.account !== undefined, command, context);
      messages.info(`${target.name}: ${count(report.inserted)} calls added, ${count(report.updated)} updated`);
      return code;
    };
    try {
      const code = await repeatPasses(
        everyMs,
        pass,
        () => {
          messages.info(zoneDescription);
        },
        context,
      );
      const stoppedWith = interruption.exitCode();
      if (stoppedWith === null) return code;
      messages.notice(
        `Stopped. The calls and the checkpoint are in ${target.name}. To continue: ${repeatCommand(command)}`,
      );
      return stoppedWith;
    } finally {
      await target.close();
    }
  });
}

function count(calls: number): string {
  return calls.toLocaleString("en-US");
}
