import type { Clock, EngineClock } from "./clock.js";
import { engineClockOf } from "./engine-clock.js";

/** The maximum number of consecutive retries of an account. */
const CAPACITY = 50;
/** Earned by each success, so that a vendor that fails every second time is still retried. */
const PER_SUCCESS = 1;
/** Earned with time, so that an outage does not affect requests long after it. */
const PER_SECOND = 0.5;

/**
 * The retries that one account may make, over all calls of a client. It protects a vendor that is down: each request has its own retries, and many requests
 * together would overload the vendor.
 */
export class RetryBudget {
  private balance = CAPACITY;
  private since: number;

  private readonly clock: EngineClock;

  constructor(clock: Clock) {
    this.clock = engineClockOf(clock);
    this.since = this.clock.monotonicMs();
  }

  /** Takes one retry. Returns false where none is left. */
  spend(): boolean {
    this.refill();
    if (this.balance < 1) return false;
    this.balance -= 1;
    return true;
  }

  /** Adds the retry that a success earns. */
  earn(): void {
    this.balance = Math.min(CAPACITY, this.balance + PER_SUCCESS);
  }

  private refill(): void {
    const now = this.clock.monotonicMs();
    this.balance = Math.min(CAPACITY, this.balance + ((now - this.since) / 1000) * PER_SECOND);
    this.since = now;
  }
}
