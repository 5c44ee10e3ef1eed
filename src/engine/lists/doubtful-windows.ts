import type { DoubtfulWindow } from "./coverage.js";
import { Intervals, type Span } from "./intervals.js";
import type { WindowGrid } from "./window-grid.js";

/** Into so many parts at most a window is cut that failed before: pass by pass, what is wrong in it is closed in on. */
const MOST_PARTS = 20;
/** So many parts are asked for in one pass and partition: the more windows fail, the fewer parts each is cut into, and at least two. */
const MOST_PARTS_OF_ALL = 160;
/** Where more windows do not add up, it is not a spot that is wrong, but the list, such as its totals: cutting would cost requests, and find nothing. */
const MOST_INCOMPLETE = 4;
/** Where so many windows fail, nothing more is cut: a list that fails as a whole would fill the checkpoint. */
const MOST_FAILED = 1000;

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
export function cutDoubtful(grid: WindowGrid, part: Intervals, doubtful: readonly DoubtfulWindow[]): DoubtfulPlan {
  const windowsOf = (fate: DoubtfulWindow["fate"]) => doubtful.filter((window) => window.fate === fate).flatMap((window) => split(grid, part.intersect(Intervals.of([window]))));
  const [incomplete, failed] = [windowsOf("incomplete"), windowsOf("failed")];
  const counted = incomplete.length > MOST_INCOMPLETE ? [] : incomplete;
  const cut = failed.length > MOST_FAILED ? [] : cutFailed(grid, failed);
  const rest = split(grid, part.intersect(Intervals.of(doubtful)).subtract(Intervals.of([...counted, ...cut])));
  return { counted, windows: [...cut, ...rest] };
}

function cutFailed(grid: WindowGrid, failed: readonly Span[]): Span[] {
  const divisible = failed.filter((window) => grid.cut(window, 2).length > 1);
  const parts = Math.max(2, Math.min(MOST_PARTS, Math.floor(MOST_PARTS_OF_ALL / divisible.length)));
  const cut: Span[] = [];
  for (const window of [...failed].sort((a, b) => b.to - b.from - (a.to - a.from) || b.from - a.from)) {
    if (cut.length >= MOST_PARTS_OF_ALL) break;
    cut.push(...grid.cut(window, parts));
  }
  return cut;
}

function split(grid: WindowGrid, intervals: Intervals): Span[] {
  return intervals.spans.flatMap((span) => grid.split(span));
}
