import fc from "fast-check";
import { without, withoutUndetectableSyncFaults } from "./undetectable.js";
import { FAULT_KINDS, RETRYABLE_FAULTS } from "../../src/testing/faults/fault-kinds.js";
import { type AccountQuirks, accountQuirks, present, type ScenarioQuirks, scenarioQuirks, seldom } from "./quirks.js";
import type { Edges } from "./window-options.js";
import type { FaultKind, FilterTime, RowOrder, VendorId } from "../../src/testing/index.js";

/** The premature end of a pass. */
export type Crash =
  /** The consumer leaves its loop or throws after it has stored a batch, before it requests the next one. */
  | { type: "leave" | "throw"; atBatch: number }
  /** The store fails at this save, before or after it has stored the data. */
  | { type: "save"; at: number; saved: boolean }
  | { type: "abort"; atMs: number }
  /** The process is killed before this request, counted from 1. */
  | { type: "kill"; atRequest: number };

/** A wrong option in one pass, which the next pass corrects. The only expectation is that the next pass repairs its effects. */
export type Mistake =
  /** The time zone is wrong. */
  | "zone"
  /** Windows are declared to filter on the start. */
  | "start"
  /** Windows are declared to exclude their end, and therefore to include their start. */
  | "end"
  /** The longest call is declared as ten minutes. */
  | "longest";

/** The options of a pass that differ from the other passes. */
export interface PassOptions {
  mistake?: Mistake;
  /** `filtersOn` and `windowEnd` are not declared, even if they are in other passes. */
  declaresNothing?: true;
  longestCallHours?: number;
  settleHours?: number;
  windowSeconds?: number;
  /** Only the first of Tencent's applications is read. */
  firstApplication?: true;
  /** A nonexistent application replaces Tencent's second one. */
  mistypedApplication?: true;
}

/** The quirks of the network and clocks in one pass only. */
export type Trouble = Pick<ScenarioQuirks, "clockJump" | "wrongDates" | "forbidden">;

/** A notice that is passed to a pass: of a call of the vendor, or forged. A call may have several notices or none, and they have any order. */
export type Push =
  | { type: "call"; vendor: VendorId; index: number }
  /** A range at a distance from the time of the first pass. */
  | { type: "forged"; account: string; fromMs: number; lengthMs: number };

/** One pass of the job. */
export interface Pass {
  /** The time since the previous pass. */
  afterMs: number;
  /** The distance between the start of the requested range and the time of the first pass. */
  fromMs: number;
  /** The distance between the time of the pass and the end of the requested range; null if it has no end. */
  toMs: number | null;
  crash: Crash | null;
  /** The number of batches that are committed together, with a store. The remaining batches at the end of the pass are not committed. */
  commitEvery: number;
  commitOrder: "first first" | "last first" | "together" | "every other";
  faults: { share: number; kinds: readonly FaultKind[] };
  /** The time by which the client's clock is behind the vendors'. */
  clockBehindMs: number;
  trouble: Trouble;
  isolateFailures: boolean;
  /** Whether ranges past the retention are clipped instead of causing an error. */
  clips: boolean;
  /** Whether only the first account is synced. */
  firstOnly: boolean;
  options: PassOptions;
  pushes: readonly Push[];
}

export interface SyncAccount {
  vendor: VendorId;
  calls: number;
  pageSize: number;
  windowSeconds: number;
  concurrency: number;
  /** The number that the vendor adds to its totals. */
  totalShift: number;
  quirks: AccountQuirks;
}

/** The parameters of a run of vendors and a sync job over several days. */
export interface SyncScenario {
  seed: number;
  accounts: SyncAccount[];
  filterTime: FilterTime;
  order: RowOrder;
  edges: Edges;
  passes: Pass[];
  /** The owner of the checkpoints. */
  checkpointOwner: "store" | "consumer";
  quirks: ScenarioQuirks;
}

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
/** The period before the first pass in which calls have begun. */
export const PAST_MS = 8 * DAY;

const vendors: readonly VendorId[] = ["tencent-ccc", "huawei-cec", "itniotech"];

const account = (vendor: VendorId): fc.Arbitrary<SyncAccount> =>
  fc.record({
    vendor: fc.constant(vendor),
    calls: fc.oneof(fc.nat(10), fc.integer({ min: 10, max: 60 })),
    pageSize: fc.integer({ min: 1, max: 25 }),
    windowSeconds: fc.integer({ min: 6, max: 10 * 24 }).map((hours) => hours * 3600),
    concurrency: fc.integer({ min: 1, max: 6 }),
    totalShift: fc.oneof(
      { withCrossShrink: true },
      { weight: 15, arbitrary: fc.constant(0) },
      fc.integer({ min: -30, max: 30 }),
    ),
    quirks: seldom(2, accountQuirks(vendor)).map((quirks) => without(quirks ?? {}, "roundCap")),
  });

const crash: fc.Arbitrary<Crash> = fc.oneof(
  fc.record({ type: fc.constantFrom("leave" as const, "throw" as const), atBatch: fc.integer({ min: 1, max: 8 }) }),
  fc.record({ type: fc.constant("save" as const), at: fc.integer({ min: 1, max: 8 }), saved: fc.boolean() }),
  fc.record({ type: fc.constant("abort" as const), atMs: fc.nat(8_000) }),
  fc.record({ type: fc.constant("kill" as const), atRequest: fc.integer({ min: 1, max: 40 }) }),
);

