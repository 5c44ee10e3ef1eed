import { describe, expect, it } from "vitest";
import type { PagingRule } from "../../src/contract/provider.js";
import { OpenWindow } from "../../src/engine/lists/open-window.js";
import type { PageRequest } from "../../src/engine/lists/page.js";
import type { Pager } from "../../src/engine/lists/pager.js";

const PAGED: PagingRule = { style: "page", first: 1, size: 2, total: true };

const openWindow = (rule: PagingRule = PAGED, size = 2) =>
  new OpenWindow({ partition: 0, span: { from: 0, to: 1000 }, settled: true }, rule, size);

interface Job {
  request: PageRequest;
  pager: Pager;
}

function nextJob(window: OpenWindow): Job {
  const job = window.next();
  if (job === null) throw new Error("There is no page to request.");
  return job;
}

/** Processes a page as a run does: keys that no read has returned before are fresh. */
function accept(window: OpenWindow, { request, pager }: Job, keys: readonly string[], total: number | null): void {
  const known = window.seen.size;
  for (const key of keys) window.seen.set(key, 1);
  window.accept(pager, request, { keys, fresh: window.seen.size - known, total, next: null });
}

function read(window: OpenWindow, pages: readonly (readonly string[])[], total: number | null): void {
  for (const keys of pages) accept(window, nextJob(window), keys, total);
}

describe("the first read of a window", () => {
  it("adds up if it has as many distinct keys as the vendor counts", () => {
    const window = openWindow();
    expect(window.untouched).toBe(true);
    read(window, [["a", "b"]], 3);
    expect(window.untouched).toBe(false);
    expect(window.done).toBe(false);
    read(window, [["c"]], 3);
    expect(window.done).toBe(true);
    expect(window.addsUp).toBe(true);
    expect(window.rereading).toBe(false);
  });

  it("does not add up if a key is repeated, because it counts once", () => {
    const window = openWindow();
    read(window, [["a", "b"], ["b"]], 3);
    expect(window.done).toBe(true);
    expect(window.addsUp).toBe(false);
    expect(window.shortfall).toContain("2 different keys were read where the vendor counts 3");
  });

  it("does not add up if the total changed, even if as many keys were read as the larger total", () => {
    const window = openWindow();
    read(window, [["a", "b"]], 3);
    read(window, [["c"]], 2);
    expect(window.addsUp).toBe(false);
    expect(window.shortfall).toContain("its count changed meanwhile");
  });

  it("adds up without a total, for any number of rows", () => {
    const window = openWindow({ style: "page", first: 1, size: 2, total: false });
    read(window, [["a", "b"], [], []], null);
    expect(window.done).toBe(true);
    expect(window.addsUp).toBe(true);
  });
});

describe("a further read of a window", () => {
  it("counts its own keys, although none of them is new to the window", () => {
    const window = openWindow();
    read(window, [["a", "b"], ["b"]], 3);
    expect(window.readAgain()).toBe(true);
    expect(window.rereading).toBe(true);
    expect(window.done).toBe(false);
    read(window, [["a", "b"], ["c"]], 3);
    expect(window.addsUp).toBe(true);
    expect(window.seen.size).toBe(3);
  });

  it("counts a key once, and no key that only an earlier read returned", () => {
    const window = openWindow();
    read(window, [["a", "b"], ["b"]], 3);
    window.readAgain();
    read(window, [["b", "c"], ["c"]], 3);
    expect(window.seen.size).toBe(3);
    expect(window.addsUp).toBe(false);
  });

  it("is begun at most four times", () => {
    const window = openWindow();
    expect([1, 2, 3, 4, 5].map(() => window.readAgain())).toEqual([true, true, true, true, false]);
  });
});

describe("a page of an abandoned read", () => {
  it("does not count in the next read", () => {
    const window = openWindow();
    const late = nextJob(window);
    window.readAgain();
    accept(window, late, ["a", "b"], 4);
    expect(window.shortfall).toContain("the vendor counts none");
    read(window, [["a", "b"]], 2);
    expect(window.done).toBe(true);
    expect(window.addsUp).toBe(true);
  });

  it("does not shrink the pages again", () => {
    const window = openWindow();
    const early = nextJob(window);
    expect(window.shrinkPages(early.pager)).toBe(true);
    expect(window.shrinkPages(early.pager)).toBe(true);
    expect(nextJob(window).request.size).toBe(1);
  });
});

describe("smaller pages", () => {
  it("are requested from the beginning, with half as many rows, rounded up, until a page is one row", () => {
    const window = openWindow({ ...PAGED, size: 5 }, 5);
    const sizes: number[] = [];
    for (let job = nextJob(window); ; job = nextJob(window)) {
      sizes.push(job.request.size);
      expect(job.request.offset).toBe(0);
      if (!window.shrinkPages(job.pager)) break;
    }
    expect(sizes).toEqual([5, 3, 2, 1]);
    expect(window.rereading).toBe(true);
  });

  it("count the rows of earlier pages again", () => {
    const window = openWindow();
    read(window, [["a", "b"]], 3);
    window.shrinkPages(nextJob(window).pager);
    read(window, [["a"], ["b"], ["c"]], 3);
    expect(window.done).toBe(true);
    expect(window.addsUp).toBe(true);
  });
});

describe("a closed window", () => {
  it("keeps its keys for neighbouring windows, and ignores a late page", () => {
    const window = openWindow();
    read(window, [["a", "b"]], 4);
    const late = nextJob(window);
    window.close();
    expect(window.closed).toBe(true);
    window.accept(late.pager, late.request, { keys: ["c", "d"], fresh: 2, total: 4, next: null });
    expect([...window.seen.keys()]).toEqual(["a", "b"]);
    expect(window.shortfall).toContain("the vendor counts none");
  });
});
