import { TimeoutError } from "../../model/errors.js";
import { orAborted, withTimeLimit } from "./abort.js";
import type { Clock, EngineClock } from "./clock.js";
import { engineClockOf } from "./engine-clock.js";

/** A token, and the period in which it is valid. */
export interface StoredToken {
  /** The token as it is sent. A secret. */
  token: string;
  /** When it was fetched, in epoch milliseconds. */
  fetchedAt: number;
  /** When it expires, in epoch milliseconds. It is replaced a minute before that, or a fifth of its lifetime where that is less. */
  expiresAt: number;
}

/**
 * Stores tokens by key. Replace it where several processes share tokens. An error of its methods reaches the caller unchanged, or fails only the account where
 * failures are isolated. `get` and `set` may each take as long as the client's `timeoutMs`.
 */
export interface TokenStore {
  /**
   * Returns the token that was last set, or null. An expired token need not be kept, but may be returned.
   * @param key consists of the token's endpoint and the public half of the credentials. It contains no secret.
   */
  get(key: string): Promise<StoredToken | null>;
  /** Stores a token in place of the previous one. */
  set(key: string, token: StoredToken): Promise<void>;
  /**
   * Resolves when no other process fetches the token of this key. Then the store is read again, and the token is fetched only if there is still none. The lock
   * must expire if its process ends. Rejects with the signal's reason once the signal is aborted. Without this method, each process fetches its own token.
   * @returns the function that releases the lock.
   */
  lock?(key: string, signal: AbortSignal): Promise<() => Promise<void>>;
}

/** Keeps tokens in memory, for the lifetime of the process. */
export class MemoryTokenStore implements TokenStore {
  /** Truly private, so that printing the store shows no tokens. */
  readonly #tokens = new Map<string, StoredToken>();

  get(key: string): Promise<StoredToken | null> {
    return Promise.resolve(this.#tokens.get(key) ?? null);
  }

  set(key: string, token: StoredToken): Promise<void> {
    this.#tokens.set(key, token);
    return Promise.resolve();
  }
}

/** A token is replaced this long before it expires, or a fifth of its lifetime where that is less. */
const REFRESH_EARLY_MS = 60_000;

/** A token that is being fetched, and the number of requests that wait for it. */
interface Taking {
  token: Promise<StoredToken>;
  /** Whether the token is no longer awaited. */
  isSettled: boolean;
  waiting: number;
  abandon: AbortController;
}

/** Provides one token per key. Concurrent requests share one fetch, and a token is replaced before it expires. */
export class Tokens {
  readonly #taking = new Map<string, Taking>();
  readonly #dropped = new Map<string, string>();
  /** When the last token of a key is to be replaced, by the monotonic time, because the time of day may be set back. */
  readonly #replacements = new Map<string, { token: string; atMs: number }>();
  private readonly clock: EngineClock;

  constructor(
    private readonly store: TokenStore,
    clock: Clock,
    /** Time limit for each call of the store. */
    private readonly timeoutMs = Number.POSITIVE_INFINITY,
  ) {
    this.clock = engineClockOf(clock);
  }

