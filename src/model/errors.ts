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
  /** The provider's id, such as `tencent-ccc`; null, as everywhere here, where the error is not about one. */
  provider?: string | null | undefined;
  /** The account's label, as configured. */
  account?: string | null | undefined;
  /** The vendor's name of the operation, such as `DescribeTelCdr`. */
  operation?: string | null | undefined;
  /** The vendor's own code for what went wrong, as a string; an HTTP status as `HTTP 503`. */
  vendorCode?: string | null | undefined;
  /** The vendor's id of the request, to quote to its support. */
  requestId?: string | null | undefined;
  /** Attempts made, the first included; null where the error is not of one request. */
  attempts?: number | null | undefined;
  /** The vendor window that was being read. */
  window?: Interval | null | undefined;
  /** True when the same call may succeed later, unchanged. */
  retryable?: boolean | undefined;
  /** The error that caused this one. */
  cause?: unknown;
}

/** An error as plain JSON, safe to log and to store. */
export interface SerializedError {
  /** The class's name, such as `RateLimitError`. */
  name: string;
  /** The class's word. */
  code: ErrorCode;
  /** English. It names the account, the operation, what went wrong and what to do; no secret is in it. */
  message: string;
  /** The provider's id, or null where the error is not about one. */
  provider: string | null;
  /** The account's label, or null where the error is not about one. */
  account: string | null;
  /** The vendor's name of the operation, or null. */
  operation: string | null;
  /** The vendor's own code, or `HTTP 503` where only the status tells, or null. */
  vendorCode: string | null;
  /** The vendor's id of the request, or null where it gave none. */
  requestId: string | null;
  /** Attempts made, the first included, or null where the error is not of one request. */
  attempts: number | null;
  /** The vendor window that was being read, or null. */
  window: Interval | null;
  /** True when the same call may succeed later, unchanged. */
  retryable: boolean;
}

/** Marks an instance as one of a class, so that `instanceof` holds between the ESM and the CommonJS build, each of which has its own classes. */
function brandOf(code: ErrorCode | "any"): symbol {
  return Symbol.for(`call-records.error.${code}`);
}

/** The base of every error that this library throws. */
export abstract class CallRecordsError extends Error {
  /** One word for each class: tells errors apart where `instanceof` is out of reach, as in JSON. */
  abstract readonly code: ErrorCode;
  /** The provider's id, such as `tencent-ccc`; null where the error is not about one. */
  readonly provider: string | null;
  /** The account's label, as configured; null where the error is not about one. */
  readonly account: string | null;
  /** The vendor's name of the operation, such as `DescribeTelCdr`, or null. */
  readonly operation: string | null;
  /** The vendor's own code for what went wrong, as a string; `HTTP 503` where only the status tells; or null. */
  readonly vendorCode: string | null;
  /** The vendor's id of the request, to quote to its support; null where it gave none. */
  readonly requestId: string | null;
  /** Attempts made, the first included; null where the error is not of one request. */
  readonly attempts: number | null;
  /** The vendor window that was being read, or null. */
  readonly window: Interval | null;
  /** True when the same call may succeed later, unchanged. */
  readonly retryable: boolean;

  /**
   * Errors may be made by others too, such as a `Transport` of your own, or a test.
   * @param message English, and without a secret: it is shown as it is.
   * @param details what is left out is null, and `retryable` false.
   */
  constructor(message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    // Ours by a text: minifiers rename classes. That of a user's subclass is the user's.
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

  /** `instanceof` also holds for an error of the package's other build (ES module or CommonJS). */
  static override [Symbol.hasInstance](value: unknown): boolean {
    // A user's subclass has no brand of its own: for it, the ordinary prototype test is the right one.
    const brand = brands.get(this);
    if (brand === undefined) return Function.prototype[Symbol.hasInstance].call(this, value);
    return typeof value === "object" && value !== null && brand in value;
  }

  /** The error as plain JSON, without its stack. */
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

/** An argument of a call is wrong, or the vendor refuses the request as wrong. The message names the argument or the field. */
export class RequestError extends CallRecordsError {
  readonly code = "request";
}

/** The vendor does not accept the credentials, the token or the clock. */
export class AuthenticationError extends CallRecordsError {
  readonly code = "authentication";
}

/** The credentials, or this machine's address, may not do this. */
export class PermissionError extends CallRecordsError {
  readonly code = "permission";
}

/** The vendor went on refusing for want of allowance, through all attempts. */
export class RateLimitError extends CallRecordsError {
  readonly code = "rate-limit";
}

/** The range begins before what the vendor keeps. The message names the earliest instant. */
export class RetentionError extends CallRecordsError {
  readonly code = "retention";
}

/** The vendor cannot do what was asked. */
export class UnsupportedError extends CallRecordsError {
  readonly code = "unsupported";
}

/** The vendor's answer did not come: no connection, one cut short, a proxy or a certificate in the way, or something else than JSON in its place. */
export class NetworkError extends CallRecordsError {
  readonly code = "network";
}

/** An attempt, or the whole call, took longer than allowed. */
export class TimeoutError extends CallRecordsError {
  readonly code = "timeout";
}

/** The caller's signal was aborted, or the client was closed. */
export class AbortedError extends CallRecordsError {
  readonly code = "aborted";
}

/** The vendor refused, or failed, with a code of its own. */
export class VendorError extends CallRecordsError {
  readonly code = "vendor";
}

/** The answer is not what the vendor documents. The message names the field. */
export class ResponseError extends CallRecordsError {
  readonly code = "response";
}

/** The rows of a settled window do not add up to the vendor's total, after it was read again. */
export class IncompleteError extends CallRecordsError {
  readonly code = "incomplete";
}

/** A checkpoint is damaged, another account's, of a later version, or in use by another sync. */
export class CheckpointError extends CallRecordsError {
  readonly code = "checkpoint";
}

/** The concrete class of each code. */
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

/** The name of each class, as documented. */
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
  // Node prints an error by the name of its class.
  Object.defineProperty(errorClass, "name", { value: CLASS_NAMES[code], configurable: true });
  brands.set(errorClass, brandOf(code));
  Object.defineProperty(errorClass.prototype, brandOf(code), { value: true });
}

brand(CallRecordsError, "any");
for (const [code, errorClass] of Object.entries(errorClasses)) brand(errorClass, code as ErrorCode);
