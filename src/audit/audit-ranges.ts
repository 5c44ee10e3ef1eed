import { fromIntervals, Intervals, type Span, toIntervals } from "../engine/lists/intervals.js";
import type { AccountReport } from "../model/account-report.js";
import type { SyncCoverage } from "../operations/sync/sync-coverage.js";
import type { NotCompared } from "./audit-report.js";

/** The reasons for which a complete audit may leave out intervals. */
const EXPECTED: ReadonlySet<NotCompared["reason"]> = new Set(["unsettled", "abandoned"]);

/** The parts of a range that were compared, and why the others were not. */
export class AuditRanges {
  /** The parts that can be compared: settled, and complete in the sync, so that no later pass delivers their calls again. */
  readonly toCompare: Intervals;
  private compared = Intervals.empty;
  private readonly reasons = new Map<NotCompared["reason"], Intervals>();

  constructor(range: Span, { coverage, unsettled, lost, abandoned = [], settledBefore }: SyncCoverage) {
    const whole = Intervals.of([range]);
    const settledTo = Date.parse(settledBefore);
    this.toCompare = whole.before(settledTo).intersect(fromIntervals(coverage));
    const others: [NotCompared["reason"], Intervals][] = [
      ["unsettled", whole.since(settledTo).union(whole.intersect(fromIntervals(unsettled)))],
      ["retention", whole.intersect(fromIntervals(lost))],
      ["abandoned", whole.intersect(fromIntervals(abandoned))],
      ["unsynced", whole],
    ];
    let rest = whole.subtract(this.toCompare);
    for (const [reason, intervals] of others) {
      this.exclude(reason, rest.intersect(intervals));
      rest = rest.subtract(intervals);
    }
  }

  /** Adds the result of reading a part of the range. @returns the intervals whose list of calls is verified complete. */
  add(part: Span, { coverage, unsettled, gaps }: Pick<AccountReport, "coverage" | "unsettled" | "gaps">): Intervals {
    const whole = Intervals.of([part]);
    const verified = whole.intersect(fromIntervals(coverage));
    this.compared = this.compared.union(verified);
    let rest = whole.subtract(verified);
    for (const { reason, ...gap } of gaps) {
      const missing = rest.intersect(fromIntervals([gap]));
      this.exclude(reason, missing);
      rest = rest.subtract(missing);
    }
    const changing = rest.intersect(fromIntervals(unsettled));
    this.exclude("unsettled", changing);
    this.exclude("stopped", rest.subtract(changing));
    return verified;
  }

  private exclude(reason: NotCompared["reason"], intervals: Intervals): void {
    if (!intervals.isEmpty) this.reasons.set(reason, (this.reasons.get(reason) ?? Intervals.empty).union(intervals));
  }

  /** Whether everything was compared that is settled and was not abandoned. */
  get isComplete(): boolean {
    return this.left.isEmpty && [...this.reasons.keys()].every((reason) => EXPECTED.has(reason));
  }

  /** The intervals that are still to be compared. */
  private get left(): Intervals {
    const known = [...this.reasons.values()].reduce((sum, intervals) => sum.union(intervals), this.compared);
    return this.toCompare.subtract(known);
  }

  get comparedIntervals() {
    return toIntervals(this.compared);
  }

  /** The intervals that were not compared. What is still to be compared is not among them. */
  get notCompared(): NotCompared[] {
    return [...this.reasons]
      .flatMap(([reason, intervals]) => toIntervals(intervals).map((interval) => ({ ...interval, reason })))
      .sort((one, other) => one.from.localeCompare(other.from));
  }

  /** Excludes what was not read because the account failed. */
  stop(): void {
    this.exclude("stopped", this.left);
  }
}
