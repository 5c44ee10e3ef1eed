/** A provider counts as active this long after a job of it was due, in addition to two periods of its schedule. */
const MEMORY_MS = 60_000;
const MIN_WAIT_MS = 500;
const MAX_WAIT_MS = 30_000;
/** The weight of the last pass in the mean duration. */
const WEIGHT = 0.2;

interface Share {
  running: number;
  waiting: Set<string>;
  /** The mean duration of a pass. */
  meanMs: number;
  activeUntil: number;
}

/**
 * Divides the concurrency of a worker between the providers. A provider whose requests stall must not take all of it, so each one has at most half while
 * accounts of others may wait.
 */
export class ProviderShares {
  private readonly shares = new Map<string, Share>();
  /** The provider ids of the accounts that this worker has had a job of. */
  private readonly providerOf = new Map<string, string>();

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

  /** Whether a provider has less than its half, so that a further pass of it may begin in any case. */
  hasRoom(provider: string): boolean {
    return this.of(provider).running < Math.max(1, Math.floor(this.concurrency / 2));
  }

  /**
   * Whether accounts of other providers may wait: one of them was due recently, or the provider of an account is not known yet.
   * @param accounts the number of scheduled accounts.
   */
  othersMayWait(provider: string, accounts: number): boolean {
    if (this.providerOf.size < accounts) return true;
    const now = this.now();
    return [...this.shares].some(([id, { activeUntil }]) => id !== provider && activeUntil > now);
  }

  /** Begins a pass of an account. Returns the function that ends it. */
  begin(account: string, provider: string): () => void {
    const share = this.of(provider);
    const startedAt = this.now();
    share.waiting.delete(account);
    share.running += 1;
    return () => {
      share.running -= 1;
      const durationMs = this.now() - startedAt;
      share.meanMs = share.meanMs === 0 ? durationMs : share.meanMs * (1 - WEIGHT) + durationMs * WEIGHT;
    };
  }

  /** Notes that an account waits for its provider. Returns the milliseconds after which the half of the provider probably has room. */
  postpone(account: string, provider: string): number {
    const { waiting, meanMs } = this.of(provider);
    waiting.add(account);
    const expectedMs = (waiting.size * meanMs) / Math.max(1, this.concurrency / 2);
    return Math.min(MAX_WAIT_MS, Math.max(MIN_WAIT_MS, expectedMs));
  }

  private of(provider: string): Share {
    const share = this.shares.get(provider) ?? { running: 0, waiting: new Set(), meanMs: 0, activeUntil: 0 };
    this.shares.set(provider, share);
    return share;
  }
}
