import type { BigIntStats } from "node:fs";
import { clearTimeout, setTimeout } from "node:timers";
import { isHeaderPrefix, readLines, type Saved, UnreadableJournal } from "./journal-lines.js";
import { isMountPoint } from "../../files/location.js";
import { openToReadIfExists } from "../../files/regular-file.js";

/** The content of a checkpoint file. */
export interface JournalContent {
  saved: Saved;
  /** Offset after the last complete line. */
  end: number;
  /** Size of the file in bytes. */
  length: number;
  /** Size in bytes after a rewrite; null if not computed yet. */
  sizeWhenNew: number | null;
}

/** Maximum number of reads, because a file that is rewritten in place may change while it is read. */
const MAX_READS = 5;
/** How long the content is cached for the next account. All accounts of a file are usually loaded in sequence. */
const CACHE_MS = 1000;

/** Reads a checkpoint file, and caches the content until the metadata of the file changes. */
export class JournalReader {
  private cached: { path: string; stamp: string; content: JournalContent } | null = null;
  private expiry: NodeJS.Timeout | undefined;

  /** @returns null where there is no file, or an empty one that is a mount point. @throws UnreadableJournal, NotARegularFile and the errors of the file system. */
  async read(path: string): Promise<JournalContent | null> {
    let before: Buffer | null = null;
    for (let reads = 1; ; reads += 1) {
      const found = await this.readOnce(path);
      if (found === null) return null;
      // A file that is rewritten in place during the read can look like an older one whose last line is incomplete.
      if ("content" in found) {
        if (found.isStable || reads === MAX_READS) return found.content;
        continue;
      }
      const isSame = before?.equals(found.bytes) === true;
      if (!(found.error instanceof UnreadableJournal) || reads === MAX_READS || isSame) throw found.error;
      before = found.bytes;
    }
  }

  /** Caches the content that the writer of the file has in memory. */
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

  private async readOnce(
    path: string,
  ): Promise<{ content: JournalContent; isStable: boolean } | { bytes: Buffer; error: unknown } | null> {
    const file = await openToReadIfExists(path);
    if (file === null) return null;
    try {
      const stamp = stampOf(await file.stat({ bigint: true }));
      if (this.cached?.path === path && this.cached.stamp === stamp) {
        this.remember(path, stamp, this.cached.content);
        return { content: this.cached.content, isStable: true };
      }
      const bytes = await file.readFile();
      // A file must exist before it can be mounted. Elsewhere, an empty file was not written by this library.
      if (isHeaderPrefix(bytes) && (await isMountPoint(path))) return null;
      try {
        const content = { ...readLines(bytes), length: bytes.length, sizeWhenNew: null };
        const isStable = stampOf(await file.stat({ bigint: true })) === stamp;
        if (isStable) this.remember(path, stamp, content);
        return { content, isStable };
      } catch (error) {
        return { bytes, error };
      }
    } finally {
      await file.close();
    }
  }

  private remember(path: string, stamp: string, content: JournalContent): void {
    this.cached = { path, stamp, content };
    clearTimeout(this.expiry);
    this.expiry = setTimeout(() => {
      this.forget();
    }, CACHE_MS).unref();
  }

  /** Clears the cache. A writer modifies the content in place. */
  forget(): void {
    this.cached = null;
    clearTimeout(this.expiry);
  }
}

/** Identifies a state of the file: every write changes it. */
function stampOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return `${dev} ${ino} ${size} ${mtimeNs} ${ctimeNs}`;
}
