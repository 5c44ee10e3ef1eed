/**
 * Returns a duration in whole seconds, rounded to the nearest second; half a second is rounded up, and a negative duration is null. Every duration of a record
 * passes through this function.
 */
export function wholeSeconds(seconds: number | null): number | null {
  return seconds === null || seconds < 0 ? null : Math.round(seconds);
}

/** Returns a duration in seconds; null where it is negative or `NaN`, and therefore invalid. */
export function notNegative(seconds: number | null): number | null {
  return seconds !== null && seconds >= 0 ? seconds : null;
}

/** Returns the seconds from one instant to another; null where one is unknown, or the second is earlier. */
export function secondsBetween(start: Date | null, end: Date | null): number | null {
  return start === null || end === null ? null : notNegative((end.valueOf() - start.valueOf()) / 1000);
}

/** Tolerance for times and durations of one call. Vendors round them, and take them from different clocks. */
export const AGREEMENT_SECONDS = 60;

/**
 * Returns the seconds of a part of a call, such as its talk or its wait; null where one time is unknown, or the second is earlier than the first. A part cannot
 * be longer than its call: a `from` up to a minute before the start counts as the start, and the result is null for an earlier one.
 */
export function partOfCall(startedAt: Date, from: Date | null, to: Date | null): number | null {
  const early = secondsBetween(from, startedAt) ?? 0;
  if (early > AGREEMENT_SECONDS) return null;
  return secondsBetween(early > 0 ? startedAt : from, to);
}

/**
 * Returns the seconds of talk: the vendor's duration, else the time from `answeredAt` to `endedAt`. A vendor's 0 is ignored where these times are more than a
 * minute apart, because 0 may mean that the duration is missing.
 */
export function talkSecondsOf(
  reported: number | null,
  startedAt: Date,
  answeredAt: Date | null,
  endedAt: Date | null,
): number | null {
  const own = notNegative(reported);
  const between = partOfCall(startedAt, answeredAt, endedAt);
  return own === null || (own === 0 && between !== null && between > AGREEMENT_SECONDS) ? between : own;
}
