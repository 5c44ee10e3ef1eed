import fc from "fast-check";
import type { PagingRule } from "../../src/contract/provider.js";
import type { PageRequest, PageSeen, ReadResult } from "../../src/engine/lists/page.js";
import { Pager } from "../../src/engine/lists/pager.js";

/** A vendor's list of rows, and how the vendor divides it into pages. */
export interface VendorList {
  rule: PagingRule;
  rows: string[];
  /** The largest page that the vendor returns. It caps larger requests silently. */
  cap: number;
}

export const lists: fc.Arbitrary<VendorList> = fc
  .record({
    count: fc.integer({ min: 0, max: 60 }),
    size: fc.integer({ min: 1, max: 12 }),
    cap: fc.integer({ min: 1, max: 15 }),
    first: fc.constantFrom(0 as const, 1 as const),
    total: fc.boolean(),
    style: fc.constantFrom("page", "offset", "cursor", "none"),
  })
  .map(({ count, size, cap, first, total, style }) => {
    const rule: PagingRule =
      style === "none" ? { style } : style === "page" ? { style, first, size, total } : { style, size, total };
    return { rule, rows: Array.from({ length: count }, (_, index) => `row ${index}`), cap };
  });

/** The content of a page. The reader determines which of its keys are new. */
export type ListPage = Omit<PageSeen, "fresh">;

/** A pager, and the keys that it has received. */
export class Reader {
  readonly pager: Pager;
  private readonly keys = new Set<string>();

  constructor(rule: PagingRule, size: number) {
    this.pager = new Pager(rule, size);
  }

  accept(request: PageRequest, page: ListPage): void {
    const { size } = this.keys;
    for (const key of page.keys) this.keys.add(key);
    this.pager.accept(request, { ...page, fresh: this.keys.size - size });
  }
}

/** Returns the vendor's response to a request. */
export function response({ rule, rows, cap }: VendorList, request: PageRequest): ListPage {
  if (rule.style === "none") return { keys: rows, total: null, next: null };
  const size = Math.min(request.size, cap);
  const start =
    rule.style === "page"
      ? (request.number - rule.first) * size
      : rule.style === "offset"
        ? request.offset
        : Number(request.cursor ?? 0);
  const keys = rows.slice(start, start + size);
  const more = start + size < rows.length;
  return {
    keys,
    total: rule.total ? rows.length : null,
    next: rule.style === "cursor" && more ? String(start + size) : null,
  };
}

export interface Reading {
  requests: PageRequest[];
  result: ReadResult;
}

/**
 * Reads a list to its end. As many pages are outstanding as the pager requests; `pick` selects the one that is received next.
 * @throws RangeError when the pager continues long after every row has been read.
 */
export function readAll(
  list: VendorList,
  pick: (outstanding: number) => number = () => 0,
  reply: (request: PageRequest, requests: readonly PageRequest[]) => ListPage = (request) => response(list, request),
): Reading {
  const reader = new Reader(list.rule, list.rule.style === "none" ? 1 : list.rule.size);
  const { pager } = reader;
  const requests: PageRequest[] = [];
  const outstanding: { request: PageRequest; page: ListPage }[] = [];
  while (!pager.done) {
    for (let request = pager.next(); request !== null; request = pager.next()) {
      requests.push(request);
      outstanding.push({ request, page: reply(request, requests) });
    }
    if (requests.length > 500) throw new RangeError("The pager does not come to an end.");
    const [next] = outstanding.splice(pick(outstanding.length) % outstanding.length, 1);
    if (next === undefined) throw new RangeError("The pager waits for nothing.");
    reader.accept(next.request, next.page);
  }
  return { requests, result: pager.result };
}
