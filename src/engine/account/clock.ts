/** The engine's time: replaced in tests, or by a deployment that has a better clock. */
export interface Clock {
  /** The time of day in epoch milliseconds. It may be set back and forward. */
  now(): number;
  /** Resolves after so many milliseconds, when `now()` is later by as many; rejects with the signal's reason once it is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /**
   * Milliseconds since any one moment, which never go back: durations are measured by it. Without it they are taken from `now()`; then a change of the
   * time of day may lengthen or shorten a wait, by no more than the wait itself.
   */
  monotonicMs?(): number;
}

/** A clock that measures durations, too. */
export interface EngineClock extends Clock {
  /** Milliseconds since any one moment, which never go back. */
  monotonicMs(): number;
}
