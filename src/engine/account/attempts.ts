import pRetry from "p-retry";
import { type CallRecordsError, ConfigurationError } from "../../model/errors.js";
import type { Clock } from "./clock.js";
import { engineClockOf } from "./engine-clock.js";
import { describeThrown, sanitizedCause } from "./thrown.js";

const BACKOFF_BASE_MS = 250;
const MAX_BACKOFF_MS = 30_000;
const MAX_RETRY_AFTER_MS = 60_000;
/** The minimum wait after a rate-limited request. A quota per second recovers in no less than a second. */
const MIN_THROTTLE_WAIT_MS = 1000;

/** The failure of an attempt that may succeed later. */
export class RetryableFailure extends Error {
  constructor(
    readonly reason: "retry" | "throttle",
    /** Returns the error to throw once no attempt is left. */
    readonly toError: (attempts: number) => CallRecordsError,
    /** The wait that the vendor requested, in milliseconds, or null. */
    readonly retryAfterMs: number | null = null,
  ) {
    super(reason);
  }
}

/** The failure of an attempt that must not be repeated. */
class PermanentFailure extends Error {
  constructor(readonly thrown: unknown) {
    super("permanent");
  }
}

/** A wait before a further attempt, and its reason. */
export interface Retry {
  attempt: number;
  waitMs: number;
  failure: RetryableFailure;
}

/**
 * Repeats an attempt until it succeeds, fails permanently, or no attempt is left. Only a {@link RetryableFailure} is retried. The wait is exponential with
 * full jitter, or what the vendor requested, whichever is longer.
 */
export async function withAttempts<Result>(
  attempt: (number: number) => Promise<Result>,
  options: {
    attempts: number;
    clock: Clock;
    random: () => number;
    signal: AbortSignal;
    /** Is called before each further attempt. Where it returns false, the failure is final. */
    mayRetry: (failure: RetryableFailure) => boolean;
    onRetry: (retry: Retry) => void;
    /** Removes secrets from a text. */
    clean: (text: string) => string;
  },
): Promise<Result> {
  const { attempts, clock, signal, mayRetry, onRetry } = options;
  let attemptsMade = 0;
  try {
    return await pRetry(
      async (number) => {
        attemptsMade = number;
        try {
          return await attempt(number);
        } catch (thrown) {
          // p-retry replaces a thrown value that is not an instance of its realm's `Error`.
          throw thrown instanceof RetryableFailure ? thrown : new PermanentFailure(thrown);
        }
      },
      {
        retries: attempts - 1,
        // This library waits on its own: p-retry ignores Retry-After, and uses the machine's clock.
        minTimeout: 0,
        maxTimeout: 0,
        shouldRetry: ({ error }) => error instanceof RetryableFailure,
        onFailedAttempt: async ({ error, attemptNumber, retriesLeft }) => {
          if (!(error instanceof RetryableFailure) || retriesLeft === 0) return;
          if (!mayRetry(error)) throw error;
          const waitMs = waitAfter(error, attemptNumber, randomOf(options));
          onRetry({ attempt: attemptNumber, waitMs, failure: error });
          await engineClockOf(clock).sleep(waitMs, signal);
        },
      },
    );
  } catch (error) {
    if (error instanceof PermanentFailure) throw error.thrown;
    throw error instanceof RetryableFailure ? error.toError(attemptsMade) : error;
  }
}

/** @throws ConfigurationError when the user's function fails, or returns no number from 0 up to 1. */
function randomOf({ random, clean }: { random: () => number; clean: (text: string) => string }): number {
  let value: unknown;
  try {
    value = random();
  } catch (error) {
    throw new ConfigurationError(
      `CallRecordsClient: option \`random\`: it failed (${clean(describeThrown(error))}). It must return a number from 0 up to 1.`,
      { cause: sanitizedCause(error, clean) },
    );
  }
  if (typeof value === "number" && value >= 0 && value <= 1) return value;
  throw new ConfigurationError(
    "CallRecordsClient: option `random`: it returned a value that is not a number from 0 up to 1.",
  );
}

function waitAfter(failure: RetryableFailure, attempt: number, random: number): number {
  const jitterMs = random * Math.min(MAX_BACKOFF_MS, BACKOFF_BASE_MS * 2 ** attempt);
  const requestedMs = Math.min(MAX_RETRY_AFTER_MS, failure.retryAfterMs ?? 0);
  return Math.round(Math.max(requestedMs, jitterMs, failure.reason === "throttle" ? MIN_THROTTLE_WAIT_MS : 0));
}

/** A number of seconds. The standard allows whole seconds only, but some servers send a fraction. */
const SECONDS = /^\d+(?:\.\d*)?$|^\.\d+$/;
/** The three date formats of HTTP, which are all in UTC, and ISO 8601. Other texts that `Date.parse` accepts are rejected. */
const DATE =
  /^(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?,? .*\d{2}:\d{2}:\d{2}|^\d{4}-\d{2}-\d{2}T.*(?:Z|[+-]\d{2}:?\d{2})$/i;

/** Returns the wait that a `Retry-After` header requests, in milliseconds. Null where the header is neither a number of seconds nor a date. */
export function readRetryAfter(header: string | undefined, now: number): number | null {
  const text = header?.trim().replace(/^"|"$/g, "") ?? "";
  // A longer number would be infinite, which JSON cannot represent.
  if (SECONDS.test(text)) return Math.min(Number.MAX_SAFE_INTEGER, Number(text) * 1000);
  if (!DATE.test(text)) return null;
  // The oldest format, `Sun Nov  6 08:49:37 1994`, has no zone.
  const date = Date.parse(/ \d{4}$/.test(text) ? `${text} GMT` : text);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}
