import type { Intervals } from "../../engine/lists/intervals.js";
import { PassStarts } from "./pass-starts.js";
import { deliveredOf, isStale, shownBy } from "./row-versions.js";
import { placeKey, type ReleasedCall, segmentAround, type UnsettledHashes } from "./unsettled-hashes.js";

/** A row that was read. */
export interface RowRead {
  /** The id of its record. */
  key: string;
  hash: string;
  startedAt: number;
  /** Its start, or where else among the starts it is to be kept. */
  at: number;
}

/**
 * A call that was read: whether it is new, has changed, or is just as it was handed out last. `other`: another list of its application shows the call with
 * another content, which is noted, and not handed out. `conflict`: its id was handed out for another call, with another start; it is not handed out.
 */
export type Seen = "new" | "updated" | "same" | "other" | "conflict";

/** Which lists of an application have shown a call in this pass. */
interface ShownInPass {
  /** The first list that showed it. */
  first: number;
  /** The list whose content was handed out last; null where none was. */
  handedOut: number | null;
}

/** Of which list rows are compared, and with what. */
export interface ComparedList {
  application: string | null;
  /** The list's place; null where it is the only one of its application. */
  place: number | null;
  /** By the start of calls: what of the application is never read again. */
  done: Intervals;
  /** What all lists of the application have proven. */
  verified: Intervals;
  /** Whether the window that was read is settled: a start that is corrected is corrected before that. */
  settled: boolean;
}

/**
 * Compares rows with what was handed out. Of an application with several lists, each list has a content of its own: what differs from the content that its
 * own list showed last is a change, and a change that several lists show in one pass is handed out once.
 */
export class RowComparison {
  /** By application and key, for applications of several lists. It tells what was read in this pass, whatever is kept of it. */
  private readonly shown = new Map<string, ShownInPass>();
  private readonly starts = new PassStarts();

  /** @param overlapMs by how much what is sent for two windows that meet may overlap. */
  constructor(readonly overlapMs: number) {}

  compare(unsettledHashes: UnsettledHashes, list: ComparedList, row: RowRead): Seen {
    const seen = this.compareContent(unsettledHashes, list, row);
    const { application, place } = list;
    if (seen !== "same" && this.isAnotherCall(unsettledHashes, list, row)) return "conflict";
    this.starts.note(application, row.key, row.startedAt);
    if (place !== null && (seen !== "same" || unsettledHashes.versionsOf(application, row.key) !== undefined))
      this.noteShown(application, place, row.key, seen);
    return seen;
  }

  private compareContent(
    unsettledHashes: UnsettledHashes,
    { application, place, done, settled }: ComparedList,
    { key, at, hash }: RowRead,
  ): Seen {
    const versions = unsettledHashes.versionsOf(application, key);
    // What was handed out, and is not in the tail, was let go of with all of its segment.
    if (versions === undefined) return done.covers(segmentAround(at, this.overlapMs)) ? "same" : "new";
    if (place === null) return !isStale(versions) && deliveredOf(versions) === hash ? "same" : "updated";
    const shown = this.shown.get(placeKey(application, key));
    if (isStale(versions)) return shown?.handedOut == null ? "updated" : "other";
    const own = shownBy(versions, place);
    if (own === hash) return "same";
    if (deliveredOf(versions) === hash) return "other";
    // What is settled has one content: another list that shows it for the first time, and alone in this pass, shows another call.
    if (own === undefined && settled && shown === undefined) return "conflict";
    const isHandedOut = shown?.handedOut != null && shown.handedOut !== place;
    const isShown = own === undefined && shown !== undefined && shown.first !== place;
    return isHandedOut || isShown ? "other" : "updated";
  }

  /**
   * Whether the id of a row was handed out for another call. A start that the vendor has corrected is listed once: with two starts in one pass it is two
   * calls. In another pass, it is two calls where the tail says so, and where the earlier start is proven: what is settled does not change.
   */
  private isAnotherCall(
    unsettledHashes: UnsettledHashes,
    { application, verified, settled }: ComparedList,
    { key, startedAt, at }: RowRead,
  ): boolean {
    const inThisPass = this.starts.of(application, key);
    if (inThisPass !== undefined) return inThisPass !== startedAt;
    const versions = unsettledHashes.versionsOf(application, key);
    // A call that is not kept at its start is kept at different places by different windows; what is stale was read by other options.
    if (at !== startedAt || (versions !== undefined && isStale(versions))) return false;
    if (unsettledHashes.isContested(application, key, at)) return settled || versions === undefined;
    const kept = unsettledHashes.placeOf(application, key);
    if (kept === undefined) return false;
    return kept.isExact
      ? kept.at !== at && verified.holds(kept.at)
      : !unsettledHashes.isIn(application, key, at) && verified.covers(segmentAround(kept.at, 0));
  }

  private noteShown(application: string | null, list: number, key: string, seen: Seen): void {
    const place = placeKey(application, key);
    const shown = this.shown.get(place) ?? { first: list, handedOut: null };
    if (seen === "new" || seen === "updated") shown.handedOut = list;
    this.shown.set(place, shown);
  }

  /** The contents of these calls are not compared any more. Another call with one of their ids may still come in this pass. */
  release(application: string | null, calls: readonly ReleasedCall[]): void {
    for (const { key, startedAt } of calls) {
      this.shown.delete(placeKey(application, key));
      if (startedAt !== null && this.starts.of(application, key) === undefined)
        this.starts.note(application, key, startedAt);
    }
  }
}
