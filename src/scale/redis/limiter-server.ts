import type { Redis } from "ioredis";
import { z } from "zod";
import { HEARTBEAT_SCRIPT } from "./heartbeat-script.js";
import { LIMITER_SCRIPT } from "./limiter-script.js";
import { REDIS_TIME } from "./limiter-state.js";
import { Script } from "./redis-client.js";
import { Subscriber } from "./subscriber.js";

/** A request with a permit: its number; the milliseconds since it was sent, or -1 before; what its delay adds to its second, or -1 before its response. */
export type PermitRow = readonly [id: number, sentAgoMs: number, addedMs: number];

/** Everything that a process knows of its requests for one account. The script reads the same names. */
export interface Exchange {
  /** The account, as it is in keys. */
  account: string;
  process: string;
  /** Requests per second; 0 if the process does not know it. */
  rate: number;
  concurrency: number;
  /** Whether the process knows that Redis should have the state of this account. */
  isKnown: boolean;
  /** The shortest round trip of this process to the vendor; 0 before the first. */
  shortestMs: number;
  isCold: boolean;
  /** The pauses after refusals of the vendor. */
  pauses: readonly number[];
  waiting: readonly number[];
  held: readonly PermitRow[];
  /** The requests that have ended since the last exchange. */
  ended: readonly PermitRow[];
}

/** The permits of a process, as Redis grants them. */
export interface Grants {
  /** The account, as it is in keys. */
  account: string;
  /** The state to which `version` belongs. */
  epoch: number;
  /** The number of the exchange. News with a lower number than earlier news are outdated. */
  version: number;
  /** The milliseconds after which the process has to exchange again, or -1. */
  wakeAfterMs: number;
  /** For each request the milliseconds after which it may be sent; -1 withdraws the permit. */
  permits: ReadonlyMap<number, number>;
}

export interface Heartbeat {
  /** Changes when Redis has lost its state. */
  complete: string;
  /** The number of processes that died recently. */
  deaths: number;
}

/** The side of the limiter that is in Redis. */
export interface LimiterServer {
  exchange(exchange: Exchange): Promise<Grants>;
  beat(process: string): Promise<Heartbeat>;
  /** Resolves when the process receives its notifications. @param onLoss some may be lost. */
  listen(process: string, onGrants: (grants: Grants) => void, onLoss: () => void): Promise<void>;
}

const grantsSchema = z
  .tuple([z.string(), z.number(), z.number(), z.number()], z.number())
  .transform(([account, epoch, version, wakeAfterMs, ...rest]): Grants => {
    const permits = new Map<number, number>();
    for (let index = 0; index + 1 < rest.length; index += 2) permits.set(rest[index] ?? 0, rest[index + 1] ?? -1);
    return { account, epoch, version, wakeAfterMs, permits };
  });
const heartbeatSchema = z.tuple([z.string(), z.number()]);

/** The scripts and channels of one prefix. */
export class RedisLimiterServer implements LimiterServer {
  private readonly exchangeScript: Script;
  private readonly heartbeatScript: Script;

  /** @param time Lua that sets `now`. */
  constructor(
    private readonly redis: Redis,
    private readonly prefix: string,
    time: string = REDIS_TIME,
  ) {
    this.exchangeScript = new Script(time + LIMITER_SCRIPT);
    this.heartbeatScript = new Script(time + HEARTBEAT_SCRIPT);
  }

  async exchange(exchange: Exchange): Promise<Grants> {
    const keys = [`${this.prefix}:rate:${exchange.account}`, this.beatsKey, this.completeKey];
    const reply = await this.exchangeScript.run(this.redis, keys, (restarted) => [
      JSON.stringify(exchange),
      this.channelPrefix,
      restarted ? "1" : "0",
    ]);
    return readGrants(reply);
  }

  async beat(process: string): Promise<Heartbeat> {
    const reply = await this.heartbeatScript.run(this.redis, [this.beatsKey, this.completeKey], (restarted) => [
      process,
      this.deathsChannel,
      restarted ? "1" : "0",
    ]);
    const [complete, deaths] = heartbeatSchema.parse(reply);
    return { complete, deaths };
  }

  async listen(process: string, onGrants: (grants: Grants) => void, onLoss: () => void): Promise<void> {
    const subscriber = Subscriber.of(this.redis);
    await subscriber.subscribe(this.deathsChannel, onLoss);
    await subscriber.subscribe(this.channelPrefix + process, (message) => {
      onGrants(readGrants(message));
    });
    subscriber.afterReconnect(onLoss);
  }

  private get beatsKey(): string {
    return `${this.prefix}:rate-processes`;
  }

  private get completeKey(): string {
    return `${this.prefix}:rate-complete-since`;
  }

  private get deathsChannel(): string {
    return `${this.prefix}:rate-deaths`;
  }

  private get channelPrefix(): string {
    return `${this.prefix}:rate-process:`;
  }
}

/** Parses a reply of the script, or a notification. */
export function readGrants(reply: unknown): Grants {
  return grantsSchema.parse(JSON.parse(String(reply)));
}
