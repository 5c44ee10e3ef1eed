import type { HttpResponse, HttpRequest } from "../../contract/http.js";
import type { Interval } from "../../model/interval.js";

/** By this name errors and events tell of the request for a token. */
export const TOKEN_OPERATION = "token";

/** A request by its vendor's name, and what it is for. */
export interface OperationRequest {
  operation: string;
  request: HttpRequest;
  window: Interval | null;
  /** The window that it belongs to, by its id in events, and the page of it by its number, if it has one; default none. */
  place?: { window: string; page: number | null } | undefined;
  /** Refusals that are good answers to this request, such as that there is no such call; default none. */
  accepts?: ((response: HttpResponse) => boolean) | undefined;
}

/** On whose behalf a request is made: what ends it early, and where it is counted. */
export interface RequestScope {
  /** Id of the invocation in events. */
  invocation: string;
  signal: AbortSignal;
  counters: { requests: number; retries: number; throttles: number; waitedMs: number };
}

/** One attempt at an inquiry. */
export interface Attempt {
  operationRequest: OperationRequest;
  scope: RequestScope;
  /** From 1. */
  number: number;
}
