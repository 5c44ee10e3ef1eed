import type { Intervals } from "../../engine/lists/intervals.js";
import { PassStarts } from "./pass-starts.js";
import { deliveredOf, isStale, shownBy } from "./row-versions.js";
import { placeKey, segmentAround } from "./segment-text.js";
import type { ReleasedCall, UnsettledHashes } from "./unsettled-hashes.js";

/** A row that was read. */
export interface ReadRow {
  /** The id of its record. */
  key: string;
  hash: string;
  startedAt: number;
  /** The instant at which it is stored: its start, or another instant when the start lies too far from the window. */
  at: number;
}

/**
 * Whether a row is new, has changed, or equals the last delivery. `other`: another list of the application shows different content, which is stored but not
 * delivered. `conflict`: the id was delivered for another call with another start. The row is not delivered.
 */
export type RowComparisonResult = "new" | "updated" | "same" | "other" | "conflict";

/** The lists of an application that contained a call in this pass. */
interface ListsInPass {
  /** The first list that contained it. */
  first: number;
  /** The list whose content was delivered last; null when none was. */
  delivered: number | null;
}

/** The list whose rows are compared. */
export interface ComparedList {
  application: string | null;
  /** The list's place; null when it is the only list of its application. */
  place: number | null;
  /** Intervals of the application, by start of calls, that are never read again. */
  final: Intervals;
  /** Intervals, by filter time, that are verified in all lists of the application. */
  verified: Intervals;
  /** Whether the window is settled. A vendor corrects a start only before that. */
  settled: boolean;
}

/**
 * Compares rows with the delivered calls. When an application has several lists, each list has its own content of a call. A row has changed when it differs from
 * the last content in the same list. A change that several lists show in one pass is delivered once.
 */
export class RowComparison {
  /** The lists of each call, by application and key, for applications with several lists. It covers this pass only, also for calls that were released. */
  private readonly shown = new Map<string, ListsInPass>();
  private readonly starts = new PassStarts();

  /** @param overlapMs the overlap of the requests for two adjacent windows. */
  constructor(readonly overlapMs: number) {}

  compare(unsettledHashes: UnsettledHashes, list: ComparedList, row: ReadRow): RowComparisonResult {
    const comparison = this.compareContent(unsettledHashes, list, row);
    const { application, place } = list;
    if (comparison !== "same" && this.isAnotherCall(unsettledHashes, list, row)) return "conflict";
    this.starts.set(application, row.key, row.startedAt);
    if (place !== null && (comparison !== "same" || unsettledHashes.versionsOf(application, row.key) !== undefined))
      this.noteShown(application, place, row.key, comparison);
    return comparison;
  }

  private compareContent(
    unsettledHashes: UnsettledHashes,
    { application, place, final, settled }: ComparedList,
    { key, at, hash }: ReadRow,
  ): RowComparisonResult {
    const versions = unsettledHashes.versionsOf(application, key);
    // A delivered call without hashes was released together with its segment.
    if (versions === undefined) return final.covers(segmentAround(at, this.overlapMs)) ? "same" : "new";
    if (place === null) return !isStale(versions) && deliveredOf(versions) === hash ? "same" : "updated";
    const shown = this.shown.get(placeKey(application, key));
    if (isStale(versions)) return shown?.delivered == null ? "updated" : "other";
    const own = shownBy(versions, place);
    if (own === hash) return "same";
    if (deliveredOf(versions) === hash) return "other";
    // A settled call has one content. A list that shows the id for the first time, as the only list in this pass, shows another call.
    if (own === undefined && settled && shown === undefined) return "conflict";
    const isDelivered = shown?.delivered != null && shown.delivered !== place;
    const isShown = own === undefined && shown !== undefined && shown.first !== place;
    return isDelivered || isShown ? "other" : "updated";
  }

  /**
   * Whether the id of a row was delivered for another call. An id with two starts in one pass means two calls, because a corrected start is listed once. Between
   * two passes, it means two calls when the id is marked as contested, or when the earlier start is verified, because settled calls do not change.
   */
  private isAnotherCall(
    unsettledHashes: UnsettledHashes,
    { application, verified, settled }: ComparedList,
    { key, startedAt, at }: ReadRow,
  ): boolean {
    const inThisPass = this.starts.get(application, key);
    if (inThisPass !== undefined) return inThisPass !== startedAt;
    const versions = unsettledHashes.versionsOf(application, key);
    // A call that is not stored at its start has a different place in each window. A stale call was read under other options.
    if (at !== startedAt || (versions !== undefined && isStale(versions))) return false;
    if (unsettledHashes.isContested(application, key, at)) return settled || versions === undefined;
    const stored = unsettledHashes.placeOf(application, key);
    if (stored === undefined) return false;
    return stored.isExact
      ? stored.at !== at && verified.holds(stored.at)
      : !unsettledHashes.isIn(application, key, at) && verified.covers(segmentAround(stored.at, 0));
  }

  private noteShown(application: string | null, list: number, key: string, comparison: RowComparisonResult): void {
    const place = placeKey(application, key);
    const shown = this.shown.get(place) ?? { first: list, delivered: null };
    if (comparison === "new" || comparison === "updated") shown.delivered = list;
    this.shown.set(place, shown);
  }

  /** Stops comparing the contents of these calls. Their starts are kept, because another call with the same id may occur in this pass. */
  release(application: string | null, calls: readonly ReleasedCall[]): void {
    for (const { key, startedAt } of calls) {
      this.shown.delete(placeKey(application, key));
      if (startedAt !== null && this.starts.get(application, key) === undefined)
        this.starts.set(application, key, startedAt);
    }
  }
}
