import { fstatSync } from "node:fs";
import { stat } from "node:fs/promises";
import type { SyncChange } from "../../operations/sync/sync-batch.js";
import { UsageError } from "../exit-code.js";
import type { ChangeFormat, ChangeLog } from "./change-log.js";
import type { Printer } from "./columns.js";
import { isCompressed } from "./file-target.js";
import { FolderLog } from "./folder-log.js";
import { LineLog } from "./line-log.js";
import { openTarget } from "./open-target.js";

/**
 * Opens standard output, a file that is appended to, or a folder to which each batch adds a file.
 * @throws UsageError if the format does not support that output; the errors of the file system.
 */
export async function openChangeLog(
  out: string | undefined,
  how: ChangeFormat,
  signal: AbortSignal,
): Promise<ChangeLog> {
  if (out === undefined) return toStandardOutput(await how.openPrinter(), signal);
  if (out.endsWith("/") || (await isFolder(out))) return FolderLog.open(out, how);
  if (how.format !== "ndjson")
    throw new UsageError(
      `--out: a file that is appended to must be ndjson. For ${how.format}, name a folder (with / at the end): each batch becomes a file in it.`,
    );
  if (isCompressed(out))
    throw new UsageError(
      "--out: a file that is appended to cannot be compressed. Use a name that does not end in .gz, or a folder.",
    );
  return LineLog.open(out, await how.openPrinter());
}

async function toStandardOutput(printer: Printer<SyncChange>, signal: AbortSignal): Promise<ChangeLog> {
  const target = await openTarget(undefined, signal);
  await target.write(printer.begin());
  return {
    note: printer.note,
    async take({ changes }) {
      await target.write(printer.rows(changes));
      refuseRemovedFile(process.stdout.fd);
    },
    // After an interruption, nothing more is written.
    close: () => (signal.aborted ? Promise.resolve() : target.write(printer.end())),
  };
}

/** Throws if standard output is a file that was removed. The shell opened the file of `>> file`, so this process cannot open it again. */
function refuseRemovedFile(descriptor: number): void {
  const output = fstatSync(descriptor);
  if (output.isFile() && output.nlink === 0)
    throw new Error(
      "Standard output is a file that another program has removed. The last batch is lost with it, and is not committed. Use --out, which opens the file again.",
    );
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
