import type { Random } from "../data/random.js";
import { randomUuid } from "../data/uuid.js";
import { huaweiFailure, UNAUTHORIZED } from "../huawei-cec/failure.js";
import { itniotechRefusal } from "../itniotech/refusal.js";
import { tencentResponse } from "../tencent-ccc/envelope.js";
import type { VendorResponse, VendorId } from "../vendor.js";
import type { FaultKind } from "./fault-kinds.js";

/** The faults that are a vendor's own refusals. */
export type Refusal = Extract<
  FaultKind,
  "throttled" | "internal-error" | "unauthorized" | "no-token" | "clock-refused" | "too-much-data"
>;

type Refuse = (operation: string, random: Random) => VendorResponse;

const tencent =
  (first: string, ...kinds: string[]): Refuse =>
  (operation, random) => {
    const code = random.pick([first, ...kinds]);
    return tencentResponse(
      operation,
      () => ({ Error: { Code: code, Message: "The request was refused. Please try again later." } }),
      randomUuid(random),
      code,
    );
  };
const itniotech =
  (status: number): Refuse =>
  (operation) =>
    itniotechRefusal(operation, status);
const huawei =
  (status: number, message: string): Refuse =>
  (operation) =>
    huaweiFailure(operation, status, message);

const INTERNAL_ERROR: Record<VendorId, Refuse> = {
  "tencent-ccc": tencent("InternalError", "InternalError.DBError"),
  "huawei-cec": huawei(503, "The service is unavailable."),
  itniotech: itniotech(-18),
};

const TOO_OFTEN = {
  "tencent-ccc": tencent("RequestLimitExceeded", "RequestLimitExceeded.UinLimitExceeded"),
  "huawei-cec": huawei(429, "Too many requests."),
  itniotech: itniotech(-15),
};

/** Each vendor's refusals. A vendor without a matching refusal responds with its internal error; `fault-kinds` excludes most of these cases. */
const REFUSALS: Record<Refusal, Record<VendorId, Refuse>> = {
  throttled: TOO_OFTEN,
  "internal-error": INTERNAL_ERROR,
  unauthorized: { ...INTERNAL_ERROR, "huawei-cec": huawei(401, UNAUTHORIZED) },
  "no-token": {
    ...INTERNAL_ERROR,
    "huawei-cec": (operation) => ({
      status: 200,
      body: JSON.stringify({ ApplyType: "Bearer", Expires: "600" }),
      operation,
      refusal: null,
    }),
  },
  "clock-refused": {
    ...INTERNAL_ERROR,
    "tencent-ccc": tencent("AuthFailure.SignatureExpire"),
    itniotech: itniotech(-16),
  },
  "too-much-data": {
    ...INTERNAL_ERROR,
    "tencent-ccc": tencent("ResponseSizeLimitExceeded"),
    itniotech: itniotech(-23),
  },
};

export function refuseAs(kind: Refusal, vendor: VendorId, operation: string, random: Random): VendorResponse {
  return REFUSALS[kind][vendor](operation, random);
}
