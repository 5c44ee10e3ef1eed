import type { PagingRule, Rate, WindowRule } from "../../contract/provider.js";

/** Not documented: the vendor states no rate limit, and returns status -15 when it is exceeded. So the default is low. */
export const DEFAULT_RATE: Rate = { requestsPerSecond: 5, concurrency: 4 };

/**
 * Documented: the interval is at most 93 days (status -76), and its bounds are in whole seconds. Not documented: whether they are inclusive, and by which of
 * its times a call is selected. The times of rows are local times, whatever the format of the bounds.
 */
export const RECORDS_WINDOW: WindowRule = {
  unit: "s",
  maxSeconds: 93 * 86_400,
  end: "unknown",
  filtersOn: "unknown",
  localTime: true,
};

/** Documented: pages are counted from 1 and contain 1 to 100 rows. */
export const RECORDS_PAGING: PagingRule = { style: "page", first: 1, size: 100, total: true };

/** Not documented: how long the vendor keeps records. */
export const RECORDS_RETENTION = { retentionSeconds: null };

/** Documented: `calledOrCaller` is one called or calling number. Not documented: how it compares numbers. */
export const NUMBER_FILTER = { name: "calledOrCaller", textsPerRequest: 1 };
