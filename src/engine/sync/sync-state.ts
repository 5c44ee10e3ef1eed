import type { Partition, Provider } from "../../contract/provider.js";
import type { ListCheckpoint, SyncCheckpoint } from "../checkpoints/checkpoint.js";
import { type CoveragePlan, type EarlierPasses, provenStarts } from "../lists/coverage.js";
import { fromInterval, fromIntervals, Intervals, type Span, toInterval, toIntervals } from "../lists/intervals.js";
import { deliveredOf, isStale, shownBy, withDelivered, withShown } from "./row-versions.js";
import { placeKey, segmentAround, Tail } from "./tail.js";

/** The end of ground that has none: the last instant that a date can hold. */
export const OPEN_END = 8.64e15;

/** What is to be read, and how far it can be. */
export type Ground = Pick<CoveragePlan, "range" | "reach" | "universe" | "readable">;

function beyond({ range, readable }: Ground): Intervals {
  return range.before(readable.from);
}

/** Of a window that was split, the parts hold too little. */
interface Retraction {
  type: "retract";
  span: Span;
  /** Complete before this pass. */
  before: Intervals;
  ground: Ground;
}

/** What has been read of one partition. */
interface ListState {
  readonly partition: Partition;
  /** Its place among the account's lists. */
  readonly place: number;
  proven: Intervals;
  read: Intervals;
  /** The smallest windows that were asked for and not proven, each by itself: of neighbours that were one, the next pass would make the same parts again. */
  doubtful: readonly Span[];
  complete: Intervals;
}

/** A row that was read. */
export interface RowRead {
  /** The id of its record. */
  key: string;
  hash: string;
  /** Its start, or where else among the starts it is to be kept. */
  at: number;
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
  /** Null where nothing follows from the window. */
  outcome: { type: "advance"; span: Span; provenTo: number; ground: Ground } | { type: "doubt"; span: Span } | Retraction | null;
}

/**
 * A call that was read: whether it is new, has changed, or is just as it was handed out last. `other`: another list of its application shows the call with
 * another content, which is noted, and not handed out.
 */
export type Seen = "new" | "updated" | "same" | "other";

/** Which lists of an application have shown a call in this pass. */
interface ShownInPass {
  /** The first list that showed it. */
  first: number;
  /** The list whose content was handed out last; null where none was. */
  handedOut: number | null;
}

/**
 * Where the sync of one account stands. Two kinds of time are kept apart: lists are read by the time that the vendor filters on (`proven`,
 * `read`); what is done is told by the start of calls (`asked`, `complete`, `lost`), of which each call has one whatever the vendor filters on.
 */
