import type { Scenario, SimulatedAccount } from "./scenario.js";

const account: Omit<SimulatedAccount, "vendor"> = {
  calls: 10,
  churn: "none",
  pageSize: 1,
  windowSeconds: 64800,
  concurrency: 1,
  pageCap: null,
  totalShift: 0,
  admits: 2,
  quirks: {},
};

const scenario: Omit<Scenario, "seed" | "accounts" | "range"> = {
  filterTime: "start",
  order: "ascending",
  edges: "inclusive",
  latency: { minMs: 0, maxMs: 0 },
  faults: { share: 0, kinds: [] },
  outage: null,
  clockBehindMs: 0,
  tokenTtlSeconds: 600,
  consumer: { type: "each" },
  readOrder: "arrival",
  isolateFailures: false,
  reportsUnreadable: false,
  concurrent: [],
  quirks: {},
};

/** Schedules in which a soak once found a violation, by its cause. */
export const oldBugs: Record<string, Scenario> = {
  "a page past the end, which was aborted after the refusal of another page, was treated as missing": {
    ...scenario,
    seed: 1269257329,
    accounts: [{ ...account, vendor: "tencent-ccc", windowSeconds: 406800, concurrency: 3, totalShift: -2 }],
    faults: { share: 0.25, kinds: ["http-503", "throttled", "too-much-data"] },
    range: { from: -2577600000, to: 1 },
    concurrent: ["records", "usage"],
  },
  "a total that was too small was accepted with pages of one row": {
    ...scenario,
    seed: 2145770537,
    accounts: [{ ...account, vendor: "tencent-ccc", totalShift: -1 }],
    range: { from: -1057319001, to: 1 },
  },
  "the requests for halving windows down to two calls at one instant, with pages of two rows, were reported as too many":
    {
      ...scenario,
      seed: 2114582498,
      accounts: [{ ...account, vendor: "itniotech", calls: 33, pageSize: 2 }],
      range: { from: -273600000, to: -266400000 },
    },
  "calls that the vendor no longer kept, by its own clock, were missing in a covered interval": {
    ...scenario,
    seed: 1,
    accounts: [{ ...account, vendor: "itniotech", quirks: { onBounds: 0.2, keptDays: 7, declaresKept: true } }],
    clockBehindMs: 302_000,
    range: { from: -604801001, to: -352805000 },
  },
  "a call ended an hour too early where its local time occurred twice, although its duration showed the right instant":
    {
      ...scenario,
      seed: 264840431,
      accounts: [{ ...account, vendor: "itniotech", calls: 29 }],
      quirks: { zone: { name: "America/New_York", began: 1793639968548 } },
      range: { from: -133646548, to: 1 },
    },
  "the refusal of a page in the smallest window was reported as a wrong argument of the caller": {
    ...scenario,
    seed: 1,
    accounts: [
      { ...account, vendor: "huawei-cec" },
      {
        ...account,
        vendor: "itniotech",
        quirks: { onBounds: 0.2, searchCap: { rows: 1, total: "true", beyond: "refused", declared: false } },
      },
    ],
    range: { from: -147600000, to: 1 },
  },
  "the refusal of a page with a total that is too large was reported as a wrong argument of the caller": {
    ...scenario,
    seed: 1,
    accounts: [
      {
        ...account,
        vendor: "tencent-ccc",
        pageSize: 2,
        totalShift: 2,
        quirks: { searchCap: { rows: 1, total: "capped", beyond: "refused", declared: false } },
      },
    ],
    range: { from: -140400000, to: 1 },
  },
  "the refusal of a page after an empty one was reported as an error without a cause": {
    ...scenario,
    seed: 1,
    accounts: [
      {
        ...account,
        vendor: "huawei-cec",
        calls: 2,
        totalShift: 1,
        quirks: {
          searchCap: { rows: 1, total: "true", beyond: "refused", declared: false },
          hole: { page: 0, as: "empty" },
        },
      },
    ],
    range: { from: -1465200000, to: 1 },
  },
  "the refusal of a page of a read that was begun again with smaller pages was reported as a wrong argument of the caller":
    {
      ...scenario,
      seed: 1050943621,
      accounts: [
        {
          ...account,
          vendor: "tencent-ccc",
          calls: 18,
          pageSize: 2,
          windowSeconds: 388800,
          concurrency: 4,
          pageCap: 1,
          quirks: {
            declaresStart: true,
            searchCap: { rows: 1, total: "true", beyond: "refused", declared: false },
          },
        },
        { ...account, vendor: "itniotech", totalShift: -1 },
      ],
      latency: { minMs: 0, maxMs: 90 },
      faults: {
        share: 0.5,
        kinds: ["cut-body", "html-page", "bad-gateway", "no-json", "http-429", "http-502", "too-much-data"],
      },
      range: { from: -1940400000, to: 1 },
    },
  "the end of a call that started where local times occur twice was treated as impossible": {
    ...scenario,
    seed: 2096680980,
    accounts: [{ ...account, vendor: "itniotech", calls: 30 }],
    quirks: { zone: { name: "America/New_York", began: 1793661170780 } },
    range: { from: -140400000, to: 1 },
  },
  "a bound with an offset lay where local times occur twice, and a call of that hour seemed to start outside of its window":
    {
      ...scenario,
      seed: 1190745181,
      accounts: [
        {
          ...account,
          vendor: "itniotech",
          calls: 20,
          quirks: { sendsOffsets: true, declaresStart: true, onBounds: 0.6 },
        },
      ],
      edges: "exclusive",
      quirks: { zone: { name: "America/New_York", began: 1793584800000 } },
      range: { from: -72000000, to: 1 },
    },
  "the requests for tokens that expired while a slow list responded were reported as too many": {
    ...scenario,
    seed: 1,
    accounts: [{ ...account, vendor: "huawei-cec", calls: 0 }],
    tokenTtlSeconds: 60,
    quirks: { slowListMs: 60_000 },
    range: { from: -295199999, to: 1 },
  },
  "the time of an update was treated as impossible after a correction by a response with a wrong `Date`": {
    ...scenario,
    seed: 1,
    accounts: [
      { ...account, vendor: "tencent-ccc", calls: 0 },
      { ...account, vendor: "itniotech", calls: 4, windowSeconds: 946800, concurrency: 2 },
    ],
    latency: { minMs: 0, maxMs: 416 },
    faults: { share: 0.25, kinds: ["bad-gateway", "http-502", "clock-refused", "shifted-total"] },
    quirks: { wrongDates: { share: 1, aheadMs: -233522162 } },
    range: { from: -2412000000, to: 1 },
  },
  "a call with the id of another one, which the vendor then removed, was taken for the delivered one in a part of their window":
    {
      ...scenario,
      seed: 1444891877,
      accounts: [
        {
          ...account,
          vendor: "tencent-ccc",
          calls: 32,
          churn: "remove",
          concurrency: 5,
          quirks: { twins: "window" },
        },
      ],
      range: { from: -1460069001, to: 1 },
    },
  "a call that the vendor added after its place in the order had been passed was reported as a wrong response": {
    ...scenario,
    seed: 1121227091,
    accounts: [
      {
        ...account,
        vendor: "tencent-ccc",
        churn: "insert",
        pageSize: 3,
        windowSeconds: 432000,
        quirks: { unit: "day" },
      },
      { ...account, vendor: "itniotech" },
    ],
    range: { from: -3394800000, to: 1 },
    readOrder: "time",
    quirks: { stragglers: { share: 0.05, maxMs: 2000 } },
  },
  "a call that was listed after its place in the order of time, beside failures, was an unknown kind of warning": {
    ...scenario,
    seed: 343141763,
    accounts: [{ ...account, vendor: "huawei-cec", calls: 32, windowSeconds: 604_800, quirks: { unit: "day" } }],
    faults: { share: 0.5, kinds: ["wrong-shape", "duplicate-row"] },
    range: { from: -716_400_000, to: 1 },
    readOrder: "time",
    isolateFailures: true,
  },
  "the requests of a plan by the vendor's clock, where this machine's is ahead, were reported as too many": {
    ...scenario,
    seed: 1085572374,
    accounts: [
      {
        ...account,
        vendor: "itniotech",
        calls: 12,
        pageSize: 3,
        windowSeconds: 140_400,
        quirks: { noTotals: true },
      },
    ],
    clockBehindMs: -70_075_000,
    range: { from: -206_469_001, to: 1 },
  },
  "a page was reported as empty twice, because refusals of other requests had delayed the second request": {
    ...scenario,
    seed: 262127064,
    accounts: [
      { ...account, vendor: "tencent-ccc", calls: 1, pageSize: 2, windowSeconds: 385_200, concurrency: 5 },
      { ...account, vendor: "huawei-cec", calls: 95, concurrency: 8, admits: 0.3 },
    ],
    latency: { minMs: 3, maxMs: 603 },
    faults: { share: 0.5, kinds: ["no-data", "empty-page"] },
    clockBehindMs: -301_000,
    range: { from: -3_212_031_895, to: -532_799_999 },
    readOrder: "newest",
  },
};
