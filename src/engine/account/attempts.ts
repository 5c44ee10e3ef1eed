import pRetry from "p-retry";
import { type CallRecordsError, ConfigurationError } from "../../model/errors.js";
import type { Clock } from "./clock.js";
import { engineClockOf } from "./engine-clock.js";
import { wordsOf } from "./thrown.js";

const BACKOFF_BASE_MS = 250;
const BACKOFF_CAP_MS = 30_000;
const RETRY_AFTER_CAP_MS = 60_000;
/** A second is the shortest time in which a vendor's allowance per second comes back. */
const THROTTLE_LEAST_MS = 1000;

/** An attempt failed for a reason that may pass. */
export class RetryableFailure extends Error {
  constructor(
    readonly reason: "retry" | "throttle",
    /** The error, once no attempt is left. */
    readonly toError: (attempts: number) => CallRecordsError,
    /** What the vendor asked to wait, in milliseconds, or null. */
    readonly retryAfterMs: number | null = null,
  ) {
    super(reason);
  }
}

/** An attempt failed for good. */
class FinalFailure extends Error {
  constructor(readonly thrown: unknown) {
    super("final");
  }
}

/** What a wait between two attempts is for. */
export interface Retry {
  attempt: number;
  waitMs: number;
  failure: RetryableFailure;
}

/**
 * Runs an attempt until it succeeds, fails for good, or the attempts are used up. Only a {@link RetryableFailure} is repeated: after a wait of
 * full jitter over a doubling bound, or as long as the vendor asked, whichever is longer.
 */
export async function withAttempts<Result>(
  attempt: (number: number) => Promise<Result>,
  options: {
    attempts: number;
    clock: Clock;
    random: () => number;
    signal: AbortSignal;
    /** Asked before each further attempt; where it is false, the failure is the last. */
    mayRetry: (failure: RetryableFailure) => boolean;
    onRetry: (retry: Retry) => void;
  },
): Promise<Result> {
  const { attempts, clock, random, signal, mayRetry, onRetry } = options;
  let made = 0;
  try {
    return await pRetry(
      async (number) => {
        made = number;
        try {
          return await attempt(number);
        } catch (thrown) {
          // Whatever was thrown: p-retry replaces what is not of the class `Error` that it knows.
          throw thrown instanceof RetryableFailure ? thrown : new FinalFailure(thrown);
        }
      },
      {
        retries: attempts - 1,
        // The wait is ours: p-retry knows no Retry-After, and waits by the machine's clock.
        minTimeout: 0,
        maxTimeout: 0,
        shouldRetry: ({ error }) => error instanceof RetryableFailure,
        onFailedAttempt: async ({ error, attemptNumber, retriesLeft }) => {
          if (!(error instanceof RetryableFailure) || retriesLeft === 0) return;
          if (!mayRetry(error)) throw error;
          const waitMs = waitAfter(error, attemptNumber, random);
          onRetry({ attempt: attemptNumber, waitMs, failure: error });
          await engineClockOf(clock).sleep(waitMs, signal);
        },
      },
    );
  } catch (error) {
    if (error instanceof FinalFailure) throw error.thrown;
    throw error instanceof RetryableFailure ? error.toError(made) : error;
  }
}

/** @throws ConfigurationError when the user's function is none that can be waited by. */
function spreadOf(random: () => number): number {
  let spread: unknown;
  try {
    spread = random();
  } catch (error) {
    throw new ConfigurationError(
      `CallRecordsClient: option \`random\`: it failed (${wordsOf(error)}). It must return a number from 0 up to 1.`,
    );
  }
  if (typeof spread === "number" && spread >= 0 && spread <= 1) return spread;
  throw new ConfigurationError(
    "CallRecordsClient: option `random`: it returned something else than a number from 0 up to 1.",
  );
}

function waitAfter(failure: RetryableFailure, attempt: number, random: () => number): number {
  const jitter = spreadOf(random) * Math.min(BACKOFF_CAP_MS, BACKOFF_BASE_MS * 2 ** attempt);
  const asked = Math.min(RETRY_AFTER_CAP_MS, failure.retryAfterMs ?? 0);
  return Math.round(Math.max(asked, jitter, failure.reason === "throttle" ? THROTTLE_LEAST_MS : 0));
}

/** A number of seconds. The standard knows whole ones only; some servers write a fraction. */
const SECONDS = /^\d+(?:\.\d*)?$|^\.\d+$/;
/** The three forms of a date in HTTP, all of which are in UTC, and ISO 8601. Whatever else `Date.parse` takes for a date is none. */
const DATE =
  /^(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?,? .*\d{2}:\d{2}:\d{2}|^\d{4}-\d{2}-\d{2}T.*(?:Z|[+-]\d{2}:?\d{2})$/i;

/** The wait that a `Retry-After` header asks for, in milliseconds: a number of seconds, or a date. Null where it says neither. */
export function readRetryAfter(header: string | undefined, now: number): number | null {
  const text = header?.trim().replace(/^"|"$/g, "") ?? "";
  if (SECONDS.test(text)) return Number(text) * 1000;
  if (!DATE.test(text)) return null;
  // The oldest form, `Sun Nov  6 08:49:37 1994`, names no zone.
  const date = Date.parse(/ \d{4}$/.test(text) ? `${text} GMT` : text);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}
