import type { PagingRule } from "../../contract/provider.js";

/** One page to ask for. */
export interface PageRequest {
  number: number;
  offset: number;
  cursor: string | null;
  size: number;
  /** How often this very page has been asked for before in this read. */
  repetition: number;
}

/** What a page brought. */
export interface PageSeen {
  keys: readonly string[];
  total: number | null;
  next: string | null;
}

/** What a finished read of a window amounts to. */
export interface ReadResult {
  /** Distinct keys. */
  rows: number;
  /** The largest total that the vendor gave, or null where it gave none. */
  total: number | null;
  /** Whether the vendor gave different totals while it was read. */
  moved: boolean;
}

/** Cursors may lead over pages that a filter has left empty, but not for ever. */
const MOST_EMPTY_PAGES = 100;

/** A page repeats another, or a cursor leads in a circle: the list cannot be read to its end. */
export class PagingLoop extends Error {}

/**
 * Which pages of one list to ask for next, given what the earlier ones brought. Holds no clock and sends nothing. With a total all further
 * pages may be asked for at once; without one, one after the other until an empty page, or the last cursor.
 */
export class Pager {
  private size: number;
  private readonly waiting: PageRequest[];
  private outstanding = 0;
  /** Rows that the pages asked for so far reach to. */
  private reach: number;
  private total: number | null = null;
  private moved = false;
  private readonly keys = new Set<string>();
  /** The pages seen, by their keys: two alike mean that the vendor repeats itself. */
  private readonly pages = new Set<string>();
  private readonly cursors = new Set<string>();
  private emptyPages = 0;

  constructor(
    private readonly rule: PagingRule,
    size: number,
  ) {
    this.size = size;
    this.reach = size;
    this.waiting = [this.page(0, null)];
  }

  private page(offset: number, cursor: string | null, size = this.size): PageRequest {
    const first = this.rule.style === "page" ? this.rule.first : 0;
    return { number: first + Math.floor(offset / this.size), offset, cursor, size, repetition: 0 };
  }

  /** The next page to ask for now; null when there is none until an answer comes, or none at all. */
  next(): PageRequest | null {
    const request = this.waiting.shift() ?? null;
    if (request !== null) this.outstanding += 1;
    return request;
  }

  /** Whether a page waits to be asked for. */
  get ready(): boolean {
    return this.waiting.length > 0;
  }

  /** Whether every page has been asked for and answered. */
  get done(): boolean {
    return this.waiting.length === 0 && this.outstanding === 0;
  }

  get result(): ReadResult {
    return { rows: this.keys.size, total: this.total, moved: this.moved };
  }

  /**
   * Takes in what a page brought.
   * @throws PagingLoop when the list cannot be read to its end.
   */
  accept(request: PageRequest, page: PageSeen): void {
    this.outstanding -= 1;
    if (this.rule.style !== "none" && this.mustAskAgain(request, page)) {
      this.waiting.unshift({ ...request, repetition: request.repetition + 1 });
      return;
    }
    for (const key of page.keys) this.keys.add(key);
    this.takeTotal(page.total);
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

  /** Once more for an empty page where the total says that there are rows, and for a page that repeats another. */
  private mustAskAgain(request: PageRequest, page: PageSeen): boolean {
    const total = this.rule.style !== "none" && this.rule.total ? (page.total ?? this.total) : null;
    if (page.keys.length === 0) {
      const missing = total !== null && request.offset < total && this.rule.style !== "cursor";
      return missing && request.repetition === 0;
    }
    const print = page.keys.join("\n");
    if (!this.pages.has(print)) {
      this.pages.add(print);
      return false;
    }
    if (request.repetition === 0) return true;
    const stands = total === null || this.total === null || total === this.total;
    if (stands) throw new PagingLoop("a page repeats another");
    return false;
  }

  private takeTotal(total: number | null): void {
    if (total === null || this.rule.style === "none" || !this.rule.total) return;
    if (this.total !== null && total !== this.total) this.moved = true;
    this.total = Math.max(this.total ?? 0, total);
  }

  private followCursor(page: PageSeen): void {
    const { next } = page;
    if (next === null) return;
    this.emptyPages = page.keys.length === 0 ? this.emptyPages + 1 : 0;
    if (this.emptyPages > MOST_EMPTY_PAGES) throw new PagingLoop("one empty page follows another");
    if (this.cursors.has(next)) throw new PagingLoop("a cursor leads back to a page that was read");
    this.cursors.add(next);
    this.waiting.push(this.page(0, next));
  }

  private goOnUntilEmpty(request: PageRequest, page: PageSeen): void {
    if (page.keys.length === 0) return;
    this.capSize(request, page);
    // Rows are skipped one by one by an offset, but by whole pages where pages are numbered: a short page in the middle is a page all the same.
    const advance = this.rule.style === "page" ? this.size : page.keys.length;
    this.waiting.push(this.page(request.offset + advance, null));
  }

  private askForTheRest(request: PageRequest, page: PageSeen, total: number): void {
    const received = page.keys.length;
    const expected = Math.min(request.size, total - request.offset);
    if (received > 0 && received < expected) {
      if (request.offset === 0) {
        this.capSize(request, page);
        this.reach = received;
      } else if (this.rule.style === "offset") {
        this.waiting.push(this.page(request.offset + received, null, request.size - received));
      }
    }
    for (; this.reach < total; this.reach += this.size) this.waiting.push(this.page(this.reach, null));
  }

  /** A first page shorter than asked for, with more to come, shows the size that the vendor really gives. */
  private capSize(request: PageRequest, page: PageSeen): void {
    if (request.offset === 0 && page.keys.length < this.size) this.size = page.keys.length;
  }
}
