import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PagingLoop } from "../../src/engine/lists/pager.js";
import { response, lists, readAll, Reader, type VendorList } from "./pager-vendor.js";
import { runs } from "../search.js";

const picks = fc.array(fc.nat(50), { minLength: 1, maxLength: 30 });

function inOrder(order: readonly number[]): () => number {
  let turn = 0;
  return () => order[turn++ % order.length] ?? 0;
}

const rowsOf = (count: number) => Array.from({ length: count }, (_, index) => `row ${index}`);
const offsetList = (count: number, size: number): VendorList => ({
  rule: { style: "offset", size, total: true },
  rows: rowsOf(count),
  cap: 1000,
});

describe("a list that is read to its end", () => {
  it("returns every row, for any order of arrival and any size of the vendor's pages", () => {
    fc.assert(
      fc.property(lists, picks, (list, order) => {
        const { result } = readAll(list, inOrder(order));
        expect(result.rows).toBe(list.rows.length);
        expect(result.moved).toBe(false);
        expect(result.total).toBe(list.rule.style !== "none" && list.rule.total ? list.rows.length : null);
      }),
      { numRuns: runs(2000) },
    );
  });

  it("causes no request past its total, and no repeated request", () => {
    fc.assert(
      fc.property(lists, picks, (list, order) => {
        const { requests } = readAll(list, inOrder(order));
        if (list.rule.style === "none" || list.rule.style === "cursor" || !list.rule.total) return;
        for (const { offset } of requests.slice(1)) expect(offset).toBeLessThan(list.rows.length);
        expect(new Set(requests.map(({ offset }) => offset)).size).toBe(requests.length);
      }),
      { numRuns: runs(800) },
    );
  });

  it("causes at most one request for an additional page, and a second one for the empty page at its end", () => {
    fc.assert(
      fc.property(lists, picks, (list, order) => {
        const { requests } = readAll(list, inOrder(order));
        const size = list.rule.style === "none" ? Number.POSITIVE_INFINITY : Math.min(list.rule.size, list.cap);
        expect(requests.length).toBeLessThanOrEqual(Math.ceil(list.rows.length / size) + 2);
        expect(new Set(requests.map(({ offset, cursor }) => `${offset} ${cursor ?? ""}`)).size).toBeLessThanOrEqual(
          Math.ceil(list.rows.length / size) + 1,
        );
      }),
      { numRuns: runs(800) },
    );
  });

  it("causes no request for more rows than the page size", () => {
    fc.assert(
      fc.property(lists, (list) => {
        const { requests } = readAll(list);
        if (list.rule.style !== "none")
          for (const { size } of requests) expect(size).toBeLessThanOrEqual(list.rule.size);
      }),
    );
  });

  it("causes requests for all further pages at once if it has a total", () => {
    const reader = new Reader({ style: "page", first: 1, size: 10, total: true }, 10);
    const { pager } = reader;
    const first = pager.next();
    if (first === null) throw new Error("no first page");
    expect(pager.next()).toBeNull();
    reader.accept(first, { keys: rowsOf(10), total: 35, next: null });
    const rest = [pager.next(), pager.next(), pager.next()];
    expect(rest.map((request) => request?.number)).toEqual([2, 3, 4]);
    expect(pager.next()).toBeNull();
    expect(pager.done).toBe(false);
  });

  it("ignores the vendor's total if the rule declares none", () => {
    const reader = new Reader({ style: "offset", size: 10, total: false }, 10);
    const { pager } = reader;
    const first = pager.next();
    if (first === null) throw new Error("no first page");
    reader.accept(first, { keys: rowsOf(10), total: 10, next: null });
    expect(pager.result.total).toBeNull();
    expect(pager.next()?.offset).toBe(10);
  });

  it("continues at the row after a short page in the middle if pages are requested by offset", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 12, max: 60 }),
        fc.integer({ min: 3, max: 6 }),
        fc.integer({ min: 1, max: 2 }),
        picks,
        (count, size, received, order) => {
          const list = offsetList(count, size);
          const { result, requests } = readAll(list, inOrder(order), (request) => {
            const page = response(list, request);
            return request.offset === size ? { ...page, keys: page.keys.slice(0, received) } : page;
          });
          expect(result.rows).toBe(count);
          for (const { offset } of requests) expect(offset).toBeLessThan(count);
        },
      ),
    );
  });
});

