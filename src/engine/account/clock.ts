/** The clock of a client. Replace it in tests, or where a deployment has a better clock. */
export interface Clock {
  /** Returns the time of day in epoch milliseconds. It may be set back and forward. */
  now(): number;
  /** Resolves after `ms` milliseconds, when `now()` is later by `ms`. Rejects with the signal's reason once the signal is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /**
   * Returns milliseconds since a fixed moment. They never decrease. Durations are measured by it. Without it they are measured by `now()`; then a change of the
   * time of day may lengthen or shorten a wait, by no more than the wait itself.
   */
  monotonicMs?(): number;
}

/** A clock that also measures durations. */
export interface EngineClock extends Clock {
  /** Returns milliseconds since a fixed moment, which never decrease. */
  monotonicMs(): number;
}
