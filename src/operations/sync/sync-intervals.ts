import type { Partition } from "../../contract/provider.js";
import type { CheckpointSettings, SyncCheckpoint } from "../../engine/checkpoints/checkpoint.js";
import { type EarlierPasses, verifiedStarts } from "../../engine/lists/coverage.js";
import { fromIntervals, Intervals, type Span, toIntervals } from "../../engine/lists/intervals.js";
import { changeBy, withdraw } from "./list-changes.js";
import { listBefore, type ListState, unreadList, withRequested, withWiderMargin } from "./list-state.js";
import { ListStates } from "./list-states.js";
import { changesOf, type SettingsChange } from "./read-settings.js";
import { beyondRetention, type RequestedRanges, type WindowChange } from "./window-change.js";

/** Minimum age of the intervals that stay valid after a clock was found to be ahead. */
const MIN_REREAD_MS = 1000;

/** A smaller difference of two clocks is ignored: a pass does not detect it either, and verifies as much. */
const MAX_CLOCK_DIFFERENCE_MS = 300_000;

/**
 * The intervals of one account's sync. They use two kinds of time. `verified` and `read` of a list are by the filter time of the vendor. `requested`, `complete`
 * and `lost` are by the start of calls, which each call has whatever the vendor filters on.
 */
export class SyncIntervals {
  /** The requested ranges of all passes. */
  requested = Intervals.empty;
  private abandoned = Intervals.empty;
  /** The latest start of a delivered call. Minus infinity when there is none. */
  private latestStart = Number.NEGATIVE_INFINITY;
  /** The latest instant that both the machine's clock and the vendor's had reached when a window was read. Minus infinity when the vendor sent no `Date`. */
  private bothClocksReached = Number.NEGATIVE_INFINITY;
  private settings: CheckpointSettings | null = null;
  lists: ListStates;
  /** Whether they changed since the last save. */
  hasChanged = false;
  /** Whether more was verified since the last save. It must then be saved, so that the next pass does not repeat this one. */
  hasVerifiedMore = false;

  constructor(
    checkpoint: SyncCheckpoint | null,
    private readonly overlapMs: number,
  ) {
    this.lists = new ListStates(checkpoint?.lists ?? []);
    if (checkpoint === null) return;
    this.requested = fromIntervals(checkpoint.requested);
    this.abandoned = fromIntervals(checkpoint.abandoned);
    if (checkpoint.latestStart !== null) this.latestStart = Date.parse(checkpoint.latestStart);
    if (checkpoint.bothClocksReached !== undefined) this.bothClocksReached = Date.parse(checkpoint.bothClocksReached);
    this.settings = checkpoint.settings;
  }

  /** Returns a copy. Changes of the copy do not affect the original. */
  fork(): SyncIntervals {
    const fork = Object.assign(new SyncIntervals(null, this.overlapMs), this);
    fork.lists = this.lists.fork();
    return fork;
  }

  /** Returns the fields of the checkpoint. */
  save() {
    const { requested, abandoned, latestStart, bothClocksReached, settings, lists } = this;
    return {
      settings,
      requested: toIntervals(requested),
      abandoned: toIntervals(abandoned),
      latestStart: Number.isFinite(latestStart) ? new Date(latestStart).toISOString() : null,
      ...(Number.isFinite(bothClocksReached) ? { bothClocksReached: new Date(bothClocksReached).toISOString() } : {}),
      lists: lists.save(),
    };
  }

  /** The requested ranges without the abandoned intervals. */
  get due(): Intervals {
    return this.requested.subtract(this.abandoned);
  }

  /** Returns the parts of a range that no pass has requested. */
  newlyRequested(range: Span): Intervals {
    return Intervals.of([range]).subtract(this.requested);
  }

  /**
   * Adds a range to the requested ranges. Verified intervals near the new ranges are read again, because their rows that started in the new ranges were skipped.
   * @param windowMarginMs maximum distance between the filter time and the start of a call.
   */
  addRange(range: Span, windowMarginMs: number): void {
    const requested = this.newlyRequested(range);
    if (requested.isEmpty) return;
    this.hasChanged = true;
    this.requested = this.requested.union(requested);
    for (const list of this.lists.all) Object.assign(list, withRequested(list, requested, windowMarginMs));
  }

  /**
   * Sets the settings of this pass. Intervals that were read under other settings and are no longer valid are read again.
   * @param requested the ranges under the new settings.
   * @returns the settings that changed.
   */
  adapt(settings: CheckpointSettings, requested: RequestedRanges): SettingsChange[] {
    const before = this.settings;
    const changes = before === null ? [] : changesOf(before, settings);
    if (before !== null && changes.length === 0) return [];
    this.hasChanged = true;
    this.settings = settings;
    const reread = changes.map((change) => change.reread);
    for (const list of this.lists.all) {
      if (reread.includes("all")) Object.assign(list, { ...unreadList(list.partition, list.place), lost: list.lost });
      else if (reread.includes("edges")) {
        list.complete = list.complete.intersect(verifiedStarts(requested, list.verified));
        Object.assign(list, withWiderMargin(list, requested.windowMarginMs));
      }
    }
    return changes;
  }

  /**
   * Returns the instant before which the intervals of a list are valid. When they extend into the future, a clock was ahead. The true time of that pass is
   * unknown, but it was not before the latest call that was delivered. Everything that was settled at that time stays valid.
   */
  private trustedBefore({ verified, read }: ListState, now: number, settleMs: number): number {
    // Windows end with whole units, and clocks differ slightly. That does not mean that a clock was ahead.
    const toleranceMs = this.overlapMs + Math.min(MAX_CLOCK_DIFFERENCE_MS, settleMs);
    if (Math.max(verified.end, read.end) <= now + toleranceMs) return Number.POSITIVE_INFINITY;
    return Math.min(now, this.latestStart) - Math.max(settleMs, MIN_REREAD_MS);
  }

