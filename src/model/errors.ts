import type { Interval } from "./interval.js";

/** The code of an error class: `code` of an error. Adapters also use these codes to classify failures. */
export type ErrorCode =
  | "configuration"
  | "request"
  | "authentication"
  | "permission"
  | "rate-limit"
  | "retention"
  | "unsupported"
  | "network"
  | "timeout"
  | "aborted"
  | "vendor"
  | "response"
  | "incomplete"
  | "recording-gone"
  | "checkpoint";

/** The details of an error. None of them may contain a secret. */
export interface ErrorDetails {
  /** The provider's id, such as `tencent-ccc`. Every detail may be null or left out if it does not apply. */
  provider?: string | null | undefined;
  /** The account's label, as configured. */
  account?: string | null | undefined;
  /** The vendor's name of the operation, such as `DescribeTelCdr`. */
  operation?: string | null | undefined;
  /** The vendor's error code as a string, or an HTTP status such as `HTTP 503`. */
  vendorCode?: string | null | undefined;
  /** The vendor's id of the request. The vendor's support may need it. */
  requestId?: string | null | undefined;
  /** Number of attempts of the request, including the first. */
  attempts?: number | null | undefined;
  /** The vendor window that was being read. */
  window?: Interval | null | undefined;
  /** Whether the same operation may succeed later without a change. Default false. */
  retryable?: boolean | undefined;
  /** The wait that the vendor requested before a further attempt (`Retry-After`), in milliseconds from the response. */
  retryAfterMs?: number | null | undefined;
  /** The error that caused this one. */
  cause?: unknown;
}

/** An error as plain JSON, safe to log and to store. */
export interface SerializedError {
  /** The name of the class, such as `RateLimitError`. */
  name: string;
  /** The code of the class, such as `rate-limit`. */
  code: ErrorCode;
  /** The message, in English: the account, the operation, the failure and what to do. It contains no secret. */
  message: string;
  /** The provider's id; null if the error is not about one provider. */
  provider: string | null;
  /** The account's label; null if the error is not about one account. */
  account: string | null;
  /** The vendor's name of the operation, or null. */
  operation: string | null;
  /** The vendor's error code as a string; an HTTP status such as `HTTP 503` if the response contains no code; or null. */
  vendorCode: string | null;
  /** The vendor's id of the request, which its support may need; null if the vendor sent none. */
  requestId: string | null;
  /** Number of attempts, including the first; null if the error is not about a single request. */
  attempts: number | null;
  /** The vendor window that was being read, or null. */
  window: Interval | null;
  /** Whether the same operation may succeed later without a change. */
  retryable: boolean;
  /** The wait that the vendor requested before a further attempt (`Retry-After`), in milliseconds from the response; null if it requested none. */
  retryAfterMs: number | null;
}

/** Returns the property that marks the instances of a class. The ES module and the CommonJS build have separate classes; with this mark, `instanceof` accepts both. */
function brandOf(code: ErrorCode | "any"): symbol {
  return Symbol.for(`call-records.error.${code}`);
}

/** The base of every error that this library throws. */
export abstract class CallRecordsError extends Error {
  /** The code of the class, such as `rate-limit`. Use it where `instanceof` is not possible, as in JSON. */
  abstract readonly code: ErrorCode;
  /** The provider's id, such as `tencent-ccc`; null if the error is not about one provider. */
  readonly provider: string | null;
  /** The account's label, as configured; null if the error is not about one account. */
  readonly account: string | null;
  /** The vendor's name of the operation, such as `DescribeTelCdr`, or null. */
  readonly operation: string | null;
  /** The vendor's error code as a string; an HTTP status such as `HTTP 503` if the response contains no code; or null. */
  readonly vendorCode: string | null;
  /** The vendor's id of the request, which its support may need; null if the vendor sent none. */
  readonly requestId: string | null;
  /** Number of attempts, including the first; null if the error is not about a single request. */
  readonly attempts: number | null;
  /** The vendor window that was being read, or null. */
  readonly window: Interval | null;
  /** Whether the same operation may succeed later without a change. */
  readonly retryable: boolean;
  /** The wait that the vendor requested before a further attempt (`Retry-After`), in milliseconds from the response; null if it requested none. */
  readonly retryAfterMs: number | null;

  /**
   * Creates an error. Your own code may create errors too, for example in a `Transport` or a test.
   * @param message an English message without secrets.
   * @param details the details. Default: null for each detail, and false for `retryable`.
   */
  constructor(message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    // The library's names are texts, because minifiers rename classes. A user's subclass has its own name.
    this.name = names.get(new.target) ?? new.target.name;
    this.provider = details.provider ?? null;
    this.account = details.account ?? null;
    this.operation = details.operation ?? null;
    this.vendorCode = details.vendorCode ?? null;
    this.requestId = details.requestId ?? null;
    this.attempts = details.attempts ?? null;
    this.window = details.window ?? null;
    this.retryable = details.retryable ?? false;
    this.retryAfterMs = details.retryAfterMs ?? null;
  }

