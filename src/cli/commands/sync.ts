import { setTimeout as sleep } from "node:timers/promises";
import type { Command } from "commander";
import { FileCheckpointStore } from "../../engine/checkpoints/file-checkpoint-store.js";
import { resolveRealPath } from "../../files/location.js";
import type { SyncChange } from "../../operations/sync/sync-batch.js";
import type { SyncStream } from "../../operations/sync/sync-stream.js";
import { AbortedError, CallRecordsError } from "../../model/errors.js";
import { ExitCode } from "../exit-code.js";
import { changeColumns } from "../output/call-tables.js";
import type { ChangeLog } from "../output/change-log.js";
import { openChangeLog } from "../output/open-change-log.js";
import { type FormatOptions, formatOf, openPrinter } from "../output/format.js";
import { repeatCommand } from "../resume.js";
import { printReport, isFetchable } from "../terminal/report.js";
import { oneLine } from "../terminal/sanitize.js";
import { showProgress } from "../terminal/progress.js";
import { readInterval, readRange, readDelayMs } from "../times.js";
import { UsageError } from "../exit-code.js";
import { type AccountOptions, commonArguments, runWithAccounts, type CommandContext } from "../command-context.js";

export interface SyncOptions extends AccountOptions, FormatOptions {
  state: string;
  from: string;
  to?: string;
  every?: string;
  abandon?: string[];
  raw?: boolean;
}

/** Writes the calls that are new or changed since the last pass, once or repeatedly. */
export function sync(options: SyncOptions, command: Command): Promise<ExitCode> {
  return runWithAccounts(options, async (context) => {
    const { zone, zoneDescription, messages, interruption } = context;
    const { signal } = interruption;
    const format = formatOf(options);
    if (format === "json" && options.format === undefined)
      throw new UsageError(
        `--out: ${options.out ?? ""} would be a JSON array, which cannot be appended to. Use a name that ends in .ndjson.`,
      );
    if (format === "json")
      throw new UsageError("--format json is an array, which cannot be appended to. Use ndjson or csv.");
    const everyMs = options.every === undefined ? null : readDelayMs("--every", options.every);
    const { from, to } = readRange(options, zone, Date.now());
    const range = {
      from,
      to: options.to === undefined ? undefined : to,
      abandon: (options.abandon ?? []).map((text) => readInterval("--abandon", text, zone, Date.now())),
    };
    if (options.out !== undefined && (await resolveRealPath(options.out)) === (await resolveRealPath(options.state)))
      throw new UsageError("--out and --state are the same file. Choose another file for --out.");
    const store = new FileCheckpointStore(options.state);
    const log = await openChangeLog(
      options.out,
      { format, openPrinter: () => openPrinter<SyncChange>(options, changeColumns, zone) },
      signal,
    );
    const pass = () =>
      readPass(
        context.client.sync({ ...commonArguments(options, context), ...range, raw: options.raw ?? false, store }),
        log,
        options,
        command,
        context,
      );
    try {
      let code = await pass();
      messages.info(zoneDescription);
      if (log.note !== undefined) messages.info(log.note);
      while (everyMs !== null && interruption.exitCode() === null) {
        const began = performance.now();
        await sleep(everyMs, undefined, { signal }).catch(() => undefined);
        if (interruption.exitCode() !== null) break;
        messages.info(`Next pass after ${Math.round((performance.now() - began) / 1000)} s.`);
        code = await pass();
      }
      const stoppedWith = interruption.exitCode();
      if (stoppedWith === null) return code;
      messages.notice(`Stopped. The checkpoint is in ${options.state}. To continue: ${repeatCommand(command)}`);
      return stoppedWith;
    } finally {
      await log.close();
    }
  });
}

/** Runs one pass. With `--every`, a failure is printed, and the next pass tries again. */
async function readPass(
  stream: SyncStream,
  log: ChangeLog,
  options: SyncOptions,
  command: Command,
  { zone, messages, interruption }: CommandContext,
): Promise<ExitCode> {
  const progress = await showProgress(messages, options.out, () => stream.report());
  try {
    await stream.forEach((batch) => log.take(batch));
  } catch (error) {
    if (interruption.exitCode() !== null) return ExitCode.interrupted;
    const isRetried =
      error instanceof CallRecordsError && error.code !== "checkpoint" && !(error instanceof AbortedError);
    if (options.every === undefined || !isRetried) throw error;
    messages.warn(oneLine(error.message));
    return ExitCode.failed;
  } finally {
    progress.stop();
  }
  const { accounts } = stream.report();
  const code = printReport(
    accounts,
    { noun: ["change", "changes"], zone, named: options.account !== undefined, fetch: null },
    messages,
  );
  // Gaps beyond the vendor's retention and abandoned intervals are not requested again.
  const hasFetchableGap = accounts.some(({ gaps }) => gaps.some(isFetchable));
  if (hasFetchableGap) messages.notice(`The next sync requests what is missing: ${repeatCommand(command)}`);
  return code;
}
