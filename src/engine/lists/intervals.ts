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
    return Intervals.of([...this.spans, ...other.spans]);
  }

  intersect(other: Intervals): Intervals {
    const common = this.spans.flatMap((a) =>
      other.spans.map((b) => ({ from: Math.max(a.from, b.from), to: Math.min(a.to, b.to) })),
    );
    return Intervals.of(common);
  }

  subtract(other: Intervals): Intervals {
    let rest: Span[] = [...this.spans];
    for (const hole of other.spans) {
      rest = rest
        .flatMap((span) => [
          { from: span.from, to: Math.min(span.to, hole.from) },
          { from: Math.max(span.from, hole.to), to: span.to },
        ])
        .filter(({ from, to }) => from < to);
    }
    return Intervals.of(rest);
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
    return this.spans.some(({ from, to }) => from <= instant && instant < to);
  }

  /** Whether an instant is within a span or at its end. */
  touches(instant: number): boolean {
    return this.spans.some(({ from, to }) => from <= instant && instant <= to);
  }

  covers(span: Span): boolean {
    return span.from >= span.to || this.spans.some(({ from, to }) => from <= span.from && span.to <= to);
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
