import { constants } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import type { CheckpointParts } from "./checkpoint-store.js";
import { hasErrorCode } from "../../files/error-code.js";
import {
  flushToDisk,
  isReplacementRefused,
  removeTemporaryFiles,
  replaceFile,
  restrictToOwner,
  withOpenFile,
  writeAt,
} from "../../files/durable-file.js";
import {
  accountsIn,
  applyEntry,
  type Entry,
  printEntry,
  printJournal,
  printSnapshot,
  type Saved,
  sizeOfJournal,
} from "./journal-lines.js";
import { type JournalContent, JournalReader } from "./journal-reader.js";
import { openRegularFile, statIfExists } from "../../files/regular-file.js";

/** Another owner has replaced the file. */
export class JournalReplaced extends Error {}

/** Another program has written to the file, or truncated it, while this owner held its lock. */
export class JournalChanged extends Error {}

/** A file is rewritten when its size exceeds this multiple of its content. */
const MAX_GROWTH = 3;
const MIN_SIZE = 1_000_000;

/**
 * A file of saves, one per line. Each save appends its changes atomically. When the file has grown too large, a new one replaces it. A file that cannot be
 * replaced, such as one that is a mount point, is rewritten in place.
 */
export class Journal {
  private file: FileHandle | null = null;
  private hasChanged = false;

  private constructor(
    private readonly path: string,
    private readonly saved: Saved,
    private size: number,
    private sizeWhenNew: number | null,
    /** Whether the next save rewrites the file. */
    private mustRewrite: boolean,
  ) {}

  /**
   * Opens the file for saves. The caller must hold its lock. The file need not exist.
   * @param mustRewrite whether the first save replaces the file. A suspended former owner then writes to the old file, which is no longer read.
   * @throws UnreadableJournal, NotARegularFile and the errors of the file system.
   */
  static async open(path: string, mustRewrite: boolean, reader = new JournalReader()): Promise<Journal> {
    const content = await reader.read(path);
    reader.forget();
    await removeTemporaryFiles(path);
    if (content === null) return new Journal(path, new Map(), 0, null, true);
    const { saved, end, length, sizeWhenNew } = content;
    // Data after the last complete line is from a writer that ended during a save.
    return new Journal(path, saved, end, sizeWhenNew, mustRewrite || end < length);
  }

  /** The saved parts of an account. */
  partsOf(account: string): CheckpointParts {
    return Object.fromEntries(this.saved.get(account) ?? []);
  }

  /** The labels of the accounts with parts. */
  get accounts(): string[] {
    return accountsIn(this.saved);
  }

  /** The content of the file, for the cache of a reader; null if it is uncertain. */
  get content(): JournalContent | null {
    return this.mustRewrite
      ? null
      : { saved: this.saved, end: this.size, length: this.size, sizeWhenNew: this.sizeWhenNew };
  }

  /** @throws JournalReplaced, JournalChanged and the errors of the file system. Nothing is saved then. */
  async save(entry: Entry): Promise<void> {
    if (this.hasChanged) throw new JournalChanged();
    const line = printEntry(entry);
    if (this.mustRewrite || this.hasGrown(line.length)) await this.replace(entry);
    else await this.append(line);
    applyEntry(this.saved, entry);
  }

  private hasGrown(by: number): boolean {
    const size = this.size + by;
    if (size <= MIN_SIZE) return false;
    this.sizeWhenNew ??= sizeOfJournal(this.saved);
    return size > MAX_GROWTH * this.sizeWhenNew;
  }

  private async append(line: Buffer): Promise<void> {
    // Until the line is on the disk, the end of the file is uncertain.
    this.mustRewrite = true;
    this.file ??= await openToAppend(this.path);
    if ((await this.file.stat()).size !== this.size) {
      if (await this.isInPlace(this.file)) throw this.changed();
      throw new JournalReplaced();
    }
    await this.file.writeFile(line);
    await flushToDisk(this.file);
    if (!(await this.isInPlace(this.file))) throw new JournalReplaced();
    this.size += line.length;
    if ((await this.file.stat()).size !== this.size) throw this.changed();
    this.mustRewrite = false;
  }

  /** Rejects all further saves, so that the data of another program is not overwritten. */
  private changed(): JournalChanged {
    this.hasChanged = true;
    return new JournalChanged();
  }

  private async isInPlace(file: FileHandle): Promise<boolean> {
    const [own, present] = await Promise.all([file.stat({ bigint: true }), statIfExists(this.path)]);
    return own.ino === present?.ino;
  }

  private async replace(entry: Entry): Promise<void> {
    this.mustRewrite = true;
    await this.close();
    // The changes are applied to a copy, so that nothing is saved if the write fails.
    const saved: Saved = new Map(this.saved).set(entry.account, new Map(this.saved.get(entry.account)));
    applyEntry(saved, entry);
    const content = printJournal(saved);
    try {
      await replaceFile(this.path, content);
      this.size = content.length;
    } catch (error) {
      if (!isReplacementRefused(error)) throw error;
      await this.rewrite(content, printSnapshot(saved)).catch((other: unknown) => {
        // The file does not exist and could not be created.
        throw hasErrorCode(other, "ENOENT") ? error : other;
      });
    }
    this.sizeWhenNew = content.length;
    this.mustRewrite = false;
  }

  /**
   * Rewrites the file in place. A snapshot of the complete content is first written at its end, and counts until the beginning is complete again. The file
   * is therefore readable after a crash at any moment.
   */
  private async rewrite(content: Buffer, snapshot: Buffer): Promise<void> {
    await withOpenFile(this.path, this.size === 0, async (file) => {
      await restrictToOwner(file);
      const { size } = await file.stat();
      if (size < this.size) throw this.changed();
      // A failed save has left a part of its line.
      if (size > this.size) await file.truncate(this.size);
      if (this.size === 0) {
        await writeAt(file, content, 0);
        this.size = content.length;
        return;
      }
      const before = this.size;
      await writeAt(file, snapshot, before);
      this.size += snapshot.length;
      // The content is written before the snapshot only if it fits there. Otherwise the snapshot stays.
      if (content.length > before) return;
      await writeAt(file, content, 0);
      await file.truncate(content.length);
      this.size = content.length;
      await flushToDisk(file);
    });
  }

  async close(): Promise<void> {
    const { file } = this;
    this.file = null;
    await file?.close();
  }
}

/** Opens an existing file to append. A new file would lack the header line, so that the save would be lost. */
async function openToAppend(path: string): Promise<FileHandle> {
  const file = await openRegularFile(path, constants.O_WRONLY | constants.O_APPEND);
  // A copied file may have another mode.
  await restrictToOwner(file);
  return file;
}
