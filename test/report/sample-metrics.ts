import type { AccountReport } from "call-records";
import { callMetrics, type Metrics, REPORT_GROUPINGS } from "call-records/metrics";
import { sampleCalls, type SampleOptions, sampleReport } from "./sample-calls.js";

/** Returns the metrics of a sample, with the reports of its accounts if there are any. */
export function sampleMetrics(options: SampleOptions, accounts?: AccountReport[]): Promise<Metrics> {
  return callMetrics(sampleCalls(options), {
    groupBy: REPORT_GROUPINGS,
    timeZone: "Asia/Shanghai",
    serviceLevel: { seconds: 20 },
    shortAbandonSeconds: 5,
    ...(accounts === undefined ? {} : { report: () => ({ accounts }) }),
  });
}

/** November 2026 of three accounts: one is complete, one is unsettled at the end, and one has gaps. */
export function november(options: Partial<SampleOptions> = {}): Promise<Metrics> {
  const [start, settled, end] = ["2026-10-31T16:00:00Z", "2026-11-28T02:00:00Z", "2026-11-30T16:00:00Z"];
  const [gapFrom, gapTo] = ["2026-11-10T16:00:00Z", "2026-11-11T16:00:00Z"];
  return sampleMetrics({ from: "2026-11-01", days: 30, callsPerDay: 420, ...options }, [
    sampleReport({ coverage: [{ from: start, to: settled }], unsettled: [{ from: settled, to: end }] }),
    sampleReport({
      account: "campaign",
      provider: "huawei-cec",
      status: "partial",
      coverage: [
        { from: start, to: gapFrom },
        { from: gapTo, to: settled },
      ],
      unsettled: [{ from: settled, to: end }],
      gaps: [{ from: gapFrom, to: gapTo, reason: "failed" }],
    }),
    sampleReport({
      account: "overseas",
      provider: "itniotech",
      coverage: [{ from: start, to: settled }],
      unsettled: [{ from: settled, to: end }],
    }),
  ]);
}
