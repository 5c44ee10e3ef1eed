/** The clock of a client. Replace it in tests, or where a deployment has a better clock. */
export interface Clock {
  /** Returns the time of day in epoch milliseconds. It may be set back and forward. */
  now(): number;
  /**
   * Resolves after `ms` milliseconds, when `now()` is later by `ms`. `ms` is a whole number. Rejects with the signal's reason once the signal is aborted. A clock
   * whose sleeps repeatedly resolve although less than half of `ms` has passed causes a `ConfigurationError`.
   */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /**
   * Returns milliseconds since a fixed moment. They never decrease. Durations are measured by it. Without it they are measured by `now()`; then a change of the
   * time of day may lengthen or shorten a wait, by no more than the wait itself.
   */
  monotonicMs?(): number;
  /**
   * Resolves when a time limit of `ms` milliseconds is over. Rejects with the signal's reason once the signal is aborted, because the work ended in time. Default:
   * `sleep`. A clock that skips sleeps must measure time limits in real time, because responses take real time.
   * @param work `request`: an attempt at a request, or a call of the token store (`timeoutMs`). `invocation`: a call of a client method (`totalTimeoutMs`), which
   * may be waiting in `sleep` itself.
   */
  timeLimit?(ms: number, signal: AbortSignal, work: LimitedWork): Promise<void>;
}

/** The work that a time limit ends. */
export type LimitedWork = "request" | "invocation";

/** A clock that also measures durations and time limits. */
export interface EngineClock extends Clock {
  /** Returns milliseconds since a fixed moment, which never decrease. */
  monotonicMs(): number;
  timeLimit(ms: number, signal: AbortSignal, work: LimitedWork): Promise<void>;
}
