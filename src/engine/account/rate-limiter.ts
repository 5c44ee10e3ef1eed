import type { Rate } from "../../contract/provider.js";
import { abortReason } from "./abort.js";
import type { Clock, EngineClock } from "./clock.js";
import { engineClockOf } from "./engine-clock.js";

/** Lets requests go at the pace that a vendor allows. Replaced where several processes share one allowance. */
export interface RateLimiter {
  /**
   * Resolves when a request of this account may go now, with a function to call once it has been answered; rejects with the signal's reason
   * once it is aborted. The function is told when the request left, in epoch milliseconds by the client's clock, where that is known: it may have
   * had to wait for a token or a connection. It must not be asynchronous: what it throws reaches the caller as it is, what it promises is not
   * waited for.
   */
  take(account: string, rate: Rate, signal: AbortSignal): Promise<(sentAt?: number) => void>;
  /** The vendor refused for want of allowance: nothing of this account may go for so many milliseconds, and then more slowly. */
  slowDown(account: string, ms: number): void;
}

/** To be called once a request has been answered, with when it left. */
export type NoteResponse = Awaited<ReturnType<RateLimiter["take"]>>;

const SECOND_MS = 1000;
/** Added to every second: for the coarseness of clocks, and for delays as short as an answer may wait here for others to be read. */
const MARGIN_MS = 20;
/**
 * Added to the second and to the delay of each request that leaves before the account has been answered a few times: a process is slow to send
 * its first requests and to notice their answers, and what is taken for the undelayed round trip is one of theirs.
 */
const COLD_MARGIN_MS = 50;
const COLD_ANSWERS = 20;
/** Added to a delay that is longer than the margin. */
const COARSENESS_MS = 5;
/**
 * The most by which a request is taken to have been delayed on its way. A vendor counts requests as they arrive, and one that was delayed
 * moves closer to those behind it; but a slow answer may as well be a slow vendor, and must not hold up the rest for long.
 */
const MAX_DELAY_MS = 500;
/** Round trips from which the shortest, the undelayed one, is taken. */
const ROUND_TRIPS = 50;
/** Each refusal halves the pace, down to this share of what is declared; each second without one wins back a tenth of it. */
const SLOWEST_SHARE = 1 / 16;
const RECOVERY_PER_SECOND = 0.1;

interface Departure {
  at: number;
  isCold: boolean;
  respondedAt: number | null;
}

/** What is added to the second for which a departure uses up a part of the allowance: that begins with its arrival, which is as late as its answer was. */
function addedTo({ at, isCold, respondedAt }: Departure, undelayed: number, now: number): number {
  const roundTrip = (respondedAt ?? now) - at;
  const delay = Number.isFinite(undelayed) ? Math.min(MAX_DELAY_MS, Math.max(0, roundTrip - undelayed)) : 0;
  return isCold ? delay + COLD_MARGIN_MS : Math.max(MARGIN_MS, delay + COARSENESS_MS);
}

/** The pace of one account: what has gone in the last second, and how far the vendor has slowed it. */
class Pace {
  private readonly departures: Departure[] = [];
  private readonly roundTrips: number[] = [];
  private pausedUntil = Number.NEGATIVE_INFINITY;
  private share = 1;
  private shareSince = 0;
  private turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly clock: EngineClock) {}

  /** Requests go in the order in which they ask. */
  take(rate: Rate, signal: AbortSignal): Promise<NoteResponse> {
    const mine = this.turn.then(() => this.wait(rate, signal));
    this.turn = mine.catch(() => undefined);
    return mine;
  }

  private async wait(rate: Rate, signal: AbortSignal): Promise<NoteResponse> {
    if (signal.aborted) throw abortReason(signal);
    for (let ms = this.msToWait(rate); ms > 0; ms = this.msToWait(rate)) await this.clock.sleep(ms, signal);
    const departure: Departure = {
      at: this.clock.monotonicMs(),
      isCold: this.roundTrips.length < COLD_ANSWERS,
      respondedAt: null,
    };
    this.departures.push(departure);
    return (sentAt) => {
      const now = this.clock.monotonicMs();
      // Both by the time of day: it is the same one, so it may have been set since the request left.
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
    this.roundTrips.push(departure.respondedAt - departure.at);
    if (this.roundTrips.length > ROUND_TRIPS) this.roundTrips.shift();
  }

  private msToWait(rate: Rate): number {
    const now = this.clock.monotonicMs();
    const perSecond = rate.requestsPerSecond * this.shareAt(now);
    const allowance = Math.max(1, Math.floor(perSecond));
    // Below one a second, the allowance is one in a longer time.
    const period = SECOND_MS / Math.min(1, perSecond);
    return Math.max(this.freeFrom(allowance, period, now), this.pausedUntil) - now;
  }

  /** When a part of the allowance is free. */
  private freeFrom(allowance: number, period: number, now: number): number {
    const longest = period + MAX_DELAY_MS + COLD_MARGIN_MS;
    while (this.departures[0] !== undefined && this.departures[0].at + longest <= now) this.departures.shift();
    // Where few have gone, there is nothing to work out: a vendor that sets no limit is asked a thousand times a second.
    if (this.departures.length < allowance) return now;
    const undelayed = Math.min(...this.roundTrips);
    const ends = this.departures
      .map((departure) => period + addedTo(departure, undelayed, now) + departure.at)
      .filter((end) => end > now);
    return ends.sort((a, b) => a - b).at(-allowance) ?? now;
  }

  private shareAt(now: number): number {
    // It begins to recover when the pause is over.
    const seconds = Math.max(0, now - this.shareSince) / 1000;
    return Math.min(1, this.share + seconds * RECOVERY_PER_SECOND);
  }

  slowDown(ms: number): void {
    const now = this.clock.monotonicMs();
    // The requests that were under way together are refused together: they count as one refusal.
    if (now >= this.pausedUntil) {
      this.share = Math.max(SLOWEST_SHARE, this.shareAt(now) / 2);
      this.shareSince = now + ms;
    }
    this.pausedUntil = Math.max(this.pausedUntil, now + ms);
  }
}

/** The pace within one process. */
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

  slowDown(account: string, ms: number): void {
    this.of(account).slowDown(ms);
  }
}