describe("empty pages and totals", () => {
  it("an empty page before the total is requested again, so that every row is read", () => {
    fc.assert(
      fc.property(lists, picks, fc.nat(20), (list, order, which) => {
        fc.pre(list.rule.style !== "none" && list.rule.style !== "cursor" && list.rule.total && list.rows.length > 0);
        const { requests, result } = readAll(list, inOrder(order), (request, before) => {
          const page = response(list, request);
          return before.length - 1 === which && request.repetition === 0 ? { ...page, keys: [] } : page;
        });
        expect(result.rows).toBe(list.rows.length);
        if (requests.length > which + 1 || requests.some(({ repetition }) => repetition > 0)) {
          const again = requests.filter(({ repetition }) => repetition === 1);
          expect(again.map(({ offset }) => offset)).toEqual(again.length === 0 ? [] : [requests[which]?.offset]);
          expect(again.length).toBe(1);
        }
      }),
      { numRuns: runs(500) },
    );
  });

  it("an empty page that stays empty is requested only once more, and its rows are missing from the count", () => {
    const list = offsetList(30, 10);
    const { requests, result } = readAll(list, undefined, (request) =>
      request.offset === 10 ? { keys: [], total: 30, next: null } : response(list, request),
    );
    expect(requests.map(({ offset }) => offset)).toEqual([0, 10, 20, 10]);
    expect(result).toMatchObject({ rows: 20, total: 30, moved: false });
  });

  it.each(["page", "offset"] as const)(
    "a full last page causes one request past the end, which detects a total that is too small (by %s)",
    (style) => {
      const rule =
        style === "page"
          ? ({ style, first: 0, size: 10, total: true } as const)
          : ({ style, size: 10, total: true } as const);
      for (const { rows, total, isRequested } of [
        { rows: 40, total: 20, isRequested: true },
        { rows: 20, total: 20, isRequested: true },
        { rows: 15, total: 15, isRequested: false },
        { rows: 0, total: 0, isRequested: false },
      ]) {
        const list: VendorList = { rule, rows: rowsOf(rows), cap: 10 };
        const reader = new Reader(rule, 10);
        const { pager } = reader;
        const readOn = () => {
          for (let request = pager.next(); request !== null; request = pager.next())
            reader.accept(request, { ...response(list, request), total });
        };
        readOn();
        expect(pager.result).toMatchObject({ rows: Math.min(rows, total), total });
        expect(pager.requestPastEnd()).toBe(isRequested);
        readOn();
        expect(pager.result.rows).toBe(isRequested ? Math.min(rows, total + 10) : rows);
        expect([pager.requestPastEnd(), pager.done]).toEqual([false, true]);
      }
    },
  );

  it.each([
    { keys: [], total: 0 },
    { keys: rowsOf(20).slice(10), total: 20 },
  ])("a total is confirmed if the page past the end has no new rows: %j", ({ keys, total }) => {
    const reader = new Reader({ style: "page", first: 1, size: 10, total: true }, 10);
    const { pager } = reader;
    const list = offsetList(20, 10);
    for (let request = pager.next(); request !== null; request = pager.next())
      reader.accept(request, response(list, request));
    expect(pager.requestPastEnd()).toBe(true);
    const request = pager.next();
    if (request === null) throw new Error("no page past the end");
    reader.accept(request, { keys, total, next: null });
    expect(pager.result).toMatchObject({ rows: 20, total: 20, moved: false, lastPageFull: true });
  });

  it("a total that exceeds memory does not cause endless requests", () => {
    const list: VendorList = { rule: { style: "offset", size: 10, total: true }, rows: rowsOf(25), cap: 10 };
    const reader = new Reader(list.rule, 10);
    const { pager } = reader;
    let requests = 0;
    for (let request = pager.next(); request !== null; request = pager.next()) {
      requests += 1;
      reader.accept(request, { ...response(list, request), total: Number.MAX_SAFE_INTEGER });
    }
    expect(pager.result).toMatchObject({ rows: 25, total: Number.MAX_SAFE_INTEGER });
    expect([pager.done, requests < 15]).toEqual([true, true]);
  });

  it("an empty page ends a list without a total", () => {
    const list: VendorList = { rule: { style: "page", first: 0, size: 10, total: false }, rows: rowsOf(20), cap: 10 };
    const { requests, result } = readAll(list);
    expect(requests.map(({ number, repetition }) => [number, repetition])).toEqual([
      [0, 0],
      [1, 0],
      [2, 0],
      [2, 1],
    ]);
    expect(result).toMatchObject({ rows: 20, lastPageFull: true, unverifiedEnd: null });
  });
});

