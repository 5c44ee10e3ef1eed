import type { Interval } from "../../model/interval.js";
import type { Span } from "./intervals.js";

/** A window of one partition to read. */
export interface PlannedWindow {
  /** The partition's place in the plan. */
  partition: number;
  /** Null for a list that is not asked for by time. */
  span: Span | null;
  /** Whether everything in it is older than the account's settle time. */
  settled: boolean;
  /** Of a part of a window: the split that it came of. */
  split?: Split;
  /** Whether it was proven in an earlier pass, and is read again for calls that were passed over then. */
  again?: boolean;
  /** Whether it failed in an earlier pass. */
  failedBefore?: boolean;
  /** Whether it did not add up in an earlier pass: its first page tells how many rows it has, and its parts are read in its place. */
  incompleteBefore?: boolean;
  /** Whether it was taken out of turn, to tell an outage of the vendor from a fault of its data. */
  elsewhere?: boolean;
}

/** Into so many parts a window is split at once; those that are still too large are split again. */
export const MAX_PARTS = 20;

/** Into how many parts a window is split of which no more than so many rows are listed at once, so that each lists fewer. */
export function partsBelow(listed: number, total: number): number {
  return Math.min(MAX_PARTS, Math.ceil(total / listed) + 1);
}

/** By so much the parts of a window may count more rows together than the window did: those at their bounds, and what has come since. */
const MAX_GROWTH = 1.5;

/** The parts of a window with more rows do not wait for each other: their rows would have to be remembered all that time. */
const MOST_AWAITED = 100_000;

/** What is known of a window that is read in parts. */
export interface WholeWindow {
  /** Its rows, by the vendor's total or as they were read; null where neither is known. */
  announced: number | null;
  /** The vendor's total where it was smaller than the rows that were read. */
  undercount?: number;
  /** The rows that it listed, where they stayed fewer than its total. */
  listed?: number;
  /** How many windows, one within the other, were split because their list did not end. */
  overflows?: number;
  /** Whether the total may be the cap of a search: the parts may then count more. */
  mayBeCapped?: boolean;
}

/** A window with the keys of its rows. */
export interface HeldWindow {
  plan: PlannedWindow;
  seen: ReadonlyMap<string, unknown>;
}

/** A window that is read in parts, and how many rows its parts hold together. */
export class Split {
  private rows = 0;
  /** Rows that two of the parts hold, because the bounds that are sent overlap. */
  private shared = 0;
  /** The totals of large parts together. */
  private counted = 0;
  private isChecked = false;
  /** Whether every part was read, so that their rows can be compared with the whole. */
  private comparable = true;

  constructor(
    /** The window that was split: its id in events, and its plan. */
    readonly whole: { id: string; plan: PlannedWindow; bounds: Interval | null },
    /** What is known of the whole. */
    readonly known: WholeWindow,
    /** The parts that have not ended yet. */
    private open: number,
  ) {}

  private get parent(): Split | null {
    return this.whole.plan.split ?? null;
  }

  /**
   * The largest window that parts of this one wait for, until their sum has been compared with it; null where they do not wait: what is proven of a very large
   * window is kept at once.
   */
  get awaited(): Split | null {
    const { announced } = this.known;
    return this.parent?.awaited ?? (announced !== null && announced <= MOST_AWAITED ? this : null);
  }

  /** Whether the sum can no longer be too small; true once only. */
  isCheckedNow(): boolean {
    if (this.isChecked) return false;
    const { found } = this;
    this.isChecked = this.open === 0 || found === null || found >= (this.known.announced ?? 0);
    return this.isChecked;
  }

  /**
   * A part has ended.
   * @param rows its distinct rows; null where it was not read to its end.
   * @returns the split of which the parts hold fewer rows than the whole, where that shows now; else null.
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

  /** The vendor's total of a part; false where the parts count far more rows than the whole: the total does not speak of the window. */
  count(total: number): boolean {
    const { announced, mayBeCapped = false } = this.known;
    // A part with the very total of the whole shows a cap rather than a count.
    if (total !== announced) this.counted += total;
    return announced === null || mayBeCapped || this.counted <= announced * MAX_GROWTH;
  }

  /** The distinct rows of all parts; null where a part was not read. */
  get found(): number | null {
    return this.comparable ? this.rows - this.shared : null;
  }

  /**
   * Counts rows that a part has in common with parts that have ended, because the bounds that are sent overlap: each counts once in the smallest split that
   * two of them are parts of.
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
