import { performance } from "node:perf_hooks";

/** Admits at most so many requests in any one second. Refused ones do not count. It runs on real time, whatever the vendors' clock shows. */
export class SlidingSecond {
  readonly #limit: number;
  #admitted: number[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  admit(): boolean {
    const now = performance.now();
    this.#admitted = this.#admitted.filter((time) => now - time < 1000);
    if (this.#admitted.length >= this.#limit) return false;
    if (Number.isFinite(this.#limit)) this.#admitted.push(now);
    return true;
  }
}
