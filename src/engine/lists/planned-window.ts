import type { Interval } from "../../model/interval.js";
import type { Span } from "./intervals.js";

/** A window of one partition that is to be read. */
export interface PlannedWindow {
  /** Index of the partition in the plan. */
  partition: number;
  /** Null for a list that is not requested by time. */
  span: Span | null;
  /** Whether everything in it is older than the account's settle time. */
  settled: boolean;
  /** The split that created this part. */
  split?: Split;
  /** Whether an earlier pass verified it, and it is read again for calls that were outside of the requested ranges then. */
  isReread?: boolean;
  /** Whether it failed in an earlier pass. */
  failedBefore?: boolean;
  /** Whether it did not add up in an earlier pass. Its first page returns its total, and its parts are then read in its place. */
  incompleteBefore?: boolean;
  /** Whether it is read out of order, to distinguish an outage of the vendor from a fault in its data. */
  isDistant?: boolean;
}

/** Maximum number of parts of one split. Parts that are still too large are split again. */
export const MAX_PARTS = 20;

/** Returns the number of parts in which each is expected to hold fewer rows than the vendor lists for one search. */
export function partsBelow(listed: number, total: number): number {
  return Math.min(MAX_PARTS, Math.ceil(total / listed) + 1);
}

/** Maximum ratio of the sum of the parts' totals to the total of the whole. Rows at the bounds count twice, and new rows may have appeared. */
const MAX_GROWTH = 1.5;

/** Above this number of rows, the parts of a window count without waiting for each other, because waiting keeps their rows in memory. */
const MAX_AWAITED_ROWS = 100_000;

/** The known properties of a window that is read in parts. */
export interface WholeWindow {
  /** Its number of rows, from the vendor's total or from the rows read; null where both are unknown. */
  announced: number | null;
  /** The vendor's total, if it was smaller than the number of rows read. */
  undercount?: number;
  /** The number of rows listed, if it stayed below the total. */
  listed?: number;
  /** Number of nested windows that were split because their list did not end. */
  overflows?: number;
  /** Whether the total may be the cap of a search. The parts may then count more rows. */
  mayBeCapped?: boolean;
}

/** A window with the keys of its rows. */
export interface HeldWindow {
  plan: PlannedWindow;
  seen: ReadonlyMap<string, unknown>;
}

/** A window that is read in parts. Compares the number of rows in the parts with the whole. */
export class Split {
  private rows = 0;
  /** Rows in two parts, because the requested bounds overlap. */
  private shared = 0;
  /** Sum of the totals of large parts. */
  private counted = 0;
  private isChecked = false;
  /** Whether all parts were read to their end, so that their rows can be compared with the whole. */
  private comparable = true;

  constructor(
    /** The window that was split: its id in events, its plan and its bounds. */
    readonly whole: { id: string; plan: PlannedWindow; bounds: Interval | null },
    /** The known properties of the whole. */
    readonly known: WholeWindow,
    /** Number of parts that have not ended. */
    private open: number,
  ) {}

  private get parent(): Split | null {
    return this.whole.plan.split ?? null;
  }

  /**
   * The largest enclosing window whose comparison the parts wait for. Null where they do not wait, because the parts of a very large window count at once.
   */
  get awaited(): Split | null {
    const { announced } = this.known;
    return this.parent?.awaited ?? (announced !== null && announced <= MAX_AWAITED_ROWS ? this : null);
  }

  /** Returns true once, when the sum can no longer be too small. */
  isCheckedNow(): boolean {
    if (this.isChecked) return false;
    const { found } = this;
    this.isChecked = this.open === 0 || found === null || found >= (this.known.announced ?? 0);
    return this.isChecked;
  }

  /**
   * Records the end of a part.
   * @param rows number of its distinct rows; null if it was not read to its end.
   * @returns the split whose parts are now known to hold fewer rows than the whole; else null.
   */
  end(rows: number | null): Split | null {
    this.open -= 1;
    if (rows === null) this.comparable = false;
    else this.rows += rows;
    if (this.open > 0) return null;
    const found = this.found;
    const isShort = found !== null && this.known.announced !== null && found < this.known.announced;
    const shortParent = this.parent?.end(isShort ? null : found) ?? null;
    return isShort ? this : shortParent;
  }

  /** Adds the vendor's total of a part. Returns false where the parts count far more rows than the whole, so that the total cannot refer to the window. */
  count(total: number): boolean {
    const { announced, mayBeCapped = false } = this.known;
    // A part with the same total as the whole indicates a cap.
    if (total !== announced) this.counted += total;
    return announced === null || mayBeCapped || this.counted <= announced * MAX_GROWTH;
  }

  /** Number of distinct rows in all parts; null if a part was not read to its end. */
  get found(): number | null {
    return this.comparable ? this.rows - this.shared : null;
  }

  /**
   * Counts the rows that a part shares with parts that have ended, because the requested bounds overlap. A shared row counts once in the smallest split
   * that contains both parts.
   */
  static noteShared(part: HeldWindow, ended: readonly HeldWindow[]): void {
    const others = ended.map(({ plan, seen }) => ({ seen, splits: new Set(ancestry(plan)) }));
    if (others.length === 0) return;
    const splits = [...ancestry(part.plan)];
    for (const key of part.seen.keys()) {
      const holders = others.filter(({ seen }) => seen.has(key));
      const common =
        holders.length === 0 ? undefined : splits.find((split) => holders.some((holder) => holder.splits.has(split)));
      if (common !== undefined) common.shared += 1;
    }
  }
}

function* ancestry(plan: PlannedWindow): Generator<Split> {
  for (let split = plan.split; split !== undefined; split = split.whole.plan.split) yield split;
}
