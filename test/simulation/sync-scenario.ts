import fc from "fast-check";
import { without, withoutSyncConspiracies } from "./conspiracies.js";
import { FAULT_KINDS, RETRYABLE_FAULTS } from "../../src/testing/faults/fault-kinds.js";
import { type AccountQuirks, accountQuirks, present, type ScenarioQuirks, scenarioQuirks, seldom } from "./quirks.js";
import type { Edges } from "./window-options.js";
import type { FaultKind, FilterTime, RowOrder, VendorId } from "../../src/testing/index.js";

/** How a pass ends, where it does not end by itself. */
export type Crash =
  /** The consumer leaves its loop, or throws, with a batch that it has kept, but not taken the next. */
  | { type: "leave" | "throw"; atBatch: number }
  /** The store fails at this save: before it has saved, or after. */
  | { type: "save"; at: number; saved: boolean }
  | { type: "abort"; atMs: number }
  /** The process is killed before this request, counted from 1. */
  | { type: "kill"; atRequest: number };

/** What is not true in one pass, and put right by the next. Of it nothing is expected but that the next makes up for it. */
export type Mistake =
  /** The vendor's clock is said to be in another zone. */
  | "zone"
  /** Windows are said to filter on the start. */
  | "start"
  /** Windows are said to include their start. */
  | "end"
  /** No call is said to be longer than ten minutes. */
  | "longest";

/** What differs from the other passes. */
export interface PassOptions {
  mistake?: Mistake;
  /** Windows are not said to filter on the start, nor where they end, though the other passes may say so. */
  declaresNothing?: true;
  longestCallHours?: number;
  settleHours?: number;
  windowSeconds?: number;
  /** Only the first of Tencent's applications is read. */
  firstApplication?: true;
  /** In place of Tencent's second application one is named that there is not. */
  mistypedApplication?: true;
}

/** What goes wrong on the way in one pass only. */
export type Trouble = Pick<ScenarioQuirks, "clockJump" | "wrongDates" | "forbidden">;

/** One pass of the job. */
export interface Pass {
  /** Since the pass before it. */
  afterMs: number;
  /** Where the ground begins, before the time of the first pass. */
  fromMs: number;
  /** Where the ground ends, after the time of the pass; null: it does not end. */
  toMs: number | null;
  crash: Crash | null;
  /** So many batches are taken before they are committed together; what is left at the end of the pass is not committed. Of the store's keeper. */
  commitEvery: number;
  commitOrder: "first first" | "last first" | "together" | "every other";
  faults: { share: number; kinds: readonly FaultKind[] };
  /** How far the client's clock is behind the vendors'. */
  clockBehindMs: number;
  trouble: Trouble;
  isolateFailures: boolean;
  /** Whether what the vendor no longer keeps is left out, rather than an error. */
  clips: boolean;
  /** Whether only the first account is synced. */
  firstOnly: boolean;
  options: PassOptions;
}

export interface SyncAccount {
  vendor: VendorId;
  calls: number;
  pageSize: number;
  windowSeconds: number;
  concurrency: number;
  /** What the vendor adds to its totals. */
  lie: number;
  quirks: AccountQuirks;
}

/** A vendor's life and a job's, over some days. */
export interface SyncScenario {
  seed: number;
  accounts: SyncAccount[];
  filterTime: FilterTime;
  order: RowOrder;
  edges: Edges;
  passes: Pass[];
  /** Who keeps the checkpoints. */
  keeper: "store" | "consumer";
  quirks: ScenarioQuirks;
}

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
/** Calls have begun since so long before the first pass. */
export const PAST_MS = 8 * DAY;

const vendors: readonly VendorId[] = ["tencent-ccc", "huawei-cec", "itniotech"];

const account = (vendor: VendorId): fc.Arbitrary<SyncAccount> =>
  fc.record({
    vendor: fc.constant(vendor),
    calls: fc.oneof(fc.nat(10), fc.integer({ min: 10, max: 60 })),
    pageSize: fc.integer({ min: 1, max: 25 }),
    windowSeconds: fc.integer({ min: 6, max: 10 * 24 }).map((hours) => hours * 3600),
    concurrency: fc.integer({ min: 1, max: 6 }),
    lie: fc.oneof(
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

/** Most passes are like the others. */
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
    keeper: fc.constantFrom("store", "consumer"),
    quirks: seldom(2, scenarioQuirks).map(({ zone, stragglers, slowListMs } = {}) => ({
      ...(zone === undefined ? {} : { zone }),
      ...(stragglers === undefined ? {} : { stragglers }),
      ...(slowListMs === undefined ? {} : { slowListMs }),
    })),
  })
  .map(withoutSyncConspiracies);
