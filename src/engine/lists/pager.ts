import { createHash } from "node:crypto";
import type { PagingRule } from "../../contract/provider.js";

/** One page to request. */
export interface PageRequest {
  number: number;
  offset: number;
  cursor: string | null;
  size: number;
  /** How often this read has requested this page before. */
  repetition: number;
  /** Whether the page is after the last row by the total. It is requested to verify that it is empty. */
  pastEnd: boolean;
}

/** The content of a page. */
export interface PageSeen {
  keys: readonly string[];
  /** Number of keys that no earlier page of this read held. */
  fresh: number;
  total: number | null;
  next: string | null;
  /** Whether the vendor documents this response as "no rows". */
  isDocumentedEmpty?: boolean | undefined;
}

/** The result of reading a window to its end. */
export interface ReadResult {
  /** Number of distinct keys. */
  rows: number;
  /** The largest total that the vendor sent; null where it sent none. */
  total: number | null;
  /** The smallest total that the vendor sent; null where it sent none. */
  leastTotal: number | null;
  /** Whether the total changed during the read. */
  moved: boolean;
  /** Whether the last page with rows was full, as that of a truncated list is. */
  lastPageFull: boolean;
  /** Why the end of a list without a total is not verified, as a clause; null where it is verified, or a total defines the end. */
  unverifiedEnd: string | null;
}

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
  private size: number;
  private readonly requestedSize: number;
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
  private unverifiedEnd: string | null = null;
  /** The empty page that is being requested a second time; null where there is none. */
  private firstEmptyPage: PageSeen | null = null;
  /** The last page with rows by list order, the number of pages with rows, and the size of the largest. */
  private last = { offset: -1, rows: 0, pages: 0, mostRows: 0 };

  constructor(
    private readonly rule: PagingRule,
    size: number,
  ) {
    this.size = size;
    this.requestedSize = size;
    this.requestedRows = size;
    this.waiting = [this.page(0, null)];
  }

  private page(offset: number, cursor: string | null, size = this.size): PageRequest {
    const first = this.rule.style === "page" ? this.rule.first : 0;
    return { number: first + Math.floor(offset / this.size), offset, cursor, size, repetition: 0, pastEnd: false };
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
    this.requestedRows += this.size;
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

  /** Rows per page: the requested size, or the smaller size that the vendor sends. */
  get pageSize(): number {
    return this.size;
  }

  get result(): ReadResult {
    const { rows, total, leastTotal, moved, unverifiedEnd } = this;
    return {
      rows,
      total,
      leastTotal,
      moved,
      lastPageFull: this.lastPageFull,
      unverifiedEnd: total === null ? unverifiedEnd : null,
    };
  }

  /** A single page is full at the requested size. In a list of several pages, a page is full at the common size, or by cursor at the size of the largest. */
  private get lastPageFull(): boolean {
    const { rows, pages, mostRows } = this.last;
    if (this.rule.style === "none" || rows <= 1) return false;
    if (pages <= 1) return rows >= this.requestedSize;
    return rows >= (this.rule.style === "cursor" ? mostRows : this.size);
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
      this.firstEmptyPage = page.keys.length === 0 ? page : null;
      this.waiting.unshift({ ...request, repetition: request.repetition + 1 });
      return;
    }
    this.rows += page.fresh;
    this.takeTotal(page);
    if (page.fresh < page.keys.length && this.last.pages > 0)
      this.unverifiedEnd ??= "a later page repeated rows, so others may have been skipped";
    this.noteEnd(request, page);
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

  /** Records the evidence of a page for the end of a list without a total. */
  private noteEnd(request: PageRequest, page: PageSeen): void {
    const { firstEmptyPage } = this;
    this.firstEmptyPage = null;
    if (page.keys.length > 0) {
      const { offset, rows, pages, mostRows } = this.last;
      const isLast = request.offset >= offset;
      const received = page.keys.length;
      this.last = {
        offset: isLast ? request.offset : offset,
        rows: isLast ? received : rows,
        pages: pages + 1,
        mostRows: Math.max(mostRows, received),
      };
      if (firstEmptyPage !== null) this.unverifiedEnd ??= "a page was empty, and held rows when it was requested again";
    } else if (firstEmptyPage !== null) {
      this.unverifiedEnd ??= this.unverifiedEndReason([firstEmptyPage, page]);
    }
  }

  /** Returns why a page that was empty twice does not verify the end; null where it does. */
  private unverifiedEndReason(twice: readonly PageSeen[]): string | null {
    const isDocumented = ({ isDocumentedEmpty = false }: PageSeen) => isDocumentedEmpty;
    if (this.last.pages > 0)
      return twice.some(isDocumented) ? "the vendor's response for no data came after pages with rows" : null;
    // Where no total is declared, an empty list is normal. Where one is declared, an empty list without it is not evidence.
    const isNormal = this.rule.style === "none" || !this.rule.total;
    return isNormal || twice.every(isDocumented)
      ? null
      : "an empty list came without the total that the vendor documents";
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
    const advance = this.rule.style === "page" ? this.size : page.keys.length;
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
    if (request.offset === 0 && page.keys.length < this.size) this.size = page.keys.length;
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
