import type { Partition } from "../../contract/provider.js";
import type { ListCheckpoint } from "../checkpoints/checkpoint.js";
import type { DoubtfulWindow } from "../lists/coverage.js";
import { fromInterval, fromIntervals, Intervals, toInterval, toIntervals } from "../lists/intervals.js";

/** What has been read of one partition. */
export interface ListState {
  readonly partition: Partition;
  /** Its place among the account's lists. */
  readonly place: number;
  /** By the time that the vendor filters on. */
  proven: Intervals;
  read: Intervals;
  /** The smallest windows that were asked for and not proven, each by itself: of neighbours that were one, the next pass would make the same parts again. */
  doubtful: readonly DoubtfulWindow[];
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
  ground: Intervals;
  proven: Intervals;
}

/** A list of which nothing has been read. */
export function unreadList(partition: Partition, place: number): ListState {
  return { partition, place, proven: Intervals.empty, read: Intervals.empty, doubtful: [], again: Intervals.empty, passedOver: Intervals.empty, unsearched: [], complete: Intervals.empty, lost: Intervals.empty, parts: NO_PARTS };
}

export function restoreList({ application, parameters, proven, read, doubtful, again, passedOver, unsearched = [], complete, lost }: ListCheckpoint, place: number): ListState {
  return {
    partition: { application, parameters },
    place,
    proven: fromIntervals(proven),
    read: fromIntervals(read),
    doubtful: doubtful.map(({ fate, ...interval }) => ({ ...fromInterval(interval), fate })),
    again: fromIntervals(again),
    passedOver: fromIntervals(passedOver),
    unsearched: unsearched.map((one) => ({ ground: fromIntervals(one.ground), proven: fromIntervals(one.proven) })),
    complete: fromIntervals(complete),
    lost: fromIntervals(lost),
    parts: NO_PARTS,
  };
}

export function saveList({ partition: { application, parameters }, proven, read, doubtful, again, passedOver, unsearched, complete, lost }: ListState): ListCheckpoint {
  return {
    application,
    parameters: { ...parameters },
    proven: toIntervals(proven),
    read: toIntervals(read),
    doubtful: doubtful.map(({ fate, ...span }) => ({ ...toInterval(span), fate })),
    again: toIntervals(again),
    passedOver: toIntervals(passedOver),
    ...(unsearched.length === 0 ? {} : { unsearched: unsearched.map((one) => ({ ground: toIntervals(one.ground), proven: toIntervals(one.proven) })) }),
    complete: toIntervals(complete),
    lost: toIntervals(lost),
  };
}

/** What is known of a list up to an instant. What is said of later times was said by a clock that was ahead. */
export function listBefore(list: ListState, instant: number): Pick<ListState, "proven" | "read" | "doubtful" | "again" | "unsearched" | "complete"> {
  return {
    proven: list.proven.before(instant),
    read: list.read.before(instant),
    doubtful: list.doubtful.filter(({ from }) => from < instant),
    again: list.again.before(instant),
    unsearched: cut(list.unsearched, (proven) => proven.before(instant)),
    complete: list.complete.before(instant),
  };
}

/** Of more, the oldest are taken together: a checkpoint must not grow with the number of its passes. */
const MOST_UNSEARCHED = 20;

/** The list once ground is asked for as well: what was proven near it is read again, and what was proven farther from it is noted. */
export function askedFor(list: ListState, ground: Intervals, reach: number): Pick<ListState, "proven" | "again" | "passedOver" | "unsearched"> {
  const { proven, again, passedOver } = list;
  // What is to be read again already was proven before this ground was asked for, too.
  const before = proven.union(again);
  const near = before.intersect(ground.widen(reach));
  // No vendor files a call under a time before its start by more than the reach.
  const farther = ground.spans.map((span) => ({ ground: Intervals.of([span]), proven: before.subtract(near).since(span.from) }));
  const unsearched = [...list.unsearched, ...farther.filter((one) => !one.proven.isEmpty)];
  const oldest = unsearched.splice(0, Math.max(0, unsearched.length - MOST_UNSEARCHED + 1));
  return {
    proven: proven.subtract(near),
    again: again.union(near),
    passedOver: near.isEmpty ? passedOver : passedOver.union(ground),
    unsearched: oldest.length === 0 ? unsearched : [together(oldest), ...unsearched],
  };
}

/** The list under a longer reach: what was proven is read again for ground that it was not near enough to before. */
export function searchedWithin(list: ListState, reach: number): Pick<ListState, "proven" | "again" | "passedOver" | "unsearched" | "complete"> {
  let { proven, again, passedOver, complete } = list;
  for (const one of list.unsearched) {
    const near = one.proven.intersect(one.ground.widen(reach));
    if (near.isEmpty) continue;
    proven = proven.subtract(near);
    again = again.union(near);
    passedOver = passedOver.union(one.ground);
    complete = complete.subtract(near.widen(reach).intersect(one.ground));
  }
  const unsearched = list.unsearched.map(({ ground, proven: before }) => ({ ground, proven: before.subtract(ground.widen(reach)) }));
  return { proven, again, passedOver, complete, unsearched: unsearched.filter((one) => !one.proven.isEmpty) };
}

/** Less of what was proven: the rest will be read as if it had never been. */
export function cut(unsearched: readonly Unsearched[], toRest: (proven: Intervals) => Intervals): Unsearched[] {
  return unsearched.map(({ ground, proven }) => ({ ground, proven: toRest(proven) })).filter(({ proven }) => !proven.isEmpty);
}

function together(all: readonly Unsearched[]): Unsearched {
  const union = (of: (one: Unsearched) => Intervals) => all.map(of).reduce((sum, more) => sum.union(more), Intervals.empty);
  return { ground: union(({ ground }) => ground), proven: union(({ proven }) => proven) };
}

/** One text for each partition. */
export function listIdOf({ application, parameters }: Partition): string {
  return JSON.stringify([application, Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1))]);
}
