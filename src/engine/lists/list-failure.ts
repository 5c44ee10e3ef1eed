import { CallRecordsError, IncompleteError, ResponseError } from "../../model/errors.js";
import { errorAbout, type ErrorContext } from "../account/failure.js";
import { TOKEN_OPERATION } from "../account/operation-request.js";
import type { PagingLoop } from "./pager.js";

/** A settled window that does not add up in any read. */
export function incomplete(errorContext: ErrorContext, shortfall: string): IncompleteError {
  const words = ` does not add up in a settled window: ${shortfall}. Read the interval again. If the error persists, contact the vendor.`;
  return errorAbout(IncompleteError, errorContext, words, { retryable: true });
}

/** A list with an unverified end, for which no interval can be reported as unsettled. */
export function unverified(errorContext: ErrorContext, unverifiedReason: string): IncompleteError {
  const words = `: the end of the list is not verified: ${unverifiedReason}. Calls may be missing. Request the list again.`;
  return errorAbout(IncompleteError, errorContext, words, { retryable: true });
}

/** Two calls have one id. */
export function conflicting(errorContext: ErrorContext, conflict: string): IncompleteError {
  const words = `: ${conflict}. An id must identify one call. Contact the vendor.`;
  return errorAbout(IncompleteError, errorContext, words, { retryable: true });
}

/** The error for a window that cannot be divided, in which the vendor refuses a page although its total is larger than the number of rows. */
export function cutOff(errorContext: ErrorContext, total: number, rows: number, refusal: unknown): IncompleteError {
  const words = ` does not list all rows of a window: the vendor counts ${total} rows, refuses a page after ${rows} rows, and no smaller window can be requested. Contact the vendor.`;
  const { vendorCode = null, requestId = null } = refusal instanceof CallRecordsError ? refusal : {};
  return errorAbout(IncompleteError, errorContext, words, { vendorCode, requestId });
}

/** The parts of a window hold fewer rows than the vendor counts in the window. */
export function shortParts(errorContext: ErrorContext, announced: number, found: number): IncompleteError {
  return incomplete(errorContext, `the vendor counts ${announced} rows in it, and its parts hold ${found}`);
}

/** A list that exceeds the maximum number of rows and continues. */
export function neverEnding(errorContext: ErrorContext, rows: number): ResponseError {
  const words = ` does not end: after ${rows} rows in one window the vendor still sends new ones. Check that the adapter sends the window and the page, or contact the vendor.`;
  return errorAbout(ResponseError, errorContext, words);
}

/** A total that grows when its window is split, and therefore cannot refer to the window. */
export function overcounted(errorContext: ErrorContext): ResponseError {
  const words =
    ": the parts of a window count more rows than the window does. The vendor's total is unreliable. Contact the vendor.";
  return errorAbout(ResponseError, errorContext, words);
}

/** A list that repeats itself. */
export function endless(errorContext: ErrorContext, loop: PagingLoop): ResponseError {
  const words = ` cannot be read to its end: ${loop.message}, twice. Try again later. If the error persists, contact the vendor.`;
  return errorAbout(ResponseError, errorContext, words);
}

/** Whether the vendor refused this request, rather than failed to respond. */
export function isRefusal(error: unknown): boolean {
  return error instanceof CallRecordsError && !error.retryable && (error.code === "request" || error.code === "vendor");
}

const OUTAGES = new Set(["network", "timeout", "rate-limit"]);

/** Whether the vendor may be unavailable as a whole, rather than for one window. */
export function isOutage({ code, retryable }: CallRecordsError): boolean {
  return OUTAGES.has(code) || (code === "vendor" && retryable);
}

const OF_THE_ACCOUNT = new Set(["authentication", "permission", "configuration", "aborted"]);

/** Whether every window of the account would fail in the same way, for example because there is no token. */
export function isOfTheAccount({ code, operation, retryable }: CallRecordsError): boolean {
  return OF_THE_ACCOUNT.has(code) || (operation === TOKEN_OPERATION && !retryable);
}