  /**
   * Withdraws intervals that were verified by a clock that was ahead. Intervals that both clocks had reached are kept as long as the machine's clock still
   * agrees: the hashes of complete calls are removed, so that a second reading would deliver them as new.
   * @param now time of the vendor, if it sent one.
   * @param ownNow time of the machine.
   * @param oldest the oldest instant that can be read. Later intervals are not lost.
   */
  truncate(now: number, ownNow: number, settleMs: number, oldest: number): void {
    const reached = Math.max(now, Math.min(ownNow, this.bothClocksReached));
    for (const list of this.lists.all) {
      this.setLost(list, list.lost.before(oldest));
      if (this.trustedBefore(list, reached, settleMs) === Number.POSITIVE_INFINITY) continue;
      const until = this.trustedBefore(list, now, settleMs);
      this.hasChanged = true;
      this.bothClocksReached = Math.min(this.bothClocksReached, now);
      Object.assign(list, listBefore(list, until));
    }
  }

  /**
   * Abandons intervals permanently, by the start of calls: they are not read again. Intervals that are complete are not abandoned.
   * @param windowMarginMs maximum distance between the filter time and the start of a call.
   */
  abandon(spans: readonly Span[], partitions: readonly Partition[], windowMarginMs: number): void {
    const abandoned = Intervals.of(spans)
      .intersect(this.requested)
      .subtract(this.completeOf(partitions))
      .subtract(this.lists.lostIn(partitions))
      .union(this.abandoned);
    if (abandoned.equals(this.abandoned)) return;
    this.hasChanged = true;
    this.abandoned = abandoned;
    const needed = this.due.widen(windowMarginMs);
    for (const list of this.lists.all)
      list.unverified = list.unverified.filter((span) => !needed.intersect(Intervals.of([span])).isEmpty);
  }

  /**
   * Marks intervals as lost permanently: those beyond the vendor's retention that were not complete before. Lists without any verified interval are left out,
   * because it is unknown whether they ever held calls.
   */
  markLost(requested: RequestedRanges, partitions: readonly Partition[]): void {
    for (const list of partitions.map((partition) => this.lists.of(partition)))
      if (!list.verified.isEmpty || !list.complete.isEmpty)
        this.setLost(list, beyondRetention(requested).subtract(list.complete).union(list.lost));
  }

  private setLost(list: ListState, lost: Intervals): void {
    if (lost.equals(list.lost)) return;
    this.hasChanged = true;
    list.lost = lost;
  }

  /** Returns the intervals of earlier passes on which a plan over these partitions is based. */
  earlier(partitions: readonly Partition[], now: number, settleMs: number): EarlierPasses {
    const lists = partitions.map((partition) => {
      const list = this.lists.of(partition);
      return listBefore(list, this.trustedBefore(list, now, settleMs));
    });
    return {
      verified: lists.map(({ verified }) => verified),
      read: lists.map(({ read }) => read),
      unverified: lists.map(({ unverified }) => unverified),
      reread: lists.map(({ reread }) => reread),
      complete: lists.map(({ complete }) => complete),
      lost: this.lists.lostIn(partitions),
      abandoned: this.abandoned,
    };
  }

  /** Returns the intervals that are complete in each partition. */
  private completeOf(partitions: readonly Partition[]): Intervals {
    return this.lists.shared(partitions, ({ complete }) => complete, this.requested);
  }

  /** Applies the change by a window that was read. @returns whether more calls may be complete. */
  add({ partition, latestStart, reread, outcome }: WindowChange): boolean {
    if (latestStart !== null) this.latestStart = Math.max(this.latestStart, latestStart);
    const mayComplete = outcome !== null && this.addOutcome(this.lists.of(partition), outcome);
    for (const list of this.lists.all)
      if (list.partition.application === partition.application) this.update(list, withdraw(list, reread));
    return mayComplete;
  }

  private addOutcome(list: ListState, outcome: NonNullable<WindowChange["outcome"]>): boolean {
    const { verified } = list;
    const changed = this.update(list, changeBy(list, outcome));
    if (outcome.type === "advance" && outcome.earlierNow !== null)
      this.bothClocksReached = Math.max(this.bothClocksReached, outcome.earlierNow);
    // A refusal must be saved now, because the pass may end with this failure.
    this.hasVerifiedMore ||= outcome.type === "refuse" || !list.verified.equals(verified);
    return changed && outcome.type !== "refuse";
  }

  /** Changes a list. @returns whether its verified, read or complete intervals changed. */
  private update(list: ListState, change: Partial<ListState>): boolean {
    const { verified, read, complete, unverified } = list;
    Object.assign(list, change);
    const changed = !list.verified.equals(verified) || !list.read.equals(read) || !list.complete.equals(complete);
    this.hasChanged ||= changed || list.unverified !== unverified;
    return changed;
  }

  /** Returns the coverage up to now, by the start of calls. */
  summarize(partitions: readonly Partition[], now: number) {
    const lost = this.lists.lostIn(partitions);
    const due = this.due.before(now).subtract(lost);
    const complete = this.completeOf(partitions).intersect(due);
    const seen = this.lists.shared(partitions, ({ verified, read }) => verified.union(read), due);
    return {
      coverage: toIntervals(complete),
      unsettled: toIntervals(seen.subtract(complete)),
      missing: toIntervals(due.subtract(seen).subtract(complete)),
      lost: toIntervals(lost),
      ...(this.abandoned.isEmpty ? {} : { abandoned: toIntervals(this.abandoned) }),
    };
  }
}
