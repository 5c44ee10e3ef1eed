import type { ErrorCode } from "../model/errors.js";
import type { HttpResponse } from "./http.js";

/** The errors that an adapter may judge an answer to be. */
export type FailureCode = Extract<
  ErrorCode,
  "authentication" | "permission" | "rate-limit" | "request" | "response" | "retention" | "unsupported" | "vendor"
>;

/** What the engine is to do about an answer that is no success. */
export type FailureAction =
  | {
      /** A passing failure of the vendor: ask again after a back-off. */
      type: "retry";
    }
  | {
      /** The allowance is used up: the whole account slows down, then asks again. */
      type: "throttle";
    }
  | {
      /** The token is not, or no longer, good: drop it, take a new one, ask again. Where that is refused as well, ask once more with it after a back-off. */
      type: "reauthenticate";
    }
  | {
      /** The vendor finds our clock wrong: correct it from the answer's `Date`, sign and ask again once. */
      type: "correct-clock";
    }
  | {
      /** The window holds more than the vendor will answer: halve it. */
      type: "split-window";
    }
  | {
      /** The page is larger than the vendor will answer: ask for smaller ones. */
      type: "shrink-page";
    }
  | {
      /** It cannot succeed. */
      type: "fail";
      /** The class of the error, by its word. */
      error: FailureCode;
    };

/** An adapter's judgement of an answer: what to do, and what the vendor said. */
export type FailureClassification = FailureAction & {
  /** The vendor's own code, as a string. */
  vendorCode: string | null;
  /** The vendor's own words, or null. Secrets in it are removed by the engine. */
  message: string | null;
  /** The vendor's id of the request, to quote to its support. */
  requestId?: string | null;
};

/** What an HTTP status means where the adapter has nothing more precise to say; null for a success. */
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
  // A redirect is never followed: it would hand the credentials to wherever it points.
  if (status >= 300 && status < 400) return { type: "fail", error: "response" };
  return { type: "fail", error: "vendor" };
}