const HOURS = { longest: [3, 12, 26, 48], settle: [24, 30, 48] } as const;

/** Options that are empty for most passes. */
const options: fc.Arbitrary<PassOptions> = seldom(
  4,
  present<PassOptions>({
    mistake: seldom(2, fc.constantFrom<Mistake>("zone", "start", "end", "longest")),
    declaresNothing: seldom(2, fc.constant<true>(true)),
    longestCallHours: seldom(3, fc.constantFrom(...HOURS.longest)),
    settleHours: seldom(4, fc.constantFrom(...HOURS.settle)),
    windowSeconds: seldom(
      4,
      fc.integer({ min: 6, max: 10 * 24 }).map((hours) => hours * 3600),
    ),
    firstApplication: seldom(3, fc.constant<true>(true)),
    mistypedApplication: seldom(3, fc.constant<true>(true)),
  }),
).map((chosen) => chosen ?? {});

const trouble: fc.Arbitrary<Trouble> = seldom(4, scenarioQuirks).map(({ clockJump, wrongDates, forbidden } = {}) => ({
  ...(clockJump === undefined ? {} : { clockJump }),
  ...(wrongDates === undefined ? {} : { wrongDates }),
  ...(forbidden === undefined ? {} : { forbidden }),
}));

const pushes: fc.Arbitrary<readonly Push[]> = fc.oneof(
  { withCrossShrink: true },
  { weight: 2, arbitrary: fc.constant([]) },
  fc.array(
    fc.oneof(
      fc.record({ type: fc.constant("call" as const), vendor: fc.constantFrom(...vendors), index: fc.nat(60) }),
      fc.record({
        type: fc.constant("forged" as const),
        account: fc.constantFrom<string>(...vendors, "stranger"),
        fromMs: fc.oneof(fc.integer({ min: -40 * DAY, max: 40 * DAY }), fc.integer({ min: -PAST_MS, max: DAY })),
        lengthMs: fc.oneof(fc.integer({ min: 1, max: HOUR }), fc.integer({ min: 1, max: 12 * DAY })),
      }),
    ),
    { maxLength: 70 },
  ),
);

const pass: fc.Arbitrary<Pass> = fc.record({
  afterMs: fc.oneof(
    fc.constant(5 * 60_000),
    fc.integer({ min: 0, max: 30 * HOUR }),
    fc.integer({ min: 0, max: 60 }).map((hours) => hours * HOUR),
  ),
  fromMs: fc.oneof(
    { withCrossShrink: true },
    { weight: 3, arbitrary: fc.constant(5 * DAY) },
    { weight: 2, arbitrary: fc.integer({ min: -DAY, max: PAST_MS }) },
  ),
  toMs: fc.oneof(
    { withCrossShrink: true },
    { weight: 4, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.integer({ min: -3 * DAY, max: DAY }) },
  ),
  crash: fc.option(crash, { freq: 2 }),
  commitEvery: fc.constantFrom(1, 1, 2, 3, 100),
  commitOrder: fc.constantFrom("first first", "first first", "last first", "together", "every other"),
  faults: fc.oneof(
    { withCrossShrink: true },
    { weight: 2, arbitrary: fc.constant({ share: 0, kinds: [] }) },
    {
      weight: 1,
      arbitrary: fc.record({
        share: fc.constantFrom(0.05, 0.2, 0.5),
        kinds: fc.oneof(
          fc.subarray([...RETRYABLE_FAULTS], { minLength: 1 }),
          fc.subarray([...FAULT_KINDS], { minLength: 1 }),
        ),
      }),
    },
  ),
  trouble,
  clockBehindMs: fc.oneof(
    { withCrossShrink: true },
    { weight: 4, arbitrary: fc.constant(0) },
    fc.integer({ min: -30 * HOUR, max: 30 * HOUR }),
    fc.integer({ min: -240_000, max: 240_000 }),
  ),
  isolateFailures: fc.boolean(),
  clips: fc.boolean(),
  firstOnly: fc.oneof({ withCrossShrink: true }, { weight: 4, arbitrary: fc.constant(false) }, fc.constant(true)),
  options,
  pushes,
});

export const syncScenarios: fc.Arbitrary<SyncScenario> = fc
  .record({
    seed: fc.integer({ min: 1, max: 2 ** 31 }),
    accounts: fc
      .subarray([...vendors], { minLength: 1, maxLength: 2 })
      .chain((chosen) => fc.tuple(...chosen.map(account))),
    filterTime: fc.constantFrom<FilterTime>("start", "end", "created"),
    order: fc.constantFrom<RowOrder>("ascending", "descending", "unsorted"),
    edges: fc.constantFrom<SyncScenario["edges"]>("inclusive", "exclusive", "half-open"),
    passes: fc.array(pass, { minLength: 1, maxLength: 8 }),
    checkpointOwner: fc.constantFrom("store", "consumer"),
    quirks: seldom(2, scenarioQuirks).map(({ zone, stragglers, slowListMs } = {}) => ({
      ...(zone === undefined ? {} : { zone }),
      ...(stragglers === undefined ? {} : { stragglers }),
      ...(slowListMs === undefined ? {} : { slowListMs }),
    })),
  })
  .map(withoutUndetectableSyncFaults);