  /**
   * Returns a valid token.
   * @param fetch requests a new one from the vendor. Its signal is aborted when all requests that wait for the token were aborted.
   * @throws the signal's reason once it is aborted; the error of `fetch`.
   */
  async take(key: string, signal: AbortSignal, fetch: (signal: AbortSignal) => Promise<StoredToken>): Promise<string> {
    const taking = this.#taking.get(key) ?? this.begin(key, fetch);
    taking.waiting += 1;
    try {
      return (await orAborted(taking.token, signal)).token;
    } finally {
      taking.waiting -= 1;
      if (taking.waiting === 0) {
        if (!taking.isSettled) taking.abandon.abort();
        // Later requests must not join a fetch that is being abandoned.
        if (this.#taking.get(key) === taking) this.#taking.delete(key);
      }
    }
  }

  private begin(key: string, fetch: (signal: AbortSignal) => Promise<StoredToken>): Taking {
    const abandon = new AbortController();
    const token = this.takeOnce(key, abandon.signal, () => fetch(abandon.signal));
    const taking = { token, isSettled: false, waiting: 0, abandon };
    const settle = () => {
      taking.isSettled = true;
    };
    token.then(settle, settle);
    this.#taking.set(key, taking);
    return taking;
  }

  /** Reads the store, else fetches. The store is read once for concurrent requests, because a shared store may be slow. */
  private async takeOnce(key: string, signal: AbortSignal, fetch: () => Promise<StoredToken>): Promise<StoredToken> {
    const stored = await this.read(key);
    if (stored !== null) return stored;
    const release = await this.store.lock?.(key, signal);
    if (release === undefined) return this.fetchOnce(key, fetch);
    try {
      // Another process may have fetched it meanwhile.
      return (await this.read(key)) ?? (await this.fetchOnce(key, fetch));
    } finally {
      await release();
    }
  }

  /** Returns the stored token, or null if it must be replaced. */
  private async read(key: string): Promise<StoredToken | null> {
    const stored: unknown = await this.inTime("get", () => this.store.get(key));
    return isStoredToken(stored) && this.isFresh(key, stored) ? stored : null;
  }

  private async fetchOnce(key: string, fetch: () => Promise<StoredToken>): Promise<StoredToken> {
    const fetched = await fetch();
    // A vendor that issues the same token again confirms it.
    if (this.#dropped.get(key) === fetched.token) this.#dropped.delete(key);
    this.noteReplacement(key, fetched);
    await this.inTime("set", () => this.store.set(key, fetched));
    return fetched;
  }

  /** @throws TimeoutError when the user's store takes too long. */
  private inTime<Result>(method: string, call: () => Promise<Result>): Promise<Result> {
    const { timeoutMs } = this;
    if (this.store instanceof MemoryTokenStore || !Number.isFinite(timeoutMs)) return call();
    return new Promise((resolve, reject) => {
      const late = () => {
        reject(
          new TimeoutError(
            `CallRecordsClient: option \`tokenStore\`: its \`${method}\` took longer than \`timeoutMs\` (${timeoutMs} ms).`,
            { retryable: true },
          ),
        );
      };
      withTimeLimit(this.clock, timeoutMs, late, call, reject).then(resolve, reject);
    });
  }

  private isFresh(key: string, stored: StoredToken): boolean {
    const { token } = stored;
    if (token === this.#dropped.get(key) || this.clock.now() >= replacedAt(stored)) return false;
    const known = this.#replacements.get(key);
    if (known?.token === token) return this.clock.monotonicMs() < known.atMs;
    this.noteReplacement(key, stored);
    return true;
  }

  /** Records when to replace a token, so that none is used beyond its lifetime even if the clocks of processes that share a store differ. */
  private noteReplacement(key: string, stored: StoredToken): void {
    const remainingMs = replacedAt(stored) - Math.max(this.clock.now(), stored.fetchedAt);
    this.#replacements.set(key, { token: stored.token, atMs: this.clock.monotonicMs() + remainingMs });
  }

  /** Drops a token that the vendor refused. Only this one: another request may have fetched a new one already. */
  drop(key: string, token: string): void {
    this.#dropped.set(key, token);
  }
}

/** Checks the value that a user's store returned. */
function isStoredToken(value: unknown): value is StoredToken {
  if (typeof value !== "object" || value === null) return false;
  const { token, fetchedAt, expiresAt } = value as Record<keyof StoredToken, unknown>;
  return typeof token === "string" && token !== "" && Number.isFinite(fetchedAt) && Number.isFinite(expiresAt);
}

/** Returns when to replace a token, in epoch milliseconds. */
function replacedAt({ fetchedAt, expiresAt }: StoredToken): number {
  return expiresAt - Math.min(REFRESH_EARLY_MS, (expiresAt - fetchedAt) / 5);
}
