import type { PagingRule, WindowRule } from "../../contract/provider.js";

const DAY_SECONDS = 86_400;

/** Documented for each of the three operations: "A maximum of 20 requests can be initiated per second". A limit on concurrency is not documented. */
export const DEFAULT_RATE = { requestsPerSecond: 20, concurrency: 20 } as const;

/** Limits of DescribeTelCdr. */
export const HISTORY = {
  window: {
    unit: "s",
    // Documented: the difference between the two bounds must be *less* than 90 days.
    maxSeconds: 90 * DAY_SECONDS - 1,
    // Not documented: whether a call exactly at a bound is included, and by which of its times it is selected.
    end: "unknown",
    filtersOn: "unknown",
  },
  // Documented: `StartTimeStamp` is at most 180 days ago.
  retentionSeconds: 180 * DAY_SECONDS,
  // Documented: `PageNumber` counts from 0, `PageSize` is at most 100, and each response contains `TotalCount`.
  paging: { style: "page", first: 0, size: 100, total: true },
} as const satisfies { window: WindowRule; retentionSeconds: number; paging: PagingRule };

/** Limits of DescribeTelCallInfo. */
export const USAGE = {
  window: {
    // Documented: whole days only, from 00:00:00 to 23:59:59. The time zone of those days is not documented, so it is the account's `timeZone`.
    unit: "day",
    // Documented: "the query time range is up to 90 days".
    maxSeconds: 90 * DAY_SECONDS,
    end: "inclusive",
    filtersOn: "start",
  },
} as const satisfies { window: WindowRule };

/** Limits of DescribePSTNActiveSessionList. */
export const SESSIONS = {
  // Documented: `Limit` is at most 25, and each response contains `Total`.
  paging: { style: "offset", size: 25, total: true },
} as const satisfies { paging: PagingRule };

/** Documented: `Phones` selects calls by number. Not documented: how it compares numbers, and how many it may contain. */
export const NUMBER_FILTER = { name: "phones", textsPerRequest: 20 };
