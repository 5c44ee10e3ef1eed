import type { Partition } from "../../contract/provider.js";
import type { CoveragePlan, UnverifiedWindow } from "../../engine/lists/coverage.js";
import type { Intervals, Span } from "../../engine/lists/intervals.js";
import type { ReadRow, RowComparisonResult } from "./row-comparison.js";

/** The requested ranges, and how far they can be read. */
export type RequestedRanges = Pick<CoveragePlan, "range" | "windowMarginMs" | "readRanges" | "readable">;

/** Returns the requested ranges that lie before the vendor's retention. */
export function beyondRetention({ range, readable }: RequestedRanges): Intervals {
  return range.before(readable.from);
}

/** A window was read to its end. */
export interface Advance {
  type: "advance";
  span: Span;
  /** The end of the verified part. */
  verifiedTo: number;
  /** The end of the part that can have been read. A window cannot be read past the current time. */
  readTo: number;
  /** The earlier of the machine's time and the vendor's when the window was read. Null when the vendor sent no `Date`. */
  earlierNow: number | null;
  /** Whether it is a part of a split window, which counts as verified only after the sum of all parts was checked. */
  isAwaiting: boolean;
  settled: boolean;
  requested: RequestedRanges;
}

/** The parts of a window hold at least as many rows as the window. They are verified, except in smaller windows whose own sum was refused. */
export interface Confirmation {
  type: "confirm";
  span: Span;
  requested: RequestedRanges;
}

/** The parts of a window together hold fewer rows than the window. */
export interface Refusal {
  type: "refuse";
  span: Span;
  /** The intervals that were complete before this pass. */
  before: Intervals;
  requested: RequestedRanges;
}

/** A window failed, or its rows do not add up. */
interface Unverified {
  type: "unverified";
  window: UnverifiedWindow;
}

/** A row and the result of its comparison. */
export interface ComparedRow extends ReadRow {
  comparison: RowComparisonResult;
}

/** The change of a state by one window. It is applied when the rows of the window are committed. */
export interface WindowChange {
  partition: Partition;
  /** All partitions of the account. */
  partitions: readonly Partition[];
  /** The rows that differ from the stored ones. */
  rows: readonly ComparedRow[];
  /** The latest start of a call in the window, in epoch milliseconds. Null when the window is empty. */
  latestStart: number | null;
  /** Intervals, by filter time, that were verified and must be read again. */
  reread: Intervals;
  /** Null when the window changes no interval. */
  outcome: Advance | Confirmation | Refusal | Unverified | null;
}
