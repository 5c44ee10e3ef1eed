import { huaweiCec } from "call-records";
import { NO_LIMIT } from "../emulated.js";
import { serve } from "../process.js";
import { readRange } from "../read-range.js";
import type { Span } from "../span.js";

/** A range that is read with this concurrency. */
export interface HuaweiRange {
  endpoint: string;
  appKey: string;
  appSecret: string;
  concurrency: number;
  range: Span;
}

/** Reads a range without a rate limit. */
serve(({ concurrency, range, ...account }: HuaweiRange) =>
  readRange(huaweiCec({ ...account, rate: { requestsPerSecond: NO_LIMIT, concurrency } }), range),
);
