import type { ListFault } from "../data/list-page.js";
import type { WireFault } from "../vendor.js";
import type { RecordingFault } from "../recordings/recording-faults.js";
import type { Refusal } from "../vendor-definition.js";
import { RECORDING_FAULTS } from "../recordings/recording-faults.js";
import { STORE_OPERATION } from "../recordings/recording-store.js";
import { definitionOf, type VendorId } from "../vendors.js";

/**
 * A kind of fault. Faults of the connection: `reset`, `stalled-header`, `stalled-body`, `cut-body` and `bomb`. Responses that do not come from the vendor, or are damaged:
 * `html-page` HTTP 200 with a web page;
 * `bad-gateway` HTTP 502 with a web page;
 * `no-json` HTTP 200 with a truncated response, whose Content-Length matches;
 * `broken-json` HTTP 200 with a response that is not valid JSON;
 * `wrong-shape` HTTP 200 with a response in which every list is an object;
 * `redirect` HTTP 302 to another host;
 * `http-429`, `http-502`, `http-503`, `http-504` that status, with or without Retry-After.
 * Refusals by the vendor:
 * `throttled` Tencent's RequestLimitExceeded, Itniotech's -15, Huawei's HTTP 429;
 * `internal-error` Tencent's InternalError or one of its subcodes, Itniotech's -18, Huawei's HTTP 503;
 * `unauthorized` every Huawei token issued so far becomes invalid and the response is HTTP 401; for vendors without tokens, `internal-error`;
 * `no-token` Huawei's token service responds with HTTP 200 and no token;
 * `clock-refused` Tencent's AuthFailure.SignatureExpire or Itniotech's -16, although the client's clock is correct;
 * `too-much-data` Itniotech's -23 or Tencent's ResponseSizeLimitExceeded.
 * Failures of recordings:
 * `recording-gone` the vendor no longer has it: HTTP 404 of the object store, Itniotech's -24;
 * `recording-expired` HTTP 403 of the object store, as for an address that has expired;
 * `recording-text` HTTP 200 with a text;
 * `recording-json` HTTP 200 with JSON;
 * `recording-empty` HTTP 200 with an empty body;
 * `recording-changed` another recording under the same address;
 * `foreign-address` an address on another host;
 * `plain-address` an address with plain http.
 * Flaws of a page of the list of records: `repeated-page`, `empty-page`, `duplicate-row`, `shifted-total` and `no-data`.
 */
export type FaultKind =
  | WireFault
  | ListFault
  | "html-page"
  | "bad-gateway"
  | "no-json"
  | "broken-json"
  | "wrong-shape"
  | "redirect"
  | "http-429"
  | "http-502"
  | "http-503"
  | "http-504"
  | "throttled"
  | "internal-error"
  | "unauthorized"
  | "no-token"
  | "clock-refused"
  | "too-much-data"
  | RecordingFault;

type AppliesTo = (vendor: VendorId, operation: string) => boolean;

const anything: AppliesTo = () => true;
const token: AppliesTo = (vendor, operation) => operation === definitionOf(vendor).tokenOperation;
const store: AppliesTo = (_, operation) => operation === STORE_OPERATION;
/** A response of the vendor's API, for which the vendor has codes. */
const data: AppliesTo = (vendor, operation) => !token(vendor, operation) && !store(vendor, operation);
const audio: AppliesTo = (vendor, operation) => operation === definitionOf(vendor).recordings.audioOperation;
/** A damaged recording does not differ from a sound one. */
const json: AppliesTo = (vendor, operation) => !audio(vendor, operation);
const address: AppliesTo = (vendor, operation) => operation === definitionOf(vendor).recordings.addressOperation;
const history: AppliesTo = (vendor, operation) => operation === definitionOf(vendor).recordsOperation;
const list: AppliesTo = (vendor, operation) =>
  history(vendor, operation) || operation === definitionOf(vendor).activeCallsOperation;
/** Excludes vendors without the refusal. */
const refusable =
  (refusal: Refusal, appliesTo: AppliesTo): AppliesTo =>
  (vendor, operation) =>
    refusal in definitionOf(vendor).refusals && appliesTo(vendor, operation);

