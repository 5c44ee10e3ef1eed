import type { Partition, Provider } from "../../contract/provider.js";
import type { CheckpointIdentity, CheckpointSettings, SyncCheckpoint } from "../../engine/checkpoints/checkpoint.js";
import {
  type CoveragePlan,
  type UnverifiedWindow,
  type EarlierPasses,
  verifiedStarts,
} from "../../engine/lists/coverage.js";
import { fromIntervals, Intervals, type Span, toIntervals } from "../../engine/lists/intervals.js";
import {
  askedFor,
  split,
  listBefore,
  listIdOf,
  type ListState,
  restoreList,
  saveList,
  searchedWithin,
  unreadList,
} from "./list-state.js";
import { changesOf, type SettingsChange } from "./read-settings.js";
import { RowComparison, type RowRead, type Seen } from "./row-comparison.js";
import { deliveredOf, isStale, withDelivered, withShown } from "./row-versions.js";
import { type ReleasedCall, UnsettledHashes } from "./unsettled-hashes.js";

/** Where a clock was ahead, so much at least is read again: its response may tell the time. */
const MIN_DOUBT_MS = 1000;

/** What is to be read, and how far it can be. */
export type RequestedRanges = Pick<CoveragePlan, "range" | "windowMarginMs" | "readRanges" | "readable">;

function beyond({ range, readable }: RequestedRanges): Intervals {
  return range.before(readable.from);
}

/** A window was read to its end. */
interface Advance {
  type: "advance";
  span: Span;
  /** Up to where it is proven. */
  verifiedTo: number;
  /** Up to where it can have been read: nothing has been read of times that are still to come. */
  readTo: number;
  /** The earlier of this machine's now and the vendor's when it was read; null where the vendor told no time. */
  witnessedNow: number | null;
  /** Whether it is a part of a window, and counts as proven only once the sum of all parts was checked. */
  isAwaiting: boolean;
  settled: boolean;
  requested: RequestedRanges;
}

/** The parts of a window hold no less than it: what they proved holds, but for those of a smaller window whose parts hold too little. */
interface Confirmation {
  type: "confirm";
  span: Span;
  requested: RequestedRanges;
}

/** The parts of a window hold too little together. */
interface Refusal {
  type: "refuse";
  span: Span;
  /** Complete before this pass. */
  before: Intervals;
  requested: RequestedRanges;
}

/** A row that was read, as it was compared. */
export interface RowSeen extends RowRead {
  seen: Seen;
}

/** What one window adds to a state, once its rows are kept. */
export interface WindowChange {
  partition: Partition;
  /** All that the account is read from. */
  partitions: readonly Partition[];
  /** Rows that differ from what is kept. */
  rows: readonly RowSeen[];
  /** The latest start of its calls, in epoch milliseconds; null where it holds none. */
  latestStart: number | null;
  /** By the time that the vendor filters on: what was proven there is to be read once more. */
  again: Intervals;
  /** Null where nothing follows from the window. */
  outcome: Advance | Confirmation | Refusal | { type: "doubt"; window: UnverifiedWindow } | null;
}

/** Clocks that differ by less are as good as equal: a pass does not notice it either, and claims as much. */
const APART_MS = 300_000;

/**
 * Where the sync of one account stands. Two kinds of time are kept apart: lists are read by the time that the vendor filters on (`proven`,
 * `read`); what is done is told by the start of calls (`asked`, `complete`, `lost`), of which each call has one whatever the vendor filters on.
 */
export class SyncState {
  private asked = Intervals.empty;
  private abandoned = Intervals.empty;
  /** Of a call that was handed out. Before all time where there was none. */
  private latestStart = Number.NEGATIVE_INFINITY;
  /** Both this machine's clock and the vendor's had reached it when a window was read. Before all time where the vendor told no time. */
  private witnessed = Number.NEGATIVE_INFINITY;
  private settings: CheckpointSettings | null = null;
  private identity: CheckpointIdentity | null = null;
  private readonly lists = new Map<string, ListState>();
  private unsettledHashes: UnsettledHashes;
  /** All forks of a pass share it. */
  private comparison: RowComparison;
  /** Calls that this fork let go of. They are compared until it is adopted: a fork may be a preview, or its save may fail. */
  private readonly released: { application: string | null; calls: ReleasedCall[] }[] = [];
  /** Whether the intervals differ from what was saved. */
  private moved = false;
  /** Whether something was proven that was not when it was saved. */
  private progressed = false;

