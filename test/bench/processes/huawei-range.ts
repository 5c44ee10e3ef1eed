import { huaweiCec } from "call-records";
import { NO_LIMIT } from "../emulated.js";
import { serve } from "../process.js";
import { readRange } from "../read-range.js";
import type { Span } from "../span.js";

/** A range to read with so many requests under way at once. */
export interface HuaweiRange {
  endpoint: string;
  appKey: string;
  appSecret: string;
  concurrency: number;
  range: Span;
}

/** Reads a range at no pace. */
serve(({ concurrency, range, ...account }: HuaweiRange) =>
  readRange(huaweiCec({ ...account, rate: { requestsPerSecond: NO_LIMIT, concurrency } }), range),
);