/** The requests to which each kind applies. */
const APPLICABLE: Record<FaultKind, AppliesTo> = {
  reset: anything,
  "stalled-header": anything,
  "stalled-body": anything,
  "cut-body": anything,
  bomb: anything,
  "html-page": anything,
  "bad-gateway": anything,
  "no-json": json,
  "broken-json": json,
  "wrong-shape": list,
  redirect: anything,
  "http-429": anything,
  "http-502": anything,
  "http-503": anything,
  "http-504": anything,
  throttled: data,
  "internal-error": data,
  unauthorized: data,
  "no-token": token,
  "clock-refused": refusable("clock-refused", anything),
  "too-much-data": refusable("too-much-data", history),
  "repeated-page": history,
  "empty-page": history,
  "duplicate-row": history,
  "shifted-total": history,
  "no-data": history,
  "recording-gone": audio,
  "recording-expired": store,
  "recording-text": audio,
  "recording-json": audio,
  "recording-empty": audio,
  "recording-changed": audio,
  "foreign-address": address,
  "plain-address": address,
};

/** Every kind. */
export const FAULT_KINDS: readonly FaultKind[] = Object.keys(APPLICABLE).filter(
  (name): name is FaultKind => name in APPLICABLE,
);

/** Faults that a retry does not resolve, or that must not be retried. */
const FATAL: ReadonlySet<FaultKind> = new Set([
  ...(["bomb", "broken-json", "wrong-shape", "redirect", "no-token"] as const),
  ...RECORDING_FAULTS,
]);

/** A client cannot detect these faults: a list without a total may end with an empty page. */
const MISLEADING: ReadonlySet<FaultKind> = new Set(["no-data"]);

/** The kinds from which a client recovers by a retry. */
export const RETRYABLE_FAULTS: readonly FaultKind[] = FAULT_KINDS.filter(
  (kind) => !FATAL.has(kind) && !MISLEADING.has(kind),
);

/**
 * A client recovers from one of these faults, but not from several in succession. For example, a third refusal of a renewed token means wrong credentials. Random faults therefore keep a minimum distance between them.
 */
export const SPACED_FAULTS: ReadonlySet<FaultKind> = new Set([
  "unauthorized",
  "clock-refused",
  "too-much-data",
  "repeated-page",
  "empty-page",
  "duplicate-row",
  "shifted-total",
  "no-data",
]);

const WIRE: readonly string[] = ["reset", "stalled-header", "stalled-body", "cut-body", "bomb"] satisfies WireFault[];
const LIST: readonly string[] = [
  "repeated-page",
  "empty-page",
  "duplicate-row",
  "shifted-total",
  "no-data",
] satisfies ListFault[];

export const isWireFault = (kind: FaultKind): kind is WireFault => WIRE.includes(kind);
export const isListFault = (kind: FaultKind): kind is ListFault => LIST.includes(kind);

/** The kinds whose response has the `Retry-After` of the fault. The others are responses of the vendor, or none. */
const WITH_RETRY_AFTER: ReadonlySet<FaultKind> = new Set([
  "html-page",
  "bad-gateway",
  "http-429",
  "http-502",
  "http-503",
  "http-504",
  "throttled",
  "internal-error",
  "unauthorized",
  "no-token",
  "clock-refused",
  "too-much-data",
]);

export const hasRetryAfter = (kind: FaultKind): boolean => WITH_RETRY_AFTER.has(kind);

/** Whether this kind applies to any operation of the vendor. */
export function canOccur(kind: FaultKind, vendor: VendorId): boolean {
  const { recordsOperation, activeCallsOperation, tokenOperation, recordings } = definitionOf(vendor);
  const others = "";
  const { audioOperation, addressOperation } = recordings;
  return [recordsOperation, activeCallsOperation, tokenOperation, audioOperation, addressOperation, others].some(
    (operation) => operation !== undefined && canAffect(kind, vendor, operation),
  );
}

/** Whether this kind applies to the vendor's operation. */
export function canAffect(kind: FaultKind, vendor: VendorId, operation: string): boolean {
  return APPLICABLE[kind](vendor, operation);
}