  /**
   * @param checkpoint of the account; null where it begins.
   * @param overlapMs by how much what is sent for two windows that meet may overlap.
   */
  constructor(
    private readonly provider: Pick<Provider, "id" | "account">,
    checkpoint: SyncCheckpoint | null,
    private readonly overlapMs = 0,
  ) {
    this.comparison = new RowComparison(overlapMs);
    this.unsettledHashes = new UnsettledHashes(checkpoint?.unsettledHashes ?? {});
    if (checkpoint === null) return;
    this.asked = fromIntervals(checkpoint.asked);
    this.abandoned = fromIntervals(checkpoint.abandoned);
    if (checkpoint.latestStart !== null) this.latestStart = Date.parse(checkpoint.latestStart);
    if (checkpoint.witnessed !== undefined) this.witnessed = Date.parse(checkpoint.witnessed);
    this.settings = checkpoint.settings;
    this.identity = checkpoint.identity;
    for (const saved of checkpoint.lists) {
      const list = restoreList(saved, this.lists.size);
      this.lists.set(listIdOf(list.partition), list);
    }
  }

  /** A state that begins as this one, and whose changes do not reach it. */
  fork(): SyncState {
    const fork = new SyncState(this.provider, null, this.overlapMs);
    fork.comparison = this.comparison;
    fork.asked = this.asked;
    fork.abandoned = this.abandoned;
    fork.latestStart = this.latestStart;
    fork.witnessed = this.witnessed;
    fork.settings = this.settings;
    fork.identity = this.identity;
    for (const [id, list] of this.lists) fork.lists.set(id, { ...list });
    fork.unsettledHashes = this.unsettledHashes.fork();
    fork.moved = this.moved;
    fork.progressed = this.progressed;
    return fork;
  }

  /** This fork takes the place of the state that it was made from, which must not be used any more. */
  adopt(): void {
    this.unsettledHashes.adopt();
    for (const { application, calls } of this.released.splice(0)) this.comparison.release(application, calls);
  }

  /** What of a range no pass was asked for before. */
  newlyRequested(range: Span): Intervals {
    return Intervals.of([range]).subtract(this.asked);
  }

  /**
   * Adds a range to what is asked for. What has been proven around new ground is read again: its rows that started there were passed over.
   * @param windowMarginMs how far the time that is filtered on may lie from a call's start.
   */
  ask(range: Span, windowMarginMs: number): void {
    const requested = this.newlyRequested(range);
    if (requested.isEmpty) return;
    this.moved = true;
    this.asked = this.asked.union(requested);
    for (const list of this.lists.values()) Object.assign(list, askedFor(list, requested, windowMarginMs));
  }

  /**
   * Takes over the settings under which is read from now on. What was read under others, and no longer holds, is read again.
   * @param requested under the new settings.
   * @returns what has changed.
   */
  adapt(settings: CheckpointSettings, requested: RequestedRanges): SettingsChange[] {
    const before = this.settings;
    const changes = before === null ? [] : changesOf(before, settings);
    if (before !== null && changes.length === 0) return [];
    this.moved = true;
    this.settings = settings;
    const readAgain = changes.map((change) => change.readAgain);
    if (readAgain.includes("all")) this.forgetAll();
    else if (readAgain.includes("edges")) for (const list of this.lists.values()) this.readFarther(list, requested);
    return changes;
  }

  /** Under a longer reach: what is complete near the ends of what was read may not be, nor what was asked for after it. */
  private readFarther(list: ListState, requested: RequestedRanges): void {
    list.complete = list.complete.intersect(verifiedStarts(requested, list.verified));
    Object.assign(list, searchedWithin(list, requested.windowMarginMs));
  }

