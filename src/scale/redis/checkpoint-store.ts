import { randomUUID } from "node:crypto";
import type { Redis } from "ioredis";
import { z } from "zod";
import {
  CallRecordsError,
  CheckpointError,
  type CheckpointParts,
  type CheckpointStore,
  type JsonValue,
} from "../../index.js";
import { parseOptions } from "../../adapter.js";
import { acquire } from "./acquire.js";
import { RELEASE_SCRIPT, SAVE_SCRIPT } from "./checkpoint-scripts.js";
import { accountKey, checkRedis, prefixShape, type RedisOptions, Script } from "./redis-client.js";
import { renewRegularly } from "./renewal.js";
import { withinTime } from "./within-time.js";

const WHO = "redisCheckpointStore";
/** A lease is renewed three times in its duration, so that one failure does not end it. */
const RENEWALS_PER_LEASE = 3;

/** The options of `redisCheckpointStore`. */
export interface RedisCheckpointStoreOptions extends RedisOptions {
  /**
   * The time after which another writer may replace one that was killed, in seconds: 1 to 3,600. The store renews its lease three times in this time. A process
   * that sleeps for longer can no longer save. Default 15.
   */
  leaseSeconds?: number | undefined;
}

const optionsSchema = z.strictObject({
  ...prefixShape,
  leaseSeconds: z
    .int("must be a whole number")
    .min(1, "must be at least 1")
    .max(3_600, "must be at most 3,600")
    .default(15),
});

/**
 * Returns a store for the checkpoints of `sync`. Each account has one writer at a time, which holds a lease. Each save checks the lease in the same atomic step.
 * Checkpoints have no expiry. Redis must keep them: set `appendonly yes`.
 *
 * The methods throw a `CheckpointError`: when another writer holds the lease, when the lease of this one has ended, and when Redis does not respond for 5
 * seconds. It is `retryable` if a later pass may succeed.
 * @param redis a connection of ioredis to one server, Redis 6.2 or later.
 * @throws ConfigurationError when an argument is invalid.
 */
export function redisCheckpointStore(redis: Redis, options: RedisCheckpointStoreOptions = {}): CheckpointStore {
  checkRedis(WHO, redis);
  const { prefix, leaseSeconds } = parseOptions(WHO, optionsSchema, options);
  return new RedisCheckpointStore(redis, prefix, leaseSeconds);
}

const partsSchema = z.record(z.string(), z.string());

const save = new Script(SAVE_SCRIPT);
const release = new Script(RELEASE_SCRIPT);

class RedisCheckpointStore implements CheckpointStore {
  /** The fencing tokens of the leases that this store holds, by account. */
  private readonly leases = new Map<string, string>();

  constructor(
    private readonly redis: Redis,
    private readonly prefix: string,
    private readonly leaseSeconds: number,
  ) {}

  async load(account: string): Promise<CheckpointParts> {
    const reply: unknown = await this.run<unknown>(account, () => this.redis.hgetall(this.partsKey(account)));
    return Object.fromEntries(
      Object.entries(partsSchema.parse(reply)).map(([name, text]) => [
        z.string().parse(parse(account, `"${name}"`)),
        parse(account, text),
      ]),
    );
  }

  async save(account: string, changes: Readonly<Record<string, JsonValue | null>>): Promise<void> {
    const token = this.leases.get(account);
    if (token === undefined)
      throw new CheckpointError(`${account}: nothing is saved to Redis without its lock. Call \`lock\` first.`, {
        account,
      });
    const rows = Object.entries(changes).flatMap(([name, part]) => [
      accountKey(name),
      part === null ? "" : JSON.stringify(part),
    ]);
    const keys = [this.leaseKey(account), this.partsKey(account)];
    const isSaved = await this.run(account, () => save.run(this.redis, keys, () => [token, this.leaseMs, ...rows]));
    if (isSaved !== 1)
      throw new CheckpointError(
        `${account}: the lease of this account has expired or another writer holds it, so nothing was saved. It expires after ${this.leaseSeconds} seconds without renewal (option \`leaseSeconds\`), for example while the process sleeps. The next pass continues from the last save.`,
        { account, retryable: true },
      );
  }

  async lock(account: string): Promise<() => Promise<void>> {
    const token = randomUUID();
    const keys = [this.leaseKey(account)];
    const isAcquired = await this.run(account, () => acquire.run(this.redis, keys, () => [token, this.leaseMs]));
    if (isAcquired !== 1)
      throw new CheckpointError(
        `${account}: another writer holds the lease of this account in Redis. Wait for it to end, or stop it. If it was killed, its lease expires within its \`leaseSeconds\`.`,
        { account, retryable: true },
      );
    this.leases.set(account, token);
    const durationMs = this.leaseSeconds * 1000;
    // If the lease has ended, the next save reports it.
    const endRenewals = renewRegularly(this.redis, this.leaseKey(account), token, {
      durationMs,
      everyMs: durationMs / RENEWALS_PER_LEASE,
    });
    return async () => {
      endRenewals();
      if (this.leases.get(account) === token) this.leases.delete(account);
      await this.run(account, () => release.run(this.redis, keys, () => [token]));
    };
  }

  /** Runs a command. @throws CheckpointError for every failure of Redis. */
  private async run<Result>(account: string, command: () => Promise<Result>): Promise<Result> {
    try {
      return await withinTime(`${account}: ${WHO}`, command);
    } catch (error) {
      if (!(error instanceof CallRecordsError)) throw error;
      throw new CheckpointError(error.message, { account, vendorCode: error.vendorCode, retryable: error.retryable });
    }
  }

  private get leaseMs(): string {
    return String(this.leaseSeconds * 1000);
  }

  private leaseKey(account: string): string {
    return `${this.prefix}:checkpoint-lease:${accountKey(account)}`;
  }

  private partsKey(account: string): string {
    return `${this.prefix}:checkpoint:${accountKey(account)}`;
  }
}

/** @throws CheckpointError when another program has changed the text. */
function parse(account: string, text: string): JsonValue {
  try {
    // JSON.parse returns what JSON.stringify received.
    return JSON.parse(text) as JsonValue;
  } catch {
    throw new CheckpointError(
      `${account}: the checkpoint in Redis is damaged: a part of it is not JSON. It has not been changed. Restore it from a backup, or delete its key to read everything again.`,
      { account },
    );
  }
}
