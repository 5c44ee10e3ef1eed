import type { Partition, Provider } from "../../contract/provider.js";
import type { CheckpointIdentity, CheckpointSettings, SyncCheckpoint } from "../../engine/checkpoints/checkpoint.js";
import { type EarlierPasses, verifiedStarts } from "../../engine/lists/coverage.js";
import { fromIntervals, Intervals, type Span, toIntervals } from "../../engine/lists/intervals.js";
import { DeliveredCalls } from "./delivered-calls.js";
import { addUnverified, advance, confirm, refuse, withdraw } from "./list-changes.js";
import {
  listBefore,
  listIdOf,
  type ListState,
  restoreList,
  saveList,
  unreadList,
  withRequested,
  withWiderMargin,
} from "./list-state.js";
import { changesOf, type SettingsChange } from "./read-settings.js";
import type { ReadRow, RowComparisonResult } from "./row-comparison.js";
import { beyondRetention, type ComparedRow, type RequestedRanges, type WindowChange } from "./window-change.js";

/** Minimum age of the intervals that stay valid after a clock was found to be ahead. */
const MIN_REREAD_MS = 1000;

/** A smaller difference of two clocks is ignored: a pass does not detect it either, and verifies as much. */
const MAX_CLOCK_DIFFERENCE_MS = 300_000;

/**
 * The state of one account's sync. It uses two kinds of time. `verified` and `read` of a list are by the filter time of the vendor. `requestedRanges`, `complete`
 * and `lost` are by the start of calls, which each call has whatever the vendor filters on.
 */
export class SyncState {
  private requestedRanges = Intervals.empty;
  private abandoned = Intervals.empty;
  /** The latest start of a delivered call. Minus infinity when there is none. */
  private latestStart = Number.NEGATIVE_INFINITY;
  /** The latest instant that both the machine's clock and the vendor's had reached when a window was read. Minus infinity when the vendor sent no `Date`. */
  private bothClocksReached = Number.NEGATIVE_INFINITY;
  private settings: CheckpointSettings | null = null;
  private identity: CheckpointIdentity | null = null;
  private readonly lists = new Map<string, ListState>();
  private calls: DeliveredCalls;
  /** Whether the intervals changed since the last save. */
  private intervalsChanged = false;
  /** Whether more was verified since the last save. */
  private verifiedMore = false;

  /**
   * @param checkpoint of the account; null in the first pass.
   * @param overlapMs the overlap of the requests for two adjacent windows.
   */
  constructor(
    private readonly provider: Pick<Provider, "id" | "account">,
    checkpoint: SyncCheckpoint | null,
    private readonly overlapMs = 0,
  ) {
    this.calls = DeliveredCalls.restore(checkpoint?.unsettledHashes ?? {}, overlapMs);
    if (checkpoint === null) return;
    this.requestedRanges = fromIntervals(checkpoint.requested);
    this.abandoned = fromIntervals(checkpoint.abandoned);
    if (checkpoint.latestStart !== null) this.latestStart = Date.parse(checkpoint.latestStart);
    if (checkpoint.bothClocksReached !== undefined) this.bothClocksReached = Date.parse(checkpoint.bothClocksReached);
    this.settings = checkpoint.settings;
    this.identity = checkpoint.identity;
    for (const saved of checkpoint.lists) {
      const list = restoreList(saved, this.lists.size);
      this.lists.set(listIdOf(list.partition), list);
    }
  }

  /** Returns a copy. Changes of the copy do not affect this state. */
  fork(): SyncState {
    const fork = new SyncState(this.provider, null, this.overlapMs);
    fork.requestedRanges = this.requestedRanges;
    fork.abandoned = this.abandoned;
    fork.latestStart = this.latestStart;
    fork.bothClocksReached = this.bothClocksReached;
    fork.settings = this.settings;
    fork.identity = this.identity;
    for (const [id, list] of this.lists) fork.lists.set(id, { ...list });
    fork.calls = this.calls.fork();
    fork.intervalsChanged = this.intervalsChanged;
    fork.verifiedMore = this.verifiedMore;
    return fork;
  }

  /** Makes this fork replace the state that it was copied from, which must not be used afterwards. */
  adopt(): void {
    this.calls.adopt();
  }

