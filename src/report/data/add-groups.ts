import { addCounts, type CallCounts } from "../../metrics/call-counts.js";
import { deriveMetrics } from "../../metrics/derive-metrics.js";
import type { CallMetrics, Metrics, MetricsGroup } from "../../metrics/index.js";

/** Returns the function that returns the metrics of several groups together. They follow from the counts, which the caller has checked. */
export function groupAdder({ provides, options }: Metrics): (groups: readonly MetricsGroup[]) => CallMetrics {
  return (groups) => {
    const counts = groups.map(({ metrics }) => metrics.counts);
    const providers = [...new Set(counts.flatMap((one) => Object.keys(one)))];
    const sums = providers.map((provider): [string, CallCounts] => [
      provider,
      addCounts(counts.flatMap((one) => (Object.hasOwn(one, provider) ? (one[provider] ?? []) : []))),
    ]);
    return deriveMetrics(Object.fromEntries(sums), provides, options);
  };
}