describe("a vendor that repeats itself", () => {
  it("receives a second request for a page that repeats another, and every row is read if the repetition was temporary", () => {
    fc.assert(
      fc.property(lists, picks, (list, order) => {
        if (list.rule.style === "none") return;
        const firstPage = response(list, {
          number: list.rule.style === "page" ? list.rule.first : 0,
          offset: 0,
          cursor: null,
          size: list.rule.size,
          repetition: 0,
          pastEnd: false,
        });
        fc.pre(firstPage.keys.length < list.rows.length);
        const { requests, result } = readAll(list, inOrder(order), (request, before) =>
          before.length === 2 && request.repetition === 0
            ? { ...response(list, request), keys: firstPage.keys }
            : response(list, request),
        );
        expect(result.rows).toBe(list.rows.length);
        const again = requests.filter(({ repetition }) => repetition > 0);
        const counts = list.rule.total;
        const isAtEnd = ({ offset }: { offset: number }) => !counts && offset >= list.rows.length;
        expect(again.filter((request) => list.rule.style === "cursor" || !isAtEnd(request))).toHaveLength(1);
      }),
      { numRuns: runs(500) },
    );
  });

  it("is distinguished by its total from a list with new rows at its head", () => {
    for (const inserted of [10, 20]) {
      const list = offsetList(35, 10);
      // All of them are added after the first page.
      const later = {
        ...list,
        rows: [...Array.from({ length: inserted }, (_, index) => `new ${index}`), ...list.rows],
      };
      const { result } = readAll(list, undefined, (request, before) =>
        response(before.length === 1 ? list : later, request),
      );
      expect(result.moved).toBe(true);
    }
  });

  it.each(["page", "offset", "cursor"] as const)(
    "causes a PagingLoop after one more request if it repeats permanently (by %s)",
    (style) => {
      const rule =
        style === "page"
          ? ({ style, first: 1, size: 10, total: false } as const)
          : ({ style, size: 10, total: false } as const);
      const list = { rule, rows: [], cap: 10 };
      let requests = 0;
      const endless = () => {
        readAll(list, undefined, () => ({ keys: rowsOf(10), total: null, next: `cursor ${++requests}` }));
      };
      expect(endless).toThrow(PagingLoop);
      expect(requests).toBe(3);
    },
  );

  it("causes a PagingLoop if its total does not change", () => {
    expect(() => readAll(offsetList(40, 10), undefined, () => ({ keys: rowsOf(10), total: 40, next: null }))).toThrow(
      PagingLoop,
    );
  });

  it("is distinguished from one whose keys are equal only when they are joined", () => {
    const pages = [["a", "b\nc"], ["a\nb", "c"], ["\ud800", "c"], ["\ud801", "c"], []];
    const list: VendorList = { rule: { style: "page", first: 1, size: 2, total: false }, rows: [], cap: 2 };
    const { requests } = readAll(list, undefined, ({ number }) => ({
      keys: pages[number - 1] ?? [],
      total: null,
      next: null,
    }));
    expect(requests.map(({ number, repetition }) => [number, repetition])).toEqual([
      ...[1, 2, 3, 4, 5].map((number) => [number, 0]),
      [5, 1],
    ]);
  });

  it("causes no PagingLoop while its total changes, because rows are shifted", () => {
    let total = 20;
    const { result } = readAll(offsetList(20, 10), undefined, (request) => ({
      keys: rowsOf(10),
      total: request.offset === 0 ? 20 : (total += 1),
      next: null,
    }));
    expect(result.moved).toBe(true);
  });

  it("causes a PagingLoop if its cursors repeat, even if every page is new", () => {
    let page = 0;
    const list: VendorList = { rule: { style: "cursor", size: 10, total: false }, rows: [], cap: 10 };
    expect(() =>
      readAll(list, undefined, () => ({ keys: [`row ${++page}`], total: null, next: page % 2 === 0 ? "even" : "odd" })),
    ).toThrow(PagingLoop);
    expect(page).toBe(3);
  });

  it("causes a PagingLoop if it sends new cursors to empty pages without end", () => {
    let page = 0;
    const list: VendorList = { rule: { style: "cursor", size: 10, total: false }, rows: [], cap: 10 };
    expect(() => readAll(list, undefined, () => ({ keys: [], total: null, next: `cursor ${++page}` }))).toThrow(
      PagingLoop,
    );
  });
});

