import { createHash } from "node:crypto";
import type { PagingRule } from "../../contract/provider.js";
import { ListEnd } from "./list-end.js";
import type { PageRequest, PageSeen, ReadResult } from "./page.js";

/** Maximum number of consecutive empty pages by cursor. A vendor's filter may leave some pages empty. */
const MAX_EMPTY_PAGES = 100;

/** Number of consecutive empty pages before the total after which the list is considered ended. */
const MAX_MISSING_PAGES = 3;

/** Number of consecutive pages without a new key after which a list without a total is considered to repeat. */
const MAX_STALE_PAGES = 3;

/** The list cannot be read to its end, because a page repeats another or the cursors form a cycle. */
export class PagingLoop extends Error {}

/**
 * Decides which pages of one list to request next, from the content of the earlier ones. It has no clock and sends nothing. With a total, all further
 * pages may be requested concurrently. Without one, pages are requested one after the other, until an empty page or the last cursor.
 */
export class Pager {
  /** Rows per page: the requested size, or the smaller size that the vendor sends. */
  pageSize: number;
  private readonly waiting: PageRequest[];
  private outstanding = 0;
  /** The row offset after the last requested page. */
  private requestedRows: number;
  private total: number | null = null;
  private leastTotal: number | null = null;
  private moved = false;
  /** Number of distinct keys. */
  private rows = 0;
  /** Digests of the keys of the pages, without regard to order. A repeated digest is a repeated page. */
  private readonly pages = new Set<string>();
  private readonly cursors = new Set<string>();
  private emptyPages = 0;
  private missingPages = 0;
  private stalePages = 0;
  private hasRequestedPastEnd = false;
  private readonly end: ListEnd;

  constructor(
    private readonly rule: PagingRule,
    size: number,
  ) {
    this.pageSize = size;
    this.end = new ListEnd(rule, size);
    this.requestedRows = size;
    this.waiting = [this.page(0, null)];
  }

  private page(offset: number, cursor: string | null, size = this.pageSize): PageRequest {
    const first = this.rule.style === "page" ? this.rule.first : 0;
    return { number: first + Math.floor(offset / this.pageSize), offset, cursor, size, repetition: 0, pastEnd: false };
  }

  /** Returns the next page to request; null if there is none before a further response, or none at all. */
  next(): PageRequest | null {
    const request = this.waiting.shift() ?? this.nextBeforeTotal();
    if (request !== null) this.outstanding += 1;
    return request;
  }

  /** Returns the next page up to the total. Pages are created on demand, because a total may imply more pages than memory holds. */
  private nextBeforeTotal(): PageRequest | null {
    if (!this.hasMoreBeforeTotal) return null;
    const request = this.page(this.requestedRows, null);
    this.requestedRows += this.pageSize;
    return request;
  }

  private get hasMoreBeforeTotal(): boolean {
    const { style } = this.rule;
    if (style === "none" || style === "cursor" || this.total === null) return false;
    return this.requestedRows < this.total && this.missingPages < MAX_MISSING_PAGES;
  }

  /** Whether there is a page to request. */
  get ready(): boolean {
    return this.waiting.length > 0 || this.hasMoreBeforeTotal;
  }

  /** Whether a requested page has no response yet. */
  get isWaiting(): boolean {
    return this.outstanding > 0;
  }

  /** Whether every page has been requested and received. */
  get done(): boolean {
    return !this.ready && this.outstanding === 0;
  }

  /**
   * Schedules one request for the page after the total, if the page before it was full. Nothing else shows a total that is too small by whole pages.
   * Returns false if there is nothing to request.
   */
  requestPastEnd(): boolean {
    const { style } = this.rule;
    if (
      style === "none" ||
      style === "cursor" ||
      this.hasRequestedPastEnd ||
      this.total === null ||
      this.total === 0 ||
      this.requestedRows !== this.total
    )
      return false;
    this.hasRequestedPastEnd = true;
    this.waiting.push({ ...this.page(this.requestedRows, null), pastEnd: true });
    return true;
  }

  get result(): ReadResult {
    const { rows, total, leastTotal, moved, end, pageSize } = this;
    const unverifiedEnd = total === null ? end.unverifiedReason : null;
    return { rows, total, leastTotal, moved, lastPageFull: end.isLastPageFull(pageSize), unverifiedEnd };
  }

