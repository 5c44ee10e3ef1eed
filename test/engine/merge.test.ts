import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Batches, mergeInArrivalOrder, mergeByTime } from "../../src/engine/lists/merge.js";

interface Item {
  source: number;
  at: number;
}

/** Sources whose batches are in ascending time. Each batch arrives after a number of turns of the event loop. */
const timelines = (least: number) =>
  fc
    .array(
      fc.array(fc.record({ gaps: fc.array(fc.nat(3), { minLength: least, maxLength: 5 }), turns: fc.nat(4) }), {
        maxLength: 6,
      }),
      { maxLength: 5 },
    )
    .map((sources) =>
      sources.map((batches, source) => {
        let at = 0;
        return batches.map(({ gaps, turns }) => ({
          turns,
          items: gaps.map((gap): Item => ({ source, at: (at += gap) })),
        }));
      }),
    );
type Timeline = { turns: number; items: Item[] }[];

class Sources {
  readonly closed: number[] = [];
  stops = 0;
  readonly stop = () => {
    this.stops += 1;
  };

  async *read(source: number, batches: Timeline, failure?: Error): Batches<Item> {
    try {
      for (const { turns, items } of batches) {
        for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
        yield items;
      }
      if (failure !== undefined) throw failure;
    } finally {
      this.closed.push(source);
    }
  }

  expectClosed(count: number): void {
    expect(this.closed.sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, source) => source));
    expect(this.stops).toBe(1);
  }
}

async function collect(batches: Batches<Item>, into: Item[] = []): Promise<Item[]> {
  for await (const batch of batches) into.push(...batch);
  return into;
}

const merges = {
  byTime: (sources: Batches<Item>[], stop: () => void) => mergeByTime(sources, ({ at }) => at, stop),
  inArrivalOrder: mergeInArrivalOrder<Item>,
};
const flat = (sources: Timeline[]) => sources.map((batches) => batches.flatMap(({ items }) => items));
const bySource = (items: Item[], count: number) =>
  Array.from({ length: count }, (_, source) => items.filter((item) => item.source === source));

describe.each(Object.entries(merges))("a merge %s", (_, merge) => {
  it("yields every item, keeps the order of each source, and closes the sources", async () => {
    await fc.assert(
      fc.asyncProperty(timelines(1), async (timeline) => {
        const sources = new Sources();
        const items = await collect(
          merge(
            timeline.map((batches, source) => sources.read(source, batches)),
            sources.stop,
          ),
        );
        expect(bySource(items, timeline.length)).toEqual(flat(timeline));
        sources.expectClosed(timeline.length);
      }),
      { numRuns: 300 },
    );
  });

  it("yields every item if some batches are empty", async () => {
    await fc.assert(
      fc.asyncProperty(timelines(0), async (timeline) => {
        const sources = new Sources();
        const items = await collect(
          merge(
            timeline.map((batches, source) => sources.read(source, batches)),
            sources.stop,
          ),
        );
        expect(bySource(items, timeline.length)).toEqual(flat(timeline));
      }),
      { numRuns: 300 },
    );
  });

  it("stops and closes all sources if one fails, and throws the failure after the items before it", async () => {
    await fc.assert(
      fc.asyncProperty(
        timelines(1).filter(({ length }) => length > 0),
        fc.nat(),
        async (timeline, which) => {
          const failing = which % timeline.length;
          const failure = new Error("down");
          const sources = new Sources();
          const given: Item[] = [];
          const merged = merge(
            timeline.map((batches, source) => sources.read(source, batches, source === failing ? failure : undefined)),
            sources.stop,
          );
          await expect(collect(merged, given)).rejects.toBe(failure);
          sources.expectClosed(timeline.length);
          bySource(given, timeline.length).forEach((items, source) => {
            expect(items).toEqual(flat(timeline)[source]?.slice(0, items.length));
          });
        },
      ),
      { numRuns: 300 },
    );
  });

  it("stops and closes all sources if the consumer stops", async () => {
    await fc.assert(
      fc.asyncProperty(timelines(1), fc.integer({ min: 1, max: 4 }), async (timeline, wanted) => {
        const sources = new Sources();
        let taken = 0;
        for await (const batch of merge(
          timeline.map((batches, source) => sources.read(source, batches)),
          sources.stop,
        )) {
          expect(batch.length).toBeGreaterThan(0);
          if (++taken === wanted) break;
        }
        const begun = sources.closed.length;
        expect(begun).toBe(timeline.length);
        expect(sources.stops).toBe(1);
      }),
      { numRuns: 200 },
    );
  });

  it("yields nothing without sources", async () => {
    const sources = new Sources();
    expect(await collect(merge([], sources.stop))).toEqual([]);
  });
});

describe("a merge by time", () => {
  it("yields items in ascending time", async () => {
    await fc.assert(
      fc.asyncProperty(timelines(1), async (timeline) => {
        const sources = new Sources();
        const times = (
          await collect(
            merges.byTime(
              timeline.map((batches, source) => sources.read(source, batches)),
              sources.stop,
            ),
          )
        ).map(({ at }) => at);
        expect(times).toEqual([...times].sort((a, b) => a - b));
      }),
      { numRuns: 300 },
    );
  });
});

describe("a merge in arrival order", () => {
  it("throws a failure soon, although the other sources have many items", async () => {
    const sources = new Sources();
    const failure = new Error("down");
    const long = (source: number) => Array.from({ length: 2_000 }, (_, at) => ({ turns: 0, items: [{ source, at }] }));
    const given: Item[] = [];
    const read = async () => {
      for await (const batch of mergeInArrivalOrder(
        [sources.read(0, long(0)), sources.read(1, long(1)), sources.read(2, long(2).slice(0, 1), failure)],
        sources.stop,
      )) {
        given.push(...batch);
        // A slow consumer, such as one that writes to a database.
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    await expect(read()).rejects.toBe(failure);
    expect(given.length).toBeLessThan(10);
  });

  it("does not delay a fast source by a slow one", async () => {
    const sources = new Sources();
    const batch = (source: number, turns: number) => ({ turns, items: [{ source, at: turns }] });
    const items = await collect(
      mergeInArrivalOrder(
        [sources.read(0, [batch(0, 200)]), sources.read(1, [batch(1, 1), batch(1, 1), batch(1, 1)])],
        sources.stop,
      ),
    );
    expect(items.map(({ source }) => source)).toEqual([1, 1, 1, 0]);
  });
});
