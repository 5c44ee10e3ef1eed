import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { WindowRule } from "../../src/contract/provider.js";
import type { PlannedWindow } from "../../src/engine/lists/planned-window.js";
import { WindowGrid } from "../../src/engine/lists/window-grid.js";
import { type PageJob, WindowQueue } from "../../src/engine/lists/window-queue.js";

const rule = (end: WindowRule["end"]): WindowRule => ({ unit: "s", maxSeconds: 86_400, end, filtersOn: "start" });
const SECOND = 1000;

function queueOf(
  spans: readonly { from: number; to: number }[],
  end: WindowRule["end"] = "unknown",
  size = 100,
  newestFirst = false,
): WindowQueue {
  return new WindowQueue({
    windows: spans.map((span): PlannedWindow => ({ partition: 0, span, settled: true })),
    partitions: [{ application: null, parameters: {} }],
    grid: new WindowGrid(rule(end), "UTC"),
    newestFirst,
    operation: { paging: { style: "page", first: 1, size, total: true } },
  });
}

const always = () => true;
const never = () => false;
const startOf = ({ window }: PageJob) => window.plan.span?.from ?? Number.NaN;

function take(queue: WindowQueue, mayOpen = always): PageJob {
  const job = queue.next(mayOpen);
  if (job === null) throw new Error("There is no page to request.");
  return job;
}

describe("windows that are split while others are open", () => {
  it.each(["oldest", "newest"])("are read with the %s first, for any order of splits", (first) => {
    const sign = first === "newest" ? -1 : 1;
    const split = fc.record({
      windows: fc.integer({ min: 2, max: 6 }),
      order: fc.array(fc.nat(5), { minLength: 6, maxLength: 6 }),
      parts: fc.integer({ min: 2, max: 5 }),
    });
    fc.assert(
      fc.property(split, ({ windows, order, parts }) => {
        const queue = queueOf(
          Array.from({ length: windows }, (_, index) => index * 60 * SECOND)
            .sort((one, other) => sign * (one - other))
            .map((from) => ({ from, to: from + 60 * SECOND })),
          "unknown",
          100,
          first === "newest",
        );
        const open = Array.from({ length: windows }, () => take(queue));
        for (const pick of order) {
          const [job] = open.splice(pick % Math.max(1, open.length), 1);
          if (job !== undefined) expect(queue.split(job.window, parts, { announced: null })).toBe(true);
        }
        const starts: number[] = [];
        // Each window returns one page here. Windows that are already open have returned theirs.
        for (let job = queue.next(always); job !== null; job = queue.next(always)) starts.push(startOf(job));
        expect(starts).toHaveLength(parts * (windows - open.length));
        expect(starts).toEqual([...starts].sort((one, other) => sign * (one - other)));
      }),
    );
  });

  it("have parts that are opened before a later window continues, even if no further window may be opened", () => {
    const queue = queueOf([
      { from: 0, to: 60 * SECOND },
      { from: 60 * SECOND, to: 120 * SECOND },
    ]);
    const [first, second] = [take(queue), take(queue)];
    second.window.accept(second.pager, second.request, {
      keys: Array.from({ length: 100 }, (_, index) => `${index}`),
      fresh: 100,
      total: 300,
      next: null,
    });
    queue.split(first.window, 2, { announced: null });
    expect([take(queue, never), take(queue, never)].map(startOf)).toEqual([0, 30 * SECOND]);
    expect(startOf(take(queue, never))).toBe(60 * SECOND);
  });

  it("do not cause a window after the open ones to be opened if none may be", () => {
    const queue = queueOf([
      { from: 0, to: 60 * SECOND },
      { from: 60 * SECOND, to: 120 * SECOND },
    ]);
    take(queue);
    expect(queue.next(never)).toBeNull();
    expect(startOf(take(queue, always))).toBe(60 * SECOND);
  });
});

describe("windows that may hold the same row", () => {
  it.each([
    ["unknown", [true, true, false]],
    ["inclusive", [true, false, false]],
    ["exclusive", [true, false, false]],
  ] as const)("are those whose requested bounds meet: end %s", (end, expected) => {
    const queue = queueOf(
      [0, 1, 2, 3].map((second) => ({ from: second * SECOND, to: (second + 1) * SECOND })),
      end,
    );
    const jobs = [0, 1, 2, 3].map(() => take(queue));
    const [first] = jobs;
    if (first === undefined) throw new Error("no window");
    const touching = queue.touching(first.window);
    expect(jobs.slice(1).map(({ window }) => touching.includes(window))).toEqual(expected);
  });
});
