import type { Intervals } from "../../engine/lists/intervals.js";
import { type ComparedList, type ReadRow, RowComparison, type RowComparisonResult } from "./row-comparison.js";
import { deliveredOf, isStale, withDelivered, withShown } from "./row-versions.js";
import { type ReleasedCall, UnsettledHashes } from "./unsettled-hashes.js";
import type { ComparedRow } from "./window-change.js";

/** The calls of one account that were delivered and may change: compares rows with them, and stores what was delivered. */
export class DeliveredCalls {
  /** Calls that this fork released. They are compared until it is adopted, because a fork may be a preview, or its save may fail. */
  private readonly released: { application: string | null; calls: ReleasedCall[] }[] = [];

  private constructor(
    readonly hashes: UnsettledHashes,
    /** Shared by all forks of a pass. */
    private readonly comparison: RowComparison,
  ) {}

  /**
   * @param saved as `lines` of the hashes returned it.
   * @param overlapMs the overlap of the requests for two adjacent windows.
   */
  static restore(saved: Readonly<Record<string, string[]>>, overlapMs: number): DeliveredCalls {
    return new DeliveredCalls(new UnsettledHashes(saved), new RowComparison(overlapMs));
  }

  /** Returns a copy. Changes of the copy do not affect the original. */
  fork(): DeliveredCalls {
    return new DeliveredCalls(this.hashes.fork(), this.comparison);
  }

  /** Replaces the original, which must not be used afterwards. */
  adopt(): void {
    this.hashes.adopt();
    for (const { application, calls } of this.released.splice(0)) this.comparison.release(application, calls);
  }

  compare(list: ComparedList, row: ReadRow): RowComparisonResult {
    return this.comparison.compare(this.hashes, list, row);
  }

  /** Whether a call was delivered and may change. */
  has(application: string | null, key: string): boolean {
    return this.hashes.versionsOf(application, key) !== undefined;
  }

  /** Whether a row belongs to a call that was delivered: by its content, or by its start. */
  isSameCall(application: string | null, { key, hash, at }: ReadRow): boolean {
    const versions = this.hashes.versionsOf(application, key);
    if (this.hashes.isContested(application, key, at)) return true;
    return versions !== undefined && (deliveredOf(versions) === hash || this.hashes.isIn(application, key, at));
  }

  /** Stores a row that was delivered, or shown by another list. @param place of the list; null when it is the only one of its application. */
  store(application: string | null, place: number | null, row: ComparedRow): void {
    const { key, at, hash, comparison } = row;
    const versions = this.hashes.versionsOf(application, key);
    if (comparison === "conflict") this.hashes.contest(application, key, at);
    else if (comparison !== "other") {
      const former = this.formerStart(application, row);
      this.hashes.set(application, key, at, withDelivered(versions, place, hash));
      // After a correction of the start, the call no longer occurs at the former start. A row that still does belongs to another call.
      if (former !== null && !this.hashes.isIn(application, key, former)) this.hashes.contest(application, key, former);
    } else if (place !== null && versions !== undefined)
      this.hashes.update(application, key, withShown(versions, place, hash));
  }

  /** Returns the start with which a call was delivered. Null when it is unknown, or equals the start of the row. */
  formerStart(application: string | null, { key, at, startedAt }: ReadRow): number | null {
    const versions = this.hashes.versionsOf(application, key);
    const before = this.hashes.placeOf(application, key);
    const isCorrected =
      versions !== undefined && !isStale(versions) && at === startedAt && before?.isExact === true && before.at !== at;
    return isCorrected ? before.at : null;
  }

  /** Removes the calls of an application that lie in intervals which are never read again. */
  release(application: string | null, final: Intervals): void {
    const calls = this.hashes.release(application, final, this.comparison.overlapMs);
    if (calls.length > 0) this.released.push({ application, calls });
  }
}
