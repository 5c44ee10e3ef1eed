import type { HttpResponse } from "../../contract/http.js";
import type { FailureClassification, FailureAction } from "../../contract/failure-classification.js";
import { wireTextOrNull } from "../../contract/wire.js";
import { wireObject } from "../../contract/wire-schema.js";

const envelope = wireObject({ retCode: wireTextOrNull, retMsg: wireTextOrNull });

interface Meaning {
  action: FailureAction;
  meaning: string;
}

/** HTTP statuses whose meaning differs from the usual one. */
const statuses: ReadonlyMap<number, Meaning> = new Map<number, Meaning>([
  [400, { action: { type: "fail", error: "request" }, meaning: "the request is incorrect" }],
  [
    401,
    {
      action: { type: "reauthenticate" },
      meaning: "the token is not accepted, the service has not been purchased, or the account is not in order",
    },
  ],
  [403, { action: { type: "fail", error: "permission" }, meaning: "the application or its IP address is not allowed" }],
  // Documented as a wrong path, never as an unknown call.
  [
    404,
    {
      action: { type: "fail", error: "vendor" },
      meaning: "there is no such path: check the options `endpoint` and `authEndpoint`",
    },
  ],
  // Not documented: a firewall in front of the vendor's gateway. A new token would not help.
  [418, { action: { type: "fail", error: "permission" }, meaning: "a firewall of the vendor refuses the request" }],
  // Documented as a business failure: a retry would not help, unlike after a 502 or 503.
  [
    500,
    { action: { type: "fail", error: "vendor" }, meaning: "business failure: check the parameters of the request" },
  ],
]);

/** Return codes with HTTP 200 that mean a wrong request. Any other code except 0 and 1 (no data) is a vendor failure. */
const refusals: ReadonlyMap<string, string> = new Map([
  ["2", "the format of the start or end time is incorrect"],
  ["4", "the format of the limit or offset is incorrect"],
  ["12", "the calling number is unavailable"],
]);

/**
 * Classifies a response; null for a success, and where only the HTTP status indicates the failure. The vendor documents no request id.
 * @param renewTokenOn further codes on which the token is renewed, besides HTTP 401: a return code, or a status such as `HTTP 403`.
 */
export function classify(response: HttpResponse, renewTokenOn: readonly string[] = []): FailureClassification | null {
  const { retCode, retMsg } = envelope.safeParse(response.body).data ?? { retCode: null, retMsg: null };
  const isGood = retCode === null || retCode === "0" || retCode === "1";
  const httpCode = `HTTP ${response.status}`;
  if (renewTokenOn.includes(httpCode) || (retCode !== null && renewTokenOn.includes(retCode))) {
    return classification({ type: "reauthenticate" }, isGood ? httpCode : retCode, "the token is not accepted", retMsg);
  }
  const status = statuses.get(response.status);
  if (status !== undefined) {
    return classification(status.action, isGood ? httpCode : retCode, status.meaning, retMsg);
  }
  if (response.status < 200 || response.status >= 300 || isGood) return null;
  const refusal = refusals.get(retCode);
  const action: FailureAction = { type: "fail", error: refusal === undefined ? "vendor" : "request" };
  return classification(action, retCode, refusal ?? null, retMsg);
}

function classification(
  action: FailureAction,
  vendorCode: string,
  meaning: string | null,
  retMsg: string | null,
): FailureClassification {
  const message = meaning === null || retMsg === null ? (meaning ?? retMsg) : `${meaning} (${retMsg})`;
  return { ...action, vendorCode, message, requestId: null };
}
