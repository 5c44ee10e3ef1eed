import fc from "fast-check";
import { FAULT_KINDS, RETRYABLE_FAULTS } from "../../src/testing/faults/fault-kinds.js";
import { without, withoutUndetectableFaults } from "./undetectable.js";
import { ROUND_ROWS } from "./emulated-quirks.js";
import { HISTORY_MS } from "./history.js";
import { type AccountQuirks, accountQuirks, type ScenarioQuirks, scenarioQuirks, seldom } from "./quirks.js";
import type { Edges } from "./window-options.js";
import type { Order } from "../../src/index.js";
import type { FaultKind, FilterTime, RowOrder, VendorId } from "../../src/testing/index.js";

/** Rows that appear or are removed in the settled period while it is read. */
export type Churn = "none" | "insert" | "remove";

/** The way in which the consumer reads the stream. */
export type Consumer =
  | { type: "each" }
  | { type: "batches"; size: number }
  | { type: "array" }
  | { type: "slow"; msPerRecord: number }
  | { type: "break"; after: number }
  | { type: "throw"; after: number }
  | { type: "abort"; atMs: number }
  | { type: "close"; atMs: number }
  | { type: "deadline"; totalTimeoutMs: number };

/** One vendor's account. */
export interface SimulatedAccount {
  vendor: VendorId;
  /** The number of its calls. */
  calls: number;
  churn: Churn;
  /** The page size, which is smaller than the vendor's, so that few rows have many pages and windows. */
  pageSize: number;
  windowSeconds: number;
  concurrency: number;
  /** The largest page that the vendor returns, without declaring it; null if there is no limit. */
  pageCap: number | null;
  /** The number that the vendor adds to its totals. */
  totalShift: number;
  /** The rate that the vendor allows, as a share of the declared rate. */
  admits: number;
  quirks: AccountQuirks;
}

/** The parameters of one run. The same scenario always has the same run. */
export interface Scenario {
  seed: number;
  accounts: SimulatedAccount[];
  filterTime: FilterTime;
  order: RowOrder;
  edges: Edges;
  latency: { minMs: number; maxMs: number };
  faults: { share: number; kinds: readonly FaultKind[] };
  /** The period in which no vendor can be reached, in milliseconds of the run; null if there is none. */
  outage: { from: number; to: number } | null;
  /** The time by which the client's clock is behind the vendors'. */
  clockBehindMs: number;
  /** The lifetime of a token in seconds. */
  tokenTtlSeconds: number;
  range: { from: number; to: number };
  consumer: Consumer;
  readOrder: Order;
  isolateFailures: boolean;
  /** Whether unreadable rows are reported instead of thrown as an error. */
  reportsUnreadable: boolean;
  /** Other operations that run concurrently on the same client. */
  concurrent: ("records" | "usage" | "activeCalls")[];
  quirks: ScenarioQuirks;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const account = (vendor: VendorId): fc.Arbitrary<SimulatedAccount> =>
  fc
    .record({
      vendor: fc.constant(vendor),
      calls: fc.oneof(fc.nat(10), fc.integer({ min: 10, max: 100 })),
      churn: fc.oneof(
        { withCrossShrink: true },
        { weight: 3, arbitrary: fc.constant<Churn>("none") },
        fc.constantFrom<Churn>("insert", "remove"),
      ),
      pageSize: fc.integer({ min: 1, max: 25 }),
      windowSeconds: fc.integer({ min: 18, max: 40 * 24 }).map((hours) => hours * 3600),
      concurrency: fc.integer({ min: 1, max: 8 }),
      pageCap: fc.option(fc.integer({ min: 1, max: 10 }), { freq: 5 }),
      totalShift: fc.oneof(
        { withCrossShrink: true },
        { weight: 9, arbitrary: fc.constant(0) },
        fc.integer({ min: -30, max: 30 }),
      ),
      admits: fc.oneof(
        { withCrossShrink: true },
        { weight: 4, arbitrary: fc.constant(2) },
        fc.double({ min: 0.2, max: 1, noNaN: true }),
      ),
      quirks: seldom(2, accountQuirks(vendor)).map((quirks) => quirks ?? {}),
    })
    .map(withManyCalls);

/** Returns the account with more calls than a cap at a round number allows, in a small number of pages and windows. */
function withManyCalls(account: SimulatedAccount): SimulatedAccount {
  if (account.quirks.roundCap === undefined) return account;
  return {
    ...account,
    calls: ROUND_ROWS + 1 + account.calls,
    pageSize: 75 + account.pageSize,
    pageCap: null,
    windowSeconds: 40 * 24 * 3600,
    quirks: without(account.quirks, "searchCap", "noTotals"),
  };
}

const vendors: readonly VendorId[] = ["tencent-ccc", "huawei-cec", "itniotech"];

const consumer: fc.Arbitrary<Consumer> = fc.oneof(
  { withCrossShrink: true },
  { weight: 5, arbitrary: fc.constant<Consumer>({ type: "each" }) },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 40 }).map((size): Consumer => ({ type: "batches", size })) },
  { weight: 1, arbitrary: fc.constant<Consumer>({ type: "array" }) },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 1, max: 5000 }).map((msPerRecord): Consumer => ({ type: "slow", msPerRecord })),
  },
  { weight: 1, arbitrary: fc.nat(60).map((after): Consumer => ({ type: "break", after })) },
  { weight: 1, arbitrary: fc.nat(60).map((after): Consumer => ({ type: "throw", after })) },
  { weight: 2, arbitrary: fc.nat(20_000).map((atMs): Consumer => ({ type: "abort", atMs })) },
  { weight: 1, arbitrary: fc.nat(20_000).map((atMs): Consumer => ({ type: "close", atMs })) },
  {
    weight: 1,
    arbitrary: fc
      .integer({ min: 1, max: 20_000 })
      .map((totalTimeoutMs): Consumer => ({ type: "deadline", totalTimeoutMs })),
  },
);

