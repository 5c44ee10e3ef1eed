/** Maximum numbers of rows in memory while one account is read. */
export interface RowLimits {
  /** Rows of one window. A larger one is read in parts. */
  windowRows: number;
  /** Rows that wait for earlier windows. At the limit no further windows are opened. */
  waitingRows: number;
  /** Rows that wait for the consumer. At the limit no more pages are requested. */
  bufferedRows: number;
}

/** The limits of a single account. In time order, and in a sync, all rows of an open window wait, so that windows are smaller. */
const ARRIVAL: RowLimits = { windowRows: 25_000, waitingRows: Number.POSITIVE_INFINITY, bufferedRows: 2_000 };
const WHOLE_WINDOWS: RowLimits = { windowRows: 10_000, waitingRows: 20_000, bufferedRows: 2_000 };
/** The limits of all accounts together, and the minimum of each account. */
const ALL_ACCOUNTS: RowLimits = { windowRows: 40_000, waitingRows: 40_000, bufferedRows: 20_000 };
const MINIMUM: RowLimits = { windowRows: 1_000, waitingRows: 1_000, bufferedRows: 200 };

/**
 * Returns the limits of each account when several are read concurrently, so that their total memory is bounded.
 * @param wholeWindows whether rows wait until their window was read.
 */
export function rowLimits(accounts: number, wholeWindows: boolean): RowLimits {
  const single = wholeWindows ? WHOLE_WINDOWS : ARRIVAL;
  const share = (limit: keyof RowLimits) =>
    Math.min(single[limit], Math.max(MINIMUM[limit], Math.floor(ALL_ACCOUNTS[limit] / accounts)));
  return {
    windowRows: share("windowRows"),
    waitingRows: wholeWindows ? share("waitingRows") : single.waitingRows,
    bufferedRows: share("bufferedRows"),
  };
}
