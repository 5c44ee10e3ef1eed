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
  complete: Intervals;
  lost: Intervals;
}

/** A list of which nothing has been read. */
export function unreadList(partition: Partition, place: number): ListState {
  return { partition, place, proven: Intervals.empty, read: Intervals.empty, doubtful: [], again: Intervals.empty, passedOver: Intervals.empty, complete: Intervals.empty, lost: Intervals.empty };
}

export function restoreList({ application, parameters, proven, read, doubtful, again, passedOver, complete, lost }: ListCheckpoint, place: number): ListState {
  return {
    partition: { application, parameters },
    place,
    proven: fromIntervals(proven),
    read: fromIntervals(read),
    doubtful: doubtful.map(({ fate, ...interval }) => ({ ...fromInterval(interval), fate })),
    again: fromIntervals(again),
    passedOver: fromIntervals(passedOver),
    complete: fromIntervals(complete),
    lost: fromIntervals(lost),
  };
}

export function saveList({ partition: { application, parameters }, proven, read, doubtful, again, passedOver, complete, lost }: ListState): ListCheckpoint {
  return {
    application,
    parameters: { ...parameters },
    proven: toIntervals(proven),
    read: toIntervals(read),
    doubtful: doubtful.map(({ fate, ...span }) => ({ ...toInterval(span), fate })),
    again: toIntervals(again),
    passedOver: toIntervals(passedOver),
    complete: toIntervals(complete),
    lost: toIntervals(lost),
  };
}

/** What is known of a list up to an instant. What is said of later times was said by a clock that was ahead. */
export function listBefore(list: ListState, instant: number): Pick<ListState, "proven" | "read" | "doubtful" | "again" | "complete"> {
  return {
    proven: list.proven.before(instant),
    read: list.read.before(instant),
    doubtful: list.doubtful.filter(({ from }) => from < instant),
    again: list.again.before(instant),
    complete: list.complete.before(instant),
  };
}

/** One text for each partition. */
export function listIdOf({ application, parameters }: Partition): string {
  return JSON.stringify([application, Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1))]);
}
