import { type UnverifiedWindow, verifiedStarts } from "../../engine/lists/coverage.js";
import { Intervals, type Span } from "../../engine/lists/intervals.js";
import { type ListState, trimUnsearched } from "./list-state.js";
import {
  type Advance,
  beyondRetention,
  type Confirmation,
  type Refusal,
  type RequestedRanges,
  type WindowChange,
} from "./window-change.js";

/** The fields of a list that a window changes. */
type ListChange = Partial<ListState>;

/** Returns the change of a list by the outcome of a window. */
export function changeBy(list: ListState, outcome: NonNullable<WindowChange["outcome"]>): ListChange {
  switch (outcome.type) {
    case "advance":
      return advance(list, outcome);
    case "confirm":
      return confirm(list, outcome);
    case "refuse":
      return refuse(list, outcome);
    case "unverified":
      return addUnverified(list, outcome.window);
  }
}

/** Returns the change of a list by a window that was read to its end. */
function advance(list: ListState, window: Advance): ListChange {
  const { span, verifiedTo, readTo, isAwaiting, settled, requested } = window;
  const { waiting, checked, refused } = list.parts;
  const isWaiting = (isAwaiting && !checked.covers(span)) || refused.covers(span);
  const parts = isWaiting
    ? { ...list.parts, waiting: waiting.union(Intervals.of([{ from: span.from, to: verifiedTo }])) }
    : list.parts;
  const verifiedEnd = isWaiting ? span.from : verifiedTo;
  return {
    parts,
    ...extend(list, requested, {
      verified: Intervals.of([{ from: span.from, to: verifiedEnd }]),
      read: Intervals.of([{ from: verifiedEnd, to: readTo }]),
      // An unsettled window can only be read, not verified.
      isRead: (unverified) => !settled && isWithin(unverified, span),
    }),
  };
}

/** Returns the change of a list by parts whose sum was checked. */
function confirm(list: ListState, { span, requested }: Confirmation): ListChange {
  const { waiting, refused } = list.parts;
  const checked = list.parts.checked.union(Intervals.of([span]).subtract(refused));
  return {
    parts: { waiting: waiting.subtract(checked), checked, refused },
    ...extend(list, requested, {
      verified: waiting.intersect(checked),
      read: Intervals.empty,
      isRead: () => false,
    }),
  };
}

function extend(
  list: ListState,
  requested: RequestedRanges,
  added: { verified: Intervals; read: Intervals; isRead: (unverified: Span) => boolean },
): ListChange {
  const verified = list.verified.union(added.verified);
  const reread = list.reread.subtract(verified);
  const complete = verifiedStarts(requested, verified).subtract(beyondRetention(requested)).subtract(list.lost);
  const unverified = list.unverified.filter((one) => !verified.covers(one) && !added.isRead(one));
  return {
    verified,
    read: list.read.union(added.read).subtract(verified),
    unverified: unverified.length < list.unverified.length ? unverified : list.unverified,
    complete: list.complete.union(complete),
    reread,
    skippedStarts: reread.isEmpty ? Intervals.empty : list.skippedStarts,
  };
}

/** Returns the change of a list by a window that failed or does not add up. It stays missing, and the next pass reads it in smaller windows. */
function addUnverified(list: ListState, window: UnverifiedWindow): ListChange {
  const isKnown = list.unverified.some(
    (smaller) => isWithin(smaller, window) && (smaller.result === window.result || !isWithin(window, smaller)),
  );
  if (isKnown) return {};
  return { unverified: [...list.unverified.filter((larger) => !isWithin(window, larger)), window] };
}

/**
 * Returns the change of a list by a window whose parts hold too few rows. Its parts verify nothing. Intervals that were completed by parts which did not wait
 * for the sum are no longer complete, and are read again.
 */
function refuse(list: ListState, { span, before, requested }: Refusal): ListChange {
  const refused = Intervals.of([span]);
  const withdrawn = withdraw(list, refused);
  return {
    ...withdrawn,
    ...addUnverified(list, { ...span, result: "incomplete" }),
    parts: {
      ...list.parts,
      waiting: list.parts.waiting.subtract(refused),
      refused: list.parts.refused.union(refused),
    },
    complete: list.complete.intersect(before.union(verifiedStarts(requested, withdrawn.verified ?? list.verified))),
  };
}

/** Returns the change of a list of which intervals are no longer verified. */
export function withdraw(list: ListState, intervals: Intervals): ListChange {
  const verified = list.verified.subtract(intervals);
  if (verified.equals(list.verified)) return {};
  return { verified, unsearched: trimUnsearched(list.unsearched, (before) => before.subtract(intervals)) };
}

function isWithin(inner: Span, outer: Span): boolean {
  return outer.from <= inner.from && inner.to <= outer.to;
}