export class SyncState {
  private asked = Intervals.empty;
  private lost = Intervals.empty;
  private readonly lists = new Map<string, ListState>();
  private tail: Tail;
  /** By application and key, for applications of several lists. All forks of a pass share it: it tells what was read, whatever is kept of it. */
  private shown = new Map<string, ShownInPass>();
  /** Calls that this fork let go of. They stay in `shown` until it is adopted: a fork may be a preview, or its save may fail. */
  private readonly released: string[] = [];
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
    this.tail = new Tail(checkpoint?.tail ?? {});
    if (checkpoint === null) return;
    this.asked = fromIntervals(checkpoint.asked);
    this.lost = fromIntervals(checkpoint.lost);
    for (const { application, parameters, proven, read, doubtful, complete } of checkpoint.lists) {
      const partition = { application, parameters };
      this.lists.set(idOf(partition), { partition, place: this.lists.size, proven: fromIntervals(proven), read: fromIntervals(read), doubtful: doubtful.map(fromInterval), complete: fromIntervals(complete) });
    }
  }

  /** A state that begins as this one, and whose changes do not reach it. */
  fork(): SyncState {
    const fork = new SyncState(this.provider, null, this.overlapMs);
    fork.shown = this.shown;
    fork.asked = this.asked;
    fork.lost = this.lost;
    for (const [id, list] of this.lists) fork.lists.set(id, { ...list });
    fork.tail = this.tail.fork();
    fork.moved = this.moved;
    fork.progressed = this.progressed;
    return fork;
  }

  /** This fork takes the place of the state that it was made from, which must not be used any more. */
  adopt(): void {
    this.tail.adopt();
    for (const place of this.released.splice(0)) this.shown.delete(place);
  }

  /** What of a range no pass was asked for before. */
  newGround(range: Span): Intervals {
    return Intervals.of([range]).subtract(this.asked);
  }

  /**
   * Adds a range to what is asked for. What has been proven around new ground is read again: its rows that started there were passed over.
   * @param reach how far the time that is filtered on may lie from a call's start.
   */
  ask(range: Span, reach: number): void {
    const ground = this.newGround(range);
    if (ground.isEmpty) return;
    this.moved = true;
    this.asked = this.asked.union(ground);
    for (const list of this.lists.values()) list.proven = list.proven.subtract(ground.widen(reach));
  }

  /** All ground that was ever asked for. */
  get ground(): Intervals {
    return this.asked;
  }

  /** Gives up, for good, what the vendor no longer keeps and was not complete before. */
  lose(ground: Ground, partitions: readonly Partition[]): void {
    const lost = beyond(ground).subtract(this.completeOf(partitions)).union(this.lost);
    if (lost.equals(this.lost)) return;
    this.moved = true;
    this.lost = lost;
    for (const { application } of partitions) this.release(application, partitions);
  }

  /** What a plan over these partitions can rely on. */
  earlier(partitions: readonly Partition[]): EarlierPasses {
    const lists = partitions.map((partition) => this.listOf(partition));
    return { proven: lists.map(({ proven }) => proven), read: lists.map(({ read }) => read), doubtful: lists.map(({ doubtful }) => doubtful), complete: lists.map(({ complete }) => complete), lost: this.lost };
  }

  private listOf(partition: Partition): ListState {
    const id = idOf(partition);
    const list = this.lists.get(id) ?? { partition, place: this.lists.size, proven: Intervals.empty, read: Intervals.empty, doubtful: [], complete: Intervals.empty };
    this.lists.set(id, list);
    return list;
  }

  /** Complete in every one of the partitions. */
  private completeOf(partitions: readonly Partition[]): Intervals {
    return partitions.map((partition) => this.listOf(partition).complete).reduce((common, complete) => common.intersect(complete), this.asked);
  }

  /**
   * Compares rows of one list with what was handed out. Of an application with several lists, each list has a content of its own: what differs from the
   * content that its own list showed last is a change, and a change that several lists show in one pass is handed out once.
   */
  compare<Row extends RowRead>(partition: Partition, partitions: readonly Partition[], rows: readonly Row[]): (Row & { seen: Seen })[] {
    const list = this.placeAmongSeveral(partition);
    const done = this.doneOf(partition.application, partitions);
    return rows.map((row) => {
      const seen = this.compareOne(partition.application, list, done, row);
      if (list !== null && seen !== "same") this.noteShown(partition.application, list, row.key, seen);
      return { ...row, seen };
    });
  }

  private compareOne(application: string | null, list: number | null, done: Intervals, { key, at, hash }: RowRead): Seen {
    const versions = this.tail.versionsOf(application, key);
    // What was handed out, and is not in the tail, was let go of with all of its segment.
    if (versions === undefined) return done.covers(segmentAround(at, this.overlapMs)) ? "same" : "new";
    const shown = list === null ? undefined : this.shown.get(placeKey(application, key));
    if (isStale(versions)) return shown?.handedOut == null ? "updated" : "other";
    const own = list === null ? deliveredOf(versions) : shownBy(versions, list);
    if (list === null) return own === hash ? "same" : "updated";
    if (own === hash) {
      if (shown === undefined) this.noteShown(application, list, key, "same");
      return "same";
    }
    if (deliveredOf(versions) === hash) return "other";
    const isHandedOut = shown?.handedOut != null && shown.handedOut !== list;
    const isShown = own === undefined && shown !== undefined && shown.first !== list;
    return isHandedOut || isShown ? "other" : "updated";
  }

  private noteShown(application: string | null, list: number, key: string, seen: Seen): void {
    const place = placeKey(application, key);
    const shown = this.shown.get(place) ?? { first: list, handedOut: null };
    if (seen === "new" || seen === "updated") shown.handedOut = list;
    this.shown.set(place, shown);
  }

  /** A list's place; null where it is the only one of its application. */
  private placeAmongSeveral(partition: Partition): number | null {
    const { place } = this.listOf(partition);
    const isOne = [...this.lists.values()].every((other) => other.place === place || other.partition.application !== partition.application);
    return isOne ? null : place;
  }

  /** Takes note of a window that was read, and of its rows as handed out. */
  add({ partition, partitions, rows, outcome }: WindowChange): void {
    const list = this.placeAmongSeveral(partition);
    for (const row of rows) this.keep(partition, list, row);
    if (outcome?.type === "advance") this.advance(partition, partitions, outcome.span, outcome.provenTo, outcome.ground);
    else if (outcome?.type === "doubt") this.doubt(partition, outcome.span);
    else if (outcome?.type === "retract") this.retract(partition, outcome);
  }

  private keep({ application }: Partition, list: number | null, { key, at, hash, seen }: RowSeen): void {
    const versions = this.tail.versionsOf(application, key);
    if (seen !== "other") this.tail.keep(application, key, at, withDelivered(versions, list, hash));
    else if (list !== null && versions !== undefined) this.tail.update(application, key, withShown(versions, list, hash));
  }

  /** A window of a partition has been read. @param provenTo up to where it is proven. */
  private advance(partition: Partition, partitions: readonly Partition[], span: Span, provenTo: number, ground: Ground): void {
    const list = this.listOf(partition);
    const proven = list.proven.union(Intervals.of([{ from: span.from, to: provenTo }]));
    const read = list.read.union(Intervals.of([{ from: provenTo, to: span.to }])).subtract(proven);
    const complete = list.complete.union(provenStarts(ground, proven).subtract(beyond(ground)).subtract(this.lost));
    const moved = !proven.equals(list.proven) || !read.equals(list.read) || !complete.equals(list.complete);
    this.moved ||= moved;
    this.progressed ||= !proven.equals(list.proven);
    Object.assign(list, { proven, read, doubtful: list.doubtful.filter((span) => !proven.covers(span)), complete });
    if (moved) this.release(partition.application, partitions);
  }

  /** A settled window could not be read, or does not add up: it stays missing, and is asked for in smaller ones. */
  private doubt(partition: Partition, span: Span): void {
    const list = this.listOf(partition);
    if (list.doubtful.some((smaller) => isWithin(smaller, span))) return;
    list.doubtful = [...list.doubtful.filter((larger) => !isWithin(span, larger)), span];
    this.moved = true;
  }

  /** Parts of a window that count as proven hold less together than the window: nothing of it is proven, and what they completed is not complete. */
  private retract(partition: Partition, { span, before, ground }: Retraction): void {
    const list = this.listOf(partition);
    const proven = list.proven.subtract(Intervals.of([span]));
    const complete = list.complete.intersect(before.union(provenStarts(ground, proven)));
    // It is saved at once: a pass may end with the failure.
    this.progressed ||= !proven.equals(list.proven) || !complete.equals(list.complete);
    this.moved ||= this.progressed;
    Object.assign(list, { proven, complete });
    this.doubt(partition, span);
  }

  private release(application: string | null, partitions: readonly Partition[]): void {
    const released = this.tail.release(application, this.doneOf(application, partitions), this.overlapMs);
    if (this.shown.size > 0) this.released.push(...released.map((key) => placeKey(application, key)));
  }

  /** What of an application is never read again. */
  private doneOf(application: string | null, partitions: readonly Partition[]): Intervals {
    return this.completeOf(partitions.filter((partition) => partition.application === application)).union(this.lost);
  }

  /** What is proven complete, what was read but may still change, what was never read, and what is lost; by the start of calls, up to now. */
  summarize(partitions: readonly Partition[], now: number) {
    const due = this.asked.before(now).subtract(this.lost);
    const complete = this.completeOf(partitions).intersect(due);
    const seen = partitions
      .map((partition) => this.listOf(partition))
      .map(({ proven, read }) => proven.union(read))
      .reduce((common, spans) => common.intersect(spans), due);
    return {
      coverage: toIntervals(complete),
      unsettled: toIntervals(seen.subtract(complete)),
      missing: toIntervals(due.subtract(seen).subtract(complete)),
      lost: toIntervals(this.lost),
    };
  }

  /** Whether there is anything to save. */
  get hasChanged(): boolean {
    return this.moved || this.tail.hasChanged;
  }

  /** Whether a pass that ended here would have to be repeated. */
  get hasProgressed(): boolean {
    return this.progressed;
  }

  /** The segments of the tail that differ from what was saved. */
  changedSegments(): Map<string, string[] | null> {
    return this.tail.changes();
  }

  /** What has changed so far is saved. */
  saved(): void {
    this.moved = false;
    this.progressed = false;
    this.tail.saved();
  }

  /** A save of a fork has failed, and may have written something all the same: the next save writes it as it is here. */
  writeAgain(fork: SyncState): void {
    this.moved = true;
    this.tail.writeAgain(fork.tail);
  }

  checkpoint(): SyncCheckpoint {
    const { id, account } = this.provider;
    return {
      format: "call-records/checkpoint",
      version: 1,
      account,
      provider: id,
      asked: toIntervals(this.asked),
      lost: toIntervals(this.lost),
      lists: [...this.lists.values()].map(saveList),
      tail: this.tail.lines(),
    };
  }
}

function saveList({ partition: { application, parameters }, proven, read, doubtful, complete }: ListState): ListCheckpoint {
  return {
    application,
    parameters: { ...parameters },
    proven: toIntervals(proven),
    read: toIntervals(read),
    doubtful: doubtful.map(toInterval),
    complete: toIntervals(complete),
  };
}

function idOf({ application, parameters }: Partition): string {
  return JSON.stringify([application, Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1))]);
}

function isWithin(inner: Span, outer: Span): boolean {
  return outer.from <= inner.from && inner.to <= outer.to;
}
