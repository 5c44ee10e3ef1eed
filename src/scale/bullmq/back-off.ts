/** The shortest wait after a first failure. It doubles with each further failure. */
const BASE_MS = 5_000;
const MAX_MS = 600_000;
/** A vendor's requested wait is respected up to this. */
const MAX_RETRY_AFTER_MS = 86_400_000;

/**
 * Returns the wait before a failed pass is repeated, in milliseconds: exponential with jitter, or what the vendor requested, whichever is longer.
 * @param failures the number of failures before this one.
 * @param random in `[0, 1)`.
 */
export function backOffMs(failures: number, retryAfterMs: number | null, random: number): number {
  const longestMs = Math.min(MAX_MS, 2 * BASE_MS * 2 ** failures);
  const jitteredMs = Math.round((longestMs * (1 + random)) / 2);
  return Math.max(jitteredMs, Math.min(MAX_RETRY_AFTER_MS, retryAfterMs ?? 0));
}

/** A failure after which the job is repeated. BullMQ receives the wait from it. */
export class RepeatedFailure extends Error {
  constructor(
    message: string,
    readonly waitMs: number,
  ) {
    super(message);
    this.name = "RepeatedFailure";
  }
}

/** The back-off of the worker, as BullMQ calls it. Errors of BullMQ itself, such as a lost lock, contain no wait. */
export function backoffStrategy(attemptsMade: number, _type?: string, error?: Error): number {
  return error instanceof RepeatedFailure ? error.waitMs : backOffMs(attemptsMade - 1, null, Math.random());
}
