/** Admits at most so many requests in any one second. Refused ones do not count. */
export class SlidingWindowLimiter {
  readonly #limit: number;
  readonly #monotonic: () => number;
  #admitted: number[] = [];

  /** @param monotonic milliseconds that never go back, whatever the vendors' clock shows. */
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
