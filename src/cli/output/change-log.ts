import { mkdir, open, type FileHandle, stat } from "node:fs/promises";
import { join } from "node:path";
import type { SyncBatch, SyncChange } from "../../engine/sync/account-sync.js";
import { UsageError } from "../usage-error.js";
import { openDestination } from "./open-destination.js";
import { isCompressed, openFile } from "./file-destination.js";
import type { Format } from "./format.js";
import type { Printer } from "./printer.js";

/** Where the changes of a sync go. What it has taken is on the disk, or with the reader: the batch may be committed. */
export interface ChangeLog {
  take(batch: SyncBatch): Promise<void>;
  close(): Promise<void>;
}

/** How changes are written. */
export interface ChangeFormat {
  format: Format;
  /** A new one for each file. */
  openPrinter: () => Promise<Printer<SyncChange>>;
}

/**
 * Standard output, a file that grows, or a folder to which each batch adds a file.
 * @throws UsageError when the format cannot be written there; what the file system throws.
 */
export async function openChangeLog(out: string | undefined, how: ChangeFormat, signal: AbortSignal): Promise<ChangeLog> {
  if (out === undefined) return toStandardOutput(await how.openPrinter(), signal);
  const isFolder = out.endsWith("/") || (await isThereAsFolder(out));
  if (isFolder) return toFolder(out, how);
  if (how.format !== "ndjson") throw new UsageError(`--out: a file that grows is ndjson. For ${how.format}, name a folder (with / at its end): each batch becomes a file in it.`);
  if (isCompressed(out)) throw new UsageError("--out: a file that grows is not compressed. Name one that does not end in .gz, or a folder.");
  return LineLog.open(out, await how.openPrinter());
}

async function toStandardOutput(printer: Printer<SyncChange>, signal: AbortSignal): Promise<ChangeLog> {
  const destination = await openDestination(undefined, signal);
  await destination.write(printer.begin());
  return {
    take: ({ changes }) => destination.write(printer.rows(changes)),
    // Whoever has interrupted it does not wait for an end.
    close: () => (signal.aborted ? Promise.resolve() : destination.write(printer.end())),
  };
}

/** Each batch is a file by itself: whole or absent. Their names sort in the order in which they came. */
async function toFolder(folder: string, { format, openPrinter }: ChangeFormat): Promise<ChangeLog> {
  await mkdir(folder, { recursive: true });
  let number = 0;
  return {
    async take({ account, changes }) {
      const printer = await openPrinter();
      number += 1;
      const time = new Date().toISOString().replaceAll(":", "-");
      const name = `${time}-${String(number).padStart(6, "0")}-${encodeURIComponent(account)}.${format}`;
      const destination = await openFile(join(folder, name), null);
      try {
        await destination.write(`${printer.begin()}${printer.rows(changes)}${printer.end()}`);
      } catch (error) {
        await destination.discard();
        throw error;
      }
      await destination.finish();
    },
    close: () => Promise.resolve(),
  };
}

/** A file of lines, which are added to it whole. */
class LineLog implements ChangeLog {
  private constructor(
    private readonly path: string,
    private readonly file: FileHandle,
    private readonly printer: Printer<SyncChange>,
  ) {}

  static async open(path: string, printer: Printer<SyncChange>): Promise<LineLog> {
    const file = await open(path, "a+", 0o666);
    try {
      if (!(await file.stat()).isFile()) throw new UsageError(`--out: ${path} is no file that could grow. Leave --out away to write to a pipe.`);
      const { end, foreign } = await endOfLines(file);
      if (foreign || (end > 0 && !(await isOurLine(file, 0)))) throw new UsageError(`--out: ${path} holds something that is no change of a sync. Name another file.`);
      return new LineLog(path, file, printer);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  async take({ changes }: SyncBatch): Promise<void> {
    // Half a line was left by a process that was killed: it was not committed, and comes again. It is cut off only here, where the lock of the state is
    // held: before, it may be another process that is writing it.
    const { end, size } = await endOfLines(this.file);
    if (end < size) await this.file.truncate(end);
    try {
      await this.file.appendFile(Buffer.from(this.printer.rows(changes)));
      await this.file.datasync();
    } catch (error) {
      // Such as a full disk: what of the batch is there already would come twice.
      await this.file.truncate(end).catch(() => undefined);
      if (error instanceof Error) error.message = `${this.path}: ${error.message}`;
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.file.close();
  }
}

const CHUNK = 65_536;
const NEWLINE = 0x0a;
const LINE_BEGIN = '{"type":"';

/** Behind the last line that is whole, and of the whole file; `foreign` where what is behind that line is not the beginning of one of ours. */
async function endOfLines(file: FileHandle): Promise<{ end: number; size: number; foreign: boolean }> {
  const chunk = Buffer.alloc(CHUNK);
  const { size } = await file.stat();
  let end = 0;
  for (let until = size; until > 0 && end === 0; until -= CHUNK) {
    const begin = Math.max(0, until - CHUNK);
    const { bytesRead } = await file.read(chunk, 0, until - begin, begin);
    const at = chunk.subarray(0, bytesRead).lastIndexOf(NEWLINE);
    if (at >= 0) end = begin + at + 1;
  }
  return { end, size, foreign: !(await isOurLine(file, end)) };
}

/** Whether what begins there is one of our lines, or the beginning of one. */
async function isOurLine(file: FileHandle, at: number): Promise<boolean> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(LINE_BEGIN.length), 0, LINE_BEGIN.length, at);
  return LINE_BEGIN.startsWith(buffer.toString("utf8", 0, bytesRead));
}

async function isThereAsFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
