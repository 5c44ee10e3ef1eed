import { type FileHandle, open, stat } from "node:fs/promises";
import { dirname } from "node:path";
import type { SyncBatch, SyncChange } from "../../operations/sync/sync-batch.js";
import { hasErrorCode } from "../../files/error-code.js";
import { resolveRealPath } from "../../files/location.js";
import { flushToDisk, syncDirectory } from "../../files/durable-file.js";
import { UsageError } from "../usage-error.js";
import type { ChangeLog } from "./change-log.js";
import { endOfLines, isOurLine } from "./line-end.js";
import type { Printer } from "./printer.js";

/** A rotation that replaces the file this often while one batch is written never lets the batch arrive. */
const MAX_TRIES = 5;
const NEW_FILE_MODE = 0o666;

/** The file that is open, and how it is told from another one at the same path. */
interface OpenFile {
  handle: FileHandle;
  device: bigint;
  inode: bigint;
  mode: number;
}

/**
 * A file of lines, which are added to it whole. Another program may rotate the file at any time: remove, rename, replace or truncate it. A batch is
 * accepted only when it is on the disk in the file that the path names.
 */
export class LineLog implements ChangeLog {
  private constructor(
    private readonly path: string,
    private file: OpenFile | null,
    private readonly printer: Printer<SyncChange>,
    /** Permissions of a file that is made after a rotation: those of the file before it. */
    private mode: number,
  ) {}

  /** @throws UsageError when the path names something else than a file of changes; what the file system throws. */
  static async open(path: string, printer: Printer<SyncChange>): Promise<LineLog> {
    const file = await openLines(path, NEW_FILE_MODE);
    return new LineLog(path, file, printer, file.mode);
  }

  /** @throws UsageError when another program has put a foreign file at the path; what the file system throws. Nothing may be committed then. */
  async take({ changes }: SyncBatch): Promise<void> {
    const rows = Buffer.from(this.printer.rows(changes));
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      if (await this.append(rows)) return;
    }
    throw new Error(
      `${this.path}: another program replaced or truncated the file ${MAX_TRIES} times while one batch was written. The batch is not committed: run the command again.`,
    );
  }

  /** Whether the rows are on the disk, and the path names the file in which they are. */
  private async append(rows: Buffer): Promise<boolean> {
    const { handle } = await this.present();
    // A killed process left half a line. It was not committed, and comes again. It is cut off only here, where the lock of the state is held: before,
    // another process may be writing it.
    const { end, size, foreign } = await endOfLines(handle);
    if (foreign) throw foreignFile(this.path);
    if (end < size) await shrink(handle, end);
    try {
      await handle.appendFile(rows);
      await flushToDisk(handle);
    } catch (error) {
      // Such as a full disk: the part of the batch that is there would come twice.
      await shrink(handle, end).catch(() => undefined);
      if (error instanceof Error) error.message = `${this.path}: ${error.message}`;
      throw error;
    }
    const found = await this.namedFile();
    return found !== null && found.size >= BigInt(end + rows.length);
  }

  /** The file that the path names now, opened again if it is not the one that was open. */
  private async present(): Promise<OpenFile> {
    if (this.file !== null && (await this.namedFile()) !== null) return this.file;
    await this.close();
    this.file = await openLines(this.path, this.mode);
    this.mode = this.file.mode;
    return this.file;
  }

  /** What the path names, if it is the file that is open; else null. */
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

/** Opens the file for lines at its end; it is made where there is none. */
async function openLines(path: string, mode: number): Promise<OpenFile> {
  const handle = await open(path, "a+", mode);
  try {
    const found = await handle.stat({ bigint: true });
    if (!found.isFile())
      throw new UsageError(`--out: ${path} is no file that could grow. Leave --out away to write to a pipe.`);
    const { end, foreign } = await endOfLines(handle);
    if (foreign || (end > 0 && !(await isOurLine(handle, 0)))) throw foreignFile(path);
    // Its name must outlast a crash of the machine, as its rows do.
    if (found.size === 0n) await syncDirectory(dirname(await resolveRealPath(path)));
    return { handle, device: found.dev, inode: found.ino, mode: Number(found.mode) & 0o777 };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

function foreignFile(path: string): UsageError {
  return new UsageError(`--out: ${path} holds something that is no change of a sync. Name another file.`);
}

/** Cuts a file off. One that another program has truncated meanwhile must not grow by it. */
async function shrink(file: FileHandle, end: number): Promise<void> {
  const { size } = await file.stat();
  if (size > end) await file.truncate(end);
}
