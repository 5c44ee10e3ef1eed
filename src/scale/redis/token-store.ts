import { createHash } from "node:crypto";
import { performance } from "node:perf_hooks";
import type { Redis } from "ioredis";
import { z } from "zod";
import type { StoredToken, TokenStore } from "../../index.js";
import { parseOptions } from "../../adapter.js";
import { checkRedis, prefixShape, type RedisOptions } from "./redis-client.js";
import { Subscriber } from "./subscriber.js";
import { KEY_BYTES, TokenEncryption } from "./token-encryption.js";
import { TokenLocks } from "./token-lock.js";
import { withinTime } from "./within-time.js";

const WHO = "redisTokenStore";
/** A token is read from Redis again after this time. Processes are notified of a new token, but a notification may be lost. */
const CACHE_MS = 5000;
/** The longest and the shortest time for which a token is stored. */
const MAX_EXPIRY_MS = 31_536_000_000;
const MIN_EXPIRY_MS = 1000;

/** The options of `redisTokenStore`. */
export interface RedisTokenStoreOptions extends RedisOptions {
  /**
   * Encrypts the tokens in Redis with AES-256-GCM: 32 bytes, as a `Uint8Array` or as text in base64 or hex. All processes need the same one: processes with
   * different keys share no tokens. Default: the tokens are not encrypted.
   */
  encryptionKey?: string | Uint8Array | undefined;
}

const KEY_RULE = `must be ${KEY_BYTES} bytes, as a Uint8Array or as text in base64 or hex`;

const optionsSchema = z.strictObject({
  ...prefixShape,
  encryptionKey: z
    .custom<string | Uint8Array>(isKey, KEY_RULE)
    .optional()
    .transform((key) => (key === undefined ? null : bytesOf(key)))
    .refine((key) => key === null || key.length === KEY_BYTES, KEY_RULE),
});

function isKey(value: unknown): boolean {
  return typeof value === "string" || ArrayBuffer.isView(value);
}

function bytesOf(key: string | Uint8Array): Uint8Array {
  if (typeof key !== "string") return key;
  return /^[0-9a-f]{64}$/i.test(key) ? Buffer.from(key, "hex") : Buffer.from(key, "base64");
}

const tokenSchema = z.object({ token: z.string(), fetchedAt: z.number(), expiresAt: z.number() });

/**
 * Returns a token store that all processes with the same Redis server and prefix share. One process fetches a token, and the others wait for it. Keys are
 * hashes. Tokens expire in Redis when they expire at the vendor.
 *
 * While Redis does not respond, requests that need a token wait. After 5 seconds they fail with a `NetworkError` that is `retryable`.
 * @param redis a connection of ioredis to one server, Redis 6.2 or later. The store opens a second connection, which is closed when this one is.
 * @throws ConfigurationError when an argument is invalid.
 */
export function redisTokenStore(redis: Redis, options: RedisTokenStoreOptions = {}): TokenStore {
  checkRedis(WHO, redis);
  const { prefix, encryptionKey } = parseOptions(WHO, optionsSchema, options);
  return new RedisTokenStore(redis, prefix, encryptionKey);
}

class RedisTokenStore implements TokenStore {
  /** Truly private, so that printing the store shows no tokens. */
  readonly #cache = new Map<string, { stored: StoredToken | null; until: number }>();
  readonly #encryption: TokenEncryption | null;
  /** Begins the hashed text, so that tokens of another encryption key have other names. */
  readonly #keyId: string;
  private readonly locks: TokenLocks;
  private listening: Promise<void> | null = null;

  constructor(
    private readonly redis: Redis,
    private readonly prefix: string,
    encryptionKey: Uint8Array | null,
  ) {
    this.#encryption = encryptionKey === null ? null : new TokenEncryption(encryptionKey);
    this.#keyId = encryptionKey === null ? "" : sha256(encryptionKey);
    this.locks = new TokenLocks(redis, WHO, this.channel);
  }

  async get(key: string): Promise<StoredToken | null> {
    const name = this.nameOf(key);
    const cached = this.#cache.get(name);
    if (cached !== undefined && performance.now() < cached.until) return cached.stored;
    await this.listen();
    const place = this.placeOf(name);
    const text = await withinTime(WHO, () => this.redis.get(place));
    const stored = text === null ? null : this.parse(text, place);
    // A missing token is fetched at once, by this process or another one.
    if (stored !== null) this.#cache.set(name, { stored, until: performance.now() + CACHE_MS });
    return stored;
  }

  async set(key: string, token: StoredToken): Promise<void> {
    const name = this.nameOf(key);
    const place = this.placeOf(name);
    const json = JSON.stringify(token);
    const text = this.#encryption === null ? json : this.#encryption.encrypt(json, place);
    const expiryMs = Math.min(MAX_EXPIRY_MS, Math.max(MIN_EXPIRY_MS, Math.ceil(token.expiresAt - token.fetchedAt)));
    await withinTime(WHO, async () => {
      await this.redis.set(place, text, "PX", expiryMs);
      await this.redis.publish(this.channel, name);
    });
    this.#cache.set(name, { stored: token, until: performance.now() + CACHE_MS });
  }

  async lock(key: string, signal: AbortSignal): Promise<() => Promise<void>> {
    const name = this.nameOf(key);
    await this.listen();
    const release = await this.locks.lock(`${this.prefix}:token-lock:${name}`, name, signal);
    // The token may have been replaced while this process waited.
    this.#cache.delete(name);
    return release;
  }

  /** Resolves once the process is notified of new tokens and released locks. */
  private listen(): Promise<void> {
    const onMessage = (name: string) => {
      this.#cache.delete(name);
      this.locks.notify(name);
    };
    this.listening ??= withinTime(WHO, () => Subscriber.of(this.redis).subscribe(this.channel, onMessage)).catch(
      (error: unknown) => {
        this.listening = null;
        throw error;
      },
    );
    return this.listening;
  }

  /** Returns the token; null if it cannot be decrypted or is damaged, so that a new one is fetched. */
  private parse(text: string, place: string): StoredToken | null {
    const json = this.#encryption === null ? text : this.#encryption.decrypt(text, place);
    if (json === null) return null;
    try {
      return tokenSchema.safeParse(JSON.parse(json)).data ?? null;
    } catch {
      return null;
    }
  }

  private nameOf(key: string): string {
    return sha256(`${this.#keyId}:${key}`);
  }

  private placeOf(name: string): string {
    return `${this.prefix}:token:${name}`;
  }

  private get channel(): string {
    return `${this.prefix}:token-changes`;
  }
}

function sha256(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}
