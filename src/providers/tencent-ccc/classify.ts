import type { HttpResponse } from "../../contract/http.js";
import {
  classifyStatus,
  type FailureClassification,
  type FailureAction,
} from "../../contract/failure-classification.js";
import { failureSchema } from "./wire.js";

const VENDOR: FailureAction = { type: "fail", error: "vendor" };

/**
 * What the vendor's codes mean, by their beginnings (`InternalError` stands for `InternalError.DBError` as well); the first that fits counts.
 * API errors come with HTTP 200.
 */
const codes: readonly (readonly [beginning: string, action: FailureAction])[] = [
  // Our clock is more than 5 minutes off the vendor's.
  ["AuthFailure.SignatureExpire", { type: "correct-clock" }],
  ["AuthFailure", { type: "fail", error: "authentication" }],
  ["UnauthorizedOperation", { type: "fail", error: "permission" }],
  ["FailedOperation.PermissionDenied", { type: "fail", error: "permission" }],
  ["RequestLimitExceeded", { type: "throttle" }],
  ["InternalError", { type: "retry" }],
  ["ServiceUnavailable", { type: "retry" }],
  ["ResourceUnavailable", { type: "retry" }],
  ["ResponseSizeLimitExceeded", { type: "shrink-page" }],
  ["UnsupportedOperation", { type: "fail", error: "unsupported" }],
  ["InvalidParameter", { type: "fail", error: "request" }],
  ["MissingParameter", { type: "fail", error: "request" }],
  ["UnknownParameter", { type: "fail", error: "request" }],
  // Documented as not to be repeated, whatever the HTTP status.
  ["FailedOperation", VENDOR],
  ["LimitExceeded", VENDOR],
  ["OperationDenied", VENDOR],
];

/** What an answer means; null for a success, or where only its HTTP status speaks. */
export function classify(response: HttpResponse): FailureClassification | null {
  const { Error: error, RequestId: requestId } = failureSchema.safeParse(response.body).data?.Response ?? {};
  if (error === undefined || error === null) return null;
  return {
    ...actionFor(error.Code, response),
    vendorCode: error.Code,
    message: error.Message,
    requestId: requestId ?? null,
  };
}

function actionFor(code: string | null, response: HttpResponse): FailureAction {
  const known = code === null ? undefined : codes.find(([beginning]) => code.startsWith(beginning));
  // A code that we do not know, with a status that says more than "refused": the status decides.
  return known?.[1] ?? classifyStatus(response) ?? VENDOR;
}
