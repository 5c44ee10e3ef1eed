import type { PagingRule, Rate, WindowRule } from "../../contract/provider.js";

/** Not documented: the vendor states no rate and answers -15 when it is passed, so the default is low. */
export const DEFAULT_RATE: Rate = { requestsPerSecond: 5, concurrency: 4 };

/**
 * Documented: the interval is at most 93 days (status -76). Its bounds are written in whole seconds. Not documented: whether they are
 * inclusive, and which of a call's times they filter on.
 */
export const RECORDS_WINDOW: WindowRule = { unit: "s", maxSeconds: 93 * 86_400, end: "unknown", filtersOn: "unknown" };

/** Documented: pages count from 1, and hold 1 to 100 rows. */
export const RECORDS_PAGING: PagingRule = { style: "page", first: 1, size: 100, total: true };

/** Not documented: how far back records are kept. */
export const RECORDS_RETENTION = { retentionSeconds: null };