describe("a total that changes", () => {
  it("is reported with the largest value, up to which the list is read", () => {
    fc.assert(
      fc.property(fc.integer({ min: 21, max: 50 }), fc.integer({ min: 1, max: 30 }), picks, (count, growth, order) => {
        const grown = offsetList(count + growth, 10);
        const { result } = readAll(grown, inOrder(order), (request) => ({
          ...response(grown, request),
          total: request.offset < 20 ? count : count + growth,
        }));
        expect(result).toMatchObject({ rows: count + growth, total: count + growth, moved: true });
      }),
    );
  });

  it("is reported if it decreases", () => {
    const list = offsetList(30, 10);
    const { result } = readAll(list, undefined, (request) => ({
      ...response(list, request),
      total: request.offset === 20 ? 29 : 30,
    }));
    expect(result).toMatchObject({ total: 30, moved: true });
  });
});

describe("the end of a list without a total", () => {
  const rule = { style: "page", first: 1, size: 10, total: true } as const;
  const uncounted = (
    rows: number,
    changed: (
      request: { number: number; repetition: number },
      page: { keys: readonly string[] },
    ) => object = () => ({}),
  ) =>
    readAll({ rule, rows: rowsOf(rows), cap: 10 }, undefined, (request) => {
      const keys = rowsOf(rows).slice(request.offset, request.offset + 10);
      return { keys, total: null, next: null, ...changed(request, { keys }) };
    });

  it("is verified by an empty page that stays empty", () => {
    expect(uncounted(25).result).toMatchObject({ rows: 25, total: null, unverifiedEnd: null, lastPageFull: false });
  });

  it("is not verified by an empty page that has rows when it is requested again", () => {
    const { result } = uncounted(45, ({ number, repetition }) =>
      number === 3 && repetition === 0 ? { keys: [] } : {},
    );
    expect(result.rows).toBe(45);
    expect(result.unverifiedEnd).toContain("requested again");
  });

  it("is not verified by the response for no data after pages with rows", () => {
    const { requests, result } = uncounted(45, ({ number }) =>
      number >= 3 ? { keys: [], isDocumentedEmpty: true } : {},
    );
    expect(requests.map(({ number }) => number)).toEqual([1, 2, 3, 3]);
    expect(result.rows).toBe(20);
    expect(result.unverifiedEnd).toContain("after pages with rows");
  });

  it("is verified by the response for no data on the first page, received twice", () => {
    const { requests, result } = uncounted(0, () => ({ isDocumentedEmpty: true }));
    expect(requests.map(({ number, repetition }) => [number, repetition])).toEqual([
      [1, 0],
      [1, 1],
    ]);
    expect(result.unverifiedEnd).toBeNull();
  });

  it.each([
    [false, false],
    [true, false],
    [false, true],
  ])("is not verified by an ambiguous empty list (documented: %s, then %s)", (first, second) => {
    const { result } = uncounted(0, ({ repetition }) => ({ isDocumentedEmpty: repetition === 0 ? first : second }));
    expect(result.unverifiedEnd).toContain("without the total");
  });

  it("is verified by an empty list if the adapter declares that the vendor sends no totals", () => {
    const { requests, result } = readAll({ rule: { ...rule, total: false }, rows: [], cap: 10 });
    expect(requests).toHaveLength(2);
    expect(result.unverifiedEnd).toBeNull();
  });

  it("treats a total of 0 on a page with rows as a missing total", () => {
    const { result } = uncounted(25, (_request, { keys }) => ({ keys, total: 0 }));
    expect(result).toMatchObject({ rows: 25, total: null, unverifiedEnd: null });
  });
});
