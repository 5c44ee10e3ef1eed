import type { PagingRule } from "../../contract/provider.js";

/** Searches are capped at round numbers of rows: their totals are then multiples of this. */
const ROUND = 1000;

/** Why a total that is reached exactly does not verify the end of a list, as a clause; null where it does. */
export function doubtOfTotal(total: number, pageSize: number, rule: PagingRule): string | null {
  if (total === 0 || rule.style === "none") return null;
  if (rule.maxRows !== undefined && total >= rule.maxRows) return `the vendor counts ${total} rows, and serves at most ${rule.maxRows} of one search`;
  if (total % ROUND === 0) return `the vendor counts exactly ${total} rows, which may be the cap of its search`;
  // A cursor tells the end by itself. A page of one row is always full.
  if (rule.style === "cursor" || pageSize < 2 || total % pageSize !== 0) return null;
  return fullPageDoubt(total);
}

/** The clause for a list that ends with a full page. */
export function fullPageDoubt(rows: number): string {
  return `the list ends after ${rows} rows with a full page, as a list that is cut off does`;
}
