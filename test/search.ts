/** Whether searches run in full (`npm run test:search`, in `.ci/run`) or only a small fixed share of them (`npm test`). */
const FULL = process.env.SEARCH === "full";

/** Returns the extent of a search: `share` in `npm test`, or `full`. */
const of = (share: number, full: number) => (FULL ? full : share);

/** The extents of all searches. `npm run test:search` runs the test files that import this module. */
export const SEARCH = {
  /** Simulated schedules of records. */
  schedules: of(40, 300),
  /** Simulated lifetimes of a sync job. */
  lives: of(10, 40),
  /** Mutations of each vendor's responses. */
  mutations: of(150, 20_000),
  /** Sequences of reading ahead and committing. */
  commits: of(6, 25),
  /** Randomly chosen behaviours of vendors, and ranges with random bounds. */
  histories: of(2, 10),
  /** Seeds for the order in which windows of a sync end. */
  windowOrders: of(1, 3),
  /** Daily passes over a vendor that always fails at some seconds. */
  failingPasses: of(6, 12),
};

/** Returns the number of runs of a property that costs more than a tenth of a second. */
export const runs = (full: number) => of(Math.ceil(full / 5), full);

/** Returns the given number of rows of a table, spread over it; in full, returns all of them. */
export function share<Row>(rows: readonly Row[], count: number): Row[] {
  if (FULL || rows.length <= count) return [...rows];
  // The offset within each stretch differs, so that all periodic columns vary.
  return Array.from({ length: count }, (_, index) => {
    const place = Math.floor(((index + ((index * 0.618) % 1)) * rows.length) / count);
    return rows[place] as Row;
  });
}
