import type { HttpResponse } from "../../contract/http.js";
import {
  classifyStatus,
  type FailureAction,
  type FailureClassification,
} from "../../contract/failure-classification.js";
import { failureSchema } from "./wire.js";

const VENDOR: FailureAction = { type: "fail", error: "vendor" };

/**
 * Maps prefixes of vendor error codes to actions (`InternalError` also matches `InternalError.DBError`). The first match applies.
 * API errors have HTTP status 200.
 */
const codes: readonly (readonly [prefix: string, action: FailureAction])[] = [
  // Our clock differs from the vendor's by more than 5 minutes.
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
  // Documented: do not retry, whatever the HTTP status.
  ["FailedOperation", VENDOR],
  ["LimitExceeded", VENDOR],
  ["OperationDenied", VENDOR],
];

/** Classifies the error code in a response; null for a success, and where only the HTTP status indicates the failure. */
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
  const known = code === null ? undefined : codes.find(([prefix]) => code.startsWith(prefix));
  // For an unknown code, the HTTP status decides.
  return known?.[1] ?? classifyStatus(response) ?? VENDOR;
}
