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

/** Durations of calls, in increasing order, and what follows from them. */
export class Durations {
  private readonly entries: readonly (readonly [seconds: number, count: number])[];
  /** The number of calls. */
  readonly known: number;
  /** The sum in seconds. */
  readonly total: number;

  /** @param parts counts of disjoint sets of calls. */
  constructor(...parts: readonly SecondCounts[]) {
    this.entries = parts
      .flatMap((counts) => Object.entries(counts))
      .map(([seconds, count]) => [Number(seconds), count] as const)
      .sort(([one], [other]) => one - other);
    this.known = this.entries.reduce((sum, [, count]) => sum + count, 0);
    this.total = this.entries.reduce((sum, [seconds, count]) => sum + seconds * count, 0);
  }

  /** The mean in seconds; null where there are no calls. */
  get mean(): number | null {
    return this.known === 0 ? null : this.total / this.known;
  }

  /** The longest duration; null where there are no calls. */
  get max(): number | null {
    return this.entries.at(-1)?.[0] ?? null;
  }

  /** Returns the percentile by the nearest-rank method: the shortest duration that at least `percent` % of the calls do not exceed; null where there are no calls. */
  percentile(percent: number): number | null {
    const rank = Math.ceil((this.known * percent) / 100);
    let counted = 0;
    for (const [seconds, count] of this.entries) {
      counted += count;
      if (counted >= rank) return seconds;
    }
    return null;
  }

  /** Returns the number of calls of at most the given duration. */
  upTo(limit: number): number {
    return this.entries.reduce((sum, [seconds, count]) => (seconds <= limit ? sum + count : sum), 0);
  }
}
