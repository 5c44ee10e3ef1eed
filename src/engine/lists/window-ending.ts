import type { PagingRule } from "../../contract/provider.js";
import type { OpenWindow } from "./open-window.js";
import { partsBelow, type WholeWindow } from "./planned-window.js";

/** The outcome of a window of which every page was received. */
export type WindowEnding =
  /** Every row was read, as far as the vendor's responses show. */
  | { type: "whole" }
  /** Its rows were read, and its end is not verified. */
  | { type: "unverified"; unverifiedReason: string }
  /** Its parts may list more rows, or verify the end. */
  | { type: "split"; parts: number; whole: WholeWindow; unverifiedReason: string }
  /** It holds fewer or more rows than the vendor counts. */
  | { type: "short"; shortfall: string }
  /** Two calls have one id. */
  | { type: "conflict"; shortfall: string };

/** The default number of parts. */
const TWO_PARTS = 2;

/**
 * Returns the outcome of a window from its pages.
 * @param policy.verify whether its rows must add up to the vendor's total.
 * @param policy.canSplit whether parts may be read in its place.
 * @param policy.isCount whether it is a count, of which the vendor sends one per window.
 */
export function endingOf(
  window: OpenWindow,
  rule: PagingRule,
  { verify, canSplit, isCount }: { verify: boolean; canSplit: boolean; isCount: boolean },
): WindowEnding {
  const { rows, total, leastTotal, moved, unverifiedEnd } = window.read;
  if (window.conflict !== null) return conflictOf(window.conflict);
  const split = canSplit ? splitOfCapped(window) : null;
  if (split !== null) return split;
  if (verify && !window.addsUp) return { type: "short", shortfall: window.shortfall };
  // A list of active calls may change while it is read, but it holds at least as many rows as the smallest of its totals.
  if (!verify && leastTotal !== null && rows < leastTotal) return { type: "short", shortfall: window.shortfall };
  if (verify && window.plan.settled && window.changed !== null) return conflictOf(window.changed);
  const unverifiedReason = window.unverifiedReason ?? unverifiedReasonOf(window, rule, verify || canSplit);
  if (unverifiedReason !== null && canSplit && window.unverifiedReason === null)
    return {
      type: "split",
      parts: TWO_PARTS,
      whole: { announced: Math.max(rows, total ?? 0), mayBeCapped: true },
      unverifiedReason,
    };
  if (!verify && total !== null && !moved && rows > total)
    return { type: "unverified", unverifiedReason: countsFewer(rows, total) };
  const unverified = isCount && rows === 0 ? "the vendor sent no count" : (unverifiedReason ?? unverifiedEnd);
  return unverified === null ? { type: "whole" } : { type: "unverified", unverifiedReason: unverified };
}

function conflictOf(id: string): WindowEnding {
  return { type: "conflict", shortfall: `the id ${id} came with two different calls, of which only one was delivered` };
}

/** @param strictly whether a full last page is a reason. It is not for a snapshot, which cannot be split and may hold any number of calls. */
function unverifiedReasonOf(
  { read: { rows, total, moved, lastPageFull }, pageSize }: OpenWindow,
  rule: PagingRule,
  strictly: boolean,
): string | null {
  const isFull = lastPageFull && strictly;
  // Without a total, only the cursor defines the end.
  if (total === null)
    return reasonOfTotal(rows, 1, rule) ?? (isFull && rule.style !== "cursor" ? fullPageReason(rows) : null);
  // Pages by cursor may be smaller than requested, and of different sizes.
  return moved
    ? null
    : (reasonOfTotal(total, strictly ? pageSize : 1, rule) ??
        (isFull && rule.style === "cursor" ? fullPageReason(total) : null));
}

/** Returns the split of a search that lists or counts a limited number of rows. Smaller windows stay below the limit. */
function splitOfCapped(window: OpenWindow): WindowEnding | null {
  const { rows, total, moved, lastPageFull } = window.read;
  if (total === null || moved || window.unverifiedReason !== null) return null;
  if (rows < total && rows > 0 && lastPageFull) {
    return {
      type: "split",
      parts: partsBelow(rows, total),
      whole: { announced: total },
      unverifiedReason: `the vendor counts ${total} rows, and lists ${rows}`,
    };
  }
  // A cap is the same in all windows. Totals that are too small in every window would otherwise cause a request for every smallest window.
  const before = window.plan.split?.known.undercount ?? total;
  return rows > total && before === total
    ? {
        type: "split",
        parts: TWO_PARTS,
        whole: { announced: rows, undercount: total, mayBeCapped: true },
        unverifiedReason: countsFewer(rows, total),
      }
    : null;
}

function countsFewer(rows: number, total: number): string {
  return `the vendor counts ${total} rows, and lists ${rows}`;
}

/** Vendors cap searches at round numbers. The total of a capped search is a multiple of this number. */
const ROUND = 1000;

/** Returns why a total that is reached exactly does not verify the end of a list, as a clause; null where it does. */
export function reasonOfTotal(total: number, pageSize: number, rule: PagingRule): string | null {
  if (total === 0) return null;
  if (rule.style !== "none" && rule.maxRows !== undefined && total >= rule.maxRows)
    return `there are ${total} rows, and the vendor serves at most ${rule.maxRows} of one search`;
  if (total % ROUND === 0) return `there are exactly ${total} rows, which may be the cap of the vendor's search`;
  // A list without pages has a defined end. A page of one row is always full.
  if (rule.style === "none" || pageSize < 2 || total % pageSize !== 0) return null;
  return fullPageReason(total);
}

/** Returns the clause for a list that ends with a full page. */
function fullPageReason(rows: number): string {
  return `the list ends after ${rows} rows with a full page, as a truncated list does`;
}
