import { resolve } from "node:path";
import type { JsonValue } from "../../contract/http.js";
import { CheckpointError } from "../../model/errors.js";
import { alreadySyncing, type CheckpointParts, type CheckpointStore } from "./checkpoint-store.js";
import { errorCodeOf } from "../../files/error-code.js";
import { resolveRealPath } from "../../files/location.js";
import { FileLock, LockHeldError } from "../../files/file-lock.js";
import { Journal, JournalChanged, JournalReplaced } from "./journal.js";
import { UnreadableJournal } from "./journal-lines.js";
import { JournalReader } from "./journal-reader.js";
import { NotARegularFile } from "../../files/regular-file.js";

/** The file while it is being written. */
interface Opened {
  lock: FileLock;
  journal: Journal;
}

/**
 * Keeps the checkpoints of any number of accounts in one file, with mode 0600. One thread of one process at a time may sync with it: another is
 * refused while the first lives, and takes over at once when it has died or was terminated (where the system does not tell, after some seconds).
 * Beside the file stands its lock, named as the file with `.lock`.
 *
 * A commit appends what has changed and waits until it is on the disk, where the system can tell: whenever the process or the machine ends, the last
 * commit that was made is there. A file that cannot be replaced, such as one that is mounted into a container by itself, is written in place. Processes
 * that share the file must share its folder, where the lock is.
 */
export class FileCheckpointStore implements CheckpointStore {
  private path: string;
  private readonly locked = new Set<string>();
  private readonly reader = new JournalReader();
  private opened: Opened | null = null;
  /** What is done with the file is done one after the other. */
  private last: Promise<unknown> = Promise.resolve();

  /**
   * Opens nothing yet.
   * @param path of the file. It is made with the first commit; its folder must be there.
   */
  constructor(path: string) {
    this.path = resolve(path);
  }

  /** @throws CheckpointError when the file is damaged, foreign or cannot be read; it is never overwritten then. */
  load(account: string): Promise<CheckpointParts> {
    return this.withPermit(account, async () => {
      if (this.opened !== null) return this.opened.journal.partsOf(account);
      this.path = await resolveRealPath(this.path);
      return Object.fromEntries((await this.reader.read(this.path))?.saved.get(account) ?? []);
    });
  }

  /** @throws CheckpointError when the account is not locked here, another process has taken over, or the file cannot be written. */
  save(account: string, changes: Readonly<Record<string, JsonValue | null>>): Promise<void> {
    return this.withPermit(account, async () => {
      if (this.opened === null || !this.locked.has(account))
        throw new CheckpointError(`${account}: nothing is saved to ${this.path} without its lock.`, { account });
      const { lock, journal } = this.opened;
      if (!(await lock.isHeld())) throw new JournalReplaced();
      await journal.save({ account, changes: { ...changes } });
      // Where the file could not be replaced, who has taken over reads it: what is written after that reading is not saved.
      if (!(await lock.isHeld())) throw new JournalReplaced();
    });
  }

  /** @throws CheckpointError when another process, or another sync of this one, has it. */
  lock(account: string): Promise<() => Promise<void>> {
    return this.withPermit(account, async () => {
      if (this.locked.has(account)) throw alreadySyncing(account);
      this.opened ??= await this.open();
      this.locked.add(account);
      return () => this.withPermit(account, () => this.unlock(account));
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
    // Whatever becomes of the file: a lock that was kept would shut out this very process.
    try {
      const { content } = journal;
      if (content !== null) await this.reader.keep(this.path, content);
    } finally {
      await journal.close().finally(() => lock.release());
    }
  }

  private withPermit<Result>(account: string, work: () => Promise<Result>): Promise<Result> {
    const mine = this.last.then(work).catch((error: unknown) => {
      throw this.asOurs(account, error);
    });
    this.last = mine.catch(() => undefined);
    return mine;
  }

  /** Says what has happened to the file, and what to do about it. */
  private asOurs(account: string, error: unknown): unknown {
    if (error instanceof CheckpointError) return error;
    const code = errorCodeOf(error);
    if (error instanceof LockHeldError) {
      const { owner } = error;
      const who =
        owner === null
          ? "another process"
          : `${owner.thread === undefined ? "" : `thread ${owner.thread.id} of `}process ${owner.pid} on ${owner.host}, since ${owner.since}`;
      return new CheckpointError(
        `${account}: ${this.path} is being synced by ${who}. Wait for it to end, or give this one a file of its own.`,
        { account, retryable: true },
      );
    }
    if (error instanceof JournalReplaced) {
      const message = `${account}: another process has taken over ${this.path}: this one did not move for so long that it was taken for dead. Sync again.`;
      return new CheckpointError(message, { account, retryable: true });
    }
    if (error instanceof JournalChanged) {
      const message = `${account}: another program has written to ${this.path} while this process had its lock. Processes that share the file must share its folder, where the lock is. Sync again.`;
      return new CheckpointError(message, { account, retryable: true });
    }
    if (error instanceof NotARegularFile)
      return new CheckpointError(`${account}: ${error.message}. Remove it, or give the store another path.`, {
        account,
      });
    if (error instanceof UnreadableJournal) {
      return new CheckpointError(
        `${account}: ${this.path} ${error.message}. It has not been touched. ${error.advice}`,
        { account },
      );
    }
    if (code === null) return error;
    if (code === "ERR_ACCESS_DENIED") {
      return new CheckpointError(
        `${account}: Node's permission model refuses ${this.path}. Allow reading and writing of ${this.path}*, which includes its lock: --allow-fs-read and --allow-fs-write.`,
        { account, vendorCode: code },
      );
    }
    if (code === "EMFILE" || code === "ENFILE") {
      const whose = code === "EMFILE" ? "this process" : "this machine";
      const message = `${account}: ${this.path} cannot be opened: ${whose} has too many open files (${code}). Close files and connections that are no longer used, or raise the limit (\`ulimit -n\`).`;
      return new CheckpointError(message, { account, vendorCode: code, retryable: true });
    }
    return new CheckpointError(
      `${account}: ${this.path} cannot be read or written: ${code}. Look at its folder, its rights and the space on its disk.`,
      { account, vendorCode: code },
    );
  }
}
