import type { PagingRule, WindowRule } from "../../contract/provider.js";

const DAY_SECONDS = 86_400;

/** Documented for each of the three operations: "A maximum of 20 requests can be initiated per second". Requests under way at once are not documented. */
export const DEFAULT_RATE = { requestsPerSecond: 20, concurrency: 20 } as const;

/** DescribeTelCdr. */
export const HISTORY = {
  window: {
    unit: "s",
    // Documented: the difference of the two bounds must be *less* than 90 days.
    maxSeconds: 90 * DAY_SECONDS - 1,
    // Not documented: neither whether a call exactly at a bound is in, nor which of its times is meant.
    end: "unknown",
    filtersOn: "unknown",
  },
  // Documented: `StartTimeStamp` reaches back 180 days at most.
  retentionSeconds: 180 * DAY_SECONDS,
  // Documented: `PageNumber` from 0, `PageSize` at most 100, `TotalCount` in each answer.
  paging: { style: "page", first: 0, size: 100, total: true },
} as const satisfies { window: WindowRule; retentionSeconds: number; paging: PagingRule };

/** DescribeTelCallInfo. */
export const USAGE = {
  window: {
    // Documented: whole days only, from 00:00:00 to 23:59:59. The zone of those days is not documented: the account's `timeZone`.
    unit: "day",
    // Documented: "the query time range is up to 90 days".
    maxSeconds: 90 * DAY_SECONDS,
    end: "inclusive",
    filtersOn: "start",
  },
} as const satisfies { window: WindowRule };

/** DescribePSTNActiveSessionList. */
export const SESSIONS = {
  // Documented: `Limit` at most 25, `Total` in each answer.
  paging: { style: "offset", size: 25, total: true },
} as const satisfies { paging: PagingRule };
