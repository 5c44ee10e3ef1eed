import { TimeoutError } from "../../model/errors.js";
import { orAborted, withTimeLimit } from "./abort.js";
import type { Clock, EngineClock } from "./clock.js";
import { engineClockOf } from "./engine-clock.js";

/** A token, and between which instants it is good. */
export interface StoredToken {
  /** As it is sent: a secret. */
  token: string;
  /** When it was fetched, in epoch milliseconds. */
  fetchedAt: number;
  /** When it ends, in epoch milliseconds. It is replaced a minute before that, or a fifth of its life where that is less. */
  expiresAt: number;
}

/**
 * Keeps tokens by key. Replaced where several processes share them. What its methods throw reaches the caller as it is, or ends the account alone where
 * failures are isolated; each may take as long as the client's `timeoutMs`.
 */
export interface TokenStore {
  /**
   * The token that was last set, or null. One that has ended need not be kept, and may be answered all the same.
   * @param key names the token's endpoint and the public half of the credentials; no secret.
   */
  get(key: string): Promise<StoredToken | null>;
  /** Keeps a token in place of the one before. */
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

/** A token on its way, and those who wait for it. */
interface Taking {
  token: Promise<StoredToken>;
  waiting: number;
  abandon: AbortController;
}

/** Hands out one token per key, fetches it once however many ask, and replaces it before it ends. */
export class Tokens {
  readonly #taking = new Map<string, Taking>();
  readonly #dropped = new Map<string, string>();
  /** When the last token of a key is to be replaced, by the monotonic time: the time of day may be set back while it is used. */
  readonly #replacements = new Map<string, { token: string; atMs: number }>();
  private readonly clock: EngineClock;

  constructor(
    private readonly store: TokenStore,
    clock: Clock,
    /** For the store, each time that it is asked. */
    private readonly timeoutMs = Number.POSITIVE_INFINITY,
  ) {
    this.clock = engineClockOf(clock);
  }

  /**
   * A token that is good now.
   * @param fetch asks the vendor for a new one. Its signal is aborted when all who wait for the token have given up.
   * @throws the signal's reason once it is aborted; what `fetch` throws.
   */
  async take(key: string, signal: AbortSignal, fetch: (signal: AbortSignal) => Promise<StoredToken>): Promise<string> {
    const taking = this.#taking.get(key) ?? this.begin(key, fetch);
    taking.waiting += 1;
    try {
      return (await orAborted(taking.token, signal)).token;
    } finally {
      taking.waiting -= 1;
      if (taking.waiting === 0) {
        taking.abandon.abort();
        // Who asks from now on must not be given what is being abandoned.
        if (this.#taking.get(key) === taking) this.#taking.delete(key);
      }
    }
  }

  private begin(key: string, fetch: (signal: AbortSignal) => Promise<StoredToken>): Taking {
    const abandon = new AbortController();
    const taking = { token: this.takeOnce(key, () => fetch(abandon.signal)), waiting: 0, abandon };
    this.#taking.set(key, taking);
    return taking;
  }

  /** Looking into the store is part of what is done once: a store that is shared may be slow. */
  private async takeOnce(key: string, fetch: () => Promise<StoredToken>): Promise<StoredToken> {
    const stored: unknown = await this.inTime("get", () => this.store.get(key));
    if (isStoredToken(stored) && this.isFresh(key, stored)) return stored;
    const fetched = await fetch();
    // A vendor that gives the same token again stands by it.
    if (this.#dropped.get(key) === fetched.token) this.#dropped.delete(key);
    this.noteReplacement(key, fetched);
    await this.inTime("set", () => this.store.set(key, fetched));
    return fetched;
  }

  /** @throws TimeoutError when the user's store does not answer. */
  private inTime<Result>(method: string, ask: () => Promise<Result>): Promise<Result> {
    const { timeoutMs } = this;
    if (this.store instanceof MemoryTokenStore || !Number.isFinite(timeoutMs)) return ask();
    return new Promise((resolve, reject) => {
      const late = () => {
        reject(
          new TimeoutError(
            `CallRecordsClient: option \`tokenStore\`: its \`${method}\` took longer than \`timeoutMs\` (${timeoutMs} ms).`,
            { retryable: true },
          ),
        );
      };
      withTimeLimit(this.clock, timeoutMs, late, ask, reject).then(resolve, reject);
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

  /** However the clocks of those who share a store differ, no token is used for longer than it lives. */
  private noteReplacement(key: string, stored: StoredToken): void {
    const remainingMs = replacedAt(stored) - Math.max(this.clock.now(), stored.fetchedAt);
    this.#replacements.set(key, { token: stored.token, atMs: this.clock.monotonicMs() + remainingMs });
  }

  /** The vendor refused this token. Only it is dropped: another request may have brought a new one already. */
  drop(key: string, token: string): void {
    this.#dropped.set(key, token);
  }
}

/** A store of the user's may answer anything. */
function isStoredToken(value: unknown): value is StoredToken {
  if (typeof value !== "object" || value === null) return false;
  const { token, fetchedAt, expiresAt } = value as Record<keyof StoredToken, unknown>;
  return typeof token === "string" && token !== "" && Number.isFinite(fetchedAt) && Number.isFinite(expiresAt);
}

/** In epoch milliseconds. */
function replacedAt({ fetchedAt, expiresAt }: StoredToken): number {
  return expiresAt - Math.min(REFRESH_EARLY_MS, (expiresAt - fetchedAt) / 5);
}
