/** Returns a duration, or null where it is negative and therefore invalid. */
export function notNegative(seconds: number | null): number | null {
  return seconds !== null && seconds >= 0 ? seconds : null;
}

/** Returns the seconds from one instant to another; null where one is not known, or the second is earlier. */
export function secondsBetween(start: Date | null, end: Date | null): number | null {
  return start === null || end === null ? null : notNegative((end.getTime() - start.getTime()) / 1000);
}

/** Tolerance for times and durations of one call: vendors round them, and take them from different clocks. */
const AGREEMENT_SECONDS = 60;

/**
 * Returns the seconds of talk from `answeredAt` to `endedAt`; null where one is not known. A talk is no longer than its call: an `answeredAt`
 * of up to a minute before the start counts as the start, and nothing is derived from an earlier one.
 */
export function talkBetween(startedAt: Date, answeredAt: Date | null, endedAt: Date | null): number | null {
  const early = secondsBetween(answeredAt, startedAt) ?? 0;
  if (early > AGREEMENT_SECONDS) return null;
  return secondsBetween(early > 0 ? startedAt : answeredAt, endedAt);
}

/**
 * Returns the seconds of talk: the vendor's own, else from `answeredAt` to `endedAt`. A vendor's 0 is ignored where the two are more than a minute apart: 0 may
 * mean that the duration is missing, and the two times show that there was one.
 */
export function talkSecondsOf(
  told: number | null,
  startedAt: Date,
  answeredAt: Date | null,
  endedAt: Date | null,
): number | null {
  const own = notNegative(told);
  const between = talkBetween(startedAt, answeredAt, endedAt);
  return own === null || (own === 0 && between !== null && between > AGREEMENT_SECONDS) ? between : own;
}
