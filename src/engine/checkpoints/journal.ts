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

/** Another owner has put a file of its own in the place of this one. */
export class JournalReplaced extends Error {}

/** Another program has written into the file, or cut it off, while this owner had its lock. */
export class JournalChanged extends Error {}

/** A file that has grown to more than so many times of what it holds is written anew. */
const MAX_GROWTH = 3;
const MIN_SIZE = 1_000_000;

/**
 * Saves as the lines of a file: each appends what has changed, and is there whole or not at all. Now and then the file is written anew, beside the
 * old one, and put in its place; or in place, where the system does not let it be replaced, such as a file that is mounted by itself.
 */
export class Journal {
  private file: FileHandle | null = null;
  private hasChanged = false;

  private constructor(
    private readonly path: string,
    private readonly saved: Saved,
    private size: number,
    private sizeWhenNew: number | null,
    /** Whether the next save writes the file anew. */
    private isToReplace: boolean,
  ) {}

  /**
   * Opens the file for saves, by who has its lock; it need not exist yet.
   * @param isToReplace whether the first save writes the file anew: an owner who was taken for dead then writes into the old one, which nobody reads.
   * @throws UnreadableJournal and NotAFile; what the file system throws.
   */
  static async open(path: string, isToReplace: boolean, reader = new JournalReader()): Promise<Journal> {
    const content = await reader.read(path);
    reader.forget();
    await removeTemporaryFiles(path);
    if (content === null) return new Journal(path, new Map(), 0, null, true);
    const { saved, end, length, sizeWhenNew } = content;
    // What stands behind the last whole line was being written when its writer ended.
    return new Journal(path, saved, end, sizeWhenNew, isToReplace || end < length);
  }

  /** What an account has saved. */
  partsOf(account: string): CheckpointParts {
    return Object.fromEntries(this.saved.get(account) ?? []);
  }

  /** What the file holds, for who reads it next; null where that is not certain. */
  get content(): JournalContent | null {
    return this.isToReplace
      ? null
      : { saved: this.saved, end: this.size, length: this.size, sizeWhenNew: this.sizeWhenNew };
  }

  /** @throws JournalReplaced and JournalChanged; what the file system throws, and then nothing is saved. */
  async save(entry: Entry): Promise<void> {
    if (this.hasChanged) throw new JournalChanged();
    const line = printEntry(entry);
    if (this.isToReplace || this.hasGrown(line.length)) await this.replace(entry);
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
    // Until it is known to be there, the end of the file cannot be relied upon.
    this.isToReplace = true;
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
    this.isToReplace = false;
  }

  /** What another has written must not be written over: no further save is made. */
  private changed(): JournalChanged {
    this.hasChanged = true;
    return new JournalChanged();
  }

  private async isInPlace(file: FileHandle): Promise<boolean> {
    const [own, present] = await Promise.all([file.stat({ bigint: true }), statIfExists(this.path)]);
    return own.ino === present?.ino;
  }

  private async replace(entry: Entry): Promise<void> {
    this.isToReplace = true;
    await this.close();
    // A copy: where it cannot be written, nothing is saved.
    const saved: Saved = new Map(this.saved).set(entry.account, new Map(this.saved.get(entry.account)));
    applyEntry(saved, entry);
    const content = printJournal(saved);
    try {
      await replaceFile(this.path, content);
      this.size = content.length;
    } catch (error) {
      if (!isReplacementRefused(error)) throw error;
      await this.rewrite(content, printSnapshot(saved)).catch((other: unknown) => {
        // A file that is not there could not be made.
        throw hasErrorCode(other, "ENOENT") ? error : other;
      });
    }
    this.sizeWhenNew = content.length;
    this.isToReplace = false;
  }

  /**
   * Writes the file anew in place. A snapshot of all that is saved is first written at its end, and is what counts until the beginning is whole
   * again: whenever the process or the machine ends, the file can be read.
   */
  private async rewrite(content: Buffer, snapshot: Buffer): Promise<void> {
    await withOpenFile(this.path, this.size === 0, async (file) => {
      await restrictToOwner(file);
      const { size } = await file.stat();
      if (size < this.size) throw this.changed();
      // A save that failed has left a part of its line.
      if (size > this.size) await file.truncate(this.size);
      if (this.size === 0) {
        await writeAt(file, content, 0);
        this.size = content.length;
        return;
      }
      const before = this.size;
      await writeAt(file, snapshot, before);
      this.size += snapshot.length;
      // There is room before the snapshot, or it stays where it is until there is.
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

/** It must be there: without its first line, what is appended would be lost. */
async function openToAppend(path: string): Promise<FileHandle> {
  const file = await openRegularFile(path, constants.O_WRONLY | constants.O_APPEND);
  // It may have been copied here.
  await restrictToOwner(file);
  return file;
}
