import { isDeepStrictEqual } from "node:util";
import type { HttpResponse } from "../../contract/http.js";
import type { Provider } from "../../contract/provider.js";
import type { FailureCode, FailureClassification } from "../../contract/failure-classification.js";
import {
  AuthenticationError,
  CallRecordsError,
  errorClasses,
  type ErrorCode,
  type ErrorDetails,
  NetworkError,
  ResponseError,
} from "../../model/errors.js";
import type { Interval } from "../../model/interval.js";
import { mediaTypeOf } from "../http/audio-response.js";
import type { ReadResponse } from "../http/http-message.js";
import { RetryableFailure, readRetryAfter } from "./attempts.js";
import { RECORDING_OPERATION } from "./operation-request.js";
import { describeThrown, sanitizedCause } from "./thrown.js";

/** Advice for the reader of an error, by the error's code. */
const ADVICE: Partial<Record<ErrorCode, string>> = {
  authentication: "Check the provider's credentials.",
  permission: "Have the vendor grant the permission to these credentials, or access to this machine's address.",
  "rate-limit": "Lower the provider's `rate`, or try again later.",
  request: "Check the arguments of the call.",
  response: "Check the provider's `endpoint`: a service other than the vendor's API responds there.",
  unsupported: "Leave this account out of the call.",
  retention: 'Begin the range later, or pass `beforeRetention: "clip"`.',
  vendor: "See this code in the vendor's documentation.",
};

/** The account and the request that a failure belongs to. */
export interface ErrorContext {
  provider: string;
  account: string;
  operation: string;
  window: Interval | null;
}

/** The operation of a request, and its window. */
export type RequestContext = Pick<ErrorContext, "operation" | "window">;

/** Returns the context of a failed request of a provider. */
export function errorContextOf(
  { id, account }: Pick<Provider, "id" | "account">,
  { operation, window }: RequestContext,
): ErrorContext {
  return { provider: id, account, operation, window };
}

/** Returns an error about a request. @param words follow the account and the operation in its message. */
export function errorAbout<Thrown extends CallRecordsError>(
  ErrorClass: new (message: string, details: ErrorDetails) => Thrown,
  errorContext: ErrorContext,
  words: string,
  details: ErrorDetails = {},
): Thrown {
  return new ErrorClass(`${errorContext.account}: ${errorContext.operation}${words}`, { ...errorContext, ...details });
}

/** The vendor returns no result as large as this window or page. It is not an error yet: the engine requests less. */
export class ResultTooLarge extends Error {
  constructor(
    readonly what: "window" | "page",
    /** The error to throw where nothing smaller can be requested. */
    readonly error: CallRecordsError,
  ) {
    super(error.message);
  }
}

/** Throws the error of a request that cannot be made smaller: the vendor's refusal in place of a `ResultTooLarge`, else the error itself. */
export function throwWhole(error: unknown): never {
  throw error instanceof ResultTooLarge ? error.error : error;
}

/**
 * Returns the failure for a classification that cannot be handled within the attempt: a retryable failure, a result that is too large, or an error.
 * @param now in epoch milliseconds, by this machine's clock and by the vendor's.
 * @param clean removes secrets from the vendor's text.
 */
export function failureOf(
  classification: FailureClassification,
  response: HttpResponse,
  errorContext: ErrorContext & { attempts: number },
  now: { local: number; vendor: number },
  clean: (text: string) => string,
): Error {
  const safe = cleaned(classification, clean);
  const retryAfterMs = readRetryAfter(response.headers["retry-after"], now.vendor);
  const error = (attempts: number) =>
    errorOf(safe, errorCodeOf(classification), { ...errorContext, attempts, retryAfterMs });
  const { attempts } = errorContext;
  switch (classification.type) {
    case "retry":
    case "throttle":
      return new RetryableFailure(classification.type, error, retryAfterMs);
    case "split-window":
      return new ResultTooLarge("window", error(attempts));
    case "shrink-page":
      return new ResultTooLarge("page", error(attempts));
    case "correct-clock":
      return clockError(safe, clean(response.headers.date ?? "nothing"), errorContext, now.local);
    case "reauthenticate":
    case "fail":
      return error(attempts);
  }
}

/** The minimum wait after a vendor refused a new token: its token service may be ahead of its other services. */
const NEW_TOKEN_WAIT_MS = 1000;

/**
 * Returns the retryable failure for a new token that the vendor refused.
 * @param now the vendor's time, in epoch milliseconds. The other arguments are those of {@link failureOf}.
 */
export function newTokenRefused(
  classification: FailureClassification,
  response: HttpResponse,
  errorContext: ErrorContext,
  now: number,
  clean: (text: string) => string,
): RetryableFailure {
  const safe = cleaned(classification, clean);
  const retryAfterMs = readRetryAfter(response.headers["retry-after"], now);
  return new RetryableFailure(
    "retry",
    (attempts) => errorOf(safe, "authentication", { ...errorContext, attempts, retryAfterMs }),
    Math.max(NEW_TOKEN_WAIT_MS, retryAfterMs ?? 0),
  );
}

