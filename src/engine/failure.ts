import type { FailureCode, Verdict } from "../contract/verdict.js";
import { type CallRecordsError, errorClasses, type ErrorCode, type ErrorDetails } from "../model/errors.js";

/** What a reader of the error can do about it. */
const ADVICE: Partial<Record<ErrorCode, string>> = {
  authentication: "Check the provider's credentials.",
  permission: "Give these credentials the permission, or this machine's address the access, at the vendor.",
  "rate-limit": "Lower the provider's `rate`, or ask again later.",
  request: "Check the arguments of the call.",
  retention: "Begin the range later, or pass `beforeRetention: \"clip\"`.",
  vendor: "The vendor's documentation tells what this code means.",
};

/** The error that an adapter's verdict amounts to. */
export function errorOfVerdict(verdict: Verdict, code: FailureCode, subject: string, details: ErrorDetails, clean: (text: string) => string): CallRecordsError {
  const said = verdict.message === null ? "" : `: ${clean(verdict.message)}`;
  const coded = verdict.vendorCode === null ? "" : ` (${verdict.vendorCode})`;
  const advice = ADVICE[code];
  return new errorClasses[code](`${subject} was refused${said}${coded}.${advice === undefined ? "" : ` ${advice}`}`, {
    ...details,
    vendorCode: verdict.vendorCode,
    requestId: verdict.requestId ?? null,
    retryable: verdict.type === "retry" || verdict.type === "throttle",
  });
}

/** The vendor will not answer this window, or this page, as large as it is. Not an error yet: the engine asks for less. */
export class TooMuch extends Error {
  constructor(
    readonly what: "window" | "page",
    /** The error, for when nothing smaller can be asked for. */
    readonly error: CallRecordsError,
  ) {
    super(error.message);
  }
}
