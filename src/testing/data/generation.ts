import type { Random } from "./random.js";
import type { Roster } from "./roster.js";
import type { WallClock } from "./wall-clock.js";

/** The input from which a vendor generates its calls. */
export interface Generation {
  random: Random;
  wallClock: WallClock;
  roster: Roster;
  /** The starts of past calls, ascending, in milliseconds. */
  starts: readonly number[];
  /** The starts of active calls, in milliseconds. */
  activeStarts: readonly number[];
  /** The latest end of a past call, so that results do not change during a test. */
  now: number;
}

/** Returns the seconds of talk: a minute or two for most calls, an hour for some. */
export function talkLength(random: Random): number {
  const seconds = random.chance(0.004) ? random.integer(3600, 9000) : Math.round(random.logNormal(85, 1.05));
  return Math.min(10_800, Math.max(1, seconds));
}
