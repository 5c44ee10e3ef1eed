import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PagingLoop } from "../../src/engine/lists/pager.js";
import { response, lists, readAll, Reader, type VendorList } from "./pager-vendor.js";

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
  it("gives every row, in whatever order its pages arrive, however small the vendor's pages really are", () => {
    fc.assert(
      fc.property(lists, picks, (list, order) => {
        const { result } = readAll(list, inOrder(order));
        expect(result.rows).toBe(list.rows.length);
        expect(result.moved).toBe(false);
        expect(result.total).toBe(list.rule.style !== "none" && list.rule.total ? list.rows.length : null);
      }),
      { numRuns: 2000 },
    );
  });

  it("is asked for nothing past its total, and for nothing twice", () => {
    fc.assert(
      fc.property(lists, picks, (list, order) => {
        const { asked } = readAll(list, inOrder(order));
        if (list.rule.style === "none" || list.rule.style === "cursor" || !list.rule.total) return;
        for (const { offset } of asked.slice(1)) expect(offset).toBeLessThan(list.rows.length);
        expect(new Set(asked.map(({ offset }) => offset)).size).toBe(asked.length);
      }),
      { numRuns: 800 },
    );
  });

  it("costs one page more than it fills at the most, and the empty one at its end twice", () => {
    fc.assert(
      fc.property(lists, picks, (list, order) => {
        const { asked } = readAll(list, inOrder(order));
        const size = list.rule.style === "none" ? Number.POSITIVE_INFINITY : Math.min(list.rule.size, list.cap);
        expect(asked.length).toBeLessThanOrEqual(Math.ceil(list.rows.length / size) + 2);
        expect(new Set(asked.map(({ offset, cursor }) => `${offset} ${cursor ?? ""}`)).size).toBeLessThanOrEqual(
          Math.ceil(list.rows.length / size) + 1,
        );
      }),
      { numRuns: 800 },
    );
  });

  it("never asks for more than a page may hold", () => {
    fc.assert(
      fc.property(lists, (list) => {
        const { asked } = readAll(list);
        if (list.rule.style !== "none") for (const { size } of asked) expect(size).toBeLessThanOrEqual(list.rule.size);
      }),
    );
  });

  it("with a total has all its further pages asked for at once", () => {
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

  it("does not count the vendor's total where the rule declares none", () => {
    const reader = new Reader({ style: "offset", size: 10, total: false }, 10);
    const { pager } = reader;
    const first = pager.next();
    if (first === null) throw new Error("no first page");
    reader.accept(first, { keys: rowsOf(10), total: 10, next: null });
    expect(pager.result.total).toBeNull();
    expect(pager.next()?.offset).toBe(10);
  });

  it("goes on at the row after a short page in the middle, where rows are skipped one by one", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 12, max: 60 }),
        fc.integer({ min: 3, max: 6 }),
        fc.integer({ min: 1, max: 2 }),
        picks,
        (count, size, received, order) => {
          const list = offsetList(count, size);
          const { result, asked } = readAll(list, inOrder(order), (request) => {
            const page = response(list, request);
            return request.offset === size ? { ...page, keys: page.keys.slice(0, received) } : page;
          });
          expect(result.rows).toBe(count);
          for (const { offset } of asked) expect(offset).toBeLessThan(count);
        },
      ),
    );
  });
});

