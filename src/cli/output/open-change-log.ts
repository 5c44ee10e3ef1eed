import { fstatSync } from "node:fs";
import { stat } from "node:fs/promises";
import type { SyncChange } from "../../operations/sync/sync-batch.js";
import { UsageError } from "../usage-error.js";
import type { ChangeFormat, ChangeLog } from "./change-log.js";
import { isCompressed } from "./file-target.js";
import { FolderLog } from "./folder-log.js";
import { LineLog } from "./line-log.js";
import { openDestination } from "./open-target.js";
import type { Printer } from "./printer.js";

/**
 * Standard output, a file that grows, or a folder to which each batch adds a file.
 * @throws UsageError when the format cannot be written there; what the file system throws.
 */
export async function openChangeLog(
  out: string | undefined,
  how: ChangeFormat,
  signal: AbortSignal,
): Promise<ChangeLog> {
  if (out === undefined) return toStandardOutput(await how.openPrinter(), signal);
  const isFolder = out.endsWith("/") || (await isThereAsFolder(out));
  if (isFolder) return FolderLog.open(out, how);
  if (how.format !== "ndjson")
    throw new UsageError(
      `--out: a file that grows is ndjson. For ${how.format}, name a folder (with / at its end): each batch becomes a file in it.`,
    );
  if (isCompressed(out))
    throw new UsageError("--out: a file that grows is not compressed. Name one that does not end in .gz, or a folder.");
  return LineLog.open(out, await how.openPrinter());
}

async function toStandardOutput(printer: Printer<SyncChange>, signal: AbortSignal): Promise<ChangeLog> {
  const target = await openDestination(undefined, signal);
  await target.write(printer.begin());
  return {
    async take({ changes }) {
      await target.write(printer.rows(changes));
      refuseRemovedFile(process.stdout.fd);
    },
    // Whoever has interrupted it does not wait for an end.
    close: () => (signal.aborted ? Promise.resolve() : target.write(printer.end())),
  };
}

/** A shell has opened the file of `>> file`: it cannot be opened again from here. */
function refuseRemovedFile(descriptor: number): void {
  const output = fstatSync(descriptor);
  if (output.isFile() && output.nlink === 0)
    throw new Error(
      "Standard output is a file that another program has removed: the last batch is lost in it, and is not committed. Use --out, which opens the file again.",
    );
}

async function isThereAsFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
