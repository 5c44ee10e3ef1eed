import { mkdir, open, type FileHandle, stat } from "node:fs/promises";
import { join } from "node:path";
import type { SyncBatch, SyncChange } from "../../engine/sync/account-sync.js";
import { UsageError } from "../usage-error.js";
import { openDestination } from "./destination.js";
import { openFile } from "./file-destination.js";
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
  if (out.endsWith(".gz")) throw new UsageError("--out: a file that grows is not compressed. Name one that does not end in .gz, or a folder.");
  return LineLog.open(out, await how.openPrinter());
}

async function toStandardOutput(printer: Printer<SyncChange>, signal: AbortSignal): Promise<ChangeLog> {
  const destination = await openDestination(undefined, signal);
  await destination.write(printer.begin());
  return {
    take: ({ changes }) => destination.write(printer.rows(changes)),
    close: () => destination.write(printer.end()),
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
    private readonly file: FileHandle,
    private readonly printer: Printer<SyncChange>,
    private size: number,
  ) {}

  static async open(path: string, printer: Printer<SyncChange>): Promise<LineLog> {
    const file = await open(path, "a+", 0o666);
    const size = await endOfLastLine(file);
    // Written half by a process that was killed, and not committed: it comes again.
    await file.truncate(size);
    return new LineLog(file, printer, size);
  }

  async take({ changes }: SyncBatch): Promise<void> {
    const text = Buffer.from(this.printer.rows(changes));
    try {
      await this.file.appendFile(text);
      await this.file.datasync();
    } catch (error) {
      // Such as a full disk: what of the batch is there already would come twice.
      await this.file.truncate(this.size).catch(() => undefined);
      throw error;
    }
    this.size += text.byteLength;
  }

  async close(): Promise<void> {
    await this.file.close();
  }
}

const CHUNK = 65_536;

/** Behind the last line that is whole. */
async function endOfLastLine(file: FileHandle): Promise<number> {
  const chunk = Buffer.alloc(CHUNK);
  for (let end = (await file.stat()).size; end > 0; end -= CHUNK) {
    const begin = Math.max(0, end - CHUNK);
    const { bytesRead } = await file.read(chunk, 0, end - begin, begin);
    const at = chunk.subarray(0, bytesRead).lastIndexOf(0x0a);
    if (at >= 0) return begin + at + 1;
  }
  return 0;
}

async function isThereAsFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
