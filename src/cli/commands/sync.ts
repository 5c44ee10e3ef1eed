import type { Command } from "commander";
import { FileCheckpointStore } from "../../engine/checkpoints/file-checkpoint-store.js";
import { resolveRealPath } from "../../files/location.js";
import type { SyncChange } from "../../operations/sync/sync-batch.js";
import type { SyncStream } from "../../operations/sync/sync-stream.js";
import { commonArguments, runWithAccounts, type CommandContext } from "../command-context.js";
import { type ExitCode, UsageError } from "../exit-code.js";
import { changeColumns } from "../output/call-tables.js";
import { callMask, changingPrinter } from "../mask-key.js";
import type { ChangeLog } from "../output/change-log.js";
import { openChangeLog } from "../output/open-change-log.js";
import { formatOf, openPrinter } from "../output/format.js";
import { failedPass, readPasses, repeatPasses, reportPass, type SyncOptions } from "../passes.js";
import { repeatCommand } from "../resume.js";
import { showProgress } from "../terminal/progress.js";

/** Writes the calls that are new or changed since the last pass, once or repeatedly: to a database, a file or the terminal. */
export async function sync(options: SyncOptions, command: Command): Promise<ExitCode> {
  const { state, into } = options;
  if (into !== undefined) return (await import("./sync-into.js")).syncInto({ ...options, into }, command);
  if (state === undefined)
    throw new UsageError(
      "--into or --state is required: the database to write to, or the file that stores the checkpoint.",
    );
  return syncWithState({ ...options, state }, command);
}

function syncWithState(options: SyncOptions & { state: string }, command: Command): Promise<ExitCode> {
  return runWithAccounts(options, async (context) => {
    const { zone, zoneDescription, messages, interruption } = context;
    const format = formatOf(options);
    if (format === "json" && options.format === undefined)
      throw new UsageError(
        `--out: ${options.out ?? ""} would be a JSON array, which cannot be appended to. Use a name that ends in .ndjson.`,
      );
    if (format === "json")
      throw new UsageError("--format json is an array, which cannot be appended to. Use ndjson or csv.");
    const { everyMs, range } = readPasses(options, zone);
    if (options.out !== undefined && (await resolveRealPath(options.out)) === (await resolveRealPath(options.state)))
      throw new UsageError("--out and --state are the same file. Choose another file for --out.");
    if (options.forgetKeyEnv !== undefined)
      throw new UsageError("--forget-key-env requires --into: customers are forgotten in a database.");
    const mask = callMask(options);
    const openMasked = async () =>
      changingPrinter(await openPrinter<SyncChange>(options, changeColumns, zone), ({ type, record }) => ({
        type,
        record: mask(record),
      }));
    const store = new FileCheckpointStore(options.state);
    const log = await openChangeLog(options.out, { format, openPrinter: openMasked }, interruption.signal);
    const pass = async () => {
      const stream = context.client.sync({
        ...commonArguments(options, context),
        ...range,
        raw: options.raw ?? false,
        store,
      });
      try {
        await readPass(stream, log, options.out, context);
      } catch (error) {
        return failedPass(error, everyMs, ({ code }) => code !== "checkpoint", context);
      }
      return reportPass(stream.report().accounts, options.account !== undefined, command, context);
    };
    const printNotes = () => {
      messages.info(zoneDescription);
      if (log.note !== undefined) messages.info(log.note);
    };
    try {
      const code = await repeatPasses(everyMs, pass, printNotes, context);
      const stoppedWith = interruption.exitCode();
      if (stoppedWith === null) return code;
      messages.notice(`Stopped. The checkpoint is in ${options.state}. To continue: ${repeatCommand(command)}`);
      return stoppedWith;
    } finally {
      await log.close();
    }
  });
}

async function readPass(
  stream: SyncStream,
  log: ChangeLog,
  out: string | undefined,
  { messages }: CommandContext,
): Promise<void> {
  const progress = await showProgress(messages, out, () => stream.report());
  try {
    await stream.forEach((batch) => log.take(batch));
  } finally {
    progress.stop();
  }
}
