import type { Clock } from "./clock.js";

/** A token with the instants, in epoch milliseconds, between which it is good. */
export interface StoredToken {
  token: string;
  fetchedAt: number;
  expiresAt: number;
}

/** Keeps tokens by key. Replaced where several processes share them. */
export interface TokenStore {
  get(key: string): Promise<StoredToken | null>;
  set(key: string, token: StoredToken): Promise<void>;
}

/** Keeps tokens for as long as the process lives. */
export class MemoryTokenStore implements TokenStore {
  /** Truly private: tokens are not shown when the store is printed. */
  readonly #tokens = new Map<string, StoredToken>();

  get(key: string): Promise<StoredToken | null> {
    return Promise.resolve(this.#tokens.get(key) ?? null);
  }

  set(key: string, token: StoredToken): Promise<void> {
    this.#tokens.set(key, token);
    return Promise.resolve();
  }
}

/** A token is replaced this long before its end, or a fifth of its life before it where that is less. */
const REFRESH_EARLY_MS = 60_000;

/** Hands out one token per key, fetches it once however many ask, and replaces it before it ends. */
export class Tokens {
  readonly #taking = new Map<string, Promise<StoredToken>>();
  readonly #dropped = new Map<string, string>();

  constructor(
    private readonly store: TokenStore,
    private readonly clock: Clock,
  ) {}

  /** A token that is good now. @param fetch asks the vendor for a new one. */
  async take(key: string, fetch: () => Promise<StoredToken>): Promise<string> {
    const running = this.#taking.get(key) ?? this.takeOnce(key, fetch);
    this.#taking.set(key, running);
    return (await running).token;
  }

  /** Looking into the store is part of what is done once: a store that is shared may be slow. */
  private async takeOnce(key: string, fetch: () => Promise<StoredToken>): Promise<StoredToken> {
    try {
      const stored = await this.store.get(key);
      if (stored !== null && this.isFresh(key, stored)) return stored;
      const fetched = await fetch();
      await this.store.set(key, fetched);
      return fetched;
    } finally {
      this.#taking.delete(key);
    }
  }

  private isFresh(key: string, { token, fetchedAt, expiresAt }: StoredToken): boolean {
    const early = Math.min(REFRESH_EARLY_MS, (expiresAt - fetchedAt) / 5);
    return token !== this.#dropped.get(key) && this.clock.now() < expiresAt - early;
  }

  /** The vendor refused this token. Only it is dropped: another request may have brought a new one already. */
  drop(key: string, token: string): void {
    this.#dropped.set(key, token);
  }
}
