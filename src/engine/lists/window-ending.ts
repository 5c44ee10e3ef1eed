import type { PagingRule } from "../../contract/provider.js";
import { doubtOfTotal, fullPageDoubt } from "./end-doubt.js";
import type { OpenWindow } from "./open-window.js";
import { partsBelow, type WholeWindow } from "./planned-window.js";

/** What is to be done with a window of which every page has come. */
export type WindowEnding =
  /** Every row has been read, as far as the vendor shows. */
  | { type: "whole" }
  /** Its rows have been read, and its end is not verified. */
  | { type: "unverified"; doubt: string }
  /** In parts more can be read, or shown. */
  | { type: "split"; parts: number; whole: WholeWindow; doubt: string }
  /** It does not hold what the vendor counts. */
  | { type: "short"; shortfall: string }
  /** One id stands for two calls. */
  | { type: "conflict"; shortfall: string };

/** Parts of a window that is split without a reason for more. */
const TWO_PARTS = 2;

/**
 * What the pages of a window show.
 * @param policy.prove whether its rows must add up to the vendor's total.
 * @param policy.canSplit whether it has parts that may be read in its place.
 * @param policy.isCount whether it is a count, of which the vendor has one for each window.
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
  // A list of what goes on now may change while it is read; but it holds as many rows as the smallest of its totals counts.
  if (!verify && leastTotal !== null && rows < leastTotal) return { type: "short", shortfall: window.shortfall };
  if (verify && window.plan.settled && window.changed !== null) return conflictOf(window.changed);
  const doubt = window.doubt ?? doubtOf(window, rule, verify || canSplit);
  if (doubt !== null && canSplit && window.doubt === null)
    return {
      type: "split",
      parts: TWO_PARTS,
      whole: { announced: Math.max(rows, total ?? 0), mayBeCapped: true },
      doubt,
    };
  if (!verify && total !== null && !moved && rows > total)
    return { type: "unverified", doubt: countsFewer(rows, total) };
  const unverified = isCount && rows === 0 ? "the vendor sent no count" : (doubt ?? unverifiedEnd);
  return unverified === null ? { type: "whole" } : { type: "unverified", doubt: unverified };
}

function conflictOf(id: string): WindowEnding {
  return { type: "conflict", shortfall: `the id ${id} came with two different calls, of which only one was handed on` };
}

/** @param strictly whether a full last page counts: a snapshot cannot be split, and any number of calls may go on. */
function doubtOf(
  { read: { rows, total, moved, lastPageFull }, pageSize }: OpenWindow,
  rule: PagingRule,
  strictly: boolean,
): string | null {
  const isFull = lastPageFull && strictly;
  // Without a total, the cursor is all that tells the end.
  if (total === null)
    return doubtOfTotal(rows, 1, rule) ?? (isFull && rule.style !== "cursor" ? fullPageDoubt(rows) : null);
  // Pages by cursor may be smaller than asked for, each in its own way.
  return moved
    ? null
    : (doubtOfTotal(total, strictly ? pageSize : 1, rule) ??
        (isFull && rule.style === "cursor" ? fullPageDoubt(total) : null));
}

/** Of a search that serves, or counts, no more than so many rows: smaller windows stay below that. */
function splitOfCapped(window: OpenWindow): WindowEnding | null {
  const { rows, total, moved, lastPageFull } = window.read;
  if (total === null || moved || window.doubt !== null) return null;
  if (rows < total && rows > 0 && lastPageFull) {
    return {
      type: "split",
      parts: partsBelow(rows, total),
      whole: { announced: total },
      doubt: `the vendor counts ${total} rows, and lists ${rows}`,
    };
  }
  // A vendor whose totals are too small in every window would be asked for all of the least ones. A cap is the same in all.
  const before = window.plan.split?.known.undercount ?? total;
  return rows > total && before === total
    ? {
        type: "split",
        parts: TWO_PARTS,
        whole: { announced: rows, undercount: total, mayBeCapped: true },
        doubt: countsFewer(rows, total),
      }
    : null;
}

function countsFewer(rows: number, total: number): string {
  return `the vendor counts ${total} rows, and lists ${rows}`;
}
