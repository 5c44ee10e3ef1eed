import type { Rate } from "../contract/provider.js";
import type { Clock } from "./clock.js";

/** Lets requests go at the pace that a vendor allows. Replaced where several processes share one allowance. */
export interface RateLimiter {
  /** Resolves when a request of this account may go now; rejects with the signal's reason once it is aborted. */
  take(account: string, rate: Rate, signal: AbortSignal): Promise<void>;
  /** The vendor refused for want of allowance: nothing of this account may go for so many milliseconds, and then more slowly. */
  slowDown(account: string, ms: number): void;
}

/**
 * A vendor counts over a second as requests arrive, not as they are sent: a request that is delayed on its way moves closer to those behind it.
 * The second is taken a little longer, so that such jitter does not draw a refusal.
 */
const SECOND_MS = 1030;
/** Each refusal halves the pace, down to this share of what is declared; each second without one wins back a tenth of it. */
const SLOWEST_SHARE = 1 / 16;
const RECOVERY_PER_SECOND = 0.1;

/** The pace of one account: what has gone in the last second, and how far the vendor has slowed it. */
class Pace {
  private readonly sent: number[] = [];
  private pausedUntil = 0;
  private share = 1;
  private shareSince = 0;
  private turn: Promise<void> = Promise.resolve();

  constructor(private readonly clock: Clock) {}

  /** Requests go in the order in which they ask. */
  take(rate: Rate, signal: AbortSignal): Promise<void> {
    const mine = this.turn.then(() => this.wait(rate, signal));
    this.turn = mine.catch(() => undefined);
    return mine;
  }

  private async wait(rate: Rate, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    for (let ms = this.millisecondsToWait(rate); ms > 0; ms = this.millisecondsToWait(rate)) await this.clock.sleep(ms, signal);
    this.sent.push(this.clock.now());
  }

  private millisecondsToWait(rate: Rate): number {
    const now = this.clock.now();
    const perSecond = rate.requestsPerSecond * this.shareAt(now);
    // Below one a second, the allowance is one in a longer time.
    const burst = Math.max(1, Math.floor(perSecond));
    const period = (SECOND_MS * burst) / perSecond;
    while (this.sent.length > 0 && (this.sent[0] ?? 0) <= now - period) this.sent.shift();
    const blocking = this.sent.at(-burst);
    const free = blocking === undefined ? now : blocking + period;
    return Math.max(free, this.pausedUntil) - now;
  }

  private shareAt(now: number): number {
    return Math.min(1, this.share + ((now - this.shareSince) / 1000) * RECOVERY_PER_SECOND);
  }

  slowDown(ms: number): void {
    const now = this.clock.now();
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

  constructor(private readonly clock: Clock) {}

  private of(account: string): Pace {
    const pace = this.paces.get(account) ?? new Pace(this.clock);
    this.paces.set(account, pace);
    return pace;
  }

  take(account: string, rate: Rate, signal: AbortSignal): Promise<void> {
    return this.of(account).take(rate, signal);
  }

  slowDown(account: string, ms: number): void {
    this.of(account).slowDown(ms);
  }
}
