import { createHash } from "node:crypto";
import type { PagingRule } from "../../contract/provider.js";

/** One page to ask for. */
export interface PageRequest {
  number: number;
  offset: number;
  cursor: string | null;
  size: number;
  /** How often this very page has been asked for before in this read. */
  repetition: number;
  /** Whether it lies behind the last row that the total tells of, and is asked for to see that nothing is there. */
  pastEnd: boolean;
}

/** What a page brought. */
export interface PageSeen {
  keys: readonly string[];
  /** How many of the keys no page of this read held before. */
  fresh: number;
  total: number | null;
  next: string | null;
  /** Whether the vendor documents this response as "no rows". */
  isDocumentedEmpty?: boolean | undefined;
}

/** What a finished read of a window amounts to. */
export interface ReadResult {
  /** Distinct keys. */
  rows: number;
  /** The largest total that the vendor gave, or null where it gave none. */
  total: number | null;
  /** The smallest total that the vendor gave, or null where it gave none. */
  leastTotal: number | null;
  /** Whether the vendor gave different totals while it was read. */
  moved: boolean;
  /** Whether the last page with rows was as full as pages are: a list that is cut off ends in just that way. */
  lastPageFull: boolean;
  /** Why the end of a list without a total is not verified, as a clause; null where it is, or where a total tells the end. */
  unverifiedEnd: string | null;
}

/** Cursors may lead over pages that a filter has left empty, but not for ever. */
const MAX_EMPTY_PAGES = 100;

/** So many pages in a row that stay empty before the total show that the list ends there, whatever the total says. */
const MAX_MISSING_PAGES = 3;

/** So many pages in a row that bring nothing new show that a list without a total repeats itself. */
const MAX_STALE_PAGES = 3;

/** A page repeats another, or a cursor leads in a circle: the list cannot be read to its end. */
export class PagingLoop extends Error {}

/**
 * Which pages of one list to ask for next, given what the earlier ones brought. Holds no clock and sends nothing. With a total all further
 * pages may be asked for at once; without one, one after the other until an empty page, or the last cursor.
 */
export class Pager {
  private size: number;
  private readonly asked: number;
  private readonly waiting: PageRequest[];
  private outstanding = 0;
  /** Rows that the pages asked for so far reach to. */
  private windowMarginMs: number;
  private total: number | null = null;
  private leastTotal: number | null = null;
  private moved = false;
  /** Distinct keys. */
  private rows = 0;
  /** The pages seen, by a digest of their keys in any order: two alike mean that the vendor repeats itself. */
  private readonly pages = new Set<string>();
  private readonly cursors = new Set<string>();
  private emptyPages = 0;
  private missingPages = 0;
  private stalePages = 0;
  private askedPastEnd = false;
  private unverifiedEnd: string | null = null;
  /** The empty page that is being asked for again; null where there is none. */
  private emptyAtFirst: PageSeen | null = null;
  /** Of the pages with rows, the last in the order of the list, how many there were, and the rows of the largest. */
  private last = { offset: -1, rows: 0, pages: 0, mostRows: 0 };

  constructor(
    private readonly rule: PagingRule,
    size: number,
  ) {
    this.size = size;
    this.asked = size;
    this.windowMarginMs = size;
    this.waiting = [this.page(0, null)];
  }

  private page(offset: number, cursor: string | null, size = this.size): PageRequest {
    const first = this.rule.style === "page" ? this.rule.first : 0;
    return { number: first + Math.floor(offset / this.size), offset, cursor, size, repetition: 0, pastEnd: false };
  }

  /** The next page to ask for now; null when there is none until an answer comes, or none at all. */
  next(): PageRequest | null {
    const request = this.waiting.shift() ?? this.nextBeforeTotal();
    if (request !== null) this.outstanding += 1;
    return request;
  }

  /** A page that only the total tells of: made when it is asked for, since a total may tell of more than memory holds. */
  private nextBeforeTotal(): PageRequest | null {
    if (!this.hasMoreBeforeTotal) return null;
    const request = this.page(this.windowMarginMs, null);
    this.windowMarginMs += this.size;
    return request;
  }

  private get hasMoreBeforeTotal(): boolean {
    const { style } = this.rule;
    if (style === "none" || style === "cursor" || this.total === null) return false;
    return this.windowMarginMs < this.total && this.missingPages < MAX_MISSING_PAGES;
  }

  /** Whether a page waits to be asked for. */
  get ready(): boolean {
    return this.waiting.length > 0 || this.hasMoreBeforeTotal;
  }

  /** Whether a page has been asked for and not answered yet. */
  get isWaiting(): boolean {
    return this.outstanding > 0;
  }

  /** Whether every page has been asked for and answered. */
  get done(): boolean {
    return !this.ready && this.outstanding === 0;
  }

  /**
   * Asks for the page behind the total, once, where the last page before it was full: a total that is too small by whole pages shows in nothing
   * else. False where there is nothing to ask.
   */
  askPastEnd(): boolean {
    const { style } = this.rule;
    if (
      style === "none" ||
      style === "cursor" ||
      this.askedPastEnd ||
      this.total === null ||
      this.total === 0 ||
      this.windowMarginMs !== this.total
    )
      return false;
    this.askedPastEnd = true;
    this.waiting.push({ ...this.page(this.windowMarginMs, null), pastEnd: true });
    return true;
  }

  /** Rows on a page: as many as are asked for, or fewer where the vendor gives no more. */
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

