import type { PagingRule, Rate, WindowRule } from "../../contract/provider.js";

/** Not documented: the vendor states no rate limit, so the default is low. */
export const DEFAULT_RATE: Rate = { requestsPerSecond: 5, concurrency: 4 };

/** In seconds. Documented: a token is valid for at most 3,600 seconds. The vendor's samples request 600. */
export const TOKEN_TTL = { minimum: 60, default: 600, maximum: 3600 } as const;

/**
 * Documented: times are Unix milliseconds, and start and end are at most seven days apart. Not documented: whether the bounds are inclusive, and whether the
 * window filters on the start or the end of a call.
 */
export const RECORDS_WINDOW: WindowRule = { unit: "ms", maxSeconds: 7 * 86_400, end: "unknown", filtersOn: "unknown" };

/** Documented: 100 rows per page by default. The maximum is not documented, so the default is used. */
export const RECORDS_PAGING: PagingRule = { style: "offset", size: 100, total: true };

/** Not documented: how long the vendor keeps records. */
export const RECORDS_RETENTION = { retentionSeconds: null };

/** Documented: a calling number has at most 32 characters. */
export const CALLER_MAX_LENGTH = 32;

/** Documented: `caller` is one calling number. Not documented: how it compares numbers, and whether it also finds a call by its called number. */
export const NUMBER_FILTER = { name: "caller", textsPerRequest: 1 };