  /**
   * Processes a received page.
   * @throws PagingLoop when the list cannot be read to its end.
   */
  accept(request: PageRequest, page: PageSeen): void {
    this.outstanding -= 1;
    if (request.pastEnd) {
      this.takePastEnd(page);
      return;
    }
    if (this.mustRequestAgain(request, page)) {
      this.end.requestAgain(page);
      this.waiting.unshift({ ...request, repetition: request.repetition + 1 });
      return;
    }
    this.rows += page.fresh;
    this.takeTotal(page);
    this.end.note(request, page);
    this.stalePages = page.fresh === 0 && page.keys.length > 0 ? this.stalePages + 1 : 0;
    if (this.total === null && this.rule.style !== "none" && this.stalePages >= MAX_STALE_PAGES)
      throw new PagingLoop("pages bring nothing new");
    switch (this.rule.style) {
      case "none":
        return;
      case "cursor":
        this.followCursor(page);
        return;
      case "page":
      case "offset":
        if (this.total === null) this.requestUntilEmpty(request, page);
        else this.requestRest(request, page, this.total);
    }
  }

  /** Only new rows after the end count. Some vendors send the last page again there, others a total of 0. */
  private takePastEnd(page: PageSeen): void {
    this.rows += page.fresh;
    if (page.fresh > 0) this.takeTotal(page);
  }

  /** Whether to request a page again: an empty page that is the only evidence of the end, or a page that repeats another. */
  private mustRequestAgain(request: PageRequest, page: PageSeen): boolean {
    if (page.keys.length === 0) return this.isEmptyPageRepeated(request, page);
    if (this.rule.style === "none") return false;
    const total = this.totalOf(page) ?? this.total;
    const digest = digestOfKeys(page.keys);
    if (!this.pages.has(digest)) {
      this.pages.add(digest);
      return false;
    }
    if (request.repetition === 0) return true;
    // New rows at the head of the list shift rows to later pages, so that a page may repeat another. The total then changes.
    const isTotalUnchanged = !this.moved && (total === null || this.total === null || total === this.total);
    if (isTotalUnchanged) throw new PagingLoop("a page repeats another");
    return false;
  }

  /** An empty page is requested again if the total counts rows in it, or if it is the only evidence of the end. */
  private isEmptyPageRepeated(request: PageRequest, page: PageSeen): boolean {
    if (request.repetition > 0) return false;
    const total = this.totalOf(page) ?? this.total;
    if (this.rule.style === "cursor") return page.next === null && total === null;
    return total === null || request.offset < total;
  }

  /** The total of a page. A total of 0 that rows contradict is ignored. */
  private totalOf({ total, keys }: PageSeen): number | null {
    if (this.rule.style === "none" || !this.rule.total) return null;
    return total === 0 && (keys.length > 0 || this.rows > 0) ? null : total;
  }

  private takeTotal(page: PageSeen): void {
    const total = this.totalOf(page);
    if (total === null) return;
    if (this.total !== null && total !== this.total) this.moved = true;
    this.total = Math.max(this.total ?? 0, total);
    this.leastTotal = Math.min(this.leastTotal ?? total, total);
  }

  private followCursor(page: PageSeen): void {
    const { next } = page;
    if (next === null) return;
    this.emptyPages = page.keys.length === 0 ? this.emptyPages + 1 : 0;
    if (this.emptyPages > MAX_EMPTY_PAGES) throw new PagingLoop("one empty page follows another");
    if (this.cursors.has(next)) throw new PagingLoop("a cursor leads back to a page that was read");
    this.cursors.add(next);
    this.waiting.push(this.page(0, next));
  }

  private requestUntilEmpty(request: PageRequest, page: PageSeen): void {
    if (page.keys.length === 0) return;
    this.capSize(request, page);
    // An offset advances by rows. A page number advances by the page size, even after a short page.
    const advance = this.rule.style === "page" ? this.pageSize : page.keys.length;
    const next = this.page(request.offset + advance, null);
    // If a later page contains a total, the pages before it are not requested again.
    this.requestedRows = Math.max(this.requestedRows, next.offset + next.size);
    this.waiting.push(next);
  }

  private requestRest(request: PageRequest, page: PageSeen, total: number): void {
    const received = page.keys.length;
    const expected = Math.min(request.size, total - request.offset);
    if (received > 0 && received < expected) {
      if (request.offset === 0) {
        this.capSize(request, page);
        this.requestedRows = received;
      } else if (this.rule.style === "offset") {
        this.waiting.push(this.page(request.offset + received, null, request.size - received));
      }
    }
    this.missingPages = received === 0 && expected > 0 ? this.missingPages + 1 : 0;
  }

  /** A short first page, with more pages to follow, shows the vendor's actual page size. */
  private capSize(request: PageRequest, page: PageSeen): void {
    if (request.offset === 0 && page.keys.length < this.pageSize) this.pageSize = page.keys.length;
  }
}

/**
 * The digest is cryptographic, because two different pages must not collide. JSON separates the keys, whatever they contain. Their order does not count,
 * because an unsorted search may return one page in another order.
 */
function digestOfKeys(keys: readonly string[]): string {
  return createHash("sha256")
    .update(JSON.stringify([...keys].sort()))
    .digest("base64");
}
