/** Admits at most `limit` requests in any one second. Refused requests do not count. */
export class SlidingWindowLimiter {
  readonly #limit: number;
  readonly #monotonic: () => number;
  #admitted: number[] = [];

  /** @param monotonic a non-decreasing time in milliseconds, independent of the vendors' clock. */
  constructor(limit: number, monotonic: () => number) {
    this.#limit = limit;
    this.#monotonic = monotonic;
  }

  admit(): boolean {
    const now = this.#monotonic();
    this.#admitted = this.#admitted.filter((time) => now - time < 1000);
    if (this.#admitted.length >= this.#limit) return false;
    if (Number.isFinite(this.#limit)) this.#admitted.push(now);
    return true;
  }
}
