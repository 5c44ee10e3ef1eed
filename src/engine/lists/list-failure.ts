import { CallRecordsError, IncompleteError, ResponseError } from "../../model/errors.js";
import type { ErrorContext } from "../account/failure.js";
import { TOKEN_OPERATION } from "../account/operation-request.js";
import type { PagingLoop } from "./pager.js";

/** A window that is settled, and does not add up however often it is read. */
export function incomplete(errorContext: ErrorContext, shortfall: string): IncompleteError {
  const { account, operation } = errorContext;
  return new IncompleteError(
    `${account}: ${operation} does not add up in a window that is settled: ${shortfall}. Ask for this window again; if it stays so, ask the vendor.`,
    { ...errorContext, retryable: true },
  );
}

/** A list whose end is not verified, and of which no interval can be reported as unsettled. */
export function unverified(errorContext: ErrorContext, doubt: string): IncompleteError {
  const { account, operation } = errorContext;
  return new IncompleteError(
    `${account}: ${operation}: the end of the list is not verified: ${doubt}. Calls may be missing. Ask again.`,
    { ...errorContext, retryable: true },
  );
}

/** One id stands for two calls. */
export function conflicting(errorContext: ErrorContext, conflict: string): IncompleteError {
  const { account, operation } = errorContext;
  return new IncompleteError(`${account}: ${operation}: ${conflict}. Ask the vendor: an id must name one call.`, {
    ...errorContext,
    retryable: true,
  });
}

/** The parts of a window hold fewer rows than the window was said to hold. */
export function shortParts(errorContext: ErrorContext, announced: number, found: number): IncompleteError {
  return incomplete(errorContext, `the vendor counts ${announced} rows in it, and its parts hold ${found} together`);
}

/** A list that goes on after more rows than any list of its kind holds. */
export function neverEnding(errorContext: ErrorContext, rows: number): ResponseError {
  const { account, operation } = errorContext;
  return new ResponseError(
    `${account}: ${operation} does not end: after ${rows} rows in one window the vendor still sends new ones. Check that the adapter sends the window and the page; ask the vendor.`,
    errorContext,
  );
}

/** A total that grows with the cutting of its window: it does not speak of the window. */
export function overcounted(errorContext: ErrorContext): ResponseError {
  const { account, operation } = errorContext;
  return new ResponseError(
    `${account}: ${operation}: the parts of a window count more rows than the window does. The vendor's total cannot be relied upon; ask the vendor.`,
    errorContext,
  );
}

/** A list without an end. */
export function endless(errorContext: ErrorContext, loop: PagingLoop): ResponseError {
  const { account, operation } = errorContext;
  return new ResponseError(
    `${account}: ${operation} cannot be read to its end: ${loop.message}, twice. Ask again later; if it stays so, ask the vendor.`,
    errorContext,
  );
}

/** Whether the vendor refused the very request, rather than failed to answer it. */
export function isRefusal(error: unknown): boolean {
  return error instanceof CallRecordsError && !error.retryable && (error.code === "request" || error.code === "vendor");
}

const OUTAGES = new Set(["network", "timeout", "rate-limit"]);

/** Whether the vendor as a whole may be out of reach, rather than one window of its data. */
export function isOutage({ code, retryable }: CallRecordsError): boolean {
  return OUTAGES.has(code) || (code === "vendor" && retryable);
}

const OF_THE_ACCOUNT = new Set(["authentication", "permission", "configuration", "aborted"]);

/** Whether another window of the account would fail in the same way: for want of a token, whatever the token service answers. */
export function isOfTheAccount({ code, operation, retryable }: CallRecordsError): boolean {
  return OF_THE_ACCOUNT.has(code) || (operation === TOKEN_OPERATION && !retryable);
}
