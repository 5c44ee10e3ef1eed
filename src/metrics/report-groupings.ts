import type { GroupDimension } from "./metrics-options.js";

/** The groupings that the report needs, for the option `groupBy` of {@link callMetrics}. They contain days, so `timeZone` is required. */
export const REPORT_GROUPINGS = [
  ["day"],
  ["account", "day"],
  ["weekday", "hour"],
  ["account"],
  ["account", "agent"],
  ["account", "queue"],
] as const satisfies readonly (readonly GroupDimension[])[];
