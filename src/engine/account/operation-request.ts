import type { HttpResponse, HttpRequest } from "../../contract/http.js";
import type { FailureClassification } from "../../contract/failure-classification.js";
import type { Interval } from "../../model/interval.js";

/** The operation name of the request for a token, in errors and events. */
export const TOKEN_OPERATION = "token";
/** The operation name of the request for the address of a recording, in errors and events. */
export const RECORDING_OPERATION = "recording";

/** A request of an operation, with the window that it belongs to. */
export interface OperationRequest {
  operation: string;
  request: HttpRequest;
  window: Interval | null;
  /** The window's id in events, and the number of the page, if it has one; default none. */
  place?: { window: string; page: number | null } | undefined;
  /** Whether the response contains audio, which is read as a stream; default JSON. */
  isForAudio?: boolean | undefined;
  /** Classifies a response before the provider does; null where the provider does. Default: the provider. */
  classify?: ((response: HttpResponse) => FailureClassification | null) | undefined;
  /** Whether a refusal is a valid result of this request, such as that there is no such call; default never. */
  accepts?: ((response: HttpResponse) => boolean) | undefined;
}

/** The call of a client method that makes a request: its signal and its counters. */
export interface RequestScope {
  /** Id of the invocation in events. */
  invocation: string;
  signal: AbortSignal;
  counters: { requests: number; retries: number; throttles: number; waitedMs: number };
}

/** One attempt of a request. */
export interface Attempt {
  operationRequest: OperationRequest;
  scope: RequestScope;
  /** From 1. */
  number: number;
}