  private forgetAll(): void {
    for (const list of this.lists.values())
      Object.assign(list, { ...unreadList(list.partition, list.place), lost: list.lost });
    this.unsettledHashes.markStale();
  }

  /**
   * Up to which instant what is said of a list holds. Where it speaks of times that are still to come, a clock was ahead. When that pass really was is not
   * known, but it handed out calls, and was not before the latest of them: what was settled by then holds.
   */
  private trustedUntil({ verified, read }: ListState, now: number, settleMs: number): number {
    // Windows end with whole units, and clocks differ by a little: that is no clock that was ahead.
    if (Math.max(verified.end, read.end) <= now + this.overlapMs + Math.min(APART_MS, settleMs))
      return Number.POSITIVE_INFINITY;
    return Math.min(now, this.latestStart) - Math.max(settleMs, MIN_DOUBT_MS);
  }

  /**
   * Forgets what a clock that was ahead has said. What both clocks had reached when it was read is not forgotten for the vendor's clock alone, where this
   * machine's agrees with it still: of calls that are complete, nothing is kept that would tell them from new ones.
   * @param now the vendor's, where it has told a time.
   * @param ownNow this machine's.
   * @param oldest the oldest instant that can be read: what is later is not lost.
   */
  truncate(now: number, ownNow: number, settleMs: number, oldest: number): void {
    const reached = Math.max(now, Math.min(ownNow, this.witnessed));
    for (const list of this.lists.values()) {
      const lost = list.lost.before(oldest);
      if (!lost.equals(list.lost)) {
        this.moved = true;
        list.lost = lost;
      }
      if (this.trustedUntil(list, reached, settleMs) === Number.POSITIVE_INFINITY) continue;
      const until = this.trustedUntil(list, now, settleMs);
      this.moved = true;
      this.witnessed = Math.min(this.witnessed, now);
      Object.assign(list, listBefore(list, until));
    }
  }

  /**
   * Gives up intervals for good, by the start of calls: they are not read any more. What is complete is not given up.
   * @param windowMarginMs how far the time that is filtered on may lie from a call's start.
   */
  abandon(spans: readonly Span[], partitions: readonly Partition[], windowMarginMs: number): void {
    const abandoned = Intervals.of(spans)
      .intersect(this.asked)
      .subtract(this.completeOf(partitions))
      .subtract(this.lostOf(partitions))
      .union(this.abandoned);
    if (abandoned.equals(this.abandoned)) return;
    this.moved = true;
    this.abandoned = abandoned;
    const needed = this.due.widen(windowMarginMs);
    for (const list of this.lists.values())
      list.unverified = list.unverified.filter((span) => !needed.intersect(Intervals.of([span])).isEmpty);
  }

  /** All ground that was ever asked for. */
  get requested(): Intervals {
    return this.asked;
  }

  /** What is to be read of it: what was not given up. */
  get due(): Intervals {
    return this.asked.subtract(this.abandoned);
  }

  get identityKept(): CheckpointIdentity | null {
    return this.identity;
  }

  keepIdentity(identity: CheckpointIdentity | null): void {
    if (JSON.stringify(identity) === JSON.stringify(this.identity)) return;
    this.moved = true;
    this.identity = identity;
  }

  /** Whether a row is that of a call that was handed out: by its content, or by when it started. */
  isSameCall(application: string | null, { key, hash, at }: RowRead): boolean {
    const versions = this.unsettledHashes.versionsOf(application, key);
    if (this.unsettledHashes.isContested(application, key, at)) return true;
    return (
      versions !== undefined && (deliveredOf(versions) === hash || this.unsettledHashes.isIn(application, key, at))
    );
  }

  /** The calls that may come again, of these applications. */
  unsettledHashesOf(applications: readonly (string | null)[]): ReturnType<UnsettledHashes["segmentsOf"]> {
    return this.unsettledHashes.segmentsOf(applications);
  }

