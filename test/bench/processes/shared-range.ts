import { Redis } from "ioredis";
import { tencentCcc } from "call-records";
import { redisRateLimiter } from "call-records/redis";
import { serve } from "../process.js";
import { type RangeRead, readRange } from "../read-range.js";
import type { TencentRange } from "./tencent-range.js";

/** A range of an account that several processes read. */
export interface SharedRange extends TencentRange {
  prefix: string;
}

const redis = new Redis();
const limiters = new Map<string, ReturnType<typeof redisRateLimiter>>();

/** Reads a range at the rate that all processes with the same prefix share. */
serve(({ prefix, sdkAppId, range, ...account }: SharedRange): Promise<RangeRead> => {
  const rateLimiter = limiters.get(prefix) ?? redisRateLimiter(redis, { prefix });
  limiters.set(prefix, rateLimiter);
  return readRange(tencentCcc({ ...account, sdkAppIds: [sdkAppId] }), range, { rateLimiter });
});