/** An instant of the history, or shortly after it. */
const instant = fc.oneof(
  fc.integer({ min: -HISTORY_MS, max: HOUR }),
  fc.integer({ min: -HISTORY_MS / HOUR, max: 1 }).map((hours) => hours * HOUR),
);

const share = fc.constantFrom(0.02, 0.1, 0.25, 0.5);
const faults: fc.Arbitrary<Scenario["faults"]> = fc.oneof(
  { withCrossShrink: true },
  { weight: 2, arbitrary: fc.constant({ share: 0, kinds: [] }) },
  { weight: 5, arbitrary: fc.record({ share, kinds: fc.subarray([...RETRYABLE_FAULTS], { minLength: 1 }) }) },
  { weight: 1, arbitrary: fc.record({ share, kinds: fc.constant<FaultKind[]>(["no-data", "empty-page"]) }) },
  { weight: 1, arbitrary: fc.record({ share, kinds: fc.subarray([...FAULT_KINDS], { minLength: 1 }) }) },
);

/** Generates scenarios. */
export const scenarios: fc.Arbitrary<Scenario> = fc
  .record({
    seed: fc.integer({ min: 1, max: 2 ** 31 }),
    accounts: fc
      .subarray([...vendors], { minLength: 1, maxLength: 2 })
      .chain((chosen) => fc.tuple(...chosen.map(account))),
    filterTime: fc.constantFrom<FilterTime>("start", "end", "created"),
    order: fc.constantFrom<RowOrder>("ascending", "descending", "unsorted"),
    edges: fc.constantFrom<Scenario["edges"]>("inclusive", "exclusive", "half-open"),
    latency: fc
      .record({ minMs: fc.nat(200), spreadMs: fc.nat(800) })
      .map(({ minMs, spreadMs }) => ({ minMs, maxMs: minMs + spreadMs })),
    faults,
    outage: fc.option(
      fc
        .record({ from: fc.nat(10_000), lastsMs: fc.oneof(fc.nat(3_000), fc.nat(600_000)) })
        .map(({ from, lastsMs }) => ({ from, to: from + lastsMs })),
      { freq: 5 },
    ),
    clockBehindMs: fc.oneof(
      { withCrossShrink: true },
      { weight: 5, arbitrary: fc.constant(0) },
      fc.integer({ min: -96 * HOUR, max: 8 * HOUR }),
      fc.integer({ min: -10 * MINUTE, max: 10 * MINUTE }),
    ),
    tokenTtlSeconds: fc.constantFrom(600, 60, 5),
    range: fc
      .tuple(instant, instant)
      .map(([one, other]) => ({ from: Math.min(one, other), to: Math.max(one, other) + 1 })),
    consumer,
    readOrder: fc.constantFrom<Order>("arrival", "time", "newest"),
    isolateFailures: fc.boolean(),
    reportsUnreadable: fc.boolean(),
    quirks: seldom(2, scenarioQuirks).map((quirks) => quirks ?? {}),
    concurrent: fc.oneof(
      { withCrossShrink: true },
      { weight: 4, arbitrary: fc.constant<Scenario["concurrent"]>([]) },
      fc.subarray<Scenario["concurrent"][number]>(["records", "usage", "activeCalls"]),
    ),
  })
  .map(withRangeAtClockChange)
  .map(withoutUndetectableFaults);

function withRangeAtClockChange(scenario: Scenario): Scenario {
  const { range, quirks } = scenario;
  const from = quirks.zone?.rangeFrom ?? range.from;
  return { ...scenario, range: { from, to: Math.max(from + 1, range.to) } };
}
