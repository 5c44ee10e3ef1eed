/** Whether searches run in full (`npm run test:full`, in `.ci/run`) or only a small fixed share of them (`npm test`). */
const FULL = process.env.SEARCH === "full";

/** Returns the extent of a search: `share` in `npm test`, or `full`. */
export const extent = (share: number, full: number) => (FULL ? full : share);

/** The extents of all searches. `npm run test:full` runs the test files that import this module. */
export const SEARCH = {
  /** Simulated schedules of records. */
  schedules: extent(20, 300),
  /** Simulated lifetimes of a sync job. */
  lives: extent(6, 40),
  /** Mutations of each vendor's responses. */
  mutations: extent(60, 20_000),
  /** Sequences of reading ahead and committing. */
  commits: extent(3, 25),
  /** Randomly chosen behaviours of vendors, and ranges with random bounds. */
  histories: extent(2, 10),
  /** Seeds for the order in which windows of a sync end. */
  windowOrders: extent(1, 3),
  /** Daily passes over a vendor that always fails at some seconds. */
  failingPasses: extent(6, 12),
};

/** Returns the number of runs of a property that costs more than a tenth of a second. */
export const runs = (full: number) => extent(Math.ceil(full / 15), full);

/**
 * Returns the given number of rows of a table, spread over it; in full, returns all of them. `first` is the index of the first row: tests that share
 * one table pass different ones, so that together they use all of its rows.
 */
export function share<Row>(rows: readonly Row[], count: number, first = 0): Row[] {
  if (FULL || rows.length <= count) return [...rows];
  // The offset within each stretch differs, so that all periodic columns vary.
  return Array.from({ length: count }, (_, index) => {
    const place = Math.floor(((index + ((index * 0.618) % 1)) * rows.length) / count);
    return rows[(place + first) % rows.length] as Row;
  });
}
