import type { Interval } from "../../model/interval.js";

/** The half-open interval `[from, to)`, in epoch milliseconds. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** A set of instants, as disjoint spans in ascending order that do not touch. Immutable. */
export class Intervals {
  static readonly empty = new Intervals([]);

  private constructor(readonly spans: readonly Span[]) {}

  /** The union of spans in any order. Empty and reversed spans are ignored. */
  static of(spans: readonly Span[]): Intervals {
    const merged: { from: number; to: number }[] = [];
    for (const span of spans.filter(({ from, to }) => from < to).sort((a, b) => a.from - b.from)) {
      const last = merged.at(-1);
      if (last !== undefined && span.from <= last.to) last.to = Math.max(last.to, span.to);
      else merged.push({ from: span.from, to: span.to });
    }
    return merged.length === 0 ? Intervals.empty : new Intervals(merged);
  }

  union(other: Intervals): Intervals {
    if (other.isEmpty) return this;
    return Intervals.of([...this.spans, ...other.spans]);
  }

  intersect(other: Intervals): Intervals {
    const common: Span[] = [];
    let [mine, theirs] = [0, 0];
    for (;;) {
      const [a, b] = [this.spans[mine], other.spans[theirs]];
      // The spans of the result do not touch, because those of neither set do.
      if (a === undefined || b === undefined) return new Intervals(common);
      const [from, to] = [Math.max(a.from, b.from), Math.min(a.to, b.to)];
      if (from < to) common.push({ from, to });
      if (a.to <= b.to) mine += 1;
      else theirs += 1;
    }
  }

  subtract(other: Intervals): Intervals {
    return other.isEmpty ? this : this.intersect(other.complement());
  }

  private complement(): Intervals {
    const rest: Span[] = [];
    let from = Number.NEGATIVE_INFINITY;
    for (const span of this.spans) {
      if (from < span.from) rest.push({ from, to: span.from });
      from = span.to;
    }
    if (from < Number.POSITIVE_INFINITY) rest.push({ from, to: Number.POSITIVE_INFINITY });
    return new Intervals(rest);
  }

  /** The part before an instant. */
  before(instant: number): Intervals {
    return this.intersect(Intervals.of([{ from: Number.NEGATIVE_INFINITY, to: instant }]));
  }

  /** The part at or after an instant. */
  since(instant: number): Intervals {
    return this.intersect(Intervals.of([{ from: instant, to: Number.POSITIVE_INFINITY }]));
  }

  /** Extends every span by a margin at both ends. */
  widen(marginMs: number): Intervals {
    return Intervals.of(this.spans.map(({ from, to }) => ({ from: from - marginMs, to: to + marginMs })));
  }

  get isEmpty(): boolean {
    return this.spans.length === 0;
  }

  /** The end of the last span; negative infinity where there is none. */
  get end(): number {
    return this.spans.at(-1)?.to ?? Number.NEGATIVE_INFINITY;
  }

  equals(other: Intervals): boolean {
    return (
      this.spans.length === other.spans.length &&
      this.spans.every(({ from, to }, index) => from === other.spans[index]?.from && to === other.spans[index].to)
    );
  }

  /** Whether an instant is within a span. The end of a span is outside. */
  holds(instant: number): boolean {
    return instant < this.endOfLastFrom(instant);
  }

  /** Whether an instant is within a span or at its end. */
  touches(instant: number): boolean {
    return instant <= this.endOfLastFrom(instant);
  }

  covers(span: Span): boolean {
    return span.from >= span.to || span.to <= this.endOfLastFrom(span.from);
  }

  /** The end of the last span that begins at or before an instant; negative infinity where there is none. */
  private endOfLastFrom(instant: number): number {
    let [low, high] = [0, this.spans.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.spans[middle]?.from ?? instant) <= instant) low = middle + 1;
      else high = middle;
    }
    return this.spans[low - 1]?.to ?? Number.NEGATIVE_INFINITY;
  }
}

/** A span as plain JSON. */
export function toInterval({ from, to }: Span): Interval {
  return { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
}

/** The span of an interval in JSON. */
export function fromInterval({ from, to }: Interval): Span {
  return { from: Date.parse(from), to: Date.parse(to) };
}

export function toIntervals({ spans }: Intervals): Interval[] {
  return spans.map(toInterval);
}

export function fromIntervals(intervals: readonly Interval[]): Intervals {
  return Intervals.of(intervals.map(fromInterval));
}
