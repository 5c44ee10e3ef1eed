import type { HttpResponse } from "../../contract/http.js";
import type { Provider } from "../../contract/provider.js";
import type { FailureCode, FailureClassification } from "../../contract/failure-classification.js";
import {
  AuthenticationError,
  type CallRecordsError,
  errorClasses,
  type ErrorCode,
  type ErrorDetails,
  NetworkError,
  ResponseError,
} from "../../model/errors.js";
import type { Interval } from "../../model/interval.js";
import type { ReadResponse } from "../http/http-message.js";
import { RetryableFailure, readRetryAfter } from "./attempts.js";

/** What a reader of the error can do about it. */
const ADVICE: Partial<Record<ErrorCode, string>> = {
  authentication: "Check the provider's credentials.",
  permission: "Give these credentials the permission, or this machine's address the access, at the vendor.",
  "rate-limit": "Lower the provider's `rate`, or ask again later.",
  request: "Check the arguments of the call.",
  response: "Check the provider's `endpoint`: something else than the vendor's interface answers there.",
  unsupported: "Leave this account out of the call.",
  retention: 'Begin the range later, or pass `beforeRetention: "clip"`.',
  vendor: "The vendor's documentation tells what this code means.",
};

/** Whom a failure concerns. */
export interface ErrorContext {
  provider: string;
  account: string;
  operation: string;
  window: Interval | null;
}

/** Whom a failure of one of a provider's requests concerns. */
export function errorContextOf(
  { id, account }: Pick<Provider, "id" | "account">,
  { operation, window }: Pick<ErrorContext, "operation" | "window">,
): ErrorContext {
  return { provider: id, account, operation, window };
}

/** The vendor will not answer this window, or this page, as large as it is. Not an error yet: the engine asks for less. */
export class ResultTooLarge extends Error {
  constructor(
    readonly what: "window" | "page",
    /** The error, for when nothing smaller can be asked for. */
    readonly error: CallRecordsError,
  ) {
    super(error.message);
  }
}

/**
 * What an adapter's verdict amounts to when nothing more can be done about it within the attempt: a failure that may pass, a demand for
 * less, or an error.
 * @param now in epoch milliseconds: by this machine's clock, and by the vendor's.
 * @param clean removes secrets from the vendor's words.
 */
export function failureOf(
  classification: FailureClassification,
  response: HttpResponse,
  errorContext: ErrorContext & { attempts: number },
  now: { ours: number; vendors: number },
  clean: (text: string) => string,
): Error {
  const said = cleaned(classification, clean);
  const error = (attempts: number) => errorOf(said, codeOf(classification), { ...errorContext, attempts });
  const made = errorContext.attempts;
  switch (classification.type) {
    case "retry":
    case "throttle":
      return new RetryableFailure(
        classification.type,
        error,
        readRetryAfter(response.headers["retry-after"], now.vendors),
      );
    case "split-window":
      return new ResultTooLarge("window", error(made));
    case "shrink-page":
      return new ResultTooLarge("page", error(made));
    case "correct-clock":
      return clockError(said, clean(response.headers.date ?? "nothing"), errorContext, now.ours);
    case "reauthenticate":
    case "fail":
      return error(made);
  }
}

/** The least wait after a token was refused that had just been fetched: a token service may be ahead of the rest of the vendor. */
const NEW_TOKEN_WAIT_MS = 1000;

/** A token that had just been fetched is refused, which may pass. The arguments are those of {@link failureOf}, with the vendor's now. */
export function newTokenRefused(
  classification: FailureClassification,
  response: HttpResponse,
  errorContext: ErrorContext,
  now: number,
  clean: (text: string) => string,
): RetryableFailure {
  const said = cleaned(classification, clean);
  const waitMs = Math.max(NEW_TOKEN_WAIT_MS, readRetryAfter(response.headers["retry-after"], now) ?? 0);
  return new RetryableFailure(
    "retry",
    (attempts) => errorOf(said, "authentication", { ...errorContext, attempts }),
    waitMs,
  );
}

/** The error that a verdict amounts to, by its code. */
export function codeOf(classification: FailureClassification): FailureCode {
  switch (classification.type) {
    case "throttle":
      return "rate-limit";
    case "reauthenticate":
    case "correct-clock":
      return "authentication";
    case "fail":
      return classification.error;
    case "retry":
    case "split-window":
    case "shrink-page":
      return "vendor";
  }
}

