import { randomUUID } from "node:crypto";
import type { Redis } from "ioredis";
import type { Rate, RateLimiter, RatePermit } from "../../index.js";
import { AccountPermits, type LimiterProcess } from "./account-permits.js";
import { type Grants, type LimiterServer, RedisLimiterServer } from "./limiter-server.js";
import { BEAT_MS, DEAD_AFTER_MS } from "./limiter-state.js";
import { accountKey, checkArguments, type RedisOptions } from "./redis-client.js";
import { systemTiming, type Timing } from "./timing.js";

/**
 * Returns a rate limiter that all processes with the same Redis server and prefix share: each account has one rate and one concurrency for all of them, and
 * requests are served in their order. It stores no secrets.
 *
 * While Redis does not respond, requests wait. After 5 seconds they fail with a `NetworkError` that is `retryable`. After Redis has lost its state, as in a
 * restart, each account pauses for one second. So does the first request of all.
 * @param redis a connection of ioredis to one server, Redis 6.2 or later. The limiter opens a second connection, which is closed when this one is.
 * @throws ConfigurationError when an argument is invalid.
 */
export function redisRateLimiter(redis: Redis, options: RedisOptions = {}): RateLimiter {
  const { prefix } = checkArguments("redisRateLimiter", redis, options);
  return new RedisRateLimiter(new RedisLimiterServer(redis, prefix), systemTiming);
}

/** The limiter of one process. */
export class RedisRateLimiter implements RateLimiter {
  /** The accounts, as they are in keys. */
  private readonly accounts = new Map<string, AccountPermits>();
  private readonly process: LimiterProcess;
  private listening: Promise<void> | null = null;
  private lastId = 0;
  private aliveAt = Number.NEGATIVE_INFINITY;
  private complete: string | null = null;
  private isBeating = false;
  private cancelBeat: (() => void) | null = null;

  constructor(
    private readonly server: LimiterServer,
    private readonly timing: Timing,
    private readonly id: string = randomUUID(),
  ) {
    this.process = {
      id,
      timing,
      exchange: async (exchange) => {
        await this.listen();
        return server.exchange(exchange);
      },
      nextId: () => (this.lastId += 1),
      isAlive: () => timing.monotonicMs() - this.aliveAt < DEAD_AFTER_MS,
      noteAlive: (sentAt) => {
        const isLate = timing.monotonicMs() - this.aliveAt > DEAD_AFTER_MS;
        const wasAlive = Number.isFinite(this.aliveAt);
        this.aliveAt = Math.max(this.aliveAt, sentAt);
        // Redis may have removed the waiting requests of this process meanwhile.
        if (wasAlive && isLate) this.exchangeAll();
      },
    };
  }

  take(account: string, rate: Rate, signal: AbortSignal): Promise<RatePermit> {
    const taken = this.of(account).take(rate, signal);
    this.keepBeating();
    return taken;
  }

  slowDown(account: string, pauseMs: number): void {
    this.of(account).slowDown(pauseMs);
    this.keepBeating();
  }

  private of(account: string): AccountPermits {
    const key = accountKey(account);
    const permits = this.accounts.get(key) ?? new AccountPermits(account, key, this.process);
    this.accounts.set(key, permits);
    return permits;
  }

  /** Resolves once the process receives notifications. */
  private listen(): Promise<void> {
    const onGrants = (grants: Grants) => {
      this.accounts.get(grants.account)?.apply(grants);
    };
    const onLoss = () => {
      this.exchangeAll();
    };
    this.listening ??= this.server.listen(this.id, onGrants, onLoss).catch((error: unknown) => {
      this.listening = null;
      throw error;
    });
    return this.listening;
  }

  /** Starts the heartbeat. It ends when no account is active. */
  private keepBeating(): void {
    this.cancelBeat ??= this.timing.after(BEAT_MS, () => {
      this.cancelBeat = null;
      const active = [...this.accounts.values()].filter(({ isActive }) => isActive);
      if (active.length === 0) {
        this.aliveAt = Number.NEGATIVE_INFINITY;
        return;
      }
      this.keepBeating();
      for (const account of active) account.check();
      void this.beat();
    });
  }

  private async beat(): Promise<void> {
    // A connection that is lost would otherwise collect heartbeats.
    if (this.isBeating) return;
    this.isBeating = true;
    const startedAt = this.timing.monotonicMs();
    try {
      const { complete, deaths } = await this.server.beat(this.id);
      this.process.noteAlive(startedAt);
      const isLost = this.complete !== null && this.complete !== complete;
      this.complete = complete;
      if (isLost || deaths > 0) this.exchangeAll();
    } catch {
      // The exchanges report the failure.
    }
    this.isBeating = false;
  }

  /** Exchanges for all accounts that hold permits or wait for one: other processes have died, or notifications or the state may have been lost. */
  private exchangeAll(): void {
    for (const account of this.accounts.values()) if (account.isActive) account.exchangeSoon();
  }
}
