import { type FileHandle, open, stat } from "node:fs/promises";
import { dirname } from "node:path";
import type { SyncBatch, SyncChange } from "../../operations/sync/sync-batch.js";
import { hasErrorCode } from "../../files/error-code.js";
import { resolveRealPath } from "../../files/location.js";
import { flushToDisk, syncDirectory } from "../../files/durable-file.js";
import { UsageError } from "../exit-code.js";
import type { ChangeLog } from "./change-log.js";
import type { Printer } from "./columns.js";

/** The number of times that another program may replace the file while one batch is written. */
const MAX_TRIES = 5;
const NEW_FILE_MODE = 0o666;
const CHUNK_BYTES = 65_536;
const NEWLINE = 0x0a;
/** The start of every line that a sync writes. */
const LINE_START = '{"type":"';

/** The open file, and its identity. */
interface OpenFile {
  handle: FileHandle;
  device: bigint;
  inode: bigint;
  mode: number;
}

/**
 * A file to which complete lines are appended. Another program may rotate the file at any time: remove, rename, replace or truncate it. A batch is written
 * only when it is on the disk in the file that the path names.
 */
export class LineLog implements ChangeLog {
  private constructor(
    private readonly path: string,
    private file: OpenFile | null,
    private readonly printer: Printer<SyncChange>,
    /** The permissions of a file that is created after a rotation, which are those of the previous file. */
    private mode: number,
  ) {}

  /** Opens the file. @throws UsageError if the path does not name a file of changes; the errors of the file system. */
  static async open(path: string, printer: Printer<SyncChange>): Promise<LineLog> {
    const file = await openLines(path, NEW_FILE_MODE);
    return new LineLog(path, file, printer, file.mode);
  }

  /** Writes a batch. @throws UsageError if the path now names a file with other content; the errors of the file system. The batch must then not be committed. */
  async take({ changes }: SyncBatch): Promise<void> {
    const rows = Buffer.from(this.printer.rows(changes));
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      if (await this.append(rows)) return;
    }
    throw new Error(
      `${this.path}: another program replaced or truncated the file ${MAX_TRIES} times while one batch was written. The batch is not committed: run the command again.`,
    );
  }

  /** Appends the rows. Returns whether they are on the disk in the file that the path names. */
  private async append(rows: Buffer): Promise<boolean> {
    const { handle } = await this.present();
    // A killed process may leave an incomplete line. Its batch was not committed, and is delivered again. It is removed only here, while the lock of the
    // checkpoint is held: before that, another process may still be writing it.
    const { end, size, foreign } = await endOfLines(handle);
    if (foreign) throw foreignFile(this.path);
    if (end < size) await shrink(handle, end);
    try {
      await handle.appendFile(rows);
      await flushToDisk(handle);
    } catch (error) {
      // For example on a full disk. The written part of the batch is removed, because it will be delivered again.
      await shrink(handle, end).catch(() => undefined);
      if (error instanceof Error) error.message = `${this.path}: ${error.message}`;
      throw error;
    }
    const found = await this.namedFile();
    return found !== null && found.size >= BigInt(end + rows.length);
  }

  /** Returns the file that the path names, and opens it again if it is another file. */
  private async present(): Promise<OpenFile> {
    if (this.file !== null && (await this.namedFile()) !== null) return this.file;
    await this.close();
    this.file = await openLines(this.path, this.mode);
    this.mode = this.file.mode;
    return this.file;
  }

  /** Returns the status of the file that the path names, if it is the open file; else null. */
  private async namedFile(): Promise<{ size: bigint } | null> {
    const found = await stat(this.path, { bigint: true }).catch((error: unknown) => {
      if (hasErrorCode(error, "ENOENT") || hasErrorCode(error, "ENOTDIR")) return null;
      throw error;
    });
    return found !== null && found.dev === this.file?.device && found.ino === this.file.inode ? found : null;
  }

  async close(): Promise<void> {
    const { file } = this;
    this.file = null;
    await file?.handle.close();
  }
}

/** Opens the file for appending, and creates it if it does not exist. */
async function openLines(path: string, mode: number): Promise<OpenFile> {
  const handle = await open(path, "a+", mode);
  try {
    const found = await handle.stat({ bigint: true });
    if (!found.isFile()) throw new UsageError(`--out: ${path} is not a regular file. To write to a pipe, omit --out.`);
    const { end, foreign } = await endOfLines(handle);
    if (foreign || (end > 0 && !(await isSyncLine(handle, 0)))) throw foreignFile(path);
    // The name of a new file must survive a crash of the machine, like its rows.
    if (found.size === 0n) await syncDirectory(dirname(await resolveRealPath(path)));
    return { handle, device: found.dev, inode: found.ino, mode: Number(found.mode) & 0o777 };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

function foreignFile(path: string): UsageError {
  return new UsageError(`--out: ${path} contains data that is not from a sync. Choose another file.`);
}

/** Truncates a file. A file that another program has truncated further must not grow. */
async function shrink(file: FileHandle, end: number): Promise<void> {
  const { size } = await file.stat();
  if (size > end) await file.truncate(end);
}

/** Returns the end of the last complete line, the size of the file, and whether the rest (`foreign`) is not the start of a line of a sync. */
async function endOfLines(file: FileHandle): Promise<{ end: number; size: number; foreign: boolean }> {
  const chunk = Buffer.alloc(CHUNK_BYTES);
  const { size } = await file.stat();
  let end = 0;
  for (let until = size; until > 0 && end === 0; until -= CHUNK_BYTES) {
    const begin = Math.max(0, until - CHUNK_BYTES);
    const { bytesRead } = await file.read(chunk, 0, until - begin, begin);
    const at = chunk.subarray(0, bytesRead).lastIndexOf(NEWLINE);
    if (at >= 0) end = begin + at + 1;
  }
  return { end, size, foreign: !(await isSyncLine(file, end)) };
}

/** Whether the text at this position is a line of a sync, or the start of one. */
async function isSyncLine(file: FileHandle, at: number): Promise<boolean> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(LINE_START.length), 0, LINE_START.length, at);
  return LINE_START.startsWith(buffer.toString("utf8", 0, bytesRead));
}
