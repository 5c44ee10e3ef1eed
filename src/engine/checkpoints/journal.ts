import { createHash } from "node:crypto";
import { type FileHandle, open, readFile, stat } from "node:fs/promises";
import type { JsonValue } from "../../contract/http.js";
import { applyChanges } from "./checkpoint-store.js";
import { hasFailedWith } from "./file-failure.js";
import { removeUnfinished, replaceFile } from "./file-replacement.js";

/** What was saved of each account, by name. */
type Saved = Map<string, Map<string, JsonValue>>;

/** The file is not one that this library wrote, or not any more. The message says in which way. */
export class UnreadableJournal extends Error {
  constructor(
    message: string,
    /** What can be done about it. */
    readonly advice: string,
  ) {
    super(message);
  }
}

/** Another owner has put a file of its own in the place of this one. */
export class JournalReplaced extends Error {}

const HEADER = { format: "call-records/checkpoints", version: 1 };
/** With which such a file begins, whatever its version. */
export const JOURNAL_BEGIN = JSON.stringify({ format: HEADER.format }).slice(0, -1);
const DIGEST_LENGTH = 16;
/** A file that has grown to more than so many times of what it holds is written anew. */
const MOST_GROWTH = 3;
const LEAST_SIZE = 1_000_000;

/** One save, as a line of the file. */
interface Entry {
  account: string;
  changes: Record<string, JsonValue | null>;
}

/**
 * Saves as the lines of a file: each appends what has changed, and is there whole or not at all. Now and then the file is written anew, beside the
 * old one, and put in its place.
 */
export class Journal {
  private file: FileHandle | null = null;
  private size = 0;
  private sizeWhenNew = 0;

  private constructor(
    private readonly path: string,
    private saved: Saved,
    /** Whether the next save writes the file anew. */
    private isToReplace: boolean,
  ) {}

  /**
   * Opens the file for saves, by who has its lock; it need not exist yet.
   * @param isToReplace whether the first save writes the file anew: an owner who was taken for dead then writes into the old one, which nobody reads.
   * @throws UnreadableJournal; what the file system throws.
   */
  static async open(path: string, isToReplace: boolean): Promise<Journal> {
    const content = await readIfThere(path);
    const read = content === null ? null : readEntries(content);
    await removeUnfinished(path);
    if (content === null || read === null) return new Journal(path, new Map(), true);
    const { saved, end } = read;
    // What stands behind the last whole line was being written when its writer ended.
    const journal = new Journal(path, saved, isToReplace || end < content.length);
    journal.size = end;
    journal.sizeWhenNew = sizeOf(saved);
    return journal;
  }

  /** What an account has saved. */
  partsOf(account: string): Record<string, JsonValue> {
    return Object.fromEntries(this.saved.get(account) ?? []);
  }

  /** @throws JournalReplaced; what the file system throws, and then nothing is saved. */
  async save(entry: Entry): Promise<void> {
    const line = print(entry);
    const next: Saved = new Map(this.saved).set(entry.account, new Map(this.saved.get(entry.account)));
    apply(next, entry);
    const limit = Math.max(LEAST_SIZE, MOST_GROWTH * this.sizeWhenNew);
    if (this.isToReplace || this.size + line.length > limit) await this.replace(next);
    else await this.append(line);
    this.saved = next;
  }

  private async append(line: Buffer): Promise<void> {
    // Until it is known to be there, the end of the file cannot be relied upon.
    this.isToReplace = true;
    this.file ??= await openToAppend(this.path);
    await this.file.writeFile(line);
    await this.file.datasync();
    if (!(await this.isInPlace(this.file))) throw new JournalReplaced();
    this.size += line.length;
    this.isToReplace = false;
  }

  private async isInPlace(file: FileHandle): Promise<boolean> {
    const [own, present] = await Promise.all([
      file.stat({ bigint: true }),
      stat(this.path, { bigint: true }).catch((error: unknown) => {
        if (hasFailedWith(error, "ENOENT")) return null;
        throw error;
      }),
    ]);
    return own.ino === present?.ino;
  }

  private async replace(saved: Saved): Promise<void> {
    this.isToReplace = true;
    await this.close();
    const content = Buffer.concat([Buffer.from(`${JSON.stringify(HEADER)}\n`), ...[...saved].map(([account, parts]) => print({ account, changes: Object.fromEntries(parts) }))]);
    await replaceFile(this.path, content);
    this.size = content.length;
    this.sizeWhenNew = content.length;
    this.isToReplace = false;
  }

  async close(): Promise<void> {
    const { file } = this;
    this.file = null;
    await file?.close();
  }
}

/** What a file holds now, for those who do not write. Of a file that is not there, nothing. @throws UnreadableJournal; what the file system throws. */
export async function readJournal(path: string): Promise<Saved> {
  const content = await readIfThere(path);
  return content === null ? new Map() : readEntries(content).saved;
}

async function readIfThere(path: string): Promise<Buffer | null> {
  try {
    return await readFile(path);
  } catch (error) {
    if (hasFailedWith(error, "ENOENT")) return null;
    throw error;
  }
}

async function openToAppend(path: string): Promise<FileHandle> {
  const file = await open(path, "a");
  // It may have been copied here.
  await file.chmod(0o600);
  return file;
}

function print(entry: Entry): Buffer {
  const json = JSON.stringify(entry);
  return Buffer.from(`${digest(json)} ${json}\n`);
}

function digest(json: string): string {
  return createHash("sha256").update(json).digest("hex").slice(0, DIGEST_LENGTH);
}

/** What the whole lines of a file say, and where they end. */
function readEntries(content: Buffer): { saved: Saved; end: number } {
  const end = content.lastIndexOf("\n") + 1;
  const [header = "", ...lines] = content.subarray(0, end).toString("utf8").split("\n").slice(0, -1);
  readHeader(header);
  const saved: Saved = new Map();
  for (const [index, line] of lines.entries()) {
    const json = line.slice(DIGEST_LENGTH + 1);
    if (!line.startsWith(`${digest(json)} `)) throw damaged(index + 2);
    apply(saved, JSON.parse(json) as Entry);
  }
  return { saved, end };
}

function readHeader(line: string): void {
  const { format, version } = parseObject(line);
  if (format !== HEADER.format) throw new UnreadableJournal("is no file of checkpoints", "Give the store a path of its own; or restore the file from a copy.");
  if (typeof version !== "number" || version < 1) throw damaged(1);
  if (version > HEADER.version) throw new UnreadableJournal("was written by a later version of call-records", "Update call-records.");
}

function damaged(line: number): UnreadableJournal {
  return new UnreadableJournal(`is damaged in line ${line}`, "Restore it from a copy; or remove it, and everything is read again and comes as `new`.");
}

function parseObject(line: string): { format?: unknown; version?: unknown } {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}

function apply(saved: Saved, { account, changes }: Entry): void {
  const parts = saved.get(account) ?? new Map<string, JsonValue>();
  applyChanges(parts, changes);
  saved.set(account, parts);
}

function sizeOf(saved: Saved): number {
  return [...saved].reduce((sum, [account, parts]) => sum + print({ account, changes: Object.fromEntries(parts) }).length, 0);
}
