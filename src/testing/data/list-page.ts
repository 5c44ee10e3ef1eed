import type { Found } from "./call-table.js";
import type { PlannedCall } from "./planned-call.js";

/**
 * What can be wrong with one page of a list:
 * `repeated-page`: it holds the rows of the page before it;
 * `empty-page`: it holds no rows though the total says that there are;
 * `duplicate-row`: it begins one row too early, as if a row had come in at the head since: the last row of the page before it comes again, and its own last
 * row is missing, unless the page has room for it;
 * `shifted-total`: its total is off by one.
 */
export type ListFault = "repeated-page" | "empty-page" | "duplicate-row" | "shifted-total";

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
}

/** Reads a page, with the flaw if it can befall this one: there is no page before the first, and nothing to be wrong with where no rows are left. */
export function readPage(found: Found, offset: number, size: number, flaw?: ListFlaw): ListPage {
  const { total } = found;
  const isFlawed = flaw !== undefined && canBefall(flaw, total, offset);
  const start = isFlawed ? startOf(flaw.fault, offset, size) : offset;
  return {
    total: isFlawed && flaw.fault === "shifted-total" ? total + flaw.shift : total,
    calls: isFlawed && flaw.fault === "empty-page" ? [] : found.page(start, size),
    flawed: isFlawed,
  };
}

function canBefall({ fault, shift }: ListFlaw, total: number, offset: number): boolean {
  if (offset >= total) return false;
  if (fault === "repeated-page" || fault === "duplicate-row") return offset > 0;
  // A list with rows in it never says that it has none.
  return fault !== "shifted-total" || total + shift > 0;
}

function startOf(fault: ListFault, offset: number, size: number): number {
  if (fault === "repeated-page") return Math.max(0, offset - size);
  return fault === "duplicate-row" ? offset - 1 : offset;
}
