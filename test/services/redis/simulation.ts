import { randomUUID } from "node:crypto";
import { setMaxListeners } from "node:events";
import { Redis } from "ioredis";
import type { Rate, RatePermit } from "call-records";
import {
  type Exchange,
  type Grants,
  type Heartbeat,
  type LimiterServer,
  readGrants,
  RedisLimiterServer,
} from "../../../src/scale/redis/limiter-server.js";
import { RedisRateLimiter } from "../../../src/scale/redis/rate-limiter.js";
import type { Timing } from "../../../src/scale/redis/timing.js";

const never = new AbortController().signal;
// All requests listen to it.
setMaxListeners(0, never);

const BEGAN_AT = 1_000_000;
const GIVE_UP_AT = BEGAN_AT + 3_600_000;

/**
 * Processes with one rate limiter each, on a virtual clock, with the real scripts in a real Redis. The time of Redis cannot be set, so the scripts begin with
 * a read of the virtual time from a key instead of the command TIME. The rest of their text is that of production.
 */
export class Simulation {
  private time = BEGAN_AT;
  private readonly timers = new Set<{ at: number; run: () => void }>();
  private running = 0;
  private readonly redis = new Redis();
  private readonly subscriber = new Redis();
  private readonly prefix = `test-${randomUUID()}`;
  private readonly server: RedisLimiterServer;
  readonly processes: SimulatedProcess[] = [];
  exchanges = 0;

  private constructor() {
    const time = `local now = tonumber(redis.call('GET', '${this.prefix}:now'))\n`;
    this.server = new RedisLimiterServer(this.redis, this.prefix, time);
  }

  static async start(): Promise<Simulation> {
    const simulation = new Simulation();
    await simulation.subscriber.psubscribe(`${simulation.prefix}:*`);
    return simulation;
  }

  /** Closes the connections and removes the keys. */
  async close(): Promise<void> {
    const keys = await this.redis.keys(`${this.prefix}:*`);
    if (keys.length > 0) await this.redis.del(...keys);
    this.redis.disconnect();
    this.subscriber.disconnect();
  }

  now(): number {
    return this.time;
  }

  /** @param clockOffsetMs the difference of the clock of the process. @param latencyMs returns the time of each way to Redis. */
  addProcess(clockOffsetMs: number, latencyMs: () => number): SimulatedProcess {
    const process = new SimulatedProcess(this, `process-${this.processes.length}`, clockOffsetMs, latencyMs);
    this.processes.push(process);
    return process;
  }

  /** Removes the whole state of Redis. */
  async flush(): Promise<void> {
    const keys = await this.redis.keys(`${this.prefix}:rate*`);
    if (keys.length > 0) await this.redis.del(...keys);
  }

  after(ms: number, run: () => void): () => void {
    const timer = { at: this.time + Math.max(0, ms), run };
    this.timers.add(timer);
    return () => {
      this.timers.delete(timer);
    };
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(ms, resolve));
  }

  /** Runs a command of Redis, and delivers all notifications that it causes before the time advances. */
  async command<Result>(command: (server: RedisLimiterServer) => Promise<Result>): Promise<Result> {
    this.running += 1;
    try {
      const [, result] = await Promise.all([
        this.redis.set(`${this.prefix}:now`, String(this.time)),
        command(this.server),
      ]);
      await this.subscriber.ping();
      return result;
    } finally {
      this.running -= 1;
    }
  }

  async listen(listener: (channel: string, message: string) => void): Promise<void> {
    this.subscriber.on("pmessage", (_, channel: string, message: string) => {
      listener(channel.slice(this.prefix.length + 1), message);
    });
    return Promise.resolve();
  }

  /** Advances the time until the work is done. */
  async run<Result>(work: Promise<Result>): Promise<Result> {
    const state = { isDone: false };
    const end = () => (state.isDone = true);
    work.then(end, end);
    for (;;) {
      for (let isBusy = true; isBusy || this.running > 0;) {
        isBusy = this.running > 0;
        await turns();
      }
      if (state.isDone) return work;
      let next: { at: number; run: () => void } | null = null;
      for (const timer of this.timers) if (next === null || timer.at < next.at) next = timer;
      if (this.time > GIVE_UP_AT) throw new Error("The work has not ended within an hour.");
      if (next === null) throw new Error("The work waits for something other than time.");
      this.timers.delete(next);
      this.time = next.at;
      next.run();
    }
  }
}

export class SimulatedProcess implements LimiterServer, Timing {
  private readonly limiter: RedisRateLimiter;
  isAlive = true;
  private suspendedUntil = 0;

  constructor(
    private readonly simulation: Simulation,
    readonly id: string,
    private readonly clockOffsetMs: number,
    private readonly latencyMs: () => number,
  ) {
    this.limiter = new RedisRateLimiter(this, this, id);
  }

  take(account: string, rate: Rate, signal: AbortSignal = never): Promise<RatePermit> {
    return this.limiter.take(account, rate, signal);
  }

  slowDown(account: string, pauseMs: number): void {
    this.limiter.slowDown(account, pauseMs);
  }

  /** Ends the process as SIGKILL does: nothing of it runs any more. */
  kill(): void {
    this.isAlive = false;
  }

  /** Runs no timer of the process for a time, as when its event loop is blocked. */
  suspend(ms: number): void {
    this.suspendedUntil = this.simulation.now() + ms;
  }

  monotonicMs(): number {
    return this.simulation.now() + this.clockOffsetMs;
  }

  after(ms: number, run: () => void): () => void {
    // A timer has whole milliseconds.
    const at = Math.max(this.simulation.now() + Math.ceil(ms), this.suspendedUntil);
    let cancel = this.simulation.after(at - this.simulation.now(), () => {
      const leftMs = this.suspendedUntil - this.simulation.now();
      if (leftMs > 0) cancel = this.simulation.after(leftMs, run);
      else if (this.isAlive) run();
    });
    return () => {
      cancel();
    };
  }

  soon(run: () => void): void {
    setImmediate(() => {
      if (this.isAlive) run();
    });
  }

  exchange(exchange: Exchange): Promise<Grants> {
    this.simulation.exchanges += 1;
    return this.command((server) => server.exchange(exchange));
  }

  beat(process: string): Promise<Heartbeat> {
    return this.command((server) => server.beat(process));
  }

  async listen(process: string, onGrants: (grants: Grants) => void, onLoss: () => void): Promise<void> {
    await this.simulation.listen((channel, message) => {
      const deliver = () => {
        if (channel === "rate-deaths") onLoss();
        else onGrants(readGrants(message));
      };
      if (channel === "rate-deaths" || channel === `rate-process:${process}`) this.after(this.latencyMs(), deliver);
    });
  }

  /** A command takes some time on its way to Redis, and its reply takes some on its way back. */
  private async command<Result>(command: (server: RedisLimiterServer) => Promise<Result>): Promise<Result> {
    await this.simulation.sleep(this.latencyMs());
    const result = await this.simulation.command(command);
    await this.simulation.sleep(this.latencyMs());
    if (!this.isAlive) await new Promise(() => undefined);
    return result;
  }
}

/** Waits until all work has run that waits for nothing else. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
