import { setTimeout as sleep } from "node:timers/promises";
import type { Command } from "commander";
import { FileCheckpointStore } from "../../engine/checkpoints/file-checkpoint-store.js";
import { resolveRealPath } from "../../files/location.js";
import type { SyncChange } from "../../operations/sync/sync-batch.js";
import type { SyncStream } from "../../operations/sync/sync-stream.js";
import { AbortedError, CallRecordsError } from "../../model/errors.js";
import { ExitCode } from "../exit-code.js";
import { changeColumns } from "../output/change-columns.js";
import type { ChangeLog } from "../output/change-log.js";
import { openChangeLog } from "../output/open-change-log.js";
import { type FormatOptions, formatOf, openPrinter } from "../output/format.js";
import { sameCommand } from "../resume.js";
import { closeWith, mayStillCome } from "../terminal/closing-report.js";
import { oneLine } from "../terminal/one-line.js";
import { showProgress } from "../terminal/progress.js";
import { readInterval, readRange, readWait } from "../times.js";
import { UsageError } from "../usage-error.js";
import { type AccountOptions, policyOf, workWith, type CommandContext } from "../command-context.js";

export interface SyncOptions extends AccountOptions, FormatOptions {
  state: string;
  from: string;
  to?: string;
  every?: string;
  abandon?: string[];
  raw?: boolean;
}

/** Writes what is new or has changed since the last pass, once or again and again. */
export function sync(options: SyncOptions, command: Command): Promise<ExitCode> {
  return workWith(options, async (context) => {
    const { zone, messages, interruption } = context;
    const { signal } = interruption;
    const format = formatOf(options);
    if (format === "json" && options.format === undefined)
      throw new UsageError(
        `--out: ${options.out ?? ""} would be one array with an end, which a sync does not have. Let its name end in .ndjson.`,
      );
    if (format === "json")
      throw new UsageError("--format json is one array with an end, which a sync does not have. Take ndjson or csv.");
    const everyMs = options.every === undefined ? null : readWait("--every", options.every);
    const { from, to } = readRange({ from: options.from, to: options.to ?? "now" }, zone, Date.now());
    const range = {
      from,
      to: options.to === undefined ? undefined : to,
      abandon: (options.abandon ?? []).map((text) => readInterval("--abandon", text, zone, Date.now())),
    };
    if (options.out !== undefined && (await resolveRealPath(options.out)) === (await resolveRealPath(options.state)))
      throw new UsageError("--out and --state are the same file. Name another one for what is written.");
    const store = new FileCheckpointStore(options.state);
    const log = await openChangeLog(
      options.out,
      { format, openPrinter: () => openPrinter<SyncChange>(options, changeColumns, zone) },
      signal,
    );
    const pass = () =>
      readPass(
        context.client.sync({ ...policyOf(options, context), ...range, raw: options.raw ?? false, store }),
        log,
        options,
        command,
        context,
      );
    try {
      let code = await pass();
      messages.say(`Times and dates are those of ${zone.name}.`);
      while (everyMs !== null && interruption.exitCode() === null) {
        const began = performance.now();
        await sleep(everyMs, undefined, { signal }).catch(() => undefined);
        if (interruption.exitCode() !== null) break;
        messages.say(`Again after ${Math.round((performance.now() - began) / 1000)} s.`);
        code = await pass();
      }
      const stoppedWith = interruption.exitCode();
      if (stoppedWith === null) return code;
      messages.insist(`Stopped. What was written is kept in ${options.state}. To go on: ${sameCommand(command)}`);
      return stoppedWith;
    } finally {
      await log.close();
    }
  });
}

/** One pass. With `--every`, what fails is said, and tried again with the next. */
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
    const isPassing =
      error instanceof CallRecordsError && error.code !== "checkpoint" && !(error instanceof AbortedError);
    if (options.every === undefined || !isPassing) throw error;
    messages.warn(oneLine(error.message));
    return ExitCode.failed;
  } finally {
    progress.stop();
  }
  const { accounts } = stream.report();
  const code = closeWith(
    accounts,
    { noun: ["change", "changes"], zone, named: options.account !== undefined, fetch: null },
    messages,
  );
  // What a vendor no longer keeps, or was given up, is not asked for again.
  const comesAgain = accounts.some(({ gaps }) => gaps.some(mayStillCome));
  if (comesAgain) messages.insist(`The next sync asks for what is missing: ${sameCommand(command)}`);
  return code;
}
