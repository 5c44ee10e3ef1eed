import type { Gap, GapReason } from "../../model/account-report.js";
import type { Interval } from "../../model/interval.js";
import { Intervals, type Span, toIntervals } from "./intervals.js";

/** What became of a window. */
export type WindowResult = "verified" | "read" | Exclude<GapReason, "retention" | "stopped" | "abandoned">;

/** What a plan of windows is to prove. */
export interface CoveragePlan {
  /** The ground asked for, by the start of a call. */
  range: Intervals;
  /**
   * How far, in milliseconds, the time that the vendor filters on may lie from a call's start: a call is certain to have been seen only when
   * everything within this reach of its start has been read.
   */
  windowMarginMs: number;
  /** The range, wider by the reach: by the time that the vendor filters on. */
  readRanges: Intervals;
  /** What can be read now. Before it there is nothing; after it, nothing yet. */
  readable: Span;
  /** What of the range is older than the vendor keeps, and is left out. */
  beyondRetention: Intervals;
  /** The number of partitions. */
  partitions: number;
  /** What passes before this one have done; null where there was none. */
  earlier: EarlierPasses | null;
}

/** A window that was asked for and not proven. */
export interface UnverifiedWindow extends Span {
  /** `failed`: it could not be read, or a row of it could not; `incomplete`: it was read, and did not add up. */
  readonly result: "failed" | "incomplete";
}

/** What a reading that goes on from earlier ones need not read again. */
export interface EarlierPasses {
  /** Proven, by the time that the vendor filters on; of each partition. */
  verified: readonly Intervals[];
  /** Read, but not proven; of each partition. */
  read: readonly Intervals[];
  /** Windows that were asked for and failed, or were settled and not proven; of each partition. */
  unverified: readonly (readonly UnverifiedWindow[])[];
  /** Proven before, and to be read again for some of its rows; of each partition. */
  again: readonly Intervals[];
  /** Complete, by the start of a call; of each partition. */
  complete: readonly Intervals[];
  /** Lost to the vendor's retention, by the start of a call, and reported before. */
  lost: Intervals;
  /** Given up, by the start of a call: not part of the range. */
  abandoned: Intervals;
}

/** Keeps what has been read of each partition and tells, by the start of calls, what that proves. */
export class Coverage {
  private results: { partition: number; span: Span; result: WindowResult }[] = [];

  /** Of each partition, what was proven and is to be read once more. */
  private readonly withdrawn = new Map<number, Intervals>();

  private nowIsTrusted = true;
  private windowsAreTrusted = true;

  constructor(private plan: CoveragePlan) {}

  /** Begins anew, with another plan. */
  begin(plan: CoveragePlan): void {
    this.plan = plan;
    this.nowIsTrusted = true;
    this.forget();
  }

  /** What became of a span; of an empty one, nothing. */
  record(partition: number, span: Span, result: WindowResult): void {
    if (span.from >= span.to) return;
    const last = this.results.at(-1);
    // Windows close roughly in order: growing the last entry keeps a year of windows as short as a day's.
    if (last?.partition === partition && last.result === result && last.span.to === span.from) {
      last.span = { from: last.span.from, to: span.to };
    } else this.results.push({ partition, span, result });
  }

  /** The now by which it was planned was wrong: nothing is known of what comes after it. */
  distrustNow(): void {
    this.nowIsTrusted = false;
  }

  /** What was read, and will be, proves nothing: the windows do not filter as they are said to. */
  distrustWindows(): void {
    this.windowsAreTrusted = false;
  }

  /** What is proven there, by the time that the vendor filters on, is to be read once more: until then it counts as read. */
  withdraw(partition: number, spans: Intervals): void {
    if (!spans.isEmpty) this.withdrawn.set(partition, this.withdrawnOf(partition).union(spans));
  }

  private withdrawnOf(partition: number): Intervals {
    return this.withdrawn.get(partition) ?? Intervals.empty;
  }

  /** As if nothing had been read. */
  forget(): void {
    this.results = [];
  }

  private spansOf(partition: number, ...results: WindowResult[]): Intervals {
    return Intervals.of(
      this.results
        .filter((entry) => entry.partition === partition && results.includes(entry.result))
        .map(({ span }) => span),
    );
  }

  private provenOf(partition: number): Intervals {
    return this.spansOf(partition, "verified").union(this.plan.earlier?.verified[partition] ?? Intervals.empty);
  }

  /** What was read to its end in every partition, by the time that the vendor filters on; earlier passes do not count. */
  get readInAll(): Intervals {
    const [first = Intervals.empty, ...others] = Array.from({ length: this.plan.partitions }, (_, partition) =>
      this.spansOf(partition, "verified", "read"),
    );
    return others.reduce((common, spans) => common.intersect(spans), first);
  }

  /** @param ended whether nothing more will be read: what is still unread is then missing. */
  summarize(ended: boolean): { coverage: Interval[]; unsettled: Interval[]; gaps: Gap[] } {
    const { range, windowMarginMs, readRanges, readable, partitions, beyondRetention, earlier } = this.plan;
    const lost = earlier?.lost ?? Intervals.empty;
    const whole = range.subtract(lost);
    const planned = readRanges.intersect(Intervals.of([readable]));
    const readEnd = Math.min(readRanges.end, readable.to);
    const afterRead = range.since(readEnd);

    let covered = whole;
    let unread = Intervals.empty;
    const missing = new Map<GapReason, Intervals>();
    const miss = (reason: GapReason, spans: Intervals) =>
      missing.set(reason, (missing.get(reason) ?? Intervals.empty).union(spans));
    miss("retention", beyondRetention.subtract(lost));

    for (let partition = 0; partition < partitions; partition += 1) {
      const verified = this.provenOf(partition);
      const complete = earlier?.complete[partition] ?? Intervals.empty;
      const trusted = this.windowsAreTrusted ? verified.subtract(this.withdrawnOf(partition)) : Intervals.empty;
      covered = covered.intersect(verifiedStarts(this.plan, trusted).union(complete));
      for (const reason of ["failed", "incomplete", "unreadable"] as const)
        miss(reason, this.spansOf(partition, reason).widen(windowMarginMs).subtract(complete));
      const known = this.spansOf(partition, "read", "failed", "incomplete", "unreadable").union(verified);
      unread = unread.union(planned.subtract(known).widen(windowMarginMs).subtract(complete));
      // What is still to come is as good as read when the reading has come up to it, and by a clock that was right: not before.
      const reached = this.spansOf(partition, "read", "incomplete", "unreadable").union(verified).touches(readEnd);
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
    gaps.push(
      ...toIntervals(earlier?.abandoned ?? Intervals.empty).map((interval) => ({
        ...interval,
        reason: "abandoned" as const,
      })),
    );
    return {
      coverage: toIntervals(covered),
      unsettled: toIntervals(whole.subtract(covered).subtract(accounted).subtract(unread)),
      gaps: gaps.sort((a, b) => a.from.localeCompare(b.from)),
    };
  }
}

/** The starts in the range of which every call has been seen, where this has been proven, by the time that the vendor filters on. */
export function verifiedStarts(
  {
    range,
    windowMarginMs,
    readRanges,
    readable,
  }: Pick<CoveragePlan, "range" | "windowMarginMs" | "readRanges" | "readable">,
  verified: Intervals,
): Intervals {
  const beforeRead = readRanges.before(readable.from);
  return range.subtract(readRanges.subtract(verified.union(beforeRead)).widen(windowMarginMs));
}
