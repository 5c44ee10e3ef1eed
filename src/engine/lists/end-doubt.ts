import type { PagingRule } from "../../contract/provider.js";

/** Searches are capped at round numbers of rows: their totals are then multiples of this. */
const ROUND = 1000;

/** Why a total that is reached exactly does not verify the end of a list, as a clause; null where it does. */
export function doubtOfTotal(total: number, pageSize: number, rule: PagingRule): string | null {
  if (total === 0) return null;
  if (rule.style !== "none" && rule.maxRows !== undefined && total >= rule.maxRows)
    return `there are ${total} rows, and the vendor serves at most ${rule.maxRows} of one search`;
  if (total % ROUND === 0) return `there are exactly ${total} rows, which may be the cap of the vendor's search`;
  // A list without pages tells the end by itself. A page of one row is always full.
  if (rule.style === "none" || pageSize < 2 || total % pageSize !== 0) return null;
  return fullPageDoubt(total);
}

/** The clause for a list that ends with a full page. */
export function fullPageDoubt(rows: number): string {
  return `the list ends after ${rows} rows with a full page, as a list that is cut off does`;
}
