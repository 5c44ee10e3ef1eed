import { AbortedError } from "../../model/errors.js";

/** A part of the budget that waits for room. */
interface Waiting {
  share: MemoryShare;
  bytes: number;
  grant: () => void;
}

/**
 * Bounds the memory that bodies take while they are received and read, over all requests of a client. Who wants more than there is waits. One at a time
 * passes all the same, so that a body may be larger than what is left, and bodies that are half received do not wait for each other for ever: what is
 * taken altogether is the limit, and what that one takes.
 */
export class MemoryBudget {
  private taken = 0;
  /** The one that passes beyond the limit, until it has given everything back. */
  private beyond: MemoryShare | null = null;
  private readonly waiting: Waiting[] = [];
  /** Requests that are not sent yet. */
  private readonly entering: (() => void)[] = [];

  constructor(private readonly limitBytes: number) {}

  /**
   * Takes so many bytes for a body; null where there is room, else a promise that resolves once there is. It rejects once the signal is aborted.
   */
  take(share: MemoryShare, bytes: number, signal: AbortSignal): Promise<void> | null {
    if (this.waiting.length === 0 || this.beyond === share) {
      if (this.grants(share, bytes)) return null;
    }
    return new Promise((resolve, reject) => {
      const giveUp = () => {
        this.waiting.splice(this.waiting.indexOf(waiting), 1);
        this.wake();
        reject(new AbortedError("The request was aborted by its signal."));
      };
      const grant = () => {
        signal.removeEventListener("abort", giveUp);
        resolve();
      };
      const waiting = { share, bytes, grant };
      this.waiting.push(waiting);
      signal.addEventListener("abort", giveUp, { once: true });
      this.wake();
    });
  }

  /**
   * Waits before a request is sent while bodies wait for room; null where none does. Its own body would wait as well, and its connection stand idle until the
   * vendor closes it. It rejects once the signal is aborted.
   */
  enter(signal: AbortSignal): Promise<void> | null {
    if (this.isOpen && this.entering.length === 0) return null;
    return new Promise((resolve, reject) => {
      const giveUp = () => {
        this.entering.splice(this.entering.indexOf(enter), 1);
        reject(new AbortedError("The request was aborted by its signal."));
      };
      const enter = () => {
        signal.removeEventListener("abort", giveUp);
        resolve();
      };
      this.entering.push(enter);
      signal.addEventListener("abort", giveUp, { once: true });
    });
  }

  private get isOpen(): boolean {
    return this.waiting.length === 0 && this.beyond === null;
  }

  /** Gives back all that was taken for a body. */
  release(share: MemoryShare): void {
    this.taken -= share.bytes;
    share.bytes = 0;
    if (this.beyond === share) this.beyond = null;
    this.wake();
    // Two for each that ends: all at once might again be more than there is room for.
    if (this.isOpen) for (const enter of this.entering.splice(0, 2)) enter();
  }

  private grants(share: MemoryShare, bytes: number): boolean {
    if (this.taken + bytes > this.limitBytes && this.beyond !== share) {
      if (this.beyond !== null) return false;
      this.beyond = share;
    }
    this.taken += bytes;
    share.bytes += bytes;
    return true;
  }

  /** In turn: what wants little does not pass what has waited longer. */
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

/** What one body takes of the budget. */
export interface MemoryShare {
  bytes: number;
}
