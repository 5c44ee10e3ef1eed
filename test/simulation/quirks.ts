import fc from "fast-check";
import type { MissingPage, SearchCap, VendorId } from "../../src/testing/index.js";

/** The distance of two calls with the same id: usually in one window, in adjacent windows, or in two lists or applications. */
export type Twins = "window" | "neighbour" | "list";

/** The unusual properties of an account. Absent properties have their usual values. */
export interface AccountQuirks {
  /** `filtersOn: "start"` is declared if the vendor filters on the start. */
  declaresStart?: true;
  /** `windowEnd` is declared correctly if the vendor's windows include their start. */
  declaresEnd?: true;
  /** The unit of the windows. Default: the provider's. */
  unit?: "s" | "day";
  /** The declared longest call in hours. It is longer than every call. */
  longestCallHours?: number;
  /** The declared settle time in hours. */
  settleHours?: number;
  /** Bounds of Itniotech are sent with their offset. */
  sendsOffsets?: true;
  /** The share of the calls that are at or next to a bound of a window, of the range or of the settled period. */
  onBounds?: number;
  /** Some rows are listed later than the declared settle time allows. */
  listsLate?: true;
  /** Some calls have the id of another call. */
  twins?: Twins;
  /** The value that some rows contain instead of a time. */
  noTime?: string | number;
  /** The share of the rows whose start is in another unit. */
  wrongUnit?: number;
  /** Some rows have no duration. */
  noDuration?: true;
  /** A cap on searches. `rows` is in pages if the cap is not declared, and otherwise in units of 7 rows. */
  searchCap?: SearchCap & { declared: boolean };
  /** A page that is never returned, counted from 0. */
  hole?: { page: number; as: MissingPage["as"] };
  /** The list has no total. */
  noTotals?: true;
  /** The position in the history, from 0 to 1, of an instant. Requests for windows that contain it always fail. */
  broken?: number;
  /** A search returns and counts at most 1,000 rows, which is not declared, and there are more. */
  roundCap?: MissingPage["as"] | "last-page";
  /** The retention in days. No response shows it. */
  keptDays?: number;
  /** `retentionSeconds` is declared correctly. */
  declaresKept?: true;
  /** The declared `suspectedRetentionSeconds`, in days. */
  suspectedDays?: number;
}

/** The unusual properties of the clocks and of the network between the client and its vendors. */
export interface ScenarioQuirks {
  /**
   * The time zone of a vendor's clock, and the time of the first request. `rangeFrom` is the start of the range relative to that time, near a clock change. The range
   * of a sync does not depend on it.
   */
  zone?: { name: string; began: number; rangeFrom?: number };
  /** A share of the responses is delayed by up to this time. */
  stragglers?: { share: number; maxMs: number };
  /** The delay of every response of one list or application. */
  slowListMs?: number;
  /** The error of the `Date` header in a share of the responses. */
  wrongDates?: { share: number; aheadMs: number };
  /** The share of the requests that a firewall refuses with HTTP 403. */
  forbidden?: number;
  /** A jump of this machine's clock during the run. */
  clockJump?: { atMs: number; byMs: number };
}

const HOUR = 3_600_000;

/** Returns an arbitrary that is usually undefined, and shrinks to undefined. */
export function seldom<Value>(oneIn: number, arbitrary: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> {
  return fc.oneof(
    { withCrossShrink: true },
    { weight: oneIn - 1, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary },
  );
}

export type Arbitraries<Quirks extends object> = { [Name in keyof Quirks]-?: fc.Arbitrary<Quirks[Name] | undefined> };

/** The quirks that a run omits: `QUIRKS_OFF=zone,twins npm run soak`. */
const OFF: ReadonlySet<string> = new Set(process.env.QUIRKS_OFF?.split(",") ?? []);

/** Returns an arbitrary of quirks without undefined values, so that a printed scenario is short. */
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

/** The values that systems use for a missing time, and impossible times. */
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
    // A client cannot detect a vendor that always returns no data for the first page.
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

/** Time zones with a clock change, one of them by half an hour, and one with a half-hour offset; each with the time of the change. */
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
    seldom(
      2,
      fc.integer({ min: -8, max: 8 }).map((quarters) => (quarters * HOUR) / 4),
    ),
  )
  .map(([[name, change], afterMs, fromChangeMs]) => ({
    name,
    began: change + afterMs,
    ...(fromChangeMs === undefined ? {} : { rangeFrom: fromChangeMs - afterMs }),
  }));

export const scenarioQuirks: fc.Arbitrary<ScenarioQuirks> = present<ScenarioQuirks>({
  zone: seldom(6, zone),
  stragglers: seldom(
    4,
    fc.record({ share: fc.constantFrom(0.05, 0.3), maxMs: fc.constantFrom(2_000, 30_000, 300_000) }),
  ),
  slowListMs: seldom(8, fc.constantFrom(3_000, 60_000)),
  wrongDates: seldom(
    15,
    fc.record({ share: fc.constantFrom(0.1, 1), aheadMs: fc.integer({ min: -96 * HOUR, max: 96 * HOUR }) }),
  ),
  forbidden: seldom(15, fc.constantFrom(0.02, 0.2)),
  clockJump: seldom(15, fc.record({ atMs: fc.nat(10_000), byMs: fc.integer({ min: -30 * HOUR, max: 30 * HOUR }) })),
});
