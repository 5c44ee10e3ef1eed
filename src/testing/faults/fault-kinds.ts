import type { ListFault } from "../data/list-page.js";
import type { VendorId, WireFault } from "../vendor.js";

/**
 * What can befall a request. On the way: `reset`, `stalled-header`, `stalled-body`, `cut-body` and `bomb`. In the vendor's place something else answers:
 * `html-page` HTTP 200 with a web page;
 * `bad-gateway` HTTP 502 with a web page;
 * `no-json` HTTP 200 with the vendor's answer cut short, under a length that is right;
 * `broken-json` HTTP 200 with the vendor's answer, in which something stands that is no JSON;
 * `wrong-shape` HTTP 200 with the vendor's answer, every list in it an object;
 * `redirect` HTTP 302 to another place;
 * `http-429`, `http-502`, `http-503`, `http-504` that status, with or without Retry-After.
 * The vendor refuses for a reason of its own:
 * `throttled` Tencent's RequestLimitExceeded, Itniotech's -15, Huawei's HTTP 429;
 * `internal-error` Tencent's InternalError or one of its kinds, Itniotech's -18, Huawei's HTTP 503;
 * `unauthorized` every Huawei token so far is made invalid and the answer is HTTP 401; of the vendors without tokens, `internal-error`;
 * `no-token` Huawei's token service answers HTTP 200 without a token;
 * `clock-refused` Tencent's AuthFailure.SignatureExpire or Itniotech's -16, however right the client's clock is;
 * `too-much-data` Itniotech's -23 or Tencent's ResponseSizeLimitExceeded.
 * And of a page of the list of records: `repeated-page`, `empty-page`, `duplicate-row`, `shifted-total` and `no-data`.
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
  | "too-much-data";

type AppliesTo = (vendor: VendorId, operation: string) => boolean;

const TOKEN_OPERATION = "tokenByAkSk";
/** Each vendor's list of records. */
const HISTORY: Record<VendorId, string> = {
  "tencent-ccc": "DescribeTelCdr",
  "huawei-cec": "queryCallDetailRecord",
  itniotech: "v3/cc/record/query",
};

const anything: AppliesTo = () => true;
const token: AppliesTo = (_, operation) => operation === TOKEN_OPERATION;
const data: AppliesTo = (_, operation) => operation !== TOKEN_OPERATION;
const history: AppliesTo = (vendor, operation) => operation === HISTORY[vendor];
const list: AppliesTo = (vendor, operation) =>
  history(vendor, operation) || operation === "DescribePSTNActiveSessionList";
const except =
  (excepted: VendorId, appliesTo: AppliesTo): AppliesTo =>
  (vendor, operation) =>
    vendor !== excepted && appliesTo(vendor, operation);

/** What each kind can befall. */
const APPLICABLE: Record<FaultKind, AppliesTo> = {
  reset: anything,
  "stalled-header": anything,
  "stalled-body": anything,
  "cut-body": anything,
  bomb: anything,
  "html-page": anything,
  "bad-gateway": anything,
  "no-json": anything,
  "broken-json": anything,
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
  "clock-refused": except("huawei-cec", anything),
  "too-much-data": except("huawei-cec", history),
  "repeated-page": history,
  "empty-page": history,
  "duplicate-row": history,
  "shifted-total": history,
  "no-data": history,
};

/** Every kind. */
export const FAULT_KINDS: readonly FaultKind[] = Object.keys(APPLICABLE).filter(
  (name): name is FaultKind => name in APPLICABLE,
);

/** These end a call: asking again does not help, or must not be tried. */
const FATAL: ReadonlySet<FaultKind> = new Set(["bomb", "broken-json", "wrong-shape", "redirect", "no-token"]);

/** What a client may take for the truth: a list without a total may end where it says that there is nothing. */
const MISLEADING: ReadonlySet<FaultKind> = new Set(["no-data"]);

/** The kinds that a client gets over by asking again. */
export const RETRYABLE_FAULTS: readonly FaultKind[] = FAULT_KINDS.filter(
  (kind) => !FATAL.has(kind) && !MISLEADING.has(kind),
);

/**
 * These a client gets over once, not twice running: a third refusal of a token that was renewed is taken for wrong credentials, a second repeated page for a list that
 * cannot be read. What is drawn by chance therefore keeps them apart.
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

/** Whether this kind can befall a request of this vendor's. */
export function canAffect(kind: FaultKind, vendor: VendorId, operation: string): boolean {
  return APPLICABLE[kind](vendor, operation);
}
