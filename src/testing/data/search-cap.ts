/** The limit of a search. Search engines, for example, return at most the first 10,000 rows. */
export interface SearchCap {
  /** Maximum number of rows that one search returns. */
  rows: number;
  /** The total where the search finds more: `"capped"`: `rows`; `"true"`: the number of rows found. */
  total: "capped" | "true";
  /**
   * The response to a page that begins at or after `rows`. `"refused"`: Itniotech's -21, Huawei's 4, Tencent's InvalidParameterValue;
   * `"empty"`: the total, and no rows; `"no-data"`: Huawei's retCode 1, a total of 0 from the others; `"last-page"`: the last page again;
   * `"served"`: its rows, so that only the total is limited.
   */
  beyond: "refused" | "empty" | "no-data" | "last-page" | "served";
}

/** A page that a vendor never returns, although there are rows on and after it. */
export interface MissingPage {
  /** The page that begins with this row, counted from 0. */
  row: number;
  /** The response: `"empty"`: the total, and no rows; `"no-data"`: Huawei's retCode 1, a total of 0 from the others. */
  as: "empty" | "no-data";
}
