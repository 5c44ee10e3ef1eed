import type { HttpResponse } from "../../contract/http.js";
import type { FailureClassification, FailureAction } from "../../contract/failure-classification.js";
import { wireTextOrNull } from "../../contract/wire.js";
import { wireObject } from "../../contract/wire-schema.js";

const envelope = wireObject({ status: wireTextOrNull, reason: wireTextOrNull });

interface Meaning {
  action: FailureAction;
  meaning: string;
}

/** The vendor's status codes. Some of them are documented only for its other interfaces. */
const statuses: ReadonlyMap<string, Meaning> = new Map<string, Meaning>([
  ["-1", { action: { type: "fail", error: "authentication" }, meaning: "the key or the signature is not accepted" }],
  // The vendor's English page documents an authentication error. Its other lists document an IP address that is not allowed.
  [
    "-2",
    {
      action: { type: "fail", error: "permission" },
      meaning: "the IP address is not allowed, or the authentication failed",
    },
  ],
  ["-10", { action: { type: "fail", error: "vendor" }, meaning: "the balance is not sufficient" }],
  [
    "-11",
    {
      action: { type: "fail", error: "request" },
      meaning: "the format of a time is wrong: check the option `timeFormat`",
    },
  ],
  ["-13", { action: { type: "fail", error: "permission" }, meaning: "the user is locked" }],
  ["-15", { action: { type: "throttle" }, meaning: "requests are too frequent" }],
  ["-16", { action: { type: "correct-clock" }, meaning: "the timestamp has expired: the clocks differ" }],
  ["-18", { action: { type: "retry" }, meaning: "system error" }],
  ["-20", { action: { type: "fail", error: "vendor" }, meaning: "the data exists already" }],
  ["-21", { action: { type: "fail", error: "request" }, meaning: "a parameter is wrong" }],
  ["-22", { action: { type: "fail", error: "request" }, meaning: "a parameter is wrong" }],
  ["-23", { action: { type: "split-window" }, meaning: "more data than the vendor returns at once" }],
  ["-24", { action: { type: "fail", error: "vendor" }, meaning: "the data does not exist" }],
  ["-26", { action: { type: "fail", error: "vendor" }, meaning: "the lookup of a rate failed" }],
  ["-76", { action: { type: "fail", error: "request" }, meaning: "the interval is longer than 93 days" }],
]);

/** Classifies a response; null for a success, and where only the HTTP status indicates the failure. The vendor documents no request id. */
export function classify(response: HttpResponse): FailureClassification | null {
  const { status, reason } = envelope.safeParse(response.body).data ?? { status: null, reason: null };
  if (status === null || status === "0") return null;
  const known = statuses.get(status);
  if (known === undefined) {
    // The error page of a gateway may contain a `status` too. The HTTP status applies then.
    const isSuccess = response.status >= 200 && response.status < 300;
    return isSuccess ? { type: "fail", error: "vendor", vendorCode: status, message: reason, requestId: null } : null;
  }
  const message = reason === null ? known.meaning : `${known.meaning} (${reason})`;
  return { ...known.action, vendorCode: status, message, requestId: null };
}
