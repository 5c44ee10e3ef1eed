import { RoundTrips } from "../../engine/account/pace-rules.js";
import type { Rate, RatePermit } from "../../index.js";
import { HeldPermit } from "./held-permit.js";
import type { Exchange, Grants } from "./limiter-server.js";
import { DEAD_AFTER_MS } from "./limiter-state.js";
import { isPermanent, refusedError, unreachableError } from "./redis-errors.js";
import type { Timing } from "./timing.js";
import { WaitingRequest } from "./waiting-request.js";

/** A request waits this long for a server that does not respond. */
export const UNREACHABLE_AFTER_MS = 5000;
/** Without news for so long, a waiting request exchanges again. Only a lost notification needs that. */
const QUIET_MS = 10_000;
/** A request with a permit exchanges after this time, so that the state in Redis does not expire. */
const RENEW_MS = 60_000;
/** The state in Redis expires later than this after the last exchange. */
const KNOWN_MS = 300_000;
/** A request that was sent this long ago is reported before it ends, if others could use its part of the quota meanwhile. */
const REPORT_SENT_AFTER_MS = 600;

/** The parts of a limiter that its accounts share. */
export interface LimiterProcess {
  /** Exchanges with Redis once the process receives notifications. */
  exchange(exchange: Exchange): Promise<Grants>;
  timing: Timing;
  id: string;
  /** Returns the number of the next request. */
  nextId(): number;
  /** Whether Redis considers this process alive. Permits must not be handed out otherwise. */
  isAlive(): boolean;
  /** Notes that Redis has received a sign of life that was sent at a time. */
  noteAlive(sentAt: number): void;
}

/** The requests of this process for one account: those that wait, and those with a permit. Redis is informed of all of them in each exchange. */
export class AccountPermits {
  private readonly waiting = new Map<number, WaitingRequest>();
  private readonly held = new Map<number, HeldPermit>();
  private readonly ended: HeldPermit[] = [];
  private readonly pauses: number[] = [];
  private readonly roundTrips = new RoundTrips();
  private rate: Rate = { requestsPerSecond: 0, concurrency: 0 };
  private isExchanging = false;
  private hasNews = false;
  private lastReplyAt = Number.NEGATIVE_INFINITY;
  /** Since when Redis has not responded, and the last failure. */
  private outage: { since: number; error: unknown } | null = null;
  private cancelWake = ignore;

  /** @param key the account, as it is in keys. */
  constructor(
    private readonly account: string,
    private readonly key: string,
    private readonly process: LimiterProcess,
  ) {}

  /** Whether anything waits, holds a permit or must still be reported. */
  get isActive(): boolean {
    return this.waiting.size + this.held.size + this.ended.length + this.pauses.length > 0;
  }

  async take(rate: Rate, signal: AbortSignal): Promise<RatePermit> {
    this.rate = rate;
    if (signal.aborted) throw signal.reason;
    const id = this.process.nextId();
    const leave = () => this.waiting.delete(id);
    // Redis may have granted the permit of an aborted request already.
    const request = new WaitingRequest(this.process.timing, signal, leave, this.exchangeSoon);
    this.waiting.set(id, request);
    this.exchangeSoon();
    return request.permit;
  }

  slowDown(pauseMs: number): void {
    this.pauses.push(pauseMs);
    // Redis decides again about permits that are not handed out yet.
    for (const request of this.waiting.values()) request.withdraw();
    this.exchangeSoon();
  }

  /** Informs Redis in the next turn of the event loop, or after the current exchange. */
  readonly exchangeSoon = (): void => {
    this.hasNews = true;
    if (this.isExchanging) return;
    this.isExchanging = true;
    this.process.timing.soon(() => void this.exchange());
  };

