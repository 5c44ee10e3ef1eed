import type { Clock, EngineClock } from "./clock.js";
import { engineClockOf } from "./engine-clock.js";

/** Retries that an account may make at once, whatever becomes of them. */
const CAPACITY = 50;
/** What a good answer earns: a vendor that fails every second time is gone on with. */
const PER_ANSWER = 1;
/** What comes back by itself, so that an outage does not cost those that come long after it. */
const PER_SECOND = 0.5;

/**
 * What one account may spend on asking again, over all calls of a client. It spares a vendor that is down: each request is repeated by itself, and many
 * of them together would be a hammer.
 */
export class RetryBudget {
  private balance = CAPACITY;
  private since: number;

  private readonly clock: EngineClock;

  constructor(clock: Clock) {
    this.clock = engineClockOf(clock);
    this.since = this.clock.monotonicMs();
  }

  /** Takes one retry; false where none is left. */
  spend(): boolean {
    this.refill();
    if (this.balance < 1) return false;
    this.balance -= 1;
    return true;
  }

  /** The vendor has answered well. */
  earn(): void {
    this.balance = Math.min(CAPACITY, this.balance + PER_ANSWER);
  }

  private refill(): void {
    const now = this.clock.monotonicMs();
    this.balance = Math.min(CAPACITY, this.balance + ((now - this.since) / 1000) * PER_SECOND);
    this.since = now;
  }
}