describe("an empty page before the total", () => {
  it("is asked for again, and every row is read", () => {
    fc.assert(
      fc.property(lists, picks, fc.nat(20), (list, order, which) => {
        fc.pre(list.rule.style !== "none" && list.rule.style !== "cursor" && list.rule.total && list.rows.length > 0);
        const { asked, result } = readAll(list, inOrder(order), (request, before) => {
          const page = response(list, request);
          return before.length - 1 === which && request.repetition === 0 ? { ...page, keys: [] } : page;
        });
        expect(result.rows).toBe(list.rows.length);
        if (asked.length > which + 1 || asked.some(({ repetition }) => repetition > 0)) {
          const again = asked.filter(({ repetition }) => repetition === 1);
          expect(again.map(({ offset }) => offset)).toEqual(again.length === 0 ? [] : [asked[which]?.offset]);
          expect(again.length).toBe(1);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("that stays empty is asked for once more only, and its rows are missing from the count", () => {
    const list = offsetList(30, 10);
    const { asked, result } = readAll(list, undefined, (request) =>
      request.offset === 10 ? { keys: [], total: 30, next: null } : response(list, request),
    );
    expect(asked.map(({ offset }) => offset)).toEqual([0, 10, 20, 10]);
    expect(result).toMatchObject({ rows: 20, total: 30, moved: false });
  });

  it.each(["page", "offset"] as const)(
    "that is too small by whole pages shows behind the end, which is looked at once (by %s)",
    (style) => {
      const rule =
        style === "page"
          ? ({ style, first: 0, size: 10, total: true } as const)
          : ({ style, size: 10, total: true } as const);
      for (const { rows, total, looks } of [
        { rows: 40, total: 20, looks: true },
        { rows: 20, total: 20, looks: true },
        { rows: 15, total: 15, looks: false },
        { rows: 0, total: 0, looks: false },
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
        expect(pager.requestPastEnd()).toBe(looks);
        readOn();
        expect(pager.result.rows).toBe(looks ? Math.min(rows, total + 10) : rows);
        expect([pager.requestPastEnd(), pager.done]).toEqual([false, true]);
      }
    },
  );

  it.each([
    { keys: [], total: 0 },
    { keys: rowsOf(20).slice(10), total: 20 },
  ])("is believed where nothing new is behind the end: %j", ({ keys, total }) => {
    const reader = new Reader({ style: "page", first: 1, size: 10, total: true }, 10);
    const { pager } = reader;
    const list = offsetList(20, 10);
    for (let request = pager.next(); request !== null; request = pager.next())
      reader.accept(request, response(list, request));
    expect(pager.requestPastEnd()).toBe(true);
    const request = pager.next();
    if (request === null) throw new Error("no page behind the end");
    reader.accept(request, { keys, total, next: null });
    expect(pager.result).toMatchObject({ rows: 20, total: 20, moved: false, lastPageFull: true });
  });

  it("that tells of more than memory holds is not believed for long", () => {
    const list: VendorList = { rule: { style: "offset", size: 10, total: true }, rows: rowsOf(25), cap: 10 };
    const reader = new Reader(list.rule, 10);
    const { pager } = reader;
    let asked = 0;
    for (let request = pager.next(); request !== null; request = pager.next()) {
      asked += 1;
      reader.accept(request, { ...response(list, request), total: Number.MAX_SAFE_INTEGER });
    }
    expect(pager.result).toMatchObject({ rows: 25, total: Number.MAX_SAFE_INTEGER });
    expect([pager.done, asked < 15]).toEqual([true, true]);
  });

  it("ends a list without a total", () => {
    const list: VendorList = { rule: { style: "page", first: 0, size: 10, total: false }, rows: rowsOf(20), cap: 10 };
    const { asked, result } = readAll(list);
    expect(asked.map(({ number, repetition }) => [number, repetition])).toEqual([
      [0, 0],
      [1, 0],
      [2, 0],
      [2, 1],
    ]);
    expect(result).toMatchObject({ rows: 20, lastPageFull: true, unverifiedEnd: null });
  });
});

describe("a vendor that repeats itself", () => {
  it("is asked once more for a page that repeats another, and the rows are read when it was a slip", () => {
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
        const { asked, result } = readAll(list, inOrder(order), (request, before) =>
          before.length === 2 && request.repetition === 0
            ? { ...response(list, request), keys: firstPage.keys }
            : response(list, request),
        );
        expect(result.rows).toBe(list.rows.length);
        const again = asked.filter(({ repetition }) => repetition > 0);
        const counts = list.rule.total;
        const isAtEnd = ({ offset }: { offset: number }) => !counts && offset >= list.rows.length;
        expect(again.filter((request) => list.rule.style === "cursor" || !isAtEnd(request))).toHaveLength(1);
      }),
      { numRuns: 500 },
    );
  });

  it("is not taken for one when a page repeats another because rows came in at the head: the total tells", () => {
    for (const inserted of [10, 20]) {
      const list = offsetList(35, 10);
      // All of them come in after the first page.
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
    "for good is a loop, found after one more question (by %s)",
    (style) => {
      const rule =
        style === "page"
          ? ({ style, first: 1, size: 10, total: false } as const)
          : ({ style, size: 10, total: false } as const);
      const list = { rule, rows: [], cap: 10 };
      let questions = 0;
      const endless = () => {
        readAll(list, undefined, () => ({ keys: rowsOf(10), total: null, next: `cursor ${++questions}` }));
      };
      expect(endless).toThrow(PagingLoop);
      expect(questions).toBe(3);
    },
  );

  it("while its total stands is a loop also where a total is told", () => {
    expect(() => readAll(offsetList(40, 10), undefined, () => ({ keys: rowsOf(10), total: 40, next: null }))).toThrow(
      PagingLoop,
    );
  });

  it("is told from one whose keys read the same when they are written one after the other", () => {
    const pages = [["a", "b\nc"], ["a\nb", "c"], ["\ud800", "c"], ["\ud801", "c"], []];
    const list: VendorList = { rule: { style: "page", first: 1, size: 2, total: false }, rows: [], cap: 2 };
    const { asked } = readAll(list, undefined, ({ number }) => ({
      keys: pages[number - 1] ?? [],
      total: null,
      next: null,
    }));
    expect(asked.map(({ number, repetition }) => [number, repetition])).toEqual([
      ...[1, 2, 3, 4, 5].map((number) => [number, 0]),
      [5, 1],
    ]);
  });

  it("while its total moves is no loop: rows were pushed on", () => {
    let total = 20;
    const { result } = readAll(offsetList(20, 10), undefined, (request) => ({
      keys: rowsOf(10),
      total: request.offset === 0 ? 20 : (total += 1),
      next: null,
    }));
    expect(result.moved).toBe(true);
  });

  it("in its cursors is a loop, even where every page is new", () => {
    let page = 0;
    const list: VendorList = { rule: { style: "cursor", size: 10, total: false }, rows: [], cap: 10 };
    expect(() =>
      readAll(list, undefined, () => ({ keys: [`row ${++page}`], total: null, next: page % 2 === 0 ? "even" : "odd" })),
    ).toThrow(PagingLoop);
    expect(page).toBe(3);
  });

  it("with ever new cursors to empty pages does not keep it going for ever", () => {
    let page = 0;
    const list: VendorList = { rule: { style: "cursor", size: 10, total: false }, rows: [], cap: 10 };
    expect(() => readAll(list, undefined, () => ({ keys: [], total: null, next: `cursor ${++page}` }))).toThrow(
      PagingLoop,
    );
  });
});

describe("a total that moves", () => {
  it("is reported, with the largest that was told, and the list is read up to it", () => {
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

  it("is reported also when it shrinks", () => {
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

  it("is not where a page was empty, and held rows when it was requested again", () => {
    const { result } = uncounted(45, ({ number, repetition }) =>
      number === 3 && repetition === 0 ? { keys: [] } : {},
    );
    expect(result.rows).toBe(45);
    expect(result.unverifiedEnd).toContain("requested again");
  });

  it("is not by the response for no data after pages with rows, however often it comes", () => {
    const { asked, result } = uncounted(45, ({ number }) => (number >= 3 ? { keys: [], isDocumentedEmpty: true } : {}));
    expect(asked.map(({ number }) => number)).toEqual([1, 2, 3, 3]);
    expect(result.rows).toBe(20);
    expect(result.unverifiedEnd).toContain("after pages with rows");
  });

  it("is by the response for no data on the first page, received twice", () => {
    const { asked, result } = uncounted(0, () => ({ isDocumentedEmpty: true }));
    expect(asked.map(({ number, repetition }) => [number, repetition])).toEqual([
      [1, 0],
      [1, 1],
    ]);
    expect(result.unverifiedEnd).toBeNull();
  });

  it.each([
    [false, false],
    [true, false],
    [false, true],
  ])("is not by an empty list that may be anything (documented: %s, then %s)", (first, second) => {
    const { result } = uncounted(0, ({ repetition }) => ({ isDocumentedEmpty: repetition === 0 ? first : second }));
    expect(result.unverifiedEnd).toContain("without the total");
  });

  it("is by an empty list where the adapter declares that the vendor gives no totals", () => {
    const { asked, result } = readAll({ rule: { ...rule, total: false }, rows: [], cap: 10 });
    expect(asked).toHaveLength(2);
    expect(result.unverifiedEnd).toBeNull();
  });

  it("counts a total of nothing beside rows for none", () => {
    const { result } = uncounted(25, (_request, { keys }) => ({ keys, total: 0 }));
    expect(result).toMatchObject({ rows: 25, total: null, unverifiedEnd: null });
  });
});
