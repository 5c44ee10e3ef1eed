import { createHash } from "node:crypto";
import { mkdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { hasErrorCode } from "../../files/error-code.js";
import { removePartsIn } from "../../files/part-file.js";
import { FileMovedError } from "../../files/replacement.js";
import type { SyncBatch } from "../../operations/sync/sync-batch.js";
import type { ChangeFormat, ChangeLog } from "./change-log.js";
import { openFile } from "./file-target.js";

/** The number of times that another program may remove the folder while one batch is written. */
const MAX_TRIES = 5;

/** A folder to which each batch adds a complete file. The file names sort by time. */
export class FolderLog implements ChangeLog {
  private number = 0;

  private constructor(
    private readonly folder: string,
    private readonly how: ChangeFormat,
  ) {}

  /** Opens the folder, and creates it if it does not exist. @throws the errors of the file system. */
  static async open(folder: string, how: ChangeFormat): Promise<FolderLog> {
    await mkdir(folder, { recursive: true });
    await removePartsIn(folder);
    return new FolderLog(folder, how);
  }

  /** Writes a batch. A reader may remove the file immediately, but the path must still name the same folder. */
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

  /** Returns false if the folder was removed meanwhile. */
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
      if (error instanceof FileMovedError || hasErrorCode(error, "ENOENT")) return false;
      throw error;
    }
  }

  /** Returns the identity of the folder that the path names; null if there is none. */
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

/** File systems allow names of 143 to 255 bytes, and the time, the number and the extensions need up to 85. */
const MAX_BYTES = 100;
const DIGEST_LENGTH = 16;

/** Returns an account's label as a part of a file name. A long label is truncated, with a hash that keeps it unique. */
export function fileNameOf(account: string): string {
  // A lone surrogate cannot be encoded, and Windows does not allow an asterisk in a name.
  const encoded = encodeURIComponent(Buffer.from(account).toString()).replaceAll("*", "%2A");
  if (encoded.length <= MAX_BYTES) return encoded;
  const whole = encoded.slice(0, MAX_BYTES - DIGEST_LENGTH - 1).replace(/%[0-9A-F]?$/, "");
  return `${whole}-${createHash("sha256").update(account).digest("hex").slice(0, DIGEST_LENGTH)}`;
}
