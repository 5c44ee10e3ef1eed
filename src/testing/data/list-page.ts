import type { Found } from "./call-table.js";
import type { PlannedCall } from "./planned-call.js";

/**
 * A flaw of one page of a list: `repeated-page`: it contains the rows of the previous page; `empty-page`: it contains no rows although its total is positive; `duplicate-row`: it begins one row too early, as after an insertion at the head: it repeats the last row of the previous page, and a full page omits its own last row; `shifted-total`: its total is off by one; `no-data`: it wrongly reports an empty list: Huawei's retCode 1; from the others, on any page but the first, no rows and a total of 0.
 */
export type ListFault = "repeated-page" | "empty-page" | "duplicate-row" | "shifted-total" | "no-data";

export interface ListFlaw {
  fault: ListFault;
  /** The error of a shifted total. */
  shift: 1 | -1;
}

/** A page as the vendor returns it. */
export interface ListPage {
  total: number;
  calls: PlannedCall[];
  /** Whether it contains the requested flaw. */
  flawed: boolean;
  /** How the page is withheld; null: it is returned. */
  withheld: "refused" | "empty" | "no-data" | null;
}

/**
 * Reads a page, with the flaw if it applies: the first page has no previous one, and a page beyond the end has no rows.
 * @param countsRows whether the vendor reports an empty first page by its total. A wrong total is not this flaw.
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
  // The total of a non-empty list is never 0.
  return fault !== "shifted-total" || total + shift > 0;
}

function startOf(fault: ListFault, offset: number, size: number): number {
  if (fault === "repeated-page") return Math.max(0, offset - size);
  return fault === "duplicate-row" ? offset - 1 : offset;
}
