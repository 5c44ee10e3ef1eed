import type { Partition } from "../../contract/provider.js";
import type { ListCheckpoint } from "../../engine/checkpoints/checkpoint.js";
import type { UnverifiedWindow } from "../../engine/lists/coverage.js";
import { fromInterval, fromIntervals, Intervals, toInterval, toIntervals } from "../../engine/lists/intervals.js";

/** What has been read of one partition. */
export interface ListState {
  readonly partition: Partition;
  /** Its place among the account's lists. */
  readonly place: number;
  /** By the time that the vendor filters on. */
  verified: Intervals;
  read: Intervals;
  /** The smallest windows that were asked for and not proven, each by itself: of neighbours that were one, the next pass would make the same parts again. */
  unverified: readonly UnverifiedWindow[];
  /** Proven before, and read again for rows that were passed over: those that start in `passedOver`. */
  again: Intervals;
  /** By the start of calls. */
  passedOver: Intervals;
  /** Proven before some ground was asked for, and not read again for it: too far from it, by the reach of then. */
  unsearched: readonly Unsearched[];
  complete: Intervals;
  lost: Intervals;
  /** Of this pass, and not saved. */
  parts: Parts;
}

/** What is known of the parts of windows that are read in parts, by the time that the vendor filters on. A part counts as proven once the sum of them is checked. */
interface Parts {
  /** Would be proven, but for the sum. */
  readonly waiting: Intervals;
  /** The sum was checked. */
  readonly checked: Intervals;
  /** The sum was checked, and is too small. */
  readonly refused: Intervals;
}

const NO_PARTS: Parts = { waiting: Intervals.empty, checked: Intervals.empty, refused: Intervals.empty };

/** Ground, by the start of calls, whose calls were passed over in what was proven, by the time that the vendor filters on. */
export interface Unsearched {
  requested: Intervals;
  verified: Intervals;
}

/** A list of which nothing has been read. */
export function unreadList(partition: Partition, place: number): ListState {
  return {
    partition,
    place,
    verified: Intervals.empty,
    read: Intervals.empty,
    unverified: [],
    again: Intervals.empty,
    passedOver: Intervals.empty,
    unsearched: [],
    complete: Intervals.empty,
    lost: Intervals.empty,
    parts: NO_PARTS,
  };
}

export function restoreList(
  {
    application,
    parameters,
    verified,
    read,
    unverified,
    again,
    passedOver,
    unsearched = [],
    complete,
    lost,
  }: ListCheckpoint,
  place: number,
): ListState {
  return {
    partition: { application, parameters },
    place,
    verified: fromIntervals(verified),
    read: fromIntervals(read),
    unverified: unverified.map(({ result, ...interval }) => ({ ...fromInterval(interval), result })),
    again: fromIntervals(again),
    passedOver: fromIntervals(passedOver),
    unsearched: unsearched.map((one) => ({
      requested: fromIntervals(one.requested),
      verified: fromIntervals(one.verified),
    })),
    complete: fromIntervals(complete),
    lost: fromIntervals(lost),
    parts: NO_PARTS,
  };
}

export function saveList({
  partition: { application, parameters },
  verified,
  read,
  unverified,
  again,
  passedOver,
  unsearched,
  complete,
  lost,
}: ListState): ListCheckpoint {
  return {
    application,
    parameters: { ...parameters },
    verified: toIntervals(verified),
    read: toIntervals(read),
    unverified: unverified.map(({ result, ...span }) => ({ ...toInterval(span), result })),
    again: toIntervals(again),
    passedOver: toIntervals(passedOver),
    ...(unsearched.length === 0
      ? {}
      : {
          unsearched: unsearched.map((one) => ({
            requested: toIntervals(one.requested),
            verified: toIntervals(one.verified),
          })),
        }),
    complete: toIntervals(complete),
    lost: toIntervals(lost),
  };
}

/** What is known of a list up to an instant. What is said of later times was said by a clock that was ahead. */
export function listBefore(
  list: ListState,
  instant: number,
): Pick<ListState, "verified" | "read" | "unverified" | "again" | "unsearched" | "complete"> {
  return {
    verified: list.verified.before(instant),
    read: list.read.before(instant),
    unverified: list.unverified.filter(({ from }) => from < instant),
    again: list.again.before(instant),
    unsearched: split(list.unsearched, (verified) => verified.before(instant)),
    complete: list.complete.before(instant),
  };
}

/** Of more, the oldest are taken together: a checkpoint must not grow with the number of its passes. */
const MAX_UNSEARCHED = 20;

/** The list once ground is asked for as well: what was proven near it is read again, and what was proven farther from it is noted. */
export function askedFor(
  list: ListState,
  requested: Intervals,
  windowMarginMs: number,
): Pick<ListState, "verified" | "again" | "passedOver" | "unsearched"> {
  const { verified, again, passedOver } = list;
  // What is to be read again already was proven before this ground was asked for, too.
  const before = verified.union(again);
  const near = before.intersect(requested.widen(windowMarginMs));
  // No vendor files a call under a time before its start by more than the reach.
  const farther = requested.spans.map((span) => ({
    requested: Intervals.of([span]),
    verified: before.subtract(near).since(span.from),
  }));
  const unsearched = [...list.unsearched, ...farther.filter((one) => !one.verified.isEmpty)];
  const oldest = unsearched.splice(0, Math.max(0, unsearched.length - MAX_UNSEARCHED + 1));
  return {
    verified: verified.subtract(near),
    again: again.union(near),
    passedOver: near.isEmpty ? passedOver : passedOver.union(requested),
    unsearched: oldest.length === 0 ? unsearched : [together(oldest), ...unsearched],
  };
}

/** The list under a longer reach: what was proven is read again for ground that it was not near enough to before. */
export function searchedWithin(
  list: ListState,
  windowMarginMs: number,
): Pick<ListState, "verified" | "again" | "passedOver" | "unsearched" | "complete"> {
  let { verified, again, passedOver, complete } = list;
  for (const one of list.unsearched) {
    const near = one.verified.intersect(one.requested.widen(windowMarginMs));
    if (near.isEmpty) continue;
    verified = verified.subtract(near);
    again = again.union(near);
    passedOver = passedOver.union(one.requested);
    complete = complete.subtract(near.widen(windowMarginMs).intersect(one.requested));
  }
  const unsearched = list.unsearched.map(({ requested, verified: before }) => ({
    requested,
    verified: before.subtract(requested.widen(windowMarginMs)),
  }));
  return { verified, again, passedOver, complete, unsearched: unsearched.filter((one) => !one.verified.isEmpty) };
}

/** Less of what was proven: the rest will be read as if it had never been. */
export function split(unsearched: readonly Unsearched[], toRest: (verified: Intervals) => Intervals): Unsearched[] {
  return unsearched
    .map(({ requested, verified }) => ({ requested, verified: toRest(verified) }))
    .filter(({ verified }) => !verified.isEmpty);
}

function together(all: readonly Unsearched[]): Unsearched {
  const union = (of: (one: Unsearched) => Intervals) =>
    all.map(of).reduce((sum, more) => sum.union(more), Intervals.empty);
  return { requested: union(({ requested }) => requested), verified: union(({ verified }) => verified) };
}

/** One text for each partition. */
export function listIdOf({ application, parameters }: Partition): string {
  return JSON.stringify([application, Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1))]);
}
