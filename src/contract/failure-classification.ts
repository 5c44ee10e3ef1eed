import type { ErrorCode } from "../model/errors.js";
import type { HttpResponse } from "./http.js";

/** The error codes as which an adapter may classify a response. */
export type FailureCode = Extract<
  ErrorCode,
  | "authentication"
  | "permission"
  | "rate-limit"
  | "recording-gone"
  | "request"
  | "response"
  | "retention"
  | "unsupported"
  | "vendor"
>;

/** The action of the engine for a response that is not a success. */
export type FailureAction =
  | {
      /** A retryable failure of the vendor: repeat the request after a back-off. */
      type: "retry";
    }
  | {
      /** The rate limit was exceeded: slow down the whole account, then repeat the request. */
      type: "throttle";
    }
  | {
      /** The token is invalid or expired: fetch a new one and repeat the request. If the new token is refused too, repeat once with it after a back-off. */
      type: "reauthenticate";
    }
  | {
      /** The vendor does not accept the request's time: correct the clock by the response's `Date` header, then sign and repeat the request once. */
      type: "correct-clock";
    }
  | {
      /** The window contains more rows than the vendor returns: split it in halves. */
      type: "split-window";
    }
  | {
      /** The requested page is larger than the vendor allows: request smaller pages. */
      type: "shrink-page";
    }
  | {
      /** The request cannot succeed. */
      type: "fail";
      /** The code of the error's class. */
      error: FailureCode;
    };

/** An adapter's classification of a failed response: the action, and the vendor's code and message. */
export type FailureClassification = FailureAction & {
  /** The vendor's own code as a string, or null. */
  vendorCode: string | null;
  /** The vendor's own message, or null. The engine removes secrets from it. */
  message: string | null;
  /** The vendor's id of the request, for its support; null or left out where there is none. */
  requestId?: string | null;
};

/** Classifies a response by its HTTP status, for responses that the adapter does not classify more precisely; null for a success (2xx). */
export function classifyStatus(response: HttpResponse): FailureClassification | null {
  const { status } = response;
  if (status >= 200 && status < 300) return null;
  return { ...statusAction(status), vendorCode: `HTTP ${status}`, message: null };
}

function statusAction(status: number): FailureAction {
  if (status === 401) return { type: "fail", error: "authentication" };
  if (status === 403) return { type: "fail", error: "permission" };
  if (status === 429) return { type: "throttle" };
  if (status === 408 || status >= 500) return { type: "retry" };
  // Redirects are not followed: they could send the credentials to another host.
  if (status >= 300 && status < 400) return { type: "fail", error: "response" };
  return { type: "fail", error: "vendor" };
}
