const HOUR_MS = 3_600_000;
const LEAST_MS = HOUR_MS;
const MOST_MS = 32 * 24 * HOUR_MS;
const FEW_CALLS = 5_000;
const MANY_CALLS = 50_000;

/**
 * The length of the next segment. The keys of stored calls that are not listed stay in memory to the end of their segment, so that a segment must not contain
 * too many calls. Short segments need more requests.
 */
export class SegmentLength {
  ms = 24 * HOUR_MS;

  /** @param calls the number of calls in the last segment. */
  adapt(calls: number): void {
    if (calls < FEW_CALLS) this.ms = Math.min(MOST_MS, this.ms * 2);
    if (calls > MANY_CALLS) this.ms = Math.max(LEAST_MS, this.ms / 2);
  }
}
