/** A provider counts as active this long after a job of it was due, in addition to two periods of its schedule. */
const MEMORY_MS = 60_000;
/** The longest wait of a job for room. Usually the end of a pass calls it before. */
export const ROOM_WAIT_MS = 10_000;
/** Room is reserved so long for a job that was called. Another worker may have taken it. */
const RESERVED_MS = 2_000;

interface Share {
  running: number;
  /** The jobs that wait for room, by account, in their order. A job that has not returned in time was taken by another worker. */
  waiting: Map<string, { jobId: string; until: number }>;
  /** The accounts whose job was called, and until when room is reserved for it. */
  reserved: Map<string, number>;
  activeUntil: number;
}

/**
 * Divides the concurrency of a worker between the providers. A provider whose requests stall must not take all of it, so each one has at most half while
 * accounts of others may wait. The jobs of a provider get its room in the order in which they came.
 */
export class ProviderShares {
  private readonly shares = new Map<string, Share>();
  /** The provider ids of the accounts that this worker has had a job of. */
  private readonly providerOf = new Map<string, string>();
  private accounts = Number.POSITIVE_INFINITY;

  constructor(
    private readonly concurrency: number,
    private readonly now: () => number = Date.now,
  ) {}

  /** Returns the provider id of an account; undefined before its first job. */
  knownProvider(account: string): string | undefined {
    return this.providerOf.get(account);
  }

  /** Notes that a job of an account is due. @param everyMs the period of its schedule. */
  note(account: string, provider: string, everyMs: number): void {
    this.providerOf.set(account, provider);
    const share = this.of(provider);
    share.activeUntil = Math.max(share.activeUntil, this.now() + 2 * everyMs + MEMORY_MS);
  }

  /** Forgets an account that is no longer scheduled. */
  forget(account: string): void {
    const provider = this.providerOf.get(account);
    this.providerOf.delete(account);
    if (provider !== undefined) this.of(provider).waiting.delete(account);
  }

  /** Notes the number of scheduled accounts. Until all of them are known, others may wait. */
  noteAccounts(accounts: number): void {
    this.accounts = accounts;
  }

  /** Whether a provider has room for an account: no other account waits for it longer, or the room is reserved for this one. */
  hasRoom(account: string, provider: string): boolean {
    const { running, waiting, reserved } = this.of(provider);
    if (reserved.has(account)) return true;
    const isFirst = waiting.size === 0 || waiting.keys().next().value === account;
    return isFirst && running + reserved.size < this.limit(provider);
  }

  /** Begins a pass of an account. Returns the function that ends it, which returns the id of the job that has room now, or null. */
  begin(account: string, provider: string): () => string | null {
    const share = this.of(provider);
    share.waiting.delete(account);
    share.reserved.delete(account);
    share.running += 1;
    return () => {
      share.running -= 1;
      return this.callNext(provider);
    };
  }

  /** Notes that a job waits for room. Returns false if another job of the account waits already. */
  wait(account: string, provider: string, jobId: string): boolean {
    const { waiting } = this.of(provider);
    const known = waiting.get(account);
    if (known !== undefined && known.jobId !== jobId) return false;
    // A job that returns keeps its place.
    waiting.set(account, { jobId, until: this.now() + 2 * ROOM_WAIT_MS });
    return true;
  }

  /** Reserves room for the job that has waited longest. Returns its id; null if there is no room, or no job waits. */
  callNext(provider: string): string | null {
    const { running, waiting, reserved } = this.of(provider);
    const [next] = waiting;
    if (next === undefined || running + reserved.size >= this.limit(provider)) return null;
    const [account, { jobId }] = next;
    waiting.delete(account);
    reserved.set(account, this.now() + RESERVED_MS);
    return jobId;
  }

  /** Returns the number of passes of a provider that may run at once: half of the concurrency while accounts of others may wait. */
  private limit(provider: string): number {
    return this.othersMayWait(provider) ? Math.max(1, Math.floor(this.concurrency / 2)) : this.concurrency;
  }

  /** Whether accounts of other providers may wait: one of them was due recently, or the provider of an account is not known yet. */
  private othersMayWait(provider: string): boolean {
    if (this.providerOf.size < this.accounts) return true;
    const now = this.now();
    return [...this.shares].some(([id, { activeUntil }]) => id !== provider && activeUntil > now);
  }

  /** Returns the share of a provider, without the jobs that other workers have taken. */
  private of(provider: string): Share {
    const share = this.shares.get(provider) ?? { running: 0, waiting: new Map(), reserved: new Map(), activeUntil: 0 };
    this.shares.set(provider, share);
    const now = this.now();
    for (const [account, { until }] of share.waiting) if (until <= now) share.waiting.delete(account);
    for (const [account, until] of share.reserved) if (until <= now) share.reserved.delete(account);
    return share;
  }
}
