import { resolve } from "node:path";
import type { JsonValue } from "../../contract/http.js";
import { CheckpointError } from "../../model/errors.js";
import { alreadySyncing, type CheckpointParts, type CheckpointStore } from "./checkpoint-store.js";
import { errorCodeOf } from "../../files/error-code.js";
import { resolveRealPath } from "../../files/location.js";
import { FileLock, LockHeldError } from "../../files/file-lock.js";
import { Journal, JournalChanged, JournalReplaced } from "./journal.js";
import { accountsIn, UnreadableJournal } from "./journal-lines.js";
import { JournalReader } from "./journal-reader.js";
import { NotARegularFile } from "../../files/regular-file.js";

/** The open file with its lock. */
interface Opened {
  lock: FileLock;
  journal: Journal;
}

/**
 * Stores the checkpoints of any number of accounts in one file, with mode 0600. One thread of one process at a time may sync with it. Another is refused
 * while the owner is alive, and takes over at once when it has ended. On systems without `/proc` this takes some seconds. The lock is a file in the same
 * folder, with the suffix `.lock`.
 *
 * A commit appends the changes, and waits until they are on the disk, where the system supports it. The last commit therefore survives a crash of the
 * process or the machine. A file that cannot be replaced, such as one that is mounted into a container, is rewritten in place. Processes that share the
 * file must share its folder, because the lock is there.
 */
export class FileCheckpointStore implements CheckpointStore {
  private path: string;
  private readonly locked = new Set<string>();
  private readonly reader = new JournalReader();
  private opened: Opened | null = null;
  /** The last operation on the file. Operations run one after the other. */
  private last: Promise<unknown> = Promise.resolve();

  /**
   * Creates a store without opening the file.
   * @param path of the file. The first commit creates it. Its folder must exist.
   */
  constructor(path: string) {
    this.path = resolve(path);
  }

  /** @throws CheckpointError when the file is damaged, was not written by this library or cannot be read. It is not overwritten then. */
  load(account: string): Promise<CheckpointParts> {
    return this.enqueue(account, async () => {
      if (this.opened !== null) return this.opened.journal.partsOf(account);
      this.path = await resolveRealPath(this.path);
      return Object.fromEntries((await this.reader.read(this.path))?.saved.get(account) ?? []);
    });
  }

  /** @throws CheckpointError when the file cannot be read, as `load` does. */
  accounts(): Promise<string[]> {
    return this.enqueue("the checkpoints", async () => {
      if (this.opened !== null) return this.opened.journal.accounts;
      this.path = await resolveRealPath(this.path);
      const content = await this.reader.read(this.path);
      return content === null ? [] : accountsIn(content.saved);
    });
  }

  /** @throws CheckpointError when this store has not locked the account, another process has taken over, or the file cannot be written. */
  save(account: string, changes: Readonly<Record<string, JsonValue | null>>): Promise<void> {
    return this.enqueue(account, async () => {
      if (this.opened === null || !this.locked.has(account))
        throw new CheckpointError(
          `${account}: nothing is saved to ${this.path} without its lock. Call \`lock\` first.`,
          { account },
        );
      const { lock, journal } = this.opened;
      if (!(await lock.isHeld())) throw new JournalReplaced();
      await journal.save({ account, changes: { ...changes } });
      // A new owner reads a file that could not be replaced. Data written after that read is not saved.
      if (!(await lock.isHeld())) throw new JournalReplaced();
    });
  }

  /** @throws CheckpointError when another process, or another sync of this one, holds the lock. */
  lock(account: string): Promise<() => Promise<void>> {
    return this.enqueue(account, async () => {
      if (this.locked.has(account)) throw alreadySyncing(account);
      this.opened ??= await this.open();
      this.locked.add(account);
      return () => this.enqueue(account, () => this.unlock(account));
    });
  }

  private async open(): Promise<Opened> {
    this.path = await resolveRealPath(this.path);
    const lock = await FileLock.acquire(`${this.path}.lock`);
    try {
      return { lock, journal: await Journal.open(this.path, lock.wasTakenOver, this.reader) };
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  private async unlock(account: string): Promise<void> {
    this.locked.delete(account);
    if (this.locked.size > 0 || this.opened === null) return;
    const { lock, journal } = this.opened;
    this.opened = null;
    // The lock is released in any case, because it would exclude this process as well.
    try {
      const { content } = journal;
      if (content !== null) await this.reader.keep(this.path, content);
    } finally {
      await journal.close().finally(() => lock.release());
    }
  }

  private enqueue<Result>(account: string, work: () => Promise<Result>): Promise<Result> {
    const result = this.last.then(work).catch((error: unknown) => {
      throw this.toCheckpointError(account, error);
    });
    this.last = result.catch(() => undefined);
    return result;
  }

  /** Converts a failure of the file into an error that states the cause and the solution. */
  private toCheckpointError(account: string, error: unknown): unknown {
    if (error instanceof CheckpointError) return error;
    const failure = explain(error, this.path);
    if (failure === null) return error;
    const { words, retryable = false } = failure;
    return new CheckpointError(`${account}: ${words}`, { account, vendorCode: errorCodeOf(error), retryable });
  }
}

/** Returns the cause of a failure of the file and the solution, as the end of a message; null for an error of another kind. */
function explain(error: unknown, path: string): { words: string; retryable?: boolean } | null {
  if (error instanceof LockHeldError) {
    const { owner } = error;
    const who =
      owner === null
        ? "another process"
        : `${owner.thread === undefined ? "" : `thread ${owner.thread.id} of `}process ${owner.pid} on ${owner.host}, since ${owner.since}`;
    const words = `${path} is being synced by ${who}. Wait for it to end, or use a separate file.`;
    return { words, retryable: true };
  }
  if (error instanceof JournalReplaced) {
    const words = `another process has taken over ${path}, because this one was suspended for so long that its lock became stale. Sync again.`;
    return { words, retryable: true };
  }
  if (error instanceof JournalChanged) {
    const words = `another program has written to ${path} while this process held its lock. Processes that share the file must share its folder, because the lock is there. Sync again.`;
    return { words, retryable: true };
  }
  if (error instanceof NotARegularFile)
    return { words: `${error.message}. Remove it, or use another path for the store.` };
  if (error instanceof UnreadableJournal)
    return { words: `${path} ${error.message}. It has not been changed. ${error.advice}` };
  const code = errorCodeOf(error);
  switch (code) {
    case null:
      return null;
    case "ERR_ACCESS_DENIED":
      return {
        words: `Node's permission model refuses ${path}. Allow reading and writing of ${path}*, which includes the lock, with --allow-fs-read and --allow-fs-write.`,
      };
    case "EMFILE":
    case "ENFILE": {
      const whose = code === "EMFILE" ? "this process" : "this machine";
      const words = `${path} cannot be opened: ${whose} has too many open files (${code}). Close files and connections that are no longer used, or raise the limit (\`ulimit -n\`).`;
      return { words, retryable: true };
    }
    default:
      return {
        words: `${path} cannot be read or written: ${code}. Check its folder, its permissions and the free space on its disk.`,
      };
  }
}
