import type { Random } from "./random.js";
import type { Roster } from "./roster.js";
import type { WallClock } from "./wall-clock.js";

/** What a vendor plans its calls from. */
export interface Generation {
  random: Random;
  wallClock: WallClock;
  roster: Roster;
  /** When calls of the past begin, ascending, milliseconds. */
  starts: readonly number[];
  /** When the calls that are going on began, milliseconds. */
  activeStarts: readonly number[];
  /** No call of the past ends after this, so that what a test finds does not change while it runs. */
  now: number;
}

/** Seconds of talk: most calls last a minute or two, some an hour. */
export function talkLength(random: Random): number {
  const seconds = random.chance(0.004) ? random.integer(3600, 9000) : Math.round(random.logNormal(85, 1.05));
  return Math.min(10_800, Math.max(1, seconds));
}
