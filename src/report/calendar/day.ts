/** A calendar day, as the number of days since 1 January 1970. */
export type Day = number;

const DAY_MS = 86_400_000;

/** Returns the day of a date such as `2026-11-01`. */
export function dayOfDate(date: string): Day {
  return Math.floor(Date.parse(`${date}T00:00:00Z`) / DAY_MS);
}

/** Returns the day of a local time, as epoch milliseconds of the same time in UTC. */
export function dayOfWall(wall: number): Day {
  return Math.floor(wall / DAY_MS);
}

/** Returns the first moment of a day in UTC. */
export function dateOf(day: Day): Date {
  return new Date(day * DAY_MS);
}

/** Returns the weekday, from 1 (Monday) to 7 (Sunday). 1 January 1970 was a Thursday. */
export function weekdayOf(day: Day): number {
  return ((((day + 3) % 7) + 7) % 7) + 1;
}

/** Returns the days from the first to the last, both included. */
export function daysFrom(first: Day, last: Day): Day[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
