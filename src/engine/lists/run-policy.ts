import { rowLimits } from "./row-limits.js";

/** Options of a run. */
export interface RunPolicy {
  isolateFailures: boolean;
  unreadableRows: "throw" | "report";
  /** Whether windows must add up to the vendor's totals; false for snapshots and searches. */
  verify: boolean;
  /**
   * The meaning of a key that occurs in several windows. `deduplicate`: one row, delivered with the window that reads it first. `deliver`: one row, delivered
   * with each of the windows, which may close in any order. Rows with different starts are delivered too, and the consumer distinguishes them. `unrelated`:
   * separate rows, such as the counts of several windows.
   */
  repeatedKeys: "deduplicate" | "deliver" | "unrelated";
  /** Whether a window with an unverified end is split, so that its parts may verify it. */
  splitsUnverified: boolean;
  /** Maximum number of rows of a window. A larger one is split. */
  windowRows: number;
  /** Number of buffered rows at which no more pages are requested. */
  bufferedRows: number;
  /** The allowed starts of rows: near the window; near the whole plan, if rows are found by id; or anywhere, if an old start is allowed. */
  startsNear: "window" | "plan" | "anything";
  /** Whether windows may be opened after the first open one. */
  mayOpen: () => boolean;
}

/** The options of a run over one account whose rows are delivered as they arrive. */
export const UNLIMITED_RUN = {
  verify: true,
  repeatedKeys: "deduplicate",
  splitsUnverified: true,
  ...rowLimits(1, false),
  windowRows: Number.POSITIVE_INFINITY,
  startsNear: "anything",
  mayOpen: () => true,
} as const satisfies Omit<RunPolicy, "isolateFailures" | "unreadableRows">;
