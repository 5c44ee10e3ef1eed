import type { PagingRule, Rate, WindowRule } from "../../contract/provider.js";

/** Not documented: the vendor states no rate, so the default is low. */
export const DEFAULT_RATE: Rate = { requestsPerSecond: 5, concurrency: 4 };

/** Documented: a token lives 3,600 seconds at most; the vendor's samples ask for 600. */
export const TOKEN_TTL = { minimum: 60, default: 600, maximum: 3600 } as const;

/**
 * Documented: times are epoch milliseconds, and start and end are at most seven days apart. Not documented: whether the ends are
 * inclusive, and whether the window filters on the call's start or end.
 */
export const RECORDS_WINDOW: WindowRule = { unit: "ms", maxSeconds: 7 * 86_400, end: "unknown", filtersOn: "unknown" };

/** Documented: 100 rows a page by default. The maximum is not documented, so no more than the default is asked for. */
export const RECORDS_PAGING: PagingRule = { style: "offset", size: 100, total: true };

/** Not documented: how far back records are kept. */
export const RECORDS_RETENTION = { retentionSeconds: null };

/** Documented: a calling number has at most 32 characters. */
export const CALLER_MAX_LENGTH = 32;
