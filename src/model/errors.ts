import type { Interval } from "./interval.js";

/** The code of each error class, in `code` and in an adapter's failure classifications. */
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
  | "checkpoint";

/** The details of an error. None of them may contain a secret. */
export interface ErrorDetails {
  /** The provider's id, such as `tencent-ccc`. This detail and the others are null, or left out, where they do not apply. */
  provider?: string | null | undefined;
  /** The account's label, as configured. */
  account?: string | null | undefined;
  /** The vendor's name of the operation, such as `DescribeTelCdr`. */
  operation?: string | null | undefined;
  /** The vendor's own code of the failure, as a string. An HTTP status is written as `HTTP 503`. */
  vendorCode?: string | null | undefined;
  /** The vendor's id of the request, for its support. */
  requestId?: string | null | undefined;
  /** Number of attempts, including the first; null where the error is not about a single request. */
  attempts?: number | null | undefined;
  /** The vendor window that was being read. */
  window?: Interval | null | undefined;
  /** Whether the same call may succeed later, unchanged. Default false. */
  retryable?: boolean | undefined;
  /** The error that caused this one. */
  cause?: unknown;
}

/** An error as plain JSON, safe to log and to store. */
export interface SerializedError {
  /** The name of the class, such as `RateLimitError`. */
  name: string;
  /** The code of the class, such as `rate-limit`. */
  code: ErrorCode;
  /** An English message. It states the account, the operation, the failure and what to do. It contains no secret. */
  message: string;
  /** The provider's id; null where the error is not about one provider. */
  provider: string | null;
  /** The account's label; null where the error is not about one account. */
  account: string | null;
  /** The vendor's name of the operation, or null. */
  operation: string | null;
  /** The vendor's own code; `HTTP 503` where only the status shows the failure; or null. */
  vendorCode: string | null;
  /** The vendor's id of the request, for its support; null where it provided none. */
  requestId: string | null;
  /** Number of attempts, including the first; null where the error is not about a single request. */
  attempts: number | null;
  /** The vendor window that was being read, or null. */
  window: Interval | null;
  /** Whether the same call may succeed later, unchanged. */
  retryable: boolean;
}

/** Returns the property that marks the instances of a class. It makes `instanceof` work between the ESM and the CommonJS build, which have separate classes. */
function brandOf(code: ErrorCode | "any"): symbol {
  return Symbol.for(`call-records.error.${code}`);
}

/** The base of every error that this library throws. */
export abstract class CallRecordsError extends Error {
  /** The code of the class, such as `rate-limit`. Use it where `instanceof` is not possible, as in JSON. */
  abstract readonly code: ErrorCode;
  /** The provider's id, such as `tencent-ccc`; null where the error is not about one provider. */
  readonly provider: string | null;
  /** The account's label, as configured; null where the error is not about one account. */
  readonly account: string | null;
  /** The vendor's name of the operation, such as `DescribeTelCdr`, or null. */
  readonly operation: string | null;
  /** The vendor's own code of the failure, as a string; `HTTP 503` where only the status shows the failure; or null. */
  readonly vendorCode: string | null;
  /** The vendor's id of the request, for its support; null where it provided none. */
  readonly requestId: string | null;
  /** Number of attempts, including the first; null where the error is not about a single request. */
  readonly attempts: number | null;
  /** The vendor window that was being read, or null. */
  readonly window: Interval | null;
  /** Whether the same call may succeed later, unchanged. */
  readonly retryable: boolean;

  /**
   * Creates an error. Your own code, such as a `Transport` or a test, may create errors too.
   * @param message an English message without secrets. It is shown unchanged.
   * @param details the details. Those that are left out are null, and `retryable` is false.
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
  }

  /** Makes `instanceof` work also for an error of the package's other build (ES module or CommonJS). */
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
    };
  }
}

/** An option of a provider or of the client is missing, wrong or unknown. The message names it. Nothing was sent. */
export class ConfigurationError extends CallRecordsError {
  readonly code = "configuration";
}

/** An argument is wrong, or the vendor refuses the request as wrong. The message names the argument or the field. */
export class RequestError extends CallRecordsError {
  readonly code = "request";
}

/** The vendor does not accept the credentials, the token or the clock. */
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

/** The vendor refused the request, or failed, with its own code. */
export class VendorError extends CallRecordsError {
  readonly code = "vendor";
}

/** The response is not as the vendor documents it. The message names the field. */
export class ResponseError extends CallRecordsError {
  readonly code = "response";
}

/** The rows of a settled window do not match the vendor's total after five readings. */
export class IncompleteError extends CallRecordsError {
  readonly code = "incomplete";
}

/** A checkpoint is damaged, belongs to another account, has a later version, or is in use by another sync; or batches were not committed. */
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
