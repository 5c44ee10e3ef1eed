import type { Found } from "./call-table.js";
import type { PlannedCall } from "./planned-call.js";

/**
 * What can be wrong with one page of a list:
 * `repeated-page`: it holds the rows of the page before it;
 * `empty-page`: it holds no rows though the total says that there are;
 * `duplicate-row`: it begins one row too early, as if a row had come in at the head since: the last row of the page before it comes again, and its own last
 * row is missing, unless the page has room for it;
 * `shifted-total`: its total is off by one;
 * `no-data`: it says that there is nothing at all, though there is: Huawei's retCode 1, from the others, on any page but the first, no rows and a total of 0.
 */
export type ListFault = "repeated-page" | "empty-page" | "duplicate-row" | "shifted-total" | "no-data";

export interface ListFlaw {
  fault: ListFault;
  /** By how much a shifted total is off. */
  shift: 1 | -1;
}

/** One page as the vendor gives it. */
export interface ListPage {
  total: number;
  calls: PlannedCall[];
  /** Whether the flaw that was asked for is in it. */
  flawed: boolean;
  /** In which way the page is not given; null: it is given. */
  withheld: "refused" | "empty" | "no-data" | null;
}

/**
 * Reads a page, with the flaw if it can befall this one: there is no page before the first, and nothing to be wrong with where no rows are left.
 * @param countsRows whether a first page without data says so by its total, which is then a plain lie rather than a flaw.
 */
export function readPage(
  found: Found,
  offset: number,
  size: number,
  flaw: ListFlaw | undefined,
  countsRows: boolean,
): ListPage {
  const isFlawed =
    flaw !== undefined &&
    canAffect(flaw, found.total, offset) &&
    !(flaw.fault === "no-data" && offset === 0 && countsRows);
  const withheld =
    isFlawed && flaw.fault === "no-data"
      ? flaw.fault
      : isFlawed && flaw.fault === "empty-page"
        ? "empty"
        : found.withheld(offset);
  const start = isFlawed ? startOf(flaw.fault, offset, size) : offset;
  const shift = isFlawed && flaw.fault === "shifted-total" ? flaw.shift : 0;
  return {
    total: withheld === "no-data" ? 0 : found.total + shift,
    calls: withheld === null ? found.page(start, size) : [],
    flawed: isFlawed,
    withheld,
  };
}

function canAffect({ fault, shift }: ListFlaw, total: number, offset: number): boolean {
  if (offset >= total) return false;
  if (fault === "repeated-page" || fault === "duplicate-row") return offset > 0;
  // A list with rows in it never says that it has none.
  return fault !== "shifted-total" || total + shift > 0;
}

function startOf(fault: ListFault, offset: number, size: number): number {
  if (fault === "repeated-page") return Math.max(0, offset - size);
  return fault === "duplicate-row" ? offset - 1 : offset;
}
