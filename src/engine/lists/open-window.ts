import { randomUUID } from "node:crypto";
import type { PagingRule } from "../../contract/provider.js";
import type { Interval } from "../../model/interval.js";
import { toInterval } from "./intervals.js";
import { Pager, type PageRequest, type PageSeen, type ReadResult } from "./pager.js";
import type { PlannedWindow } from "./planned-window.js";

/** How often a window is read, at most, whose rows do not add up to the vendor's total. */
const MAX_READS = 5;

/** A window that is being read: the pages of its present read, and every key seen in any read. */
export class OpenWindow {
  /** Every key that came out of this window, with the fingerprint of its row. */
  readonly seen = new Map<string, number>();
  /** Rows that were handed on. */
  rows = 0;
  /** Its name in events. */
  readonly id = randomUUID();
  /** Keys that came twice, of one call with different content. */
  changes = 0;
  /** A key that two different calls have; null where there is none. */
  conflict: string | null = null;
  /** A key that came twice in one read, of calls with one start and different content; null where there is none. */
  changed: string | null = null;
  /** Why its end cannot be verified, as a clause, where it is read all the same; null where nothing is known against it. */
  doubt: string | null = null;
  /** Its bounds as errors and events tell them; null for a list that is not asked for by time. */
  readonly bounds: Interval | null;
  private isClosed = false;
  /** Whether an answer named neither rows nor a total: what was read may be all, but nothing shows it. */
  unlisted = false;
  unreadable = 0;
  /** Whether its parts are read in its place. */
  isSplit = false;
  /** Whether the split that it is a part of knows that it has ended. */
  ended = false;
  private reads = 1;
  private shrunk = false;
  private pager: Pager;
  /** The keys of the present read; null in the first, whose keys are all that were seen. */
  private keysOfRead: Set<string> | null = null;

  constructor(
    readonly plan: PlannedWindow,
    private readonly paging: PagingRule,
    private size: number,
  ) {
    this.pager = new Pager(paging, size);
    this.bounds = plan.span === null ? null : toInterval(plan.span);
  }

  get closed(): boolean {
    return this.isClosed;
  }

  /** Nothing more is read. What told its pages apart is let go; the windows beside it still ask for its keys. */
  close(): void {
    this.isClosed = true;
    this.begin();
  }

  /** Whether its first page has yet to come. */
  get untouched(): boolean {
    return this.reads === 1 && this.seen.size === 0;
  }

  /** Whether rows that were seen before come again because they were asked for again. */
  get rereading(): boolean {
    return this.reads > 1 || this.shrunk;
  }

  /** A page to ask for now, with the read that it belongs to; null when there is none. */
  next(): { request: PageRequest; pager: Pager } | null {
    const { pager } = this;
    // A total that is not relied upon is no reason to ask for all the pages that it tells of at once.
    if (this.doubt !== null && pager.isWaiting) return null;
    const request = pager.next();
    return request === null ? null : { request, pager };
  }

  /**
   * Takes in a page of the present read; what belongs to a read that was given up counts for nothing.
   * @param page its `fresh` are those of its keys that were not among `seen`.
   */
  accept(pager: Pager, request: PageRequest, page: PageSeen): void {
    if (pager !== this.pager) return;
    pager.accept(request, this.keysOfRead === null ? page : { ...page, fresh: addAll(this.keysOfRead, page.keys) });
  }

  get done(): boolean {
    return this.pager.done;
  }

  /** Whether the present read, which is done, holds as many rows as the vendor says. */
  get addsUp(): boolean {
    const { rows, total, moved } = this.pager.result;
    return !moved && (total === null || rows === total);
  }

  /** What the present read amounts to. */
  get read(): ReadResult {
    return this.pager.result;
  }

  /** Rows on a page of the present read, as they are asked for. */
  get pageSize(): number {
    return this.pager.pageSize;
  }

  /** A sentence on why it does not add up. */
  get shortfall(): string {
    const { rows, total, moved } = this.pager.result;
    const changed = moved ? ", and its count changed meanwhile" : "";
    const conflicting = this.changes > 0 ? `; ${this.changes} times a key came again with another content` : "";
    return `rows with ${rows} different keys were read where the vendor counts ${total ?? "none"}${changed}${conflicting}`;
  }

  /** Looks once whether anything is behind the total; false when that has been seen, or need not be. */
  lookPastEnd(): boolean {
    return this.pager.askPastEnd();
  }

  /** Begins another read; false when it has been read often enough. */
  readAgain(): boolean {
    if (this.reads >= MAX_READS) return false;
    this.reads += 1;
    this.begin();
    return true;
  }

  /** Begins anew with half the page; false when a page is one row already. */
  shrinkPages(pager: Pager): boolean {
    if (pager !== this.pager) return true;
    if (this.size === 1) return false;
    this.size = Math.ceil(this.size / 2);
    this.shrunk = true;
    this.begin();
    return true;
  }

  /** Begins a read that is not the first. */
  private begin(): void {
    this.pager = new Pager(this.paging, this.size);
    this.keysOfRead = new Set();
  }
}

/** How many of the keys are new to the set. */
function addAll(known: Set<string>, keys: readonly string[]): number {
  const { size } = known;
  for (const key of keys) known.add(key);
  return known.size - size;
}
