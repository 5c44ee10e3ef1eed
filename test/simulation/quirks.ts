import fc from "fast-check";
import type { MissingPage, SearchCap, VendorId } from "../../src/testing/index.js";

/** How the ids of two calls are the same: both in one window as a rule, in windows beside each other, or in two lists or applications. */
export type Twins = "window" | "neighbour" | "list";

/** What is unusual about an account. What is left out is as usual. */
export interface AccountQuirks {
  /** `filtersOn: "start"` is declared, where the vendor does filter on the start. */
  declaresStart?: true;
  /** `windowEnd` is declared as the vendor treats it, where its windows begin with their start. */
  declaresEnd?: true;
  /** The unit of the windows; default the provider's. */
  unit?: "s" | "day";
  /** Longer than the longest call, in hours. */
  longestCallHours?: number;
  /** In hours. */
  settleHours?: number;
  /** Itniotech's bounds are sent with their offset. */
  sendsOffsets?: true;
  /** The share of the calls that lie on a bound of a window, of the range or of what is settled, or beside one. */
  onBounds?: number;
  /** Some rows are listed later than any promise allows. */
  listsLate?: true;
  /** Some calls have the id of another. */
  twins?: Twins;
  /** What some rows hold where they have no time. */
  noTime?: string | number;
  /** The share of the rows whose start is written in another unit. */
  wrongUnit?: number;
  /** Some rows do not say how long was talked. */
  noDuration?: true;
  /** `rows` counts whole pages where the cap is not declared, else sevens of rows. */
  searchCap?: SearchCap & { declared: boolean };
  /** The page that is never given, counted from 0. */
  hole?: { page: number; as: MissingPage["as"] };
  /** The list tells no total. */
  noTotals?: true;
  /** A window that holds one instant cannot be answered, ever. It lies so far into the history, from 0 to 1. */
  broken?: number;
  /** A search serves and counts 1,000 rows at the most, and nothing says so; there are more. */
  roundCap?: MissingPage["as"] | "last-page";
  /** Rows are kept for so many days, and no response says so. */
  keptDays?: number;
  /** `retentionSeconds` is declared as it is. */
  declaresKept?: true;
  /** `suspectedRetentionSeconds` is declared as so many days. */
  suspectedDays?: number;
}

/** What is unusual about everything between the client and its vendors. */
export interface ScenarioQuirks {
  /** A vendor's wall clock, and when the first request is sent. */
  zone?: { name: string; began: number };
  /** Some responses take up to so long. */
  stragglers?: { share: number; mostMs: number };
  /** Every response of one list, or of one application, takes so long. */
  slowListMs?: number;
  /** The `Date` of some responses is off by so much. */
  wrongDates?: { share: number; aheadMs: number };
  /** The share of the requests that a firewall answers with HTTP 403. */
  forbidden?: number;
  /** This machine's clock is put forward or back in the middle of the run. */
  clockJump?: { atMs: number; byMs: number };
}

const HOUR = 3_600_000;

