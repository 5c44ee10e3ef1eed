/** Numbers of calls by their duration in whole seconds: `{ "0": 2, "31": 1 }` are two calls of 0 seconds and one of 31 seconds. Plain JSON. */
export type SecondCounts = Record<string, number>;

/** The number of different durations from which on an array is considered. */
const FIRST_DENSE_SIZE = 64;
/** Durations of this and more seconds are never in the array. */
const DENSE_LIMIT = 4096;
/** An array may have this many places for each duration that occurs. It then needs no more memory than a map. */
const PLACES_PER_DURATION = 8;

/**
 * Counts calls by their duration. Short durations, which are frequent, are counted in an array as soon as enough of them occur; all others are counted in a map.
 * The memory in use is proportional to the number of different durations.
 */
export class DurationCounter {
  private dense: Uint32Array | null = null;
  private sparse = new Map<number, number>();
  private checkAt = FIRST_DENSE_SIZE;

  /** @param seconds of one call, a whole number. */
  add(seconds: number): void {
    if (this.dense !== null && seconds < this.dense.length) {
      this.dense[seconds] = (this.dense[seconds] ?? 0) + 1;
      return;
    }
    this.sparse.set(seconds, (this.sparse.get(seconds) ?? 0) + 1);
    if (this.sparse.size >= this.checkAt) this.extendArray();
  }

  /** Extends the array to the longest length that the durations in the map justify. */
  private extendArray(): void {
    const durations = [...this.sparse.keys()].filter((seconds) => seconds < DENSE_LIMIT).sort((a, b) => a - b);
    const known = this.dense?.length ?? 0;
    let length = known;
    durations.forEach((seconds, index) => {
      if (seconds + 1 - known <= (index + 1) * PLACES_PER_DURATION) length = seconds + 1;
    });
    if (length > known) {
      const dense = new Uint32Array(length);
      if (this.dense !== null) dense.set(this.dense);
      for (const seconds of durations) {
        if (seconds >= length) break;
        dense[seconds] = this.sparse.get(seconds) ?? 0;
        this.sparse.delete(seconds);
      }
      this.dense = dense;
    }
    this.checkAt = Math.max(FIRST_DENSE_SIZE, this.sparse.size * 2);
  }

  /** Returns the numbers, by increasing duration. */
  counts(): SecondCounts {
    const counts: SecondCounts = {};
    this.dense?.forEach((count, seconds) => {
      if (count > 0) counts[seconds] = count;
    });
    for (const [seconds, count] of this.sparse) counts[seconds] = count;
    return counts;
  }
}

/** Returns the sums of several counts. */
export function addSecondCounts(parts: readonly SecondCounts[]): SecondCounts {
  const [first, ...others] = parts;
  const sum: SecondCounts = { ...first };
  for (const part of others)
    for (const [seconds, count] of Object.entries(part)) sum[seconds] = (sum[seconds] ?? 0) + count;
  return sum;
}

/** Durations of calls, in increasing order, and what follows from them. A duration may occur more than once. */
export class Durations {
  /** The number of calls. */
  readonly known: number;
  /** The sum in seconds. */
  readonly total: number;

  private constructor(
    private readonly seconds: readonly number[],
    private readonly calls: readonly number[],
  ) {
    let [known, total] = [0, 0];
    calls.forEach((count, place) => {
      known += count;
      total += count * (seconds[place] ?? 0);
    });
    [this.known, this.total] = [known, total];
  }

  /** Two lists of numbers take a fraction of the memory of a list of pairs. */
  static of(counts: SecondCounts): Durations {
    const seconds = Object.keys(counts).map(Number);
    // The keys of an object are in increasing order up to 2 ** 32, as a duration in seconds more than a century.
    if (seconds.some((duration, place) => duration < (seconds[place - 1] ?? 0)))
      seconds.sort((one, other) => one - other);
    return new Durations(
      seconds,
      seconds.map((duration) => counts[duration] ?? 0),
    );
  }

  /** Returns the durations of disjoint sets of calls together. */
  static together(one: Durations, other: Durations): Durations {
    if (other.known === 0) return one;
    if (one.known === 0) return other;
    const [seconds, calls]: [number[], number[]] = [[], []];
    let [at, otherAt] = [0, 0];
    while (at < one.seconds.length || otherAt < other.seconds.length) {
      const isFirst = (one.seconds[at] ?? Infinity) <= (other.seconds[otherAt] ?? Infinity);
      const [from, place] = isFirst ? [one, at++] : [other, otherAt++];
      seconds.push(from.seconds[place] ?? 0);
      calls.push(from.calls[place] ?? 0);
    }
    return new Durations(seconds, calls);
  }

  /** The mean in seconds; null where there are no calls. */
  get mean(): number | null {
    return this.known === 0 ? null : this.total / this.known;
  }

  /** The longest duration; null where there are no calls. */
  get max(): number | null {
    return this.seconds.at(-1) ?? null;
  }

  /** Returns the percentile by the nearest-rank method: the shortest duration that at least `percent` % of the calls do not exceed; null where there are no calls. */
  percentile(percent: number): number | null {
    const rank = Math.ceil((this.known * percent) / 100);
    let counted = 0;
    const place = this.calls.findIndex((count) => (counted += count) >= rank);
    return this.seconds[place] ?? null;
  }

  /** Returns the number of calls of at most the given duration. */
  upTo(limit: number): number {
    let counted = 0;
    for (const [place, count] of this.calls.entries()) {
      if ((this.seconds[place] ?? Infinity) > limit) break;
      counted += count;
    }
    return counted;
  }
}
