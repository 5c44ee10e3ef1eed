import type { Partition } from "../../contract/provider.js";
import type { ListCheckpoint } from "../../engine/checkpoints/checkpoint.js";
import type { UnverifiedWindow } from "../../engine/lists/coverage.js";
import { fromInterval, fromIntervals, Intervals, toInterval, toIntervals } from "../../engine/lists/intervals.js";

/** The state of one partition. */
export interface ListState {
  readonly partition: Partition;
  /** Its index among the account's lists. */
  readonly place: number;
  /** The verified intervals, by filter time. */
  verified: Intervals;
  read: Intervals;
  /** The smallest windows that were requested and not verified, one by one. If neighbours were joined, the next pass would split them into the same parts. */
  unverified: readonly UnverifiedWindow[];
  /** Verified before, by filter time, and read again for the skipped rows, which start in `skippedStarts`. */
  reread: Intervals;
  /** Intervals by the start of calls. */
  skippedStarts: Intervals;
  /** Verified before a range was requested, and not read again for it, because it lay outside the window margin at that time. */
  unsearched: readonly Unsearched[];
  complete: Intervals;
  lost: Intervals;
  /** The parts of this pass. Not saved. */
  parts: Parts;
}

/** The parts of split windows, by filter time. A part counts as verified after the sum of all parts was checked. */
interface Parts {
  /** Verified, except for the sum. */
  readonly waiting: Intervals;
  /** The sum was checked. */
  readonly checked: Intervals;
  /** The sum was checked and is too small. */
  readonly refused: Intervals;
}

/** A requested range, by start of calls, and the verified intervals, by filter time, in which its calls were skipped. */
export interface Unsearched {
  requested: Intervals;
  verified: Intervals;
}

/** Returns the state of a list that was never read. */
export function unreadList(partition: Partition, place: number): ListState {
  return {
    partition,
    place,
    ...eachInterval(() => Intervals.empty),
    unverified: [],
    unsearched: [],
    parts: { waiting: Intervals.empty, checked: Intervals.empty, refused: Intervals.empty },
  };
}

export function restoreList(saved: ListCheckpoint, place: number): ListState {
  const { application, parameters, unverified, unsearched = [] } = saved;
  return {
    ...unreadList({ application, parameters }, place),
    ...eachInterval((name) => fromIntervals(saved[name])),
    unverified: unverified.map(({ result, ...interval }) => ({ ...fromInterval(interval), result })),
    unsearched: unsearched.map(({ requested, verified }) => ({
      requested: fromIntervals(requested),
      verified: fromIntervals(verified),
    })),
  };
}

export function saveList(list: ListState): ListCheckpoint {
  const { application, parameters } = list.partition;
  const unsearched = list.unsearched.map(({ requested, verified }) => ({
    requested: toIntervals(requested),
    verified: toIntervals(verified),
  }));
  return {
    application,
    parameters: { ...parameters },
    ...eachInterval((name) => toIntervals(list[name])),
    unverified: list.unverified.map(({ result, ...span }) => ({ ...toInterval(span), result })),
    ...(unsearched.length === 0 ? {} : { unsearched }),
  };
}

/** Returns a value for each field of a list that the checkpoint stores as intervals. */
function eachInterval<Value>(valueOf: (name: IntervalField) => Value): Record<IntervalField, Value> {
  return {
    verified: valueOf("verified"),
    read: valueOf("read"),
    reread: valueOf("reread"),
    skippedStarts: valueOf("skippedStarts"),
    complete: valueOf("complete"),
    lost: valueOf("lost"),
  };
}

type IntervalField = "verified" | "read" | "reread" | "skippedStarts" | "complete" | "lost";

/** Returns the intervals of a list before an instant. Later ones were recorded by a clock that was ahead. */
export function listBefore(
  list: ListState,
  instant: number,
): Pick<ListState, "verified" | "read" | "unverified" | "reread" | "unsearched" | "complete"> {
  return {
    verified: list.verified.before(instant),
    read: list.read.before(instant),
    unverified: list.unverified.filter(({ from }) => from < instant),
    reread: list.reread.before(instant),
    unsearched: trimUnsearched(list.unsearched, (verified) => verified.before(instant)),
    complete: list.complete.before(instant),
  };
}

/** Maximum number of entries. Older ones are merged, because a checkpoint must not grow with the number of passes. */
const MAX_UNSEARCHED = 20;

/**
 * Returns the change of a list by newly requested ranges. Verified intervals within the window margin are read again. The others become `unsearched`.
 */
export function withRequested(
  list: ListState,
  requested: Intervals,
  windowMarginMs: number,
): Pick<ListState, "verified" | "reread" | "skippedStarts" | "unsearched"> {
  const { verified, reread, skippedStarts } = list;
  // Intervals that are already being read again were verified before this request as well.
  const before = verified.union(reread);
  const near = before.intersect(requested.widen(windowMarginMs));
  // The filter time of a call is at most the window margin before its start.
  const farther = requested.spans.map((span) => ({
    requested: Intervals.of([span]),
    verified: before.subtract(near).since(span.from),
  }));
  const unsearched = [...list.unsearched, ...farther.filter((one) => !one.verified.isEmpty)];
  const oldest = unsearched.splice(0, Math.max(0, unsearched.length - MAX_UNSEARCHED + 1));
  return {
    verified: verified.subtract(near),
    reread: reread.union(near),
    skippedStarts: near.isEmpty ? skippedStarts : skippedStarts.union(requested),
    unsearched: oldest.length === 0 ? unsearched : [mergeUnsearched(oldest), ...unsearched],
  };
}

/** Returns the change of a list by a larger window margin: unsearched intervals that lie within it now are read again. */
export function withWiderMargin(
  list: ListState,
  windowMarginMs: number,
): Pick<ListState, "verified" | "reread" | "skippedStarts" | "unsearched" | "complete"> {
  let { verified, reread, skippedStarts, complete } = list;
  for (const one of list.unsearched) {
    const near = one.verified.intersect(one.requested.widen(windowMarginMs));
    if (near.isEmpty) continue;
    verified = verified.subtract(near);
    reread = reread.union(near);
    skippedStarts = skippedStarts.union(one.requested);
    complete = complete.subtract(near.widen(windowMarginMs).intersect(one.requested));
  }
  const unsearched = list.unsearched.map(({ requested, verified: before }) => ({
    requested,
    verified: before.subtract(requested.widen(windowMarginMs)),
  }));
  return { verified, reread, skippedStarts, complete, unsearched: unsearched.filter((one) => !one.verified.isEmpty) };
}

/** Returns the entries with fewer verified intervals. The removed intervals will be read as if for the first time. */
export function trimUnsearched(
  unsearched: readonly Unsearched[],
  toRest: (verified: Intervals) => Intervals,
): Unsearched[] {
  return unsearched
    .map(({ requested, verified }) => ({ requested, verified: toRest(verified) }))
    .filter(({ verified }) => !verified.isEmpty);
}

function mergeUnsearched(all: readonly Unsearched[]): Unsearched {
  const union = (of: (one: Unsearched) => Intervals) =>
    all.map(of).reduce((sum, more) => sum.union(more), Intervals.empty);
  return { requested: union(({ requested }) => requested), verified: union(({ verified }) => verified) };
}
