import type { Readable } from "node:stream";
import type { HttpResponse } from "../../contract/http.js";
import { classifyStatus, type FailureClassification } from "../../contract/failure-classification.js";
import { ResponseError } from "../../model/errors.js";
import type { ClassifiedResponse } from "./attempt-recorder.js";

/** A response with audio. */
export interface AudioResponse {
  response: HttpResponse;
  /** The audio as it arrives. Its reader must destroy it. */
  audio: Readable;
}

/** Returns a successful response with its audio. */
export function audioOf({ response, audio }: ClassifiedResponse): AudioResponse {
  // The attempt of a request for audio fails where there is none.
  if (audio === undefined) throw new ResponseError("The response contains no audio.");
  return { response, audio };
}

/**
 * Classifies the response to a request for an address that the vendor returned.
 * @param text the beginning of the body. Object stores explain a refusal in XML.
 */
export function classifyAddress(response: HttpResponse, text = ""): FailureClassification | null {
  const { status } = response;
  const vendorCode = `HTTP ${status}`;
  if (status === 404 || status === 410)
    return { type: "fail", error: "recording-gone", vendorCode, message: "there is no recording at its address" };
  // Signed addresses of object stores expire. The stores then refuse with a status such as 403, and name the reason in the body.
  if (/\bexpired\b/i.test(text) && (status === 400 || status === 401 || status === 403))
    return { type: "fail", error: "recording-gone", vendorCode, message: "its address has expired" };
  // The server is not the vendor's API, so its rate limit must not slow down the account.
  if (status === 429) return { type: "retry", vendorCode, message: "too many requests for recordings" };
  if (status >= 300 && status < 400) {
    const message = "its address leads to another one. Redirects are not followed, because their target is not checked";
    return { type: "fail", error: "response", vendorCode, message };
  }
  return classifyStatus(response);
}
