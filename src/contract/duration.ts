/** A duration as it is; null where it is negative, which means nothing. */
export function notNegative(seconds: number | null): number | null {
  return seconds !== null && seconds >= 0 ? seconds : null;
}

/** Seconds from one instant to another; null where one is not known, or they stand the wrong way round. */
export function secondsBetween(start: Date | null, end: Date | null): number | null {
  return start === null || end === null ? null : notNegative((end.getTime() - start.getTime()) / 1000);
}

/** Times and durations of one call that differ by no more agree: vendors round them, and take them from different clocks. */
const AGREEMENT_SECONDS = 60;

/**
 * Seconds of talk from the answer to the end of a call that started at an instant; null where one is not known. A talk is no longer than its call: an answer
 * of up to a minute before the start counts as one at the start, and nothing is derived from an earlier one.
 */
export function talkBetween(startedAt: Date, answeredAt: Date | null, endedAt: Date | null): number | null {
  const early = secondsBetween(answeredAt, startedAt) ?? 0;
  if (early > AGREEMENT_SECONDS) return null;
  return secondsBetween(early > 0 ? startedAt : answeredAt, endedAt);
}

/**
 * Seconds of talk: the vendor's own, else from the answer to the end. A vendor's 0 is no duration where answer and end lie more than a minute apart: 0 is a
 * way to write that there is none, and two times show that there was one.
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
