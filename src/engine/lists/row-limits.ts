/** How many rows the reading of one account may hold at once. */
export interface RowLimits {
  /** A window with more rows is read in parts. */
  windowRows: number;
  /** Rows that wait for windows before them; beyond it no further windows are opened. */
  waitingRows: number;
  /** Rows that wait for the consumer; beyond it no more pages are requested. */
  bufferedRows: number;
}

/** Of one account by itself. In time order, and in a sync, all rows of an open window wait: it is kept smaller. */
const ARRIVAL: RowLimits = { windowRows: 25_000, waitingRows: Number.POSITIVE_INFINITY, bufferedRows: 2_000 };
const WHOLE_WINDOWS: RowLimits = { windowRows: 10_000, waitingRows: 20_000, bufferedRows: 2_000 };
/** What all accounts together may hold, and what each may hold at least. */
const TOGETHER: RowLimits = { windowRows: 40_000, waitingRows: 40_000, bufferedRows: 20_000 };
const LEAST: RowLimits = { windowRows: 1_000, waitingRows: 1_000, bufferedRows: 200 };

/**
 * The limits of each of so many accounts that are read together: what they hold in memory is bounded over all of them.
 * @param wholeWindows whether rows wait until their window has been read.
 */
export function rowLimits(accounts: number, wholeWindows: boolean): RowLimits {
  const alone = wholeWindows ? WHOLE_WINDOWS : ARRIVAL;
  const share = (limit: keyof RowLimits) =>
    Math.min(alone[limit], Math.max(LEAST[limit], Math.floor(TOGETHER[limit] / accounts)));
  return {
    windowRows: share("windowRows"),
    waitingRows: wholeWindows ? share("waitingRows") : alone.waitingRows,
    bufferedRows: share("bufferedRows"),
  };
}
