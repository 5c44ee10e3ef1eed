import { AbortedError } from "../../model/errors.js";

/** A request for memory that waits until it is available. */
interface Waiting {
  share: MemoryShare;
  bytes: number;
  grant: () => void;
}

/**
 * Limits the memory that bodies use while they are received and parsed, over all requests of a client. A body waits until enough memory is available. One body
 * at a time may exceed the limit. A body may therefore be larger than the available memory, and partly received bodies cannot wait for each other forever.
 */
export class MemoryBudget {
  private taken = 0;
  /** The body that may exceed the limit, until it is released. */
  private exceeding: MemoryShare | null = null;
  private readonly waiting: Waiting[] = [];
  /** Requests that wait to be sent. */
  private readonly entering: (() => void)[] = [];

  constructor(private readonly limitBytes: number) {}

  /**
   * Takes memory for a part of a body. Returns null where it is available, else a promise that resolves once it is. The promise rejects once the signal is
   * aborted.
   */
  take(share: MemoryShare, bytes: number, signal: AbortSignal): Promise<void> | null {
    if (this.waiting.length === 0 || this.exceeding === share) {
      if (this.grants(share, bytes)) return null;
    }
    const waited = waitIn(this.waiting, (grant) => ({ share, bytes, grant }), signal);
    this.wake();
    return waited.catch((error: unknown) => {
      this.wake();
      throw error;
    });
  }

  /**
   * Delays a request while bodies wait for memory. Its own body would wait too, and the vendor might close the idle connection. Returns null where no body
   * waits, else a promise that rejects once the signal is aborted.
   */
  enter(signal: AbortSignal): Promise<void> | null {
    if (this.isOpen && this.entering.length === 0) return null;
    return waitIn(this.entering, (enter) => enter, signal);
  }

  private get isOpen(): boolean {
    return this.waiting.length === 0 && this.exceeding === null;
  }

  /** Releases all memory of a body. */
  release(share: MemoryShare): void {
    this.taken -= share.bytes;
    share.bytes = 0;
    if (this.exceeding === share) this.exceeding = null;
    this.wake();
    // Two for each body that ends: all waiting requests together might exceed the limit again.
    if (this.isOpen) for (const enter of this.entering.splice(0, 2)) enter();
  }

  private grants(share: MemoryShare, bytes: number): boolean {
    if (this.taken + bytes > this.limitBytes && this.exceeding !== share) {
      if (this.exceeding !== null) return false;
      this.exceeding = share;
    }
    this.taken += bytes;
    share.bytes += bytes;
    return true;
  }

  /** Grants memory in order: a small request does not overtake one that has waited longer. */
  private wake(): void {
    for (
      let next = this.waiting[0];
      next !== undefined && this.grants(next.share, next.bytes);
      next = this.waiting[0]
    ) {
      this.waiting.shift();
      next.grant();
    }
  }
}

/** The memory that one body has taken from the budget. */
export interface MemoryShare {
  bytes: number;
}

/** Adds an entry to a list of waiting requests, and resolves when it is granted. Rejects once the signal is aborted, and removes the entry. */
function waitIn<Entry>(list: Entry[], entryOf: (grant: () => void) => Entry, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const giveUp = () => {
      list.splice(list.indexOf(entry), 1);
      reject(new AbortedError("The request was aborted by its signal."));
    };
    const entry = entryOf(() => {
      signal.removeEventListener("abort", giveUp);
      resolve();
    });
    list.push(entry);
    signal.addEventListener("abort", giveUp, { once: true });
  });
}
