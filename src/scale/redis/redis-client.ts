import { createHash } from "node:crypto";
import type { Redis } from "ioredis";
import { z } from "zod";
import { ConfigurationError } from "../../index.js";
import { parseOptions } from "../../adapter.js";
import { codeOf } from "./redis-errors.js";

/** The options of `redisRateLimiter`. */
export interface RedisOptions {
  /** The beginning of all keys and channels. Services with different prefixes share nothing. Default `call-records`. */
  prefix?: string | undefined;
}

export const prefixShape = {
  prefix: z.string("must be a text").min(1, "must not be empty").default("call-records"),
};

const optionsSchema = z.strictObject(prefixShape);

/** Checks the arguments of a function that takes a connection. @throws ConfigurationError */
export function checkArguments(owner: string, redis: Redis, options: RedisOptions): { prefix: string } {
  checkRedis(owner, redis);
  return parseOptions(owner, optionsSchema, options);
}

/** @throws ConfigurationError when a caller in plain JavaScript passes something else, or a client of a cluster. */
export function checkRedis(owner: string, redis: unknown): void {
  const isClient = typeof redis === "object" && redis !== null && "evalsha" in redis && "duplicate" in redis;
  if (!isClient)
    throw new ConfigurationError(
      `${owner}: argument \`redis\`: must be a \`Redis\` of the package ioredis 5.3 or later.`,
    );
  if ("isCluster" in redis && redis.isCluster === true)
    throw new ConfigurationError(
      `${owner}: argument \`redis\`: must be a \`Redis\` of ioredis. A \`Cluster\` is not supported, because all keys must be on one server.`,
    );
}

/**
 * Whether `quit` was called. ioredis would still write a command behind it, to a server that closes the connection. If that write fails, so does the caller's
 * `quit`. The type of ioredis does not show the property.
 */
function isQuitting(redis: Redis): boolean {
  return Reflect.get(redis, "manuallyClosing") === true;
}

/** A Lua script, which Redis keeps by its hash. */
export class Script {
  private readonly hash: string;
  /** The first run of each connection. The others wait for it, so that Redis receives the text once. */
  private readonly first = new WeakMap<Redis, Promise<unknown>>();

  constructor(private readonly text: string) {
    this.hash = createHash("sha1").update(text).digest("hex");
  }

  /**
   * Runs the script in one round trip. Redis does not have it after a restart, and then receives its text.
   * @param args returns the arguments. `restarted`: Redis did not have the script.
   */
  async run(redis: Redis, keys: readonly string[], args: (restarted: boolean) => readonly string[]): Promise<unknown> {
    const first = this.first.get(redis);
    if (first !== undefined) {
      await first.catch(() => undefined);
      return this.send(redis, keys, args);
    }
    const run = this.send(redis, keys, args);
    this.first.set(redis, run);
    return run;
  }

  private async send(
    redis: Redis,
    keys: readonly string[],
    args: (restarted: boolean) => readonly string[],
  ): Promise<unknown> {
    if (isQuitting(redis)) throw new Error("The connection is being closed.");
    try {
      return await redis.evalsha(this.hash, keys.length, ...keys, ...args(false));
    } catch (error) {
      if (codeOf(error) !== "NOSCRIPT") throw error;
      return await redis.eval(this.text, keys.length, ...keys, ...args(true));
    }
  }
}

/** Returns a text that is unique for the label of an account, and that Redis can store: half of a surrogate pair is escaped. */
export function accountKey(account: string): string {
  return JSON.stringify(account).slice(1, -1);
}
