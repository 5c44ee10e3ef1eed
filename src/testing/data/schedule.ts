import type { Random } from "./random.js";
import type { WallClock } from "./wall-clock.js";

/** Relative number of calls by local hour, from midnight: two peaks around lunch, and few calls at night. */
const HOURS = [2, 1, 1, 1, 1, 2, 6, 18, 60, 95, 110, 100, 55, 70, 100, 105, 95, 75, 45, 35, 28, 18, 9, 4];
/** Relative number of calls by weekday, from Sunday; Monday to Friday average 1. */
const WEEKDAYS = [0.3, 1.15, 1.05, 1, 0.95, 0.85, 0.45];

const hourEnds = HOURS.map((_, hour) => HOURS.slice(0, hour + 1).reduce((sum, weight) => sum + weight, 0));
const allHours = hourEnds[23] ?? 1;

function hourOf(draw: number): number {
  return hourEnds.findIndex((end) => draw * allHours < end);
}

/** Returns the starts of calls in `[from, to)`, ascending, in milliseconds. */
export function scheduleStarts(
  random: Random,
  wallClock: WallClock,
  { from, to, callsPerDay }: { from: number; to: number; callsPerDay: number },
): number[] {
  const starts: number[] = [];
  for (let day = wallClock.dayStart(from); day < to; day = wallClock.nextDay(day)) {
    const busy = WEEKDAYS[wallClock.local(day).getUTCDay()] ?? 1;
    const calls = Math.round(callsPerDay * busy * (0.92 + 0.16 * random.next()));
    for (let call = 0; call < calls; call++) {
      const start = day + hourOf(random.next()) * 3_600_000 + Math.floor(random.next() * 3_600_000);
      if (start >= from && start < to) starts.push(start);
    }
  }
  return starts.sort((one, other) => one - other);
}