  /** A page is full when it holds as many rows as the vendor gives: as were asked for, or as all pages of a list of several hold; by cursor, as the largest. */
  private get lastPageFull(): boolean {
    const { rows, pages, mostRows } = this.last;
    if (this.rule.style === "none" || rows <= 1) return false;
    if (pages <= 1) return rows >= this.asked;
    return rows >= (this.rule.style === "cursor" ? mostRows : this.size);
  }

  /**
   * Takes in what a page brought.
   * @throws PagingLoop when the list cannot be read to its end.
   */
  accept(request: PageRequest, page: PageSeen): void {
    this.outstanding -= 1;
    if (request.pastEnd) {
      this.takePastEnd(page);
      return;
    }
    if (this.mustAskAgain(request, page)) {
      this.emptyAtFirst = page.keys.length === 0 ? page : null;
      this.waiting.unshift({ ...request, repetition: request.repetition + 1 });
      return;
    }
    this.rows += page.fresh;
    this.takeTotal(page);
    if (page.fresh < page.keys.length && this.last.pages > 0)
      this.unverifiedEnd ??= "rows came again on a later page, so that others may have been skipped";
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
        if (this.total === null) this.goOnUntilEmpty(request, page);
        else this.askForTheRest(request, page, this.total);
    }
  }

  /** What is behind the end counts only where it is new: some vendors answer the last page again, others a total of nothing. */
  private takePastEnd(page: PageSeen): void {
    this.rows += page.fresh;
    if (page.fresh > 0) this.takeTotal(page);
  }

  /** Once more for a page whose emptiness is no more than a sign, and for a page that repeats another. */
  private mustAskAgain(request: PageRequest, page: PageSeen): boolean {
    if (page.keys.length === 0) return this.needsSecondLook(request, page);
    if (this.rule.style === "none") return false;
    const total = this.totalOf(page) ?? this.total;
    const print = digestOfKeys(page.keys);
    if (!this.pages.has(print)) {
      this.pages.add(print);
      return false;
    }
    if (request.repetition === 0) return true;
    // Where rows come in at the head, a page repeats another without any loop: the total tells.
    const stands = !this.moved && (total === null || this.total === null || total === this.total);
    if (stands) throw new PagingLoop("a page repeats another");
    return false;
  }

  /** An empty page is asked for again where the total counts rows in it, or where nothing but it tells that the list ends. */
  private needsSecondLook(request: PageRequest, page: PageSeen): boolean {
    if (request.repetition > 0) return false;
    const total = this.totalOf(page) ?? this.total;
    if (this.rule.style === "cursor") return page.next === null && total === null;
    return total === null || request.offset < total;
  }

  /** What a page shows of the end of a list without a total. */
  private noteEnd(request: PageRequest, page: PageSeen): void {
    const { emptyAtFirst } = this;
    this.emptyAtFirst = null;
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
      if (emptyAtFirst !== null) this.unverifiedEnd ??= "a page was empty, and held rows when it was requested again";
    } else if (emptyAtFirst !== null) {
      this.unverifiedEnd ??= this.doubtAt([emptyAtFirst, page]);
    }
  }

  /** Why a page that was empty twice does not verify the end; null where it does. */
  private doubtAt(twice: readonly PageSeen[]): string | null {
    const isDocumented = ({ isDocumentedEmpty = false }: PageSeen) => isDocumentedEmpty;
    if (this.last.pages > 0)
      return twice.some(isDocumented) ? "the vendor's response for no data came after pages with rows" : null;
    // Where no total is declared, an empty list is the vendor's usual form. Where one is, a list without it shows nothing.
    const isUsual = this.rule.style === "none" || !this.rule.total;
    return isUsual || twice.every(isDocumented)
      ? null
      : "an empty list came without the total that the vendor documents";
  }

  /** Rows contradict a total of 0: it counts for none. */
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

  private goOnUntilEmpty(request: PageRequest, page: PageSeen): void {
    if (page.keys.length === 0) return;
    this.capSize(request, page);
    // Rows are skipped one by one by an offset, but by whole pages where pages are numbered: a short page in the middle is a page all the same.
    const advance = this.rule.style === "page" ? this.size : page.keys.length;
    const next = this.page(request.offset + advance, null);
    // Where a later page tells a total, the pages before it are not requested again.
    this.windowMarginMs = Math.max(this.windowMarginMs, next.offset + next.size);
    this.waiting.push(next);
  }

  private askForTheRest(request: PageRequest, page: PageSeen, total: number): void {
    const received = page.keys.length;
    const expected = Math.min(request.size, total - request.offset);
    if (received > 0 && received < expected) {
      if (request.offset === 0) {
        this.capSize(request, page);
        this.windowMarginMs = received;
      } else if (this.rule.style === "offset") {
        this.waiting.push(this.page(request.offset + received, null, request.size - received));
      }
    }
    this.missingPages = received === 0 && expected > 0 ? this.missingPages + 1 : 0;
  }

  /** A first page shorter than asked for, with more to come, shows the size that the vendor really gives. */
  private capSize(request: PageRequest, page: PageSeen): void {
    if (request.offset === 0 && page.keys.length < this.size) this.size = page.keys.length;
  }
}

/**
 * A cryptographic one: two different pages must not be taken for the same. As JSON the keys stay apart, whatever they hold. Their order does not count:
 * a search that is not sorted may give one page in another order.
 */
function digestOfKeys(keys: readonly string[]): string {
  return createHash("sha256")
    .update(JSON.stringify([...keys].sort()))
    .digest("base64");
}
