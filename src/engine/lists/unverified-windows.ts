import type { UnverifiedWindow } from "./coverage.js";
import { Intervals, type Span } from "./intervals.js";
import type { WindowGrid } from "./window-grid.js";

/** Into so many parts at most a window is cut that failed before: pass by pass, what is wrong in it is closed in on. */
const MAX_PARTS = 20;
/** So many parts are asked for in one pass and partition: the more windows fail, the fewer parts each is cut into, and at least two. */
const MAX_PARTS_OF_ALL = 160;
/** Where more windows do not add up, it is not a spot that is wrong, but the list, such as its totals: cutting would cost requests, and find nothing. */
const MAX_INCOMPLETE = 4;
/** Where so many windows fail, nothing more is cut: a list that fails as a whole would fill the checkpoint. */
const MAX_FAILED = 1000;

/** The windows to ask for in place of those that were not proven before. */
interface DoubtfulPlan {
  windows: Span[];
  /** Windows that did not add up. Each is counted as a whole first, and then read in parts, which must hold together what the whole counts. */
  counted: Span[];
}

/**
 * The windows to ask for in place of those that were not proven before. Those that failed are cut, the longest first. What is left when a pass has enough
 * parts is asked for in windows that are as long as the vendor allows.
 * @param part what of the time is to be read.
 */
export function splitUnverified(
  grid: WindowGrid,
  part: Intervals,
  unverified: readonly UnverifiedWindow[],
): DoubtfulPlan {
  const windowsOf = (result: UnverifiedWindow["result"]) =>
    unverified
      .filter((window) => window.result === result)
      .flatMap((window) => windowsWithin(grid, part.intersect(Intervals.of([window]))));
  const [incomplete, failed] = [windowsOf("incomplete"), windowsOf("failed")];
  const counted = incomplete.length > MAX_INCOMPLETE ? [] : incomplete;
  const pieces = failed.length > MAX_FAILED ? [] : splitFailed(grid, failed);
  const rest = windowsWithin(
    grid,
    part.intersect(Intervals.of(unverified)).subtract(Intervals.of([...counted, ...pieces])),
  );
  return { counted, windows: [...pieces, ...rest] };
}

function splitFailed(grid: WindowGrid, failed: readonly Span[]): Span[] {
  const divisible = failed.filter((window) => grid.split(window, 2).length > 1);
  const parts = Math.max(2, Math.min(MAX_PARTS, Math.floor(MAX_PARTS_OF_ALL / divisible.length)));
  const pieces: Span[] = [];
  for (const window of [...failed].sort((a, b) => b.to - b.from - (a.to - a.from) || b.from - a.from)) {
    if (pieces.length >= MAX_PARTS_OF_ALL) break;
    pieces.push(...grid.split(window, parts));
  }
  return pieces;
}

function windowsWithin(grid: WindowGrid, intervals: Intervals): Span[] {
  return intervals.spans.flatMap((span) => grid.windowsOf(span));
}
