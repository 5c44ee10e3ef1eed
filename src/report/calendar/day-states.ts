import type { Zone } from "../../adapter.js";
import type { Interval } from "../../index.js";
import type { AccountProof } from "../data/read-proof.js";
import { type Day, dayOfWall, daysFrom } from "./day.js";

/**
 * The completeness of the calls of a day, from the worst to the best.
 *
 * - `missing`: calls may be missing.
 * - `unsettled`: calls may still be added or change.
 * - `unverified`: no report covers the day.
 * - `partial`: only a part of the day was requested, and its calls are complete.
 * - `complete`: all calls are final.
 */
export const dayStates = ["missing", "unsettled", "unverified", "partial", "complete"] as const;
export type DayState = (typeof dayStates)[number];

/** Returns the worst of some states; `unverified` where there are none. */
export function worstState(states: readonly DayState[]): DayState {
  return dayStates.find((state) => states.includes(state)) ?? "unverified";
}

/** Returns the state of each day that the report of an account mentions. */
export function statesOf({ coverage, unsettled, gaps }: AccountProof, zone: Zone): Map<Day, DayState> {
  const states = new Map<Day, DayState>();
  const mark = (state: DayState, days: readonly Day[]) => {
    for (const day of days) states.set(day, worstState([state, states.get(day) ?? state]));
  };
  for (const interval of coverage) mark("complete", daysOf(interval, zone));
  mark("partial", cutDays([...coverage, ...unsettled, ...gaps], zone));
  for (const interval of unsettled) mark("unsettled", daysOf(interval, zone));
  for (const interval of gaps) mark("missing", daysOf(interval, zone));
  return states;
}

/** Returns the days that an interval touches. */
function daysOf({ from, to }: Interval, zone: Zone): Day[] {
  const [start, end] = [Date.parse(from), Date.parse(to)];
  return start < end ? daysFrom(dayOfWall(zone.toWall(start)), dayOfWall(zone.toWall(end - 1))) : [];
}

/** Returns the days in which the intervals, taken together, begin or end. */
function cutDays(intervals: readonly Interval[], zone: Zone): Day[] {
  const spans = intervals
    .map(({ from, to }) => ({ from: Date.parse(from), to: Date.parse(to) }))
    .sort((one, other) => one.from - other.from);
  const joined: { from: number; to: number }[] = [];
  for (const { from, to } of spans) {
    const last = joined.at(-1);
    if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to);
    else joined.push({ from, to });
  }
  const isWithinDay = (instant: number) => zone.startOfDay(instant) !== instant;
  return joined
    .flatMap(({ from, to }) => [from, to])
    .filter(isWithinDay)
    .map((instant) => dayOfWall(zone.toWall(instant)));
}
