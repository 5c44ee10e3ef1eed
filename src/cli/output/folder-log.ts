import { createHash } from "node:crypto";
import { mkdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { hasErrorCode } from "../../files/error-code.js";
import type { SyncBatch } from "../../operations/sync/sync-batch.js";
import type { ChangeFormat, ChangeLog } from "./change-log.js";
import { MovedMeanwhile, openFile } from "./file-target.js";
import { removePartsIn } from "./part-file.js";

/** A rotation that takes the folder away this often while one batch is written never lets the batch arrive. */
const MAX_TRIES = 5;

/** A folder to which each batch adds a file, whole. The files' names sort in the order in which they came. */
export class FolderLog implements ChangeLog {
  private number = 0;

  private constructor(
    private readonly folder: string,
    private readonly how: ChangeFormat,
  ) {}

  /** Makes the folder where there is none. @throws what the file system throws. */
  static async open(folder: string, how: ChangeFormat): Promise<FolderLog> {
    await mkdir(folder, { recursive: true });
    await removePartsIn(folder);
    return new FolderLog(folder, how);
  }

  /** A reader may take each file away as soon as it is there. The folder itself must still be the one that the path names. */
  async take({ account, changes }: SyncBatch): Promise<void> {
    this.number += 1;
    const time = new Date().toISOString().replaceAll(":", "-");
    const name = `${time}-${String(this.number).padStart(6, "0")}-${fileNameOf(account)}.${this.how.format}`;
    const printer = await this.how.openPrinter();
    const text = `${printer.begin()}${printer.rows(changes)}${printer.end()}`;
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      await mkdir(this.folder, { recursive: true });
      const before = await this.identity();
      const isWritten = await this.write(join(this.folder, name), text);
      if (isWritten && before !== null && (await this.identity()) === before) return;
    }
    throw new Error(
      `${this.folder}: another program moved or removed the folder ${MAX_TRIES} times while one batch was written. The batch is not committed: run the command again.`,
    );
  }

  /** False where the folder was taken away meanwhile. */
  private async write(path: string, text: string): Promise<boolean> {
    try {
      const target = await openFile(path, null);
      try {
        await target.write(text);
      } catch (error) {
        await target.discard();
        throw error;
      }
      await target.finish();
      return true;
    } catch (error) {
      if (error instanceof MovedMeanwhile || hasErrorCode(error, "ENOENT")) return false;
      throw error;
    }
  }

  /** By which the folder is told from another one at the same path; null where there is none. */
  private async identity(): Promise<string | null> {
    try {
      const { dev, ino } = await stat(this.folder, { bigint: true });
      return `${dev} ${ino}`;
    } catch (error) {
      if (hasErrorCode(error, "ENOENT")) return null;
      throw error;
    }
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** A file system takes 143 to 255 bytes for a name, of which the time, the number and the endings need up to 85. */
const MAX_BYTES = 100;
const DIGEST_LENGTH = 16;

/** An account's label as a part of a file's name. A long label is cut, and a hash keeps it unique. */
export function fileNameOf(account: string): string {
  // A lone surrogate has no bytes of its own, and an asterisk is no part of a name on Windows.
  const encoded = encodeURIComponent(Buffer.from(account).toString()).replaceAll("*", "%2A");
  if (encoded.length <= MAX_BYTES) return encoded;
  const whole = encoded.slice(0, MAX_BYTES - DIGEST_LENGTH - 1).replace(/%[0-9A-F]?$/, "");
  return `${whole}-${createHash("sha256").update(account).digest("hex").slice(0, DIGEST_LENGTH)}`;
}
