import { tencentCcc } from "call-records";
import { serve } from "../process.js";
import { readRange } from "../read-range.js";
import type { Span } from "../span.js";
import type { TencentAccount } from "../tencent-history.js";

/** A range of an account. */
export interface TencentRange extends TencentAccount {
  range: Span;
}

/** Reads a range at the rate that Tencent documents. */
serve(({ sdkAppId, range, ...account }: TencentRange) =>
  readRange(tencentCcc({ ...account, sdkAppIds: [sdkAppId] }), range),
);