  /** Is called with each heartbeat: repeats a failed exchange, ends requests that have waited too long for Redis, and reports requests that take long. */
  check(): void {
    const now = this.process.timing.monotonicMs();
    if (this.outage !== null) {
      this.failOverdue(this.outage, now);
      if (!this.isExchanging) this.exchangeSoon();
    }
    const isQuiet = now - this.lastReplyAt > (this.waiting.size > 0 ? QUIET_MS : RENEW_MS);
    const isSlow = [...this.held.values()].some(
      (permit) => !permit.isReported && permit.sentAgoMs > REPORT_SENT_AFTER_MS,
    );
    if (isQuiet || (isSlow && this.rate.concurrency > this.rate.requestsPerSecond)) this.exchangeSoon();
  }

  /** Applies news of Redis. */
  apply(grants: Grants): void {
    for (const [id, afterMs] of grants.permits) this.schedule(id, afterMs, grants);
    if (grants.wakeAfterMs < 0) return;
    this.cancelWake();
    this.cancelWake = this.process.timing.after(grants.wakeAfterMs, this.exchangeSoon);
  }

  private async exchange(): Promise<void> {
    const { timing } = this.process;
    while (this.hasNews) {
      this.hasNews = false;
      const startedAt = timing.monotonicMs();
      const sent = this.describe(startedAt);
      const outage = (this.outage ??= { since: startedAt, error: null });
      try {
        const grants = await this.process.exchange(sent);
        this.lastReplyAt = timing.monotonicMs();
        // A permit that arrives later than this is not valid any more.
        if (this.lastReplyAt - startedAt < DEAD_AFTER_MS) this.outage = null;
        this.process.noteAlive(startedAt);
        this.ended.splice(0, sent.ended.length);
        this.pauses.splice(0, sent.pauses.length);
        this.apply(grants);
        // A reply contains all permits of the requests that it knows. Without one, a request waits.
        for (const id of sent.waiting) if (!grants.permits.has(id)) this.schedule(id, -1, grants);
      } catch (error) {
        outage.error = error;
        if (isPermanent(error)) this.failAll(refusedError(this.who, error));
        // The next heartbeat repeats it.
        break;
      }
    }
    this.isExchanging = false;
  }

  private describe(now: number): Exchange {
    const shortestMs = this.roundTrips.shortestMs();
    return {
      account: this.key,
      process: this.process.id,
      rate: this.rate.requestsPerSecond,
      concurrency: this.rate.concurrency,
      isKnown: now - this.lastReplyAt < KNOWN_MS,
      shortestMs: Number.isFinite(shortestMs) ? shortestMs : 0,
      isCold: this.roundTrips.isCold,
      pauses: [...this.pauses],
      waiting: [...this.waiting.keys()],
      held: [...this.held.values()].map((permit) => permit.report()),
      ended: this.ended.map((permit) => permit.report()),
    };
  }

  /** Hands out a permit after some milliseconds. @param afterMs -1: the request has no permit. */
  private schedule(id: number, afterMs: number, grants: Grants): void {
    const request = this.waiting.get(id);
    // Redis does not know of the pauses yet, and will decide again.
    const validAfterMs = this.pauses.length > 0 ? -1 : afterMs;
    request?.apply(
      validAfterMs,
      grants,
      () => {
        this.handOut(id, request);
      },
      this.exchangeSoon,
    );
  }

  private handOut(id: number, request: WaitingRequest): void {
    if (!this.process.isAlive()) {
      // Redis may have granted the permit to another process meanwhile.
      this.exchangeSoon();
      return;
    }
    const permit = new HeldPermit(id, this.process.timing, this.roundTrips, () => {
      if (!this.held.delete(id)) return;
      this.ended.push(permit);
      this.exchangeSoon();
    });
    this.held.set(id, permit);
    request.grant(permit);
  }

  private failOverdue({ since, error }: { since: number; error: unknown }, now: number): void {
    if (now - since < UNREACHABLE_AFTER_MS) return;
    for (const request of [...this.waiting.values()])
      if (request.waitedMs >= UNREACHABLE_AFTER_MS)
        request.fail(unreachableError(this.who, UNREACHABLE_AFTER_MS, error));
  }

  private failAll(error: Error): void {
    for (const request of [...this.waiting.values()]) request.fail(error);
  }

  private get who(): string {
    return `${this.account}: redisRateLimiter`;
  }
}

function ignore(): void {
  // There is nothing to cancel.
}