/** As usual most of the time, which is also what it shrinks to. */
export function seldom<Value>(oneIn: number, arbitrary: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> {
  return fc.oneof(
    { withCrossShrink: true },
    { weight: oneIn - 1, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary },
  );
}

export type Arbitraries<Quirks extends object> = { [Name in keyof Quirks]-?: fc.Arbitrary<Quirks[Name] | undefined> };

/** Left out of a run of one's own: `QUIRKS_OFF=zone,twins npm run soak`. */
const OFF: ReadonlySet<string> = new Set(process.env.QUIRKS_OFF?.split(",") ?? []);

/** Without what is as usual, so that what is printed is what matters. */
export function present<Quirks extends object>(arbitraries: Arbitraries<Quirks>): fc.Arbitrary<Quirks> {
  return fc
    .record(arbitraries as Record<string, fc.Arbitrary<unknown>>)
    .map(
      (drawn) =>
        Object.fromEntries(
          Object.entries(drawn).filter(([name, value]) => value !== undefined && !OFF.has(name)),
        ) as Quirks,
    );
}

const yes = fc.constant<true>(true);

/** The ways in which systems write that there is no time, and times that are none. */
export const NO_TIMES: readonly (string | number)[] = [
  -1,
  "-1",
  0,
  "0",
  1,
  "1970-01-01 00:00:00",
  "1970-01-01 08:00:00",
  "0000-00-00 00:00:00",
  "9999-12-31 23:59:59",
  253_402_300_799,
  32_503_680_000_000,
  "N/A",
  "--",
  "null",
  "-62135596800000",
];

export const accountQuirks = (vendor: VendorId): fc.Arbitrary<AccountQuirks> =>
  present<AccountQuirks>({
    declaresStart: seldom(3, yes),
    declaresEnd: seldom(3, yes),
    unit: seldom(6, fc.constantFrom("s" as const, "day" as const)),
    longestCallHours: seldom(6, fc.constantFrom(3, 12, 26, 72)),
    settleHours: seldom(6, fc.constantFrom(24, 30, 72, 120)),
    sendsOffsets: vendor === "itniotech" ? seldom(3, yes) : fc.constant(undefined),
    onBounds: seldom(3, fc.constantFrom(0.2, 0.6, 1)),
    listsLate: seldom(20, yes),
    twins: seldom(15, fc.constantFrom<Twins>("window", "neighbour", "list")),
    noTime: seldom(12, fc.constantFrom(...NO_TIMES)),
    wrongUnit: seldom(20, fc.constantFrom(0.1, 1)),
    noDuration: seldom(20, yes),
    searchCap: seldom(
      10,
      fc.record({
        rows: fc.integer({ min: 1, max: 6 }),
        total: fc.constantFrom("capped" as const, "true" as const),
        beyond: fc.constantFrom(
          "refused" as const,
          "empty" as const,
          "no-data" as const,
          "last-page" as const,
          "served" as const,
        ),
        declared: fc.boolean(),
      }),
    ),
    // A vendor that always says of a first page that there is nothing is believed.
    hole: seldom(20, fc.record({ page: fc.nat(4), as: fc.constantFrom<MissingPage["as"]>("empty", "no-data") })).map(
      (hole) => (hole?.as === "no-data" ? { ...hole, page: Math.max(1, hole.page) } : hole),
    ),
    noTotals: seldom(12, yes),
    broken: seldom(20, fc.double({ min: 0, max: 1, noNaN: true })),
    roundCap: seldom(60, fc.constantFrom("empty" as const, "no-data" as const, "last-page" as const)),
    keptDays: seldom(15, fc.integer({ min: 1, max: 40 })),
    declaresKept: seldom(2, yes),
    suspectedDays: seldom(6, fc.integer({ min: 1, max: 40 })),
  });

/** Zones whose clocks change, one of them by half an hour, and one that is half an hour off; with a time around the change. */
const ZONES: readonly [name: string, change: number][] = [
  ["America/New_York", Date.UTC(2026, 10, 1, 6)],
  ["America/New_York", Date.UTC(2026, 2, 8, 7)],
  ["Europe/Berlin", Date.UTC(2026, 9, 25, 1)],
  ["Europe/Berlin", Date.UTC(2026, 2, 29, 1)],
  ["Australia/Lord_Howe", Date.UTC(2026, 3, 4, 15)],
  ["Australia/Lord_Howe", Date.UTC(2026, 9, 3, 15, 30)],
  ["Asia/Kolkata", Date.UTC(2026, 10, 1)],
];

export const zone = fc
  .tuple(
    fc.constantFrom(...ZONES),
    fc.oneof(
      fc.integer({ min: -HOUR, max: 20 * 24 * HOUR }),
      fc.integer({ min: 0, max: 20 * 24 }).map((hours) => hours * HOUR),
    ),
  )
  .map(([[name, change], afterMs]) => ({ name, began: change + afterMs }));

export const scenarioQuirks: fc.Arbitrary<ScenarioQuirks> = present<ScenarioQuirks>({
  zone: seldom(6, zone),
  stragglers: seldom(
    4,
    fc.record({ share: fc.constantFrom(0.05, 0.3), mostMs: fc.constantFrom(2_000, 30_000, 300_000) }),
  ),
  slowListMs: seldom(8, fc.constantFrom(3_000, 60_000)),
  wrongDates: seldom(
    15,
    fc.record({ share: fc.constantFrom(0.1, 1), aheadMs: fc.integer({ min: -96 * HOUR, max: 96 * HOUR }) }),
  ),
  forbidden: seldom(15, fc.constantFrom(0.02, 0.2)),
  clockJump: seldom(15, fc.record({ atMs: fc.nat(10_000), byMs: fc.integer({ min: -30 * HOUR, max: 30 * HOUR }) })),
});