/** Returns the code of the error for a classification. */
export function errorCodeOf(classification: FailureClassification): FailureCode {
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

type TextFields = Pick<FailureClassification, "message" | "vendorCode" | "requestId">;

/** Returns the object with the secrets removed from its texts: a vendor may quote a secret in any of them. */
function cleaned<Value extends TextFields>(value: Value, clean: (text: string) => string): Value {
  const cleanOrNull = (text: string | null) => (text === null ? null : clean(text));
  const { message, vendorCode, requestId } = value;
  return {
    ...value,
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
  const quotedMessage = message === null ? "" : `: ${message}`;
  const quotedCode = vendorCode === null ? "" : ` (${vendorCode})`;
  // The vendor's documentation of a retryable failure adds nothing. The server of an address is not the vendor's API.
  const ownAdvice = details.operation === RECORDING_OPERATION ? undefined : ADVICE[code];
  const advice = type === "retry" ? "Every attempt failed; try again later." : ownAdvice;
  const words = ` was refused${quotedMessage}${quotedCode}.${advice === undefined ? "" : ` ${advice}`}`;
  const retryable = type === "retry" || type === "throttle";
  const { retryAfterMs } = details;
  return errorAbout<CallRecordsError>(errorClasses[code], details, words, {
    vendorCode,
    requestId,
    retryable,
    retryAfterMs,
  });
}

function clockError(
  { vendorCode, requestId }: FailureClassification,
  vendorTime: string,
  errorContext: ErrorContext,
  now: number,
): AuthenticationError {
  const words = `: the vendor does not accept the time of the request. This machine's clock shows ${new Date(now).toISOString()}, the vendor's shows ${vendorTime}. Set this machine's clock.`;
  return errorAbout(AuthenticationError, errorContext, words, { vendorCode, requestId });
}

/** Returns the same error with its context, which is not known where the error is first thrown. */
export function withContext(error: CallRecordsError, details: ErrorContext & { attempts: number }): CallRecordsError {
  const { message, vendorCode, requestId, retryable, retryAfterMs, cause } = error;
  return new errorClasses[error.code](message, { ...details, vendorCode, requestId, retryable, retryAfterMs, cause });
}

/**
 * Returns the error itself where it and its cause contain no secret, else an error of its class without them. Adapters and transports also create errors of
 * the library's classes.
 */
export function withoutSecrets(error: CallRecordsError, clean: (text: string) => string): CallRecordsError {
  const { message, provider, account, operation, vendorCode, requestId, attempts, window, retryable, retryAfterMs } =
    error;
  const texts = { message, vendorCode, requestId };
  const safe = cleaned(texts, clean);
  const cause = sanitizedCause(error.cause, clean);
  if (isDeepStrictEqual(safe, texts) && cause === error.cause) return error;
  const details = { provider, account, operation, vendorCode: safe.vendorCode, requestId: safe.requestId };
  return new errorClasses[error.code](clean(message), { ...details, attempts, window, retryable, retryAfterMs, cause });
}

/** Returns the error for a value that a part of an adapter threw. @param clean removes secrets from its text. */
export function adapterError(
  part: string,
  errorContext: ErrorContext,
  clean: (text: string) => string,
  thrown: unknown,
): CallRecordsError {
  if (thrown instanceof CallRecordsError) return withoutSecrets(thrown, clean);
  const words = `: the adapter's \`${part}\` failed (${clean(describeThrown(thrown))}). The vendor's response is not what its documentation describes, or the adapter has a bug.`;
  return errorAbout(ResponseError, errorContext, words, { cause: sanitizedCause(thrown, clean) });
}

/** Returns the retryable failure for an attempt that received no response. */
export function noResponse(error: CallRecordsError, errorContext: ErrorContext): RetryableFailure {
  return new RetryableFailure("retry", (attempts) => withContext(error, { ...errorContext, attempts }));
}

/** Returns the failure for a successful response that is not audio. A web page comes from a gateway, and is retryable. */
export function notAudioFailure(
  { response: { status, headers } }: ReadResponse,
  errorContext: ErrorContext & { attempts: number },
): Error {
  const type = mediaTypeOf(headers);
  const vendorCode = `HTTP ${status}`;
  const words = `: the response is not audio: its content type is \`${type.slice(0, 100)}\``;
  if (type !== "text/html")
    return errorAbout(ResponseError, errorContext, `${words}. Nothing was downloaded.`, { vendorCode });
  return new RetryableFailure("retry", (attempts) =>
    errorAbout(NetworkError, errorContext, `${words}. A proxy or gateway responded instead of the vendor.`, {
      attempts,
      vendorCode,
      retryable: true,
    }),
  );
}

/**
 * Returns the failure for a response that is not JSON.
 *
 * - A text that does not begin as JSON is a gateway's page, and a text that ends too early was truncated. Both are retryable. The announced length proves
 *   nothing, because a gateway announces the length of the truncated text.
 * - A text that begins as JSON and continues as something else was written so, and would be sent again.
 */
export function notJsonFailure(
  { response, fault }: ReadResponse,
  errorContext: ErrorContext & { attempts: number },
): Error {
  const vendorCode = `HTTP ${response.status}`;
  if (fault?.kind === "broken") {
    const { rule, line, column, offset } = fault;
    const words = `: the response is not JSON: line ${line}, column ${column} (offset ${offset}): ${rule}. The vendor would send the same again: report it to the vendor.`;
    return errorAbout(ResponseError, errorContext, words, { vendorCode });
  }
  const reason =
    fault?.kind === "cut"
      ? `: ${fault.rule}, at offset ${fault.offset}. The response was truncated.`
      : ". A proxy or gateway responded instead of the vendor.";
  return new RetryableFailure("retry", (attempts) =>
    errorAbout(NetworkError, errorContext, `: the response is not JSON${reason}`, {
      attempts,
      vendorCode,
      retryable: true,
    }),
  );
}
