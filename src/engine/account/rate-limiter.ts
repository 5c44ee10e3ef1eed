import type { Rate } from "../../contract/provider.js";
import { abortReason } from "./abort.js";
import type { Clock, EngineClock } from "./clock.js";
import { engineClockOf } from "./engine-clock.js";

/** Limits the rate of requests to what a vendor allows. Replace it where several processes share one quota. */
export interface RateLimiter {
  /**
   * Resolves when a request of this account may be sent, with a function to call once the request has a response. Rejects with the signal's reason once the
   * signal is aborted. The function receives the time at which the request was sent, in epoch milliseconds by the client's clock, or undefined where it is not
   * known: the request may have waited for a token or a connection. The function must be synchronous: an error that it throws reaches the caller unchanged, and
   * a promise that it returns is not awaited.
   */
  take(account: string, rate: Rate, signal: AbortSignal): Promise<(sentAt?: number) => void>;
  /** The vendor refused a request because of its rate limit: pause the account, then resume at a lower rate. */
  slowDown(account: string, pauseMs: number): void;
}

/** The function to call once a request has a response, with the time at which it was sent. */
export type NoteResponse = Awaited<ReturnType<RateLimiter["take"]>>;

const SECOND_MS = 1000;
/** Added to every second, for the resolution of clocks, and for the short time until a received response is read. */
const MARGIN_MS = 20;
/**
 * Added to the second and to the delay of each request before the account has received a few responses. A process is slow to send its first requests and to
 * read their responses, and the shortest round trip is measured with them.
 */
const COLD_MARGIN_MS = 50;
const COLD_RESPONSES = 20;
/** Added to a delay that exceeds the margin. */
const COARSENESS_MS = 5;
/**
 * The maximum delay that is attributed to a request's way to the vendor. A vendor counts requests as they arrive, so a delayed request moves closer to those
 * behind it. A slow response may also come from a slow vendor, and must not hold up the others for long.
 */
const MAX_DELAY_MS = 500;
/** Number of recent round trips. The shortest counts as the one without delay. */
const ROUND_TRIPS = 50;
/** Each refusal halves the rate, down to this share of the declared one. Each second without a refusal restores a tenth of the declared rate. */
const SLOWEST_SHARE = 1 / 16;
const RECOVERY_PER_SECOND = 0.1;

interface Departure {
  at: number;
  isCold: boolean;
  respondedAt: number | null;
}

/** Returns what is added to the second in which a departure uses the quota. That second begins with the arrival, which is as late as the response was. */
function addedTo({ at, isCold, respondedAt }: Departure, shortestMs: number, now: number): number {
  const roundTripMs = (respondedAt ?? now) - at;
  const delayMs = Number.isFinite(shortestMs) ? Math.min(MAX_DELAY_MS, Math.max(0, roundTripMs - shortestMs)) : 0;
  return isCold ? delayMs + COLD_MARGIN_MS : Math.max(MARGIN_MS, delayMs + COARSENESS_MS);
}

/** The rate of one account: the requests of the last second, and the current share of the declared rate. */
class Pace {
  private readonly departures: Departure[] = [];
  private readonly roundTripsMs: number[] = [];
  private pausedUntil = Number.NEGATIVE_INFINITY;
  private share = 1;
  private shareSince = 0;
  private turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly clock: EngineClock) {}

  /** Requests are sent in the order of these calls. */
  take(rate: Rate, signal: AbortSignal): Promise<NoteResponse> {
    const mine = this.turn.then(() => this.wait(rate, signal));
    this.turn = mine.catch(() => undefined);
    return mine;
  }

  private async wait(rate: Rate, signal: AbortSignal): Promise<NoteResponse> {
    if (signal.aborted) throw abortReason(signal);
    for (let waitMs = this.waitMs(rate); waitMs > 0; waitMs = this.waitMs(rate)) await this.clock.sleep(waitMs, signal);
    const departure: Departure = {
      at: this.clock.monotonicMs(),
      isCold: this.roundTripsMs.length < COLD_RESPONSES,
      respondedAt: null,
    };
    this.departures.push(departure);
    return (sentAt) => {
      const now = this.clock.monotonicMs();
      // Both times are by the time of day, which may have been set since the request was sent.
      this.noteResponse(
        departure,
        sentAt === undefined ? departure.at : now - Math.max(0, this.clock.now() - sentAt),
        now,
      );
    };
  }

  private noteResponse(departure: Departure, sentAt: number, now: number): void {
    departure.at = Math.max(departure.at, sentAt);
    departure.respondedAt = now;
    this.roundTripsMs.push(departure.respondedAt - departure.at);
    if (this.roundTripsMs.length > ROUND_TRIPS) this.roundTripsMs.shift();
  }

  private waitMs(rate: Rate): number {
    const now = this.clock.monotonicMs();
    const perSecond = rate.requestsPerSecond * this.shareAt(now);
    const allowance = Math.max(1, Math.floor(perSecond));
    // Below one request a second, the quota is one request in a longer period.
    const periodMs = SECOND_MS / Math.min(1, perSecond);
    return Math.max(this.freeFrom(allowance, periodMs, now), this.pausedUntil) - now;
  }

  /** Returns the time at which a part of the quota is free. */
  private freeFrom(allowance: number, periodMs: number, now: number): number {
    const longestMs = periodMs + MAX_DELAY_MS + COLD_MARGIN_MS;
    while (this.departures[0] !== undefined && this.departures[0].at + longestMs <= now) this.departures.shift();
    // A shortcut for vendors without a limit, where a thousand requests a second may be declared.
    if (this.departures.length < allowance) return now;
    const shortestMs = Math.min(...this.roundTripsMs);
    const ends = this.departures
      .map((departure) => periodMs + addedTo(departure, shortestMs, now) + departure.at)
      .filter((end) => end > now);
    return ends.sort((a, b) => a - b).at(-allowance) ?? now;
  }

  private shareAt(now: number): number {
    // Recovery begins when the pause is over.
    const seconds = Math.max(0, now - this.shareSince) / 1000;
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

  take(account: string, rate: Rate, signal: AbortSignal): Promise<NoteResponse> {
    return this.of(account).take(rate, signal);
  }

  slowDown(account: string, pauseMs: number): void {
    this.of(account).slowDown(pauseMs);
  }
}
