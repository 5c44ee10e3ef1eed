import type { Scenario } from "./scenario.js";

/** Schedules that broke a promise once, found by soaking. */
export const onceBroken: Record<string, Scenario> = {
  "a page behind the end, aborted by another page's refusal, was taken for one that is not there": {
    seed: 1269257329,
    accounts: [{ vendor: "tencent-ccc", calls: 10, churn: "none", pageSize: 1, windowSeconds: 406800, concurrency: 3, pageCap: null, lie: -2, admits: 2, quirks: {} }],
    filterTime: "start",
    order: "ascending",
    edges: "inclusive",
    latency: { leastMs: 0, mostMs: 0 },
    faults: { share: 0.25, kinds: ["http-503", "throttled", "too-much-data"] },
    outage: null,
    clockBehindMs: 0,
    tokenTtlSeconds: 600,
    range: { from: -2577600000, to: 1 },
    consumer: { type: "each" },
    byTime: false,
    isolateFailures: false,
    beside: ["records", "usage"],
    quirks: {},
  },
};
