import type { Rate } from "../../contract/provider.js";
import { abortReason, orAborted } from "./abort.js";
import type { Clock, EngineClock } from "./clock.js";
import { engineClockOf } from "./engine-clock.js";
import {
  addedMs,
  COLD_MARGIN_MS,
  MAX_DELAY_MS,
  RECOVERY_PER_SECOND,
  RoundTrips,
  SECOND_MS,
  SLOWEST_SHARE,
} from "./pace-rules.js";

/**
 * Permission to send one request. Its methods must be synchronous: an error that they throw reaches the caller of the client unchanged, and a promise that they
 * return is not awaited.
 */
export interface RatePermit {
  /**
   * Is called at most once, when the request is sent. That may be long after the permit: the request may have waited for a token, memory or a connection. The
   * vendor counts from then on. Is not called if the transport does not report when it sends, or the request is never sent.
   */
  sent?(): void;
  /**
   * Is called at most once, when the response begins to arrive, or when a request that was sent has failed.
   * `sentAgoMs`: milliseconds since the request was sent. Since the permit, if the transport does not report when it sends.
   */
  responded(request: { sentAgoMs: number }): void;
  /** Is called exactly once, when the request has ended, with or without a response. The permit no longer counts towards `concurrency`. */
  release(): void;
}

/** Limits the rate and the concurrency of requests to what a vendor allows. Replace it where several processes share one quota. */
export interface RateLimiter {
  /**
   * Resolves when a request of this account may be sent: fewer than `rate.concurrency` permits are unreleased, and `rate.requestsPerSecond` allows it. Rejects
   * with the signal's reason once the signal is aborted.
   */
  take(account: string, rate: Rate, signal: AbortSignal): Promise<RatePermit>;
  /** The vendor refused a request because of its rate limit: pause the account, then resume at a lower rate. */
  slowDown(account: string, pauseMs: number): void;
}

/** A request with a permit. */
interface Departure {
  /** The time at which it was sent. Of the permit, until the transport reports that time. */
  at: number;
  /** Whether it was sent, or has ended. Until then, it may be sent at any time. */
  hasLeft: boolean;
  isCold: boolean;
  respondedAt: number | null;
}

/** The rate of one account: its pending requests, those of the last second, and the current share of the declared rate. */
class Pace {
  private departures: Departure[] = [];
  private readonly roundTrips = new RoundTrips();
  private pausedUntil = Number.NEGATIVE_INFINITY;
  private share = 1;
  private shareSince = 0;
  private turn: Promise<unknown> = Promise.resolve();
  private pending = 0;
  /** Resumes the request that waits until another one is sent or has ended. */
  private onProgress: () => void = () => undefined;

  constructor(private readonly clock: EngineClock) {}

  /** Requests are sent in the order of these calls. */
  take(rate: Rate, signal: AbortSignal): Promise<RatePermit> {
    const mine = this.turn.then(() => this.wait(rate, signal));
    this.turn = mine.catch(() => undefined);
    return mine;
  }

  private async wait(rate: Rate, signal: AbortSignal): Promise<RatePermit> {
    if (signal.aborted) throw abortReason(signal);
    // Only the first request of the queue waits here.
    while (this.pending >= rate.concurrency) await this.progress(signal);
    for (let waitMs = this.waitMs(rate); waitMs > 0; waitMs = this.waitMs(rate))
      await (waitMs === Number.POSITIVE_INFINITY ? this.progress(signal) : this.clock.sleep(waitMs, signal));
    const departure: Departure = {
      at: this.clock.monotonicMs(),
      hasLeft: false,
      isCold: this.roundTrips.isCold,
      respondedAt: null,
    };
    this.departures.push(departure);
    this.pending += 1;
    return {
      sent: () => {
        this.noteDeparture(departure, 0);
      },
      responded: ({ sentAgoMs }) => {
        this.noteResponse(departure, sentAgoMs);
      },
      release: () => {
        departure.hasLeft = true;
        departure.respondedAt ??= this.clock.monotonicMs();
        this.pending -= 1;
        this.onProgress();
      },
    };
  }

