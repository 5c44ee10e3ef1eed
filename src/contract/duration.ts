/** A duration as it is; null where it is negative, which means nothing. */
export function notNegative(seconds: number | null): number | null {
  return seconds !== null && seconds >= 0 ? seconds : null;
}

/** Seconds from one instant to another; null where one is not known, or they stand the wrong way round. */
export function secondsBetween(start: Date | null, end: Date | null): number | null {
  return start === null || end === null ? null : notNegative((end.getTime() - start.getTime()) / 1000);
}
