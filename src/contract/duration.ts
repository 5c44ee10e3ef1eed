/** Returns a duration in seconds; null where it is negative or `NaN`, and therefore invalid. */
export function notNegative(seconds: number | null): number | null {
  return seconds !== null && seconds >= 0 ? seconds : null;
}

/** Returns the seconds from one instant to another; null where one is unknown, or the second is earlier. */
export function secondsBetween(start: Date | null, end: Date | null): number | null {
  return start === null || end === null ? null : notNegative((end.getTime() - start.getTime()) / 1000);
}

/** Tolerance for times and durations of one call. Vendors round them, and take them from different clocks. */
const AGREEMENT_SECONDS = 60;

/**
 * Returns the seconds of talk from `answeredAt` to `endedAt`; null where one is unknown. A talk cannot be longer than its call: an `answeredAt` up to a minute
 * before the start counts as the start, and the result is null for an earlier one.
 */
export function talkBetween(startedAt: Date, answeredAt: Date | null, endedAt: Date | null): number | null {
  const early = secondsBetween(answeredAt, startedAt) ?? 0;
  if (early > AGREEMENT_SECONDS) return null;
  return secondsBetween(early > 0 ? startedAt : answeredAt, endedAt);
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
  const between = talkBetween(startedAt, answeredAt, endedAt);
  return own === null || (own === 0 && between !== null && between > AGREEMENT_SECONDS) ? between : own;
}