  /** Resolves when a request is sent or has ended. Rejects with the signal's reason once the signal is aborted. */
  private progress(signal: AbortSignal): Promise<void> {
    const progressed = new Promise<void>((resolve) => (this.onProgress = resolve));
    return orAborted(progressed, signal).catch(() => {
      throw abortReason(signal);
    });
  }

  private noteDeparture(departure: Departure, sentAgoMs: number): void {
    departure.at = Math.max(departure.at, this.clock.monotonicMs() - sentAgoMs);
    departure.hasLeft = true;
    this.onProgress();
  }

  private noteResponse(departure: Departure, sentAgoMs: number): void {
    this.noteDeparture(departure, sentAgoMs);
    departure.respondedAt = this.clock.monotonicMs();
    this.roundTrips.add(departure.respondedAt - departure.at);
  }

  private waitMs(rate: Rate): number {
    const now = this.clock.monotonicMs();
    const perSecond = rate.requestsPerSecond * this.shareAt(now);
    const allowance = Math.max(1, Math.floor(perSecond));
    // Below one request a second, the quota is one request in a longer period.
    const periodMs = SECOND_MS / Math.min(1, perSecond);
    return Math.max(this.freeFrom(allowance, periodMs, now), this.pausedUntil) - now;
  }

  /** Returns the time at which a part of the quota is free; infinity while requests that were not sent yet use all of it. */
  private freeFrom(allowance: number, periodMs: number, now: number): number {
    const longestMs = periodMs + MAX_DELAY_MS + COLD_MARGIN_MS;
    const counts = ({ hasLeft, at }: Departure) => !hasLeft || at + longestMs > now;
    while (this.departures[0] !== undefined && !counts(this.departures[0])) this.departures.shift();
    // A shortcut for vendors without a limit, where a thousand requests a second may be declared.
    if (this.departures.length < allowance) return now;
    // Requests are not sent in the order of their permits.
    this.departures = this.departures.filter(counts);
    const shortestMs = this.roundTrips.shortestMs();
    const ends = this.departures
      .map(({ hasLeft, at, respondedAt, isCold }) =>
        hasLeft
          ? periodMs + addedMs({ roundTripMs: (respondedAt ?? now) - at, shortestMs, isCold }) + at
          : Number.POSITIVE_INFINITY,
      )
      .filter((end) => end > now);
    return ends.sort((a, b) => a - b).at(-allowance) ?? now;
  }

  private shareAt(now: number): number {
    // Recovery begins when the pause is over.
    const seconds = Math.max(0, now - this.shareSince) / SECOND_MS;
    return Math.min(1, this.share + seconds * RECOVERY_PER_SECOND);
  }

  slowDown(pauseMs: number): void {
    const now = this.clock.monotonicMs();
    // Requests that were in flight together are refused together, and count as one refusal.
    if (now >= this.pausedUntil) {
      this.share = Math.max(SLOWEST_SHARE, this.shareAt(now) / 2);
      this.shareSince = now + pauseMs;
    }
    this.pausedUntil = Math.max(this.pausedUntil, now + pauseMs);
  }
}

/** A rate limiter within one process. */
export class LocalRateLimiter implements RateLimiter {
  private readonly paces = new Map<string, Pace>();

  private readonly clock: EngineClock;

  constructor(clock: Clock) {
    this.clock = engineClockOf(clock);
  }

  private of(account: string): Pace {
    const pace = this.paces.get(account) ?? new Pace(this.clock);
    this.paces.set(account, pace);
    return pace;
  }

  take(account: string, rate: Rate, signal: AbortSignal): Promise<RatePermit> {
    return this.of(account).take(rate, signal);
  }

  slowDown(account: string, pauseMs: number): void {
    this.of(account).slowDown(pauseMs);
  }
}