  /** Implements `instanceof`. It also accepts errors of the package's other build (ES module or CommonJS). */
  static override [Symbol.hasInstance](value: unknown): boolean {
    // A user's subclass has no brand, so the ordinary test of the prototype applies.
    const brand = brands.get(this);
    if (brand === undefined) return Function.prototype[Symbol.hasInstance].call(this, value);
    return typeof value === "object" && value !== null && brand in value;
  }

  /** Returns the error as plain JSON, without its stack. */
  toJSON(): SerializedError {
    return {
      name: this.name,
      code: this.code,
      message: this.message,
      provider: this.provider,
      account: this.account,
      operation: this.operation,
      vendorCode: this.vendorCode,
      requestId: this.requestId,
      attempts: this.attempts,
      window: this.window,
      retryable: this.retryable,
      retryAfterMs: this.retryAfterMs,
    };
  }
}

/** An option of a provider or of the client is missing, wrong or unknown. The message names it. Nothing was sent. */
export class ConfigurationError extends CallRecordsError {
  readonly code = "configuration";
}

/** An argument is wrong, or the vendor refuses the request as invalid. The message names the argument or the field. */
export class RequestError extends CallRecordsError {
  readonly code = "request";
}

/** The vendor does not accept the credentials, the token or the time of the request. */
export class AuthenticationError extends CallRecordsError {
  readonly code = "authentication";
}

/** The credentials, or this machine's address, have no permission. */
export class PermissionError extends CallRecordsError {
  readonly code = "permission";
}

/** The vendor's rate limit refused every attempt. */
export class RateLimitError extends CallRecordsError {
  readonly code = "rate-limit";
}

/** The range begins before the vendor's retention. The message names the earliest instant. */
export class RetentionError extends CallRecordsError {
  readonly code = "retention";
}

/** The vendor does not support the requested operation. */
export class UnsupportedError extends CallRecordsError {
  readonly code = "unsupported";
}

/** No valid response arrived: no connection, a truncated response, a failure of a proxy or a certificate, or a body that is not JSON, such as a web page. */
export class NetworkError extends CallRecordsError {
  readonly code = "network";
}

/** An attempt, or the whole operation, took longer than allowed. */
export class TimeoutError extends CallRecordsError {
  readonly code = "timeout";
}

/** The caller's signal was aborted, or the client was closed. */
export class AbortedError extends CallRecordsError {
  readonly code = "aborted";
}

/** The vendor refused the request, or failed. `vendorCode` contains its code. */
export class VendorError extends CallRecordsError {
  readonly code = "vendor";
}

/** The response is not as the vendor documents it. The message names the field. */
export class ResponseError extends CallRecordsError {
  readonly code = "response";
}

/** The rows of a settled window do not match the vendor's total after five readings, or `activeCalls` or `findCall` could not verify its list. */
export class IncompleteError extends CallRecordsError {
  readonly code = "incomplete";
}

/** The vendor no longer has the recording: its retention is over, it was deleted, or it was never made. A retry cannot succeed. */
export class RecordingGoneError extends CallRecordsError {
  readonly code = "recording-gone";
}

/** A checkpoint is damaged, has a later version, belongs to another account, or is in use by another sync. Or batches were not committed. Or this is the state of an archive of recordings. */
export class CheckpointError extends CallRecordsError {
  readonly code = "checkpoint";
}

/** The class of each code. */
export const errorClasses = {
  configuration: ConfigurationError,
  request: RequestError,
  authentication: AuthenticationError,
  permission: PermissionError,
  "rate-limit": RateLimitError,
  retention: RetentionError,
  unsupported: UnsupportedError,
  network: NetworkError,
  timeout: TimeoutError,
  aborted: AbortedError,
  vendor: VendorError,
  response: ResponseError,
  incomplete: IncompleteError,
  "recording-gone": RecordingGoneError,
  checkpoint: CheckpointError,
} as const satisfies Record<ErrorCode, new (message: string, details?: ErrorDetails) => CallRecordsError>;

/** The documented name of each class. */
const CLASS_NAMES: Readonly<Record<ErrorCode | "any", string>> = {
  any: "CallRecordsError",
  configuration: "ConfigurationError",
  request: "RequestError",
  authentication: "AuthenticationError",
  permission: "PermissionError",
  "rate-limit": "RateLimitError",
  retention: "RetentionError",
  unsupported: "UnsupportedError",
  network: "NetworkError",
  timeout: "TimeoutError",
  aborted: "AbortedError",
  vendor: "VendorError",
  response: "ResponseError",
  incomplete: "IncompleteError",
  "recording-gone": "RecordingGoneError",
  checkpoint: "CheckpointError",
};
const names = new Map<unknown, string>();
const brands = new Map<unknown, symbol>();

function brand(errorClass: { prototype: CallRecordsError }, code: ErrorCode | "any"): void {
  names.set(errorClass, CLASS_NAMES[code]);
  // Node prints an error with the name of its class.
  Object.defineProperty(errorClass, "name", { value: CLASS_NAMES[code], configurable: true });
  brands.set(errorClass, brandOf(code));
  Object.defineProperty(errorClass.prototype, brandOf(code), { value: true });
}

brand(CallRecordsError, "any");
for (const [code, errorClass] of Object.entries(errorClasses)) brand(errorClass, code as ErrorCode);