  /** Returns the parts of a range that no pass has requested. */
  newlyRequested(range: Span): Intervals {
    return Intervals.of([range]).subtract(this.requestedRanges);
  }

  /**
   * Adds a range to the requested ranges. Verified intervals near the new ranges are read again, because their rows that started in the new ranges were skipped.
   * @param windowMarginMs maximum distance between the filter time and the start of a call.
   */
  addRange(range: Span, windowMarginMs: number): void {
    const requested = this.newlyRequested(range);
    if (requested.isEmpty) return;
    this.intervalsChanged = true;
    this.requestedRanges = this.requestedRanges.union(requested);
    for (const list of this.lists.values()) Object.assign(list, withRequested(list, requested, windowMarginMs));
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
    this.intervalsChanged = true;
    this.settings = settings;
    const reread = changes.map((change) => change.reread);
    if (reread.includes("all")) this.resetLists();
    else if (reread.includes("edges"))
      for (const list of this.lists.values()) {
        list.complete = list.complete.intersect(verifiedStarts(requested, list.verified));
        Object.assign(list, withWiderMargin(list, requested.windowMarginMs));
      }
    return changes;
  }

  private resetLists(): void {
    for (const list of this.lists.values())
      Object.assign(list, { ...unreadList(list.partition, list.place), lost: list.lost });
    this.calls.markStale();
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
    for (const list of this.lists.values()) {
      const lost = list.lost.before(oldest);
      if (!lost.equals(list.lost)) {
        this.intervalsChanged = true;
        list.lost = lost;
      }
      if (this.trustedBefore(list, reached, settleMs) === Number.POSITIVE_INFINITY) continue;
      const until = this.trustedBefore(list, now, settleMs);
      this.intervalsChanged = true;
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
      .intersect(this.requestedRanges)
      .subtract(this.completeOf(partitions))
      .subtract(this.lostOf(partitions))
      .union(this.abandoned);
    if (abandoned.equals(this.abandoned)) return;
    this.intervalsChanged = true;
    this.abandoned = abandoned;
    const needed = this.due.widen(windowMarginMs);
    for (const list of this.lists.values())
      list.unverified = list.unverified.filter((span) => !needed.intersect(Intervals.of([span])).isEmpty);
  }

  /** The requested ranges of all passes. */
  get requested(): Intervals {
    return this.requestedRanges;
  }

  /** The requested ranges without the abandoned intervals. */
  get due(): Intervals {
    return this.requestedRanges.subtract(this.abandoned);
  }

  get savedIdentity(): CheckpointIdentity | null {
    return this.identity;
  }

  setIdentity(identity: CheckpointIdentity | null): void {
    if (JSON.stringify(identity) === JSON.stringify(this.identity)) return;
    this.intervalsChanged = true;
    this.identity = identity;
  }

  /** Whether a row belongs to a call that was delivered: by its content, or by its start. */
  isSameCall(application: string | null, row: ReadRow): boolean {
    return this.calls.isSameCall(application, row);
  }

  /** Whether a call was delivered and may change. */
  isKnown(application: string | null, key: string): boolean {
    return this.calls.has(application, key);
  }

  /** Returns the segments of calls that may change, of these applications. */
  unsettledSegments(applications: readonly (string | null)[]): ReturnType<DeliveredCalls["segmentsOf"]> {
    return this.calls.segmentsOf(applications);
  }

  /**
   * Marks intervals as lost permanently: those beyond the vendor's retention that were not complete before. Lists without any verified interval are left out,
   * because it is unknown whether they ever held calls.
   */
  markLost(requested: RequestedRanges, partitions: readonly Partition[]): void {
    for (const partition of partitions) {
      const list = this.listOf(partition);
      if (list.verified.isEmpty && list.complete.isEmpty) continue;
      const lost = beyondRetention(requested).subtract(list.complete).union(list.lost);
      if (lost.equals(list.lost)) continue;
      this.intervalsChanged = true;
      list.lost = lost;
    }
    for (const { application } of partitions) this.release(application, partitions);
  }

  /** Returns the intervals of earlier passes on which a plan over these partitions is based. */
  earlier(partitions: readonly Partition[], now: number, settleMs: number): EarlierPasses {
    const lists = partitions.map((partition) => {
      const list = this.listOf(partition);
      return listBefore(list, this.trustedBefore(list, now, settleMs));
    });
    return {
      verified: lists.map(({ verified }) => verified),
      read: lists.map(({ read }) => read),
      unverified: lists.map(({ unverified }) => unverified),
      reread: lists.map(({ reread }) => reread),
      complete: lists.map(({ complete }) => complete),
      lost: this.lostOf(partitions),
      abandoned: this.abandoned,
    };
  }

  private listOf(partition: Partition): ListState {
    const id = listIdOf(partition);
    const list = this.lists.get(id) ?? unreadList(partition, this.lists.size);
    this.lists.set(id, list);
    return list;
  }

  /** Returns the intervals that all lists of an application share. */
  private commonOf(
    application: string | null,
    partitions: readonly Partition[],
    intervalsOf: (list: ListState) => Intervals,
    all: Intervals,
  ): Intervals {
    return partitions
      .filter((partition) => partition.application === application)
      .map((partition) => intervalsOf(this.listOf(partition)))
      .reduce((common, intervals) => common.intersect(intervals), all);
  }

  /** Returns the intervals that are complete in each partition. */
  private completeOf(partitions: readonly Partition[]): Intervals {
    return partitions
      .map((partition) => this.listOf(partition).complete)
      .reduce((common, complete) => common.intersect(complete), this.requestedRanges);
  }

  /** Returns the intervals that are lost in at least one partition. */
  private lostOf(partitions: readonly Partition[]): Intervals {
    return partitions
      .map((partition) => this.listOf(partition).lost)
      .reduce((all, lost) => all.union(lost), Intervals.empty);
  }

  /** Returns the intervals of an application that are never read again: complete or lost in each of its lists. */
  private finalOf(application: string | null, partitions: readonly Partition[]): Intervals {
    return this.commonOf(application, partitions, ({ complete, lost }) => complete.union(lost), this.requestedRanges);
  }

  /**
   * Compares rows of one list with the delivered calls.
   * @param settled whether the window of the rows is settled.
   */
  compare<Row extends ReadRow>(
    partition: Partition,
    partitions: readonly Partition[],
    rows: readonly Row[],
    settled: boolean,
  ): (Row & { comparison: RowComparisonResult })[] {
    const { application } = partition;
    const list = {
      application,
      place: this.placeAmongSeveral(partition),
      final: this.finalOf(application, partitions),
      verified: this.commonOf(application, partitions, ({ verified }) => verified, Intervals.of([ALL_TIME])),
      settled,
    };
    return rows.map((row) => ({ ...row, comparison: this.calls.compare(list, row) }));
  }

  /** Whether the calls that start at an instant were skipped when an interval that is now read again was read first. */
  wasSkipped(partition: Partition, startedAt: number): boolean {
    return this.listOf(partition).skippedStarts.holds(startedAt);
  }

  /** Returns the place of a list. Null when it is the only list of its application. */
  private placeAmongSeveral(partition: Partition): number | null {
    const { place } = this.listOf(partition);
    const isOne = [...this.lists.values()].every(
      (other) => other.place === place || other.partition.application !== partition.application,
    );
    return isOne ? null : place;
  }

  /** Applies the change by a window that was read, whose rows were delivered. */
  add({ partition, partitions, rows, latestStart, reread, outcome }: WindowChange): void {
    const { application } = partition;
    const place = this.placeAmongSeveral(partition);
    for (const row of rows) this.calls.store(application, place, row);
    if (latestStart !== null) this.latestStart = Math.max(this.latestStart, latestStart);
    if (outcome !== null) this.addOutcome(partition, partitions, outcome);
    for (const list of this.lists.values())
      if (list.partition.application === application) this.update(list, withdraw(list, reread));
  }

  private addOutcome(
    partition: Partition,
    partitions: readonly Partition[],
    outcome: NonNullable<WindowChange["outcome"]>,
  ): void {
    const list = this.listOf(partition);
    switch (outcome.type) {
      case "advance":
      case "confirm": {
        if (outcome.type === "advance" && outcome.earlierNow !== null)
          this.bothClocksReached = Math.max(this.bothClocksReached, outcome.earlierNow);
        const { verified } = list;
        const changed = this.update(list, outcome.type === "advance" ? advance(list, outcome) : confirm(list, outcome));
        this.verifiedMore ||= !list.verified.equals(verified);
        if (changed) this.release(partition.application, partitions);
        break;
      }
      case "refuse":
        this.update(list, refuse(list, outcome));
        // It must be saved now, because the pass may end with this failure.
        this.verifiedMore = true;
        break;
      case "unverified":
        this.update(list, addUnverified(list, outcome.window));
    }
  }

  /** Changes a list. @returns whether its verified, read or complete intervals changed. */
  private update(list: ListState, change: Partial<ListState>): boolean {
    const { verified, read, complete, unverified } = list;
    Object.assign(list, change);
    const changed = !list.verified.equals(verified) || !list.read.equals(read) || !list.complete.equals(complete);
    this.intervalsChanged ||= changed || list.unverified !== unverified;
    return changed;
  }

  /**
   * Returns the intervals, by filter time, that must be read again because the start of a call was corrected. If a row with the former start is still listed, it
   * belongs to another call.
   */
  aroundFormerStarts({ application }: Partition, rows: readonly ComparedRow[], windowMarginMs: number): Intervals {
    const starts = rows
      .filter(({ comparison }) => comparison === "updated")
      .flatMap((row) => this.calls.formerStart(application, row) ?? []);
    return Intervals.of(starts.map((at) => ({ from: at, to: at + 1 }))).widen(windowMarginMs + this.overlapMs);
  }

  private release(application: string | null, partitions: readonly Partition[]): void {
    this.calls.release(application, this.finalOf(application, partitions));
  }

  /** Returns the coverage up to now, by the start of calls. */
  summarize(partitions: readonly Partition[], now: number) {
    const lost = this.lostOf(partitions);
    const due = this.due.before(now).subtract(lost);
    const complete = this.completeOf(partitions).intersect(due);
    const seen = partitions
      .map((partition) => this.listOf(partition))
      .map(({ verified, read }) => verified.union(read))
      .reduce((common, spans) => common.intersect(spans), due);
    return {
      coverage: toIntervals(complete),
      unsettled: toIntervals(seen.subtract(complete)),
      missing: toIntervals(due.subtract(seen).subtract(complete)),
      lost: toIntervals(lost),
      ...(this.abandoned.isEmpty ? {} : { abandoned: toIntervals(this.abandoned) }),
    };
  }

  /** Whether the state changed since the last save. */
  get hasChanged(): boolean {
    return this.intervalsChanged || this.calls.hasChanged;
  }

  /** Whether the state must be saved now, so that the next pass does not repeat this one. */
  get hasVerifiedMore(): boolean {
    return this.verifiedMore;
  }

  /** Returns the segments of hashes that changed since the last save; null for those that were removed. */
  changedSegments(): Map<string, string[] | null> {
    return this.calls.changedSegments();
  }

  markSaved(): void {
    this.intervalsChanged = false;
    this.verifiedMore = false;
    this.calls.markSaved();
  }

  /** Marks the state as changed where a fork differs. Its save failed, but may have written a part of it. */
  markUnsaved(fork: SyncState): void {
    this.intervalsChanged = true;
    this.calls.markUnsaved(fork.calls);
  }

  checkpoint(): SyncCheckpoint {
    const { id, account } = this.provider;
    return {
      format: "call-records/checkpoint",
      version: 1,
      account,
      provider: id,
      identity: this.identity,
      settings: this.settings,
      requested: toIntervals(this.requestedRanges),
      abandoned: toIntervals(this.abandoned),
      latestStart: Number.isFinite(this.latestStart) ? new Date(this.latestStart).toISOString() : null,
      ...(Number.isFinite(this.bothClocksReached)
        ? { bothClocksReached: new Date(this.bothClocksReached).toISOString() }
        : {}),
      lists: [...this.lists.values()].map(saveList),
      unsettledHashes: this.calls.lines(),
    };
  }
}

const ALL_TIME: Span = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };
