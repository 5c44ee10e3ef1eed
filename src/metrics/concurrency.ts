/**
 * The changes in the number of calls that are in progress, as pairs of numbers in one list: the seconds since the previous pair (of the first pair since 1970),
 * and the change. `[1793500200, 2, 30, -1]` are two calls that begin at 1793500200, and one that ends 30 seconds later. Plain JSON.
 */
export type ConcurrencyChanges = number[];

/** The largest number of simultaneous calls. */
export interface PeakConcurrent {
  /** The number of calls. */
  calls: number;
  /** The first second with that number of calls, as ISO 8601 in UTC. */
  at: string;
}

const HOUR = 3600;

/** The changes within one hour: a list of changes while there are few, then an array with a place for each second. */
class HourOfChanges {
  private few: number[] | null = [];
  private readonly start: number;
  private seconds: Int32Array | null = null;

  constructor(hour: number) {
    this.start = hour * HOUR;
  }

  add(second: number, change: 1 | -1): void {
    const place = second - this.start;
    if (this.seconds !== null) {
      this.seconds[place] = (this.seconds[place] ?? 0) + change;
      return;
    }
    // The last bit is the sign.
    this.few?.push(place * 2 + (change > 0 ? 1 : 0));
    if ((this.few?.length ?? 0) >= HOUR / 2) this.spread();
  }

  private spread(): Int32Array {
    const seconds = this.seconds ?? new Int32Array(HOUR);
    for (const change of this.few ?? []) {
      const place = change >> 1;
      seconds[place] = (seconds[place] ?? 0) + (change % 2 === 1 ? 1 : -1);
    }
    this.few = null;
    this.seconds = seconds;
    return seconds;
  }

  /** The number of seconds with a change, or a little more. */
  get size(): number {
    if (this.seconds === null) return this.few?.length ?? 0;
    let size = 0;
    for (const change of this.seconds) if (change !== 0) size += 1;
    return size;
  }

  /** Calls the function for each second with a change, in order. */
  each(report: (second: number, change: number) => void): void {
    const all = this.seconds;
    if (all !== null) {
      all.forEach((change, place) => {
        if (change !== 0) report(this.start + place, change);
      });
      return;
    }
    const sorted = Int32Array.from(this.few ?? []).sort();
    let sum = 0;
    sorted.forEach((change, index) => {
      sum += change % 2 === 1 ? 1 : -1;
      const next = sorted[index + 1];
      if (next !== undefined && next >> 1 === change >> 1) return;
      if (sum !== 0) report(this.start + (change >> 1), sum);
      sum = 0;
    });
  }
}

/** Counts simultaneous calls, which may be added in any order. For each hour with calls, it needs at most as much memory as for 3,600 numbers. */
export class ConcurrencyCounter {
  private readonly hours = new Map<number, HourOfChanges>();
  private last: { hour: number; changes: HourOfChanges } | null = null;

  /** Adds a call that is in progress from the second `from` until before the second `to`, in whole seconds since 1970. */
  add(from: number, to: number): void {
    if (from >= to) return;
    this.hourOf(from).add(from, 1);
    this.hourOf(to).add(to, -1);
  }

  private hourOf(second: number): HourOfChanges {
    const hour = Math.floor(second / HOUR);
    if (this.last?.hour === hour) return this.last.changes;
    const changes = this.hours.get(hour) ?? new HourOfChanges(hour);
    this.hours.set(hour, changes);
    this.last = { hour, changes };
    return changes;
  }

  changes(): ConcurrencyChanges {
    const inOrder = [...this.hours].sort(([one], [other]) => one - other).map(([, changes]) => changes);
    const list = new ChangeList(inOrder.reduce((size, hour) => size + hour.size, 0));
    for (const hour of inOrder)
      hour.each((second, change) => {
        list.push(second, change);
      });
    return list.end();
  }
}

/** Builds a list of changes. A list that grows would be copied repeatedly. */
class ChangeList {
  private readonly changes: ConcurrencyChanges;
  private length = 0;
  private previous = 0;

  /** @param size the largest possible number of changes. */
  constructor(size: number) {
    this.changes = new Array<number>(size * 2);
  }

  /** @param second not before that of the previous change. */
  push(second: number, change: number): void {
    if (change === 0) return;
    this.changes[this.length] = second - this.previous;
    this.changes[this.length + 1] = change;
    this.length += 2;
    this.previous = second;
  }

  /** Returns the list. */
  end(): ConcurrencyChanges {
    this.changes.length = this.length;
    return this.changes;
  }
}

/** Returns the changes of the calls of both lists. */
export function mergeChanges(one: ConcurrencyChanges, other: ConcurrencyChanges): ConcurrencyChanges {
  const list = new ChangeList((one.length + other.length) / 2);
  let [at, otherAt] = [0, 0];
  let [second, otherSecond] = [one[0] ?? Infinity, other[0] ?? Infinity];
  while (second < Infinity || otherSecond < Infinity) {
    const next = Math.min(second, otherSecond);
    let change = 0;
    if (second === next) {
      change += one[at + 1] ?? 0;
      at += 2;
      second += one[at] ?? Infinity;
    }
    if (otherSecond === next) {
      change += other[otherAt + 1] ?? 0;
      otherAt += 2;
      otherSecond += other[otherAt] ?? Infinity;
    }
    list.push(next, change);
  }
  return list.end();
}

/** Returns the largest number of simultaneous calls, and the first second of it; null where there are no calls. */
export function peakOf(changes: ConcurrencyChanges): PeakConcurrent | null {
  let [second, calls, most, at] = [0, 0, 0, 0];
  for (let place = 0; place < changes.length; place += 2) {
    second += changes[place] ?? 0;
    calls += changes[place + 1] ?? 0;
    if (calls > most) [most, at] = [calls, second];
  }
  return most === 0 ? null : { calls: most, at: new Date(at * 1000).toISOString() };
}