/** Whatever comes from outside may quote a secret, in whichever field. */
function cleaned(classification: FailureClassification, clean: (text: string) => string): FailureClassification {
  const cleanOrNull = (text: string | null) => (text === null ? null : clean(text));
  const { message, vendorCode, requestId } = classification;
  return {
    ...classification,
    message: cleanOrNull(message),
    vendorCode: cleanOrNull(vendorCode),
    requestId: cleanOrNull(requestId ?? null),
  };
}

function errorOf(
  classification: FailureClassification,
  code: FailureCode,
  details: ErrorContext & ErrorDetails,
): CallRecordsError {
  const { message, vendorCode, requestId, type } = classification;
  const said = message === null ? "" : `: ${message}`;
  const coded = vendorCode === null ? "" : ` (${vendorCode})`;
  // Of a failure that may pass, the vendor's documentation has no more to tell.
  const advice = type === "retry" ? "It failed in every attempt; ask again later." : ADVICE[code];
  return new errorClasses[code](
    `${details.account}: ${details.operation} was refused${said}${coded}.${advice === undefined ? "" : ` ${advice}`}`,
    {
      ...details,
      vendorCode,
      requestId,
      retryable: type === "retry" || type === "throttle",
    },
  );
}

function clockError(
  { vendorCode, requestId }: FailureClassification,
  theirs: string,
  errorContext: ErrorContext,
  now: number,
): AuthenticationError {
  const ours = new Date(now).toISOString();
  return new AuthenticationError(
    `${errorContext.account}: ${errorContext.operation}: the vendor does not accept the request's time. This machine's clock says ${ours}, the vendor's says ${theirs}. Set the clock right.`,
    { ...errorContext, vendorCode, requestId },
  );
}

/** The same error with whom it concerns, which is not known where it is first thrown. */
export function restate(error: CallRecordsError, details: ErrorContext & { attempts: number }): CallRecordsError {
  const { vendorCode, requestId, retryable } = error;
  return new errorClasses[error.code](error.message, { ...details, vendorCode, requestId, retryable });
}

/** The error itself where it holds no secret; else one of its class without them. Errors of the library's classes are also made by adapters and transports. */
export function withoutSecrets(error: CallRecordsError, clean: (text: string) => string): CallRecordsError {
  const cleanOrNull = (text: string | null) => (text === null ? null : clean(text));
  const told = {
    message: clean(error.message),
    vendorCode: cleanOrNull(error.vendorCode),
    requestId: cleanOrNull(error.requestId),
  };
  if (told.message === error.message && told.vendorCode === error.vendorCode && told.requestId === error.requestId)
    return error;
  const { provider, account, operation, attempts, window, retryable } = error;
  return new errorClasses[error.code](told.message, {
    provider,
    account,
    operation,
    attempts,
    window,
    retryable,
    vendorCode: told.vendorCode,
    requestId: told.requestId,
  });
}

/** An attempt without an answer, as a failure that may pass. */
export function noResponse(error: CallRecordsError, errorContext: ErrorContext): RetryableFailure {
  return new RetryableFailure("retry", (attempts) => restate(error, { ...errorContext, attempts }));
}

/**
 * An answer that should be JSON and is none. What does not begin as JSON is a page of some gateway's, and what ends too early was cut: both may pass,
 * even where the length that was announced is that of the cut text, for a gateway announces what it has. What begins as JSON and goes on as something
 * else was written so, and would come again.
 */
export function notJson({ response, fault }: ReadResponse, errorContext: ErrorContext & { attempts: number }): Error {
  const where = `${errorContext.account}: ${errorContext.operation}: the answer is no JSON`;
  const vendorCode = `HTTP ${response.status}`;
  if (fault?.kind === "broken") {
    const { rule, line, column, offset } = fault;
    const message = `${where}: line ${line}, column ${column} (offset ${offset}): ${rule}. The vendor would answer the same again: report it to the vendor.`;
    return new ResponseError(message, { ...errorContext, vendorCode });
  }
  return new RetryableFailure("retry", (attempts) => {
    const reason =
      fault?.kind === "cut"
        ? `: ${fault.rule}, at offset ${fault.offset}. It was cut short.`
        : ". Something between here and the vendor answers in its place.";
    return new NetworkError(`${where}${reason}`, { ...errorContext, attempts, vendorCode, retryable: true });
  });
}
