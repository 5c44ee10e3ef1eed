import type { BigIntStats } from "node:fs";
import { clearTimeout, setTimeout } from "node:timers";
import { isBeginOfHeader, readLines, type Saved, UnreadableJournal } from "./journal-lines.js";
import { isMountPoint } from "../../files/location.js";
import { openToReadIfExists } from "../../files/regular-file.js";

/** What a file of checkpoints holds. */
export interface JournalContent {
  saved: Saved;
  /** Where its last whole line ends. */
  end: number;
  /** Bytes of the file. */
  length: number;
  /** Bytes that it would need if it were written anew; null where that was not counted yet. */
  sizeWhenNew: number | null;
}

/** A file that is being written anew in place changes while it is read. */
const MAX_READS = 5;
/** So long what was read is kept for the next account. All accounts of a file are usually asked for one after the other. */
const KEPT_MS = 1000;

/** Reads a file of checkpoints, and not again as long as the file system says that it has not changed. */
export class JournalReader {
  private kept: { path: string; stamp: string; content: JournalContent } | null = null;
  private forgetting: NodeJS.Timeout | undefined;

  /** @returns null where there is no file, or an empty one that is mounted by itself. @throws UnreadableJournal and NotAFile; what the file system throws. */
  async read(path: string): Promise<JournalContent | null> {
    let before: Buffer | null = null;
    for (let reads = 1; ; reads += 1) {
      const found = await this.readOnce(path);
      if (found === null || "saved" in found) return found;
      const isSame = before?.equals(found.bytes) === true;
      if (!(found.error instanceof UnreadableJournal) || reads === MAX_READS || isSame) throw found.error;
      before = found.bytes;
    }
  }

  /** Keeps what its writer knows of the file, once it is written. */
  async keep(path: string, content: JournalContent): Promise<void> {
    const file = await openToReadIfExists(path);
    if (file === null) return;
    try {
      const found = await file.stat({ bigint: true });
      if (found.size === BigInt(content.length)) this.remember(path, stampOf(found), content);
    } finally {
      await file.close();
    }
  }

  private async readOnce(path: string): Promise<JournalContent | { bytes: Buffer; error: unknown } | null> {
    const file = await openToReadIfExists(path);
    if (file === null) return null;
    try {
      const stamp = stampOf(await file.stat({ bigint: true }));
      if (this.kept?.path === path && this.kept.stamp === stamp) {
        this.remember(path, stamp, this.kept.content);
        return this.kept.content;
      }
      const bytes = await file.readFile();
      // It must be there before it can be mounted. Anywhere else, an empty file is not one of ours.
      if (isBeginOfHeader(bytes) && (await isMountPoint(path))) return null;
      try {
        const content = { ...readLines(bytes), length: bytes.length, sizeWhenNew: null };
        // Where it was being written meanwhile, what was read is as old as its beginning.
        if (stampOf(await file.stat({ bigint: true })) === stamp) this.remember(path, stamp, content);
        return content;
      } catch (error) {
        return { bytes, error };
      }
    } finally {
      await file.close();
    }
  }

  private remember(path: string, stamp: string, content: JournalContent): void {
    this.kept = { path, stamp, content };
    clearTimeout(this.forgetting);
    this.forgetting = setTimeout(() => {
      this.forget();
    }, KEPT_MS).unref();
  }

  /** Whoever writes the file changes what was read of it. */
  forget(): void {
    this.kept = null;
    clearTimeout(this.forgetting);
  }
}

/** Identifies a state of the file: every write changes it. */
function stampOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return `${dev} ${ino} ${size} ${mtimeNs} ${ctimeNs}`;
}
