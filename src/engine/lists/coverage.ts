import type { Gap, GapReason } from "../../model/account-report.js";
import type { Interval } from "../../model/interval.js";
import { Intervals, type Span, toIntervals } from "./intervals.js";

/** The result of a window. */
export type WindowResult = "verified" | "read" | Exclude<GapReason, "retention" | "stopped" | "abandoned">;

/** The ranges that a plan of windows is to cover. */
export interface CoveragePlan {
  /** The requested ranges, by the start of a call. */
  range: Intervals;
  /**
   * Maximum distance, in milliseconds, between the filter time and the start of a call. A call was certainly read only if everything within this margin of
   * its start was read.
   */
  windowMarginMs: number;
  /** The range, wider by the window margin, by the filter time. */
  readRanges: Intervals;
  /** The interval that can be read at present, between the retention limit and now. */
  readable: Span;
  /** The part of the range that is older than the retention limit. */
  beyondRetention: Intervals;
  /** The number of partitions. */
  partitions: number;
  /** The results of earlier passes; null where there was none. */
  earlier: EarlierPasses | null;
}

/** A window that was requested and not verified. */
export interface UnverifiedWindow extends Span {
  /** `failed`: the window, or one of its rows, could not be read; `incomplete`: it was read, and did not add up. */
  readonly result: "failed" | "incomplete";
}

/** The results of earlier passes, which need not be read again. */
export interface EarlierPasses {
  /** Verified, by the filter time, for each partition. */
  verified: readonly Intervals[];
  /** Read but not verified, for each partition. */
  read: readonly Intervals[];
  /** Windows that failed, or were settled and not verified, for each partition. */
  unverified: readonly (readonly UnverifiedWindow[])[];
  /** Verified before, and to be read again for some of the rows, for each partition. */
  reread: readonly Intervals[];
  /** Complete, by the start of a call, for each partition. */
  complete: readonly Intervals[];
  /** Beyond the vendor's retention, by the start of a call, and reported before. */
  lost: Intervals;
  /** Abandoned, by the start of a call. It is not part of the range. */
  abandoned: Intervals;
}

/** Records the results of the windows of each partition, and derives the coverage by the start of calls. */
export class Coverage {
  private results: { partition: number; span: Span; result: WindowResult }[] = [];

  /** The intervals that were verified and are to be read again, for each partition. */
  private readonly withdrawn = new Map<number, Intervals>();

  private nowIsTrusted = true;
  private windowsAreTrusted = true;

  constructor(private plan: CoveragePlan) {}

  /** Starts over with another plan. */
  begin(plan: CoveragePlan): void {
    this.plan = plan;
    this.nowIsTrusted = true;
    this.forget();
  }

  /** Records the result of a span. An empty span is ignored. */
  record(partition: number, span: Span, result: WindowResult): void {
    if (span.from >= span.to) return;
    const last = this.results.at(-1);
    // Windows close roughly in order, so that extending the last entry keeps the list short.
    if (last?.partition === partition && last.result === result && last.span.to === span.from) {
      last.span = { from: last.span.from, to: span.to };
    } else this.results.push({ partition, span, result });
  }

  /** Records that the clock of the plan was wrong, so that time after it is unread. */
  distrustNow(): void {
    this.nowIsTrusted = false;
  }

  /** Records that windows do not filter as declared, so that none of them is verified. */
  distrustWindows(): void {
    this.windowsAreTrusted = false;
  }

  /** Withdraws the verification of intervals, by the filter time. They count as read until they are read again. */
  withdraw(partition: number, spans: Intervals): void {
    if (!spans.isEmpty) this.withdrawn.set(partition, this.withdrawnOf(partition).union(spans));
  }

  private withdrawnOf(partition: number): Intervals {
    return this.withdrawn.get(partition) ?? Intervals.empty;
  }

  /** Removes all results. */
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

  private verifiedOf(partition: number): Intervals {
    return this.spansOf(partition, "verified").union(this.plan.earlier?.verified[partition] ?? Intervals.empty);
  }

  /** The intervals that this pass read to their end in every partition, by the filter time. */
  get readInAll(): Intervals {
    const [first = Intervals.empty, ...others] = Array.from({ length: this.plan.partitions }, (_, partition) =>
      this.spansOf(partition, "verified", "read"),
    );
    return others.reduce((common, spans) => common.intersect(spans), first);
  }

  /** @param ended whether nothing more will be read, so that unread intervals are gaps. */
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
      const verified = this.verifiedOf(partition);
      const complete = earlier?.complete[partition] ?? Intervals.empty;
      const trusted = this.windowsAreTrusted ? verified.subtract(this.withdrawnOf(partition)) : Intervals.empty;
      covered = covered.intersect(verifiedStarts(this.plan, trusted).union(complete));
      for (const reason of ["failed", "incomplete", "unreadable", "filtered"] as const)
        miss(reason, this.spansOf(partition, reason).widen(windowMarginMs).subtract(complete));
      const read = this.spansOf(partition, "read", "incomplete", "unreadable", "filtered").union(verified);
      const known = read.union(this.spansOf(partition, "failed"));
      unread = unread.union(planned.subtract(known).widen(windowMarginMs).subtract(complete));
      // The future counts as read once the reading has reached the present, by a clock that was right.
      const reached = read.touches(readEnd);
      if (!reached || !this.nowIsTrusted) unread = unread.union(afterRead);
    }
    if (ended) miss("stopped", unread);

    const gaps: Gap[] = [];
    let accounted = Intervals.empty;
    for (const reason of ["retention", "failed", "incomplete", "unreadable", "stopped", "filtered"] as const) {
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

/** Returns the starts in the range for which every call was certainly read, given the verified intervals by the filter time. */
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
