/** What a vendor does with a search that finds more rows than it shows, as search engines do: they show the first 10,000. */
export interface SearchCap {
  /** The most rows that one search shows, counted from its first row. */
  rows: number;
  /** The total that is given where more are found: `"capped"`: `rows`; `"true"`: all that are found. */
  total: "capped" | "true";
  /**
   * The response to a page that begins at `rows` or after it. `"refused"`: a wrong parameter, Itniotech's -21, Huawei's 4, Tencent's InvalidParameterValue;
   * `"empty"`: the total, and no rows; `"no-data"`: Huawei's retCode 1, a total of 0 from the others; `"last-page"`: the last page again;
   * `"served"`: its rows, so that only the total is capped.
   */
  beyond: "refused" | "empty" | "no-data" | "last-page" | "served";
}

/** A page that a vendor never gives, though there are rows on it and behind it. */
export interface MissingPage {
  /** The page that begins with this row, counted from 0. */
  row: number;
  /** The response: `"empty"`: the total, and no rows; `"no-data"`: Huawei's retCode 1, a total of 0 from the others. */
  as: "empty" | "no-data";
}
