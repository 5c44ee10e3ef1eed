import { randomUUID } from "node:crypto";
import type { PagingRule } from "../../contract/provider.js";
import type { Interval } from "../../model/interval.js";
import { toInterval } from "./intervals.js";
import type { PageRequest, PageSeen, ReadResult } from "./page.js";
import { Pager } from "./pager.js";
import type { PlannedWindow } from "./planned-window.js";

/** Maximum number of reads of a window whose rows do not add up to the vendor's total. */
const MAX_READS = 5;

/** A window that is being read: the pages of the current read, and the keys of all reads. */
export class OpenWindow {
  /** All keys of this window, with the fingerprints of their rows. */
  readonly seen = new Map<string, number>();
  /** Number of delivered rows. */
  rows = 0;
  /** Its id in events. */
  readonly id = randomUUID();
  /** Number of keys that came twice with different content. */
  changes = 0;
  /** A key of two different calls; null where there is none. */
  conflict: string | null = null;
  /** A key that came twice in one read with the same start and different content; null where there is none. */
  changed: string | null = null;
  /** Why its end cannot be verified, as a clause; null where there is no such reason. */
  unverifiedReason: string | null = null;
  /** Its bounds in errors and events; null for a list that is not requested by time. */
  readonly bounds: Interval | null;
  private isClosed = false;
  /** Whether a response contained neither rows nor a total, so that nothing verifies the end. */
  unlisted = false;
  unreadable = 0;
  /** Whether its parts are read in its place. */
  isSplit = false;
  /** Whether its end was reported to the split that it is a part of. */
  ended = false;
  private reads = 1;
  private shrunk = false;
  private pager: Pager;
  /** The keys of the current read; null in the first read, which is equal to `seen`. */
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

  /** Closes the window and releases its pager. Neighbouring windows still need its keys. */
  close(): void {
    this.isClosed = true;
    this.begin();
  }

  /** Whether it has not received its first page. */
  get untouched(): boolean {
    return this.reads === 1 && this.seen.size === 0;
  }

  /** Whether rows repeat because their pages were requested again. */
  get rereading(): boolean {
    return this.reads > 1 || this.shrunk;
  }

  /** Returns the next page to request, with the pager of its read; null where there is none at present. */
  next(): { request: PageRequest; pager: Pager } | null {
    const { pager } = this;
    // An unverified total is no reason to request all of its pages concurrently.
    if (this.unverifiedReason !== null && pager.isWaiting) return null;
    const request = pager.next();
    return request === null ? null : { request, pager };
  }

  /**
   * Processes a page of the current read. A page of an abandoned read is ignored.
   * @param page its `fresh` counts the keys that were not in `seen`.
   */
  accept(pager: Pager, request: PageRequest, page: PageSeen): void {
    if (this.hasAbandoned(pager)) return;
    pager.accept(request, this.keysOfRead === null ? page : { ...page, fresh: addAll(this.keysOfRead, page.keys) });
  }

  /** Whether a page of this pager belongs to an earlier read. */
  hasAbandoned(pager: Pager): boolean {
    return pager !== this.pager;
  }

  get done(): boolean {
    return this.pager.done;
  }

  /** Whether the completed read holds as many rows as the vendor counts. */
  get addsUp(): boolean {
    const { rows, total, moved } = this.pager.result;
    return !moved && (total === null || rows === total);
  }

  /** The result of the current read. */
  get read(): ReadResult {
    return this.pager.result;
  }

  /** Rows per page of the current read. */
  get pageSize(): number {
    return this.pager.pageSize;
  }

  /** A clause that states why it does not add up. */
  get shortfall(): string {
    const { rows, total, moved } = this.pager.result;
    const changed = moved ? ", and its count changed meanwhile" : "";
    const conflicting = this.changes > 0 ? `; ${this.changes} times a key came again with another content` : "";
    return `rows with ${rows} different keys were read where the vendor counts ${total ?? "none"}${changed}${conflicting}`;
  }

  /** Schedules one request for the page after the total. Returns false if that was done, or is not necessary. */
  requestPastEnd(): boolean {
    return this.pager.requestPastEnd();
  }

  /** Begins another read. Returns false after the maximum number of reads. */
  readAgain(): boolean {
    if (this.reads >= MAX_READS) return false;
    this.reads += 1;
    this.begin();
    return true;
  }

  /** Begins another read with half the page size. Returns false if a page is one row already. */
  shrinkPages(pager: Pager): boolean {
    if (this.hasAbandoned(pager)) return true;
    if (this.size === 1) return false;
    this.size = Math.ceil(this.size / 2);
    this.shrunk = true;
    this.begin();
    return true;
  }

  /** Begins a read after the first. */
  private begin(): void {
    this.pager = new Pager(this.paging, this.size);
    this.keysOfRead = new Set();
  }
}

/** Adds keys to a set. Returns the number of new keys. */
function addAll(known: Set<string>, keys: readonly string[]): number {
  const { size } = known;
  for (const key of keys) known.add(key);
  return known.size - size;
}