  /** Gives up, for good, what the vendor no longer keeps and was not complete before. Of a list of which nothing was ever proven, nothing is known to be lost. */
  lose(requested: RequestedRanges, partitions: readonly Partition[]): void {
    for (const partition of partitions) {
      const list = this.listOf(partition);
      if (list.verified.isEmpty && list.complete.isEmpty) continue;
      const lost = beyond(requested).subtract(list.complete).union(list.lost);
      if (lost.equals(list.lost)) continue;
      this.moved = true;
      list.lost = lost;
    }
    for (const { application } of partitions) this.release(application, partitions);
  }

  /** What a plan over these partitions can rely on. */
  earlier(partitions: readonly Partition[], now: number, settleMs: number): EarlierPasses {
    const lists = partitions.map((partition) => {
      const list = this.listOf(partition);
      return listBefore(list, this.trustedUntil(list, now, settleMs));
    });
    return {
      verified: lists.map(({ verified }) => verified),
      read: lists.map(({ read }) => read),
      unverified: lists.map(({ unverified }) => unverified),
      again: lists.map(({ again }) => again),
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

  /** Complete in every one of the partitions. */
  private completeOf(partitions: readonly Partition[]): Intervals {
    return partitions
      .map((partition) => this.listOf(partition).complete)
      .reduce((common, complete) => common.intersect(complete), this.asked);
  }

  /** Lost in one of the partitions. */
  private lostOf(partitions: readonly Partition[]): Intervals {
    return partitions
      .map((partition) => this.listOf(partition).lost)
      .reduce((all, lost) => all.union(lost), Intervals.empty);
  }

  /** Proven in each list of an application. */
  private verifiedOf(application: string | null, partitions: readonly Partition[]): Intervals {
    const own = partitions
      .filter((partition) => partition.application === application)
      .map((partition) => this.listOf(partition).verified);
    return own.reduce(
      (common, verified) => common.intersect(verified),
      Intervals.of([{ from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY }]),
    );
  }

  /** What of an application is never read again: what is complete or lost in each of its lists. */
  private doneOf(application: string | null, partitions: readonly Partition[]): Intervals {
    const own = partitions
      .filter((partition) => partition.application === application)
      .map((partition) => this.listOf(partition));
    return own
      .map(({ complete, lost }) => complete.union(lost))
      .reduce((common, done) => common.intersect(done), this.asked);
  }

  /**
   * Compares rows of one list with what was handed out.
   * @param settled whether their window is settled.
   */
  compare<Row extends RowRead>(
    partition: Partition,
    partitions: readonly Partition[],
    rows: readonly Row[],
    settled: boolean,
  ): (Row & { seen: Seen })[] {
    const { application } = partition;
    const list = {
      application,
      place: this.placeAmongSeveral(partition),
      done: this.doneOf(application, partitions),
      verified: this.verifiedOf(application, partitions),
      settled,
    };
    return rows.map((row) => ({ ...row, seen: this.comparison.compare(this.unsettledHashes, list, row) }));
  }

  /** Whether the calls that start at an instant were passed over when what is read again now was read. */
  wasPassedOver(partition: Partition, startedAt: number): boolean {
    return this.listOf(partition).passedOver.holds(startedAt);
  }

  /** Whether a call was handed out, and may come again. */
  isKnown(application: string | null, key: string): boolean {
    return this.unsettledHashes.versionsOf(application, key) !== undefined;
  }

  /** A list's place; null where it is the only one of its application. */
  private placeAmongSeveral(partition: Partition): number | null {
    const { place } = this.listOf(partition);
    const isOne = [...this.lists.values()].every(
      (other) => other.place === place || other.partition.application !== partition.application,
    );
    return isOne ? null : place;
  }

  /** Takes note of a window that was read, and of its rows as handed out. */
  add({ partition, partitions, rows, latestStart, again, outcome }: WindowChange): void {
    const place = this.placeAmongSeveral(partition);
    for (const row of rows) this.keep(partition, place, row);
    if (latestStart !== null) this.latestStart = Math.max(this.latestStart, latestStart);
    if (outcome?.type === "advance") this.advance(partition, partitions, outcome);
    else if (outcome?.type === "doubt") this.doubt(partition, outcome.window);
    else if (outcome?.type === "confirm") this.confirm(partition, partitions, outcome);
    else if (outcome?.type === "refuse") this.refuse(partition, outcome);
    for (const list of this.lists.values())
      if (list.partition.application === partition.application) this.unprove(list, again);
  }

  private keep({ application }: Partition, place: number | null, row: RowSeen): void {
    const { key, at, hash, seen } = row;
    const versions = this.unsettledHashes.versionsOf(application, key);
    if (seen === "conflict") this.unsettledHashes.contest(application, key, at);
    else if (seen !== "other") {
      const former = this.formerStart(application, row);
      this.unsettledHashes.keep(application, key, at, withDelivered(versions, place, hash));
      // Where the start was corrected, nothing comes any more where it was. What comes there all the same is another call.
      if (former !== null && !this.unsettledHashes.isIn(application, key, former))
        this.unsettledHashes.contest(application, key, former);
    } else if (place !== null && versions !== undefined)
      this.unsettledHashes.update(application, key, withShown(versions, place, hash));
  }

  /** The start with which a call was handed out; null where it is not known, or the same. */
  private formerStart(application: string | null, { key, at, startedAt }: RowRead): number | null {
    const versions = this.unsettledHashes.versionsOf(application, key);
    const before = this.unsettledHashes.placeOf(application, key);
    const isCorrected =
      versions !== undefined && !isStale(versions) && at === startedAt && before?.isExact === true && before.at !== at;
    return isCorrected ? before.at : null;
  }

  /**
   * Where the start of a call is corrected, it may still be listed with the former one: then it is two calls.
   * @returns what is to be read once more, by the time that the vendor filters on.
   */
  aroundFormerStarts({ application }: Partition, rows: readonly RowSeen[], windowMarginMs: number): Intervals {
    const starts = rows
      .filter(({ seen }) => seen === "updated")
      .flatMap((row) => this.formerStart(application, row) ?? []);
    return Intervals.of(starts.map((at) => ({ from: at, to: at + 1 }))).widen(windowMarginMs + this.overlapMs);
  }

  private unprove(list: ListState, intervals: Intervals): void {
    const verified = list.verified.subtract(intervals);
    if (verified.equals(list.verified)) return;
    list.verified = verified;
    list.unsearched = split(list.unsearched, (before) => before.subtract(intervals));
    this.moved = true;
  }

  /** A window of a partition has been read. */
  private advance(
    partition: Partition,
    partitions: readonly Partition[],
    { span, verifiedTo, readTo, witnessedNow, isAwaiting, settled, requested }: Advance,
  ): void {
    if (witnessedNow !== null) this.witnessed = Math.max(this.witnessed, witnessedNow);
    const list = this.listOf(partition);
    const { checked, refused } = list.parts;
    const isWaiting = (isAwaiting && !checked.covers(span)) || refused.covers(span);
    if (isWaiting)
      list.parts = {
        ...list.parts,
        waiting: list.parts.waiting.union(Intervals.of([{ from: span.from, to: verifiedTo }])),
      };
    const verifiedEnd = isWaiting ? span.from : verifiedTo;
    // What is not settled can be no more than read.
    const isRead = (unverified: Span) => !settled && isWithin(unverified, span);
    this.extend(partition, partitions, {
      verified: Intervals.of([{ from: span.from, to: verifiedEnd }]),
      read: Intervals.of([{ from: verifiedEnd, to: readTo }]),
      isRead,
      requested,
    });
  }

  private confirm(partition: Partition, partitions: readonly Partition[], { span, requested }: Confirmation): void {
    const list = this.listOf(partition);
    const { waiting, refused } = list.parts;
    const checked = list.parts.checked.union(Intervals.of([span]).subtract(refused));
    list.parts = { waiting: waiting.subtract(checked), checked, refused };
    this.extend(partition, partitions, {
      verified: waiting.intersect(checked),
      read: Intervals.empty,
      isRead: () => false,
      requested,
    });
  }

  private extend(
    partition: Partition,
    partitions: readonly Partition[],
    added: { verified: Intervals; read: Intervals; isRead: (unverified: Span) => boolean; requested: RequestedRanges },
  ): void {
    const { requested } = added;
    const list = this.listOf(partition);
    const verified = list.verified.union(added.verified);
    const read = list.read.union(added.read).subtract(verified);
    const complete = list.complete.union(
      verifiedStarts(requested, verified).subtract(beyond(requested)).subtract(list.lost),
    );
    const moved = !verified.equals(list.verified) || !read.equals(list.read) || !complete.equals(list.complete);
    const unverified = list.unverified.filter((one) => !verified.covers(one) && !added.isRead(one));
    this.moved ||= moved || unverified.length < list.unverified.length;
    this.progressed ||= !verified.equals(list.verified);
    const again = list.again.subtract(verified);
    Object.assign(list, {
      verified,
      read,
      unverified,
      complete,
      again,
      passedOver: again.isEmpty ? Intervals.empty : list.passedOver,
    });
    if (moved) this.release(partition.application, partitions);
  }

  /** A window could not be read, or does not add up: it stays missing, and is asked for in smaller ones. */
  private doubt(partition: Partition, window: UnverifiedWindow): void {
    const list = this.listOf(partition);
    if (
      list.unverified.some(
        (smaller) => isWithin(smaller, window) && (smaller.result === window.result || !isWithin(window, smaller)),
      )
    )
      return;
    list.unverified = [...list.unverified.filter((larger) => !isWithin(window, larger)), window];
    this.moved = true;
  }

  /** Nothing of the window is proven by its parts, and what those that did not wait have completed is not complete: it is read again. */
  private refuse(partition: Partition, { span, before, requested }: Refusal): void {
    const list = this.listOf(partition);
    const refused = Intervals.of([span]);
    list.parts = {
      ...list.parts,
      waiting: list.parts.waiting.subtract(refused),
      refused: list.parts.refused.union(refused),
    };
    this.unprove(list, refused);
    list.complete = list.complete.intersect(before.union(verifiedStarts(requested, list.verified)));
    this.doubt(partition, { ...span, result: "incomplete" });
    // It is saved at once: a pass may end with the failure.
    this.progressed = true;
  }

  private release(application: string | null, partitions: readonly Partition[]): void {
    const calls = this.unsettledHashes.release(
      application,
      this.doneOf(application, partitions),
      this.comparison.overlapMs,
    );
    if (calls.length > 0) this.released.push({ application, calls });
  }

  /** What is proven complete, what was read but may still change, what was never read, and what is lost or given up; by the start of calls, up to now. */
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

  /** Whether there is anything to save. */
  get hasChanged(): boolean {
    return this.moved || this.unsettledHashes.hasChanged;
  }

  /** Whether a pass that ended here would have to be repeated. */
  get hasProgressed(): boolean {
    return this.progressed;
  }

  /** The segments of the tail that differ from what was saved. */
  changedSegments(): Map<string, string[] | null> {
    return this.unsettledHashes.changes();
  }

  /** What has changed so far is saved. */
  saved(): void {
    this.moved = false;
    this.progressed = false;
    this.unsettledHashes.saved();
  }

  /** A save of a fork has failed, and may have written something all the same: the next save writes it as it is here. */
  writeAgain(fork: SyncState): void {
    this.moved = true;
    this.unsettledHashes.writeAgain(fork.unsettledHashes);
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
      asked: toIntervals(this.asked),
      abandoned: toIntervals(this.abandoned),
      latestStart: Number.isFinite(this.latestStart) ? new Date(this.latestStart).toISOString() : null,
      ...(Number.isFinite(this.witnessed) ? { witnessed: new Date(this.witnessed).toISOString() } : {}),
      lists: [...this.lists.values()].map(saveList),
      unsettledHashes: this.unsettledHashes.lines(),
    };
  }
}

function isWithin(inner: Span, outer: Span): boolean {
  return outer.from <= inner.from && inner.to <= outer.to;
}
