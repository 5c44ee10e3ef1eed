import type { UnverifiedWindow } from "./coverage.js";
import { Intervals, type Span } from "./intervals.js";
import type { WindowGrid } from "./window-grid.js";

/** Maximum number of parts of a window that failed before. Each pass narrows down the faulty interval. */
const MAX_PARTS = 20;
/** Maximum number of parts per pass and partition. The more windows fail, the fewer parts each has, and at least two. */
const MAX_PARTS_PER_PASS = 160;
/** Maximum number of windows that do not add up. Where there are more, the whole list is faulty, such as its totals, and splitting would not help. */
const MAX_INCOMPLETE = 4;
/** Maximum number of failed windows. Where there are more, none is split, because a list that fails as a whole would fill the checkpoint. */
const MAX_FAILED = 1000;

/** The windows to request in place of those that an earlier pass did not verify. */
interface UnverifiedPlan {
  windows: Span[];
  /** Windows that did not add up. The total of each is requested first. Its parts are then read, and together must hold as many rows. */
  counted: Span[];
}

/**
 * Plans the windows in place of those that an earlier pass did not verify. Failed windows are split, the longest first. Once a pass has enough parts, the
 * rest is requested in windows of the maximum length.
 * @param part the interval to read.
 */
export function splitUnverified(
  grid: WindowGrid,
  part: Intervals,
  unverified: readonly UnverifiedWindow[],
): UnverifiedPlan {
  const windowsOf = (result: UnverifiedWindow["result"]) =>
    unverified
      .filter((window) => window.result === result)
      .flatMap((window) => windowsWithin(grid, part.intersect(Intervals.of([window]))));
  const [incomplete, failed] = [windowsOf("incomplete"), windowsOf("failed")];
  const counted = incomplete.length > MAX_INCOMPLETE ? [] : incomplete;
  const parts = failed.length > MAX_FAILED ? [] : splitFailed(grid, failed);
  const rest = windowsWithin(
    grid,
    part.intersect(Intervals.of(unverified)).subtract(Intervals.of([...counted, ...parts])),
  );
  return { counted, windows: [...parts, ...rest] };
}

function splitFailed(grid: WindowGrid, failed: readonly Span[]): Span[] {
  const divisible = failed.filter((window) => grid.split(window, 2).length > 1);
  const parts = Math.max(2, Math.min(MAX_PARTS, Math.floor(MAX_PARTS_PER_PASS / divisible.length)));
  const windows: Span[] = [];
  for (const window of [...failed].sort((a, b) => b.to - b.from - (a.to - a.from) || b.from - a.from)) {
    if (windows.length >= MAX_PARTS_PER_PASS) break;
    windows.push(...grid.split(window, parts));
  }
  return windows;
}

function windowsWithin(grid: WindowGrid, intervals: Intervals): Span[] {
  return intervals.spans.flatMap((span) => grid.windowsOf(span));
}
