import type { Gap, GapReason, Interval } from "../../model/account-report.js";
import { Intervals, type Span } from "./intervals.js";

/** What became of a window. */
export type WindowFate = "proven" | "read" | Exclude<GapReason, "retention" | "stopped">;

/** What a plan of windows is to prove. */
export interface CoveragePlan {
  /** The range asked for, by the start of a call. */
  range: Span;
  /**
   * How far, in milliseconds, the time that the vendor filters on may lie from a call's start: a call is certain to have been seen only when
   * everything within this reach of its start has been read.
   */
  reach: number;
  /** The range older than the vendor keeps, left out with the caller's consent. */
  beyondRetention: Span | null;
  /** What is to be read of each partition. Before it there is nothing; after it, nothing yet. */
  read: Span;
  /** The number of partitions. */
  partitions: number;
}

/** Keeps what has been read of each partition and tells, by the start of calls, what that proves. */
export class Coverage {
  private fates: { partition: number; span: Span; fate: WindowFate }[] = [];

  private nowIsTrusted = true;

  constructor(private plan: CoveragePlan) {}

  /** Begins anew, with another plan. */
  begin(plan: CoveragePlan): void {
    this.plan = plan;
    this.nowIsTrusted = true;
    this.forget();
  }

  /** What became of a span; of an empty one, nothing. */
  record(partition: number, span: Span, fate: WindowFate): void {
    if (span.from >= span.to) return;
    const last = this.fates.at(-1);
    // Windows close roughly in order: growing the last entry keeps a year of windows as short as a day's.
    if (last?.partition === partition && last.fate === fate && last.span.to === span.from) {
      last.span = { from: last.span.from, to: span.to };
    } else this.fates.push({ partition, span, fate });
  }

  /** The now by which it was planned was wrong: nothing is known of what comes after it. */
  distrustNow(): void {
    this.nowIsTrusted = false;
  }

  /** As if nothing had been read. */
  forget(): void {
    this.fates = [];
  }

  private spansOf(partition: number, ...fates: WindowFate[]): Intervals {
    return Intervals.of(this.fates.filter((entry) => entry.partition === partition && fates.includes(entry.fate)).map(({ span }) => span));
  }

  /** @param ended whether nothing more will be read: what is still unread is then missing. */
  summarize(ended: boolean): { coverage: Interval[]; unsettled: Interval[]; gaps: Gap[] } {
    const { range, reach, read, partitions, beyondRetention } = this.plan;
    const whole = Intervals.of([range]);
    const universe = Intervals.of([{ from: range.from - reach, to: range.to + reach }]);
    const beforeRead = Intervals.of([{ from: range.from - reach, to: read.from }]);
    const planned = Intervals.of([read]);
    const afterRead = Intervals.of([{ from: read.to, to: range.to }]);

    let covered = whole;
    let unread = Intervals.empty;
    const missing = new Map<GapReason, Intervals>();
    const miss = (reason: GapReason, spans: Intervals) => missing.set(reason, (missing.get(reason) ?? Intervals.empty).union(spans));
    if (beyondRetention !== null) miss("retention", Intervals.of([beyondRetention]));

    for (let partition = 0; partition < partitions; partition += 1) {
      const proven = this.spansOf(partition, "proven").union(beforeRead);
      covered = covered.subtract(universe.subtract(proven).widen(reach));
      for (const reason of ["failed", "incomplete", "unreadable"] as const) miss(reason, this.spansOf(partition, reason).widen(reach));
      const known = this.spansOf(partition, "proven", "read", "failed", "incomplete", "unreadable");
      unread = unread.union(planned.subtract(known).widen(reach));
      // What is still to come is as good as read when the reading has come up to it, and by a clock that was right: not before.
      const reached = this.spansOf(partition, "proven", "read", "incomplete", "unreadable").touches(read.to);
      if (!reached || !this.nowIsTrusted) unread = unread.union(afterRead);
    }
    if (ended) miss("stopped", unread);

    const gaps: Gap[] = [];
    let accounted = Intervals.empty;
    for (const reason of ["retention", "failed", "incomplete", "unreadable", "stopped"] as const) {
      const gap = (missing.get(reason) ?? Intervals.empty).intersect(whole).subtract(accounted);
      accounted = accounted.union(gap);
      gaps.push(...toIntervals(gap).map((interval) => ({ ...interval, reason })));
    }
    covered = covered.subtract(accounted);
    return {
      coverage: toIntervals(covered),
      unsettled: toIntervals(whole.subtract(covered).subtract(accounted).subtract(unread)),
      gaps: gaps.sort((a, b) => a.from.localeCompare(b.from)),
    };
  }
}

/** An interval as plain JSON. */
export function toIntervals(intervals: Intervals): Interval[] {
  return intervals.spans.map(({ from, to }) => ({ from: new Date(from).toISOString(), to: new Date(to).toISOString() }));
}
