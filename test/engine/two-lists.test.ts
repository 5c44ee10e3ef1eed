import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Intervals } from "../../src/engine/lists/intervals.js";
import {
  deliveredOf,
  isStale,
  shownBy,
  withDelivered,
  withShown,
  asStale,
} from "../../src/operations/sync/row-versions.js";
import { SyncState } from "../../src/operations/sync/sync-state.js";
import { runs } from "../search.js";

const OWNER = { id: "vendor", account: "account" };
const AT = Date.parse("2026-11-01T00:00:00Z");
const LISTS = [0, 4].map((taskType) => ({ application: null, parameters: { taskType: String(taskType) } }));
const [EVERY, ITA] = LISTS as [(typeof LISTS)[number], (typeof LISTS)[number]];
type Content = [every: string | null, ita: string | null];

/** A job over one call that is in two lists. Every pass begins with the state that the previous one saved. */
class Job {
  private saved: ReturnType<SyncState["checkpoint"]> | null = null;

  /** Returns the deliveries of a pass. @param contents of the two lists; null if a list does not contain the call, or its window failed. */
  pass(contents: Content, firstList: 0 | 1): string[] {
    const state = SyncState.restore(OWNER, this.saved, 1);
    state.intervals.earlier(LISTS, AT, 0);
    const delivered: string[] = [];
    for (const list of firstList === 0 ? ([0, 1] as const) : ([1, 0] as const)) {
      const [partition, hash] = [list === 0 ? EVERY : ITA, contents[list]];
      if (hash === null) continue;
      const rows = state.compare(partition, LISTS, [{ key: "17", startedAt: AT, at: AT, hash }], false);
      for (const { comparison } of rows)
        if (comparison === "new" || comparison === "updated") delivered.push(`${comparison} ${hash}`);
      state.add({
        partition,
        partitions: LISTS,
        rows: rows.filter(({ comparison }) => comparison !== "same"),
        latestStart: null,
        reread: Intervals.empty,
        outcome: null,
      });
    }
    this.saved = JSON.parse(JSON.stringify(state.checkpoint())) as ReturnType<SyncState["checkpoint"]>;
    return delivered;
  }
}

describe("a call in two lists of one application", () => {
  it.each([0, 1] as const)("with two contents is delivered once, whichever list is read first: %i", (first) => {
    const job = new Job();
    expect(job.pass(["a", "b"], first)).toEqual([`new ${first === 0 ? "a" : "b"}`]);
    for (const next of [0, 1, 1, 0] as const) expect(job.pass(["a", "b"], next)).toEqual([]);
  });

  it.each([0, 1] as const)(
    "is delivered once if it changes in both lists, and again if it changes back: %i",
    (first) => {
      const job = new Job();
      job.pass(["a", "b"], 0);
      expect(job.pass(["a2", "b2"], first)).toEqual([first === 0 ? "updated a2" : "updated b2"]);
      expect(job.pass(["a2", "b2"], first === 0 ? 1 : 0)).toEqual([]);
      expect(job.pass(["a", "b"], first)).toEqual([first === 0 ? "updated a" : "updated b"]);
      expect(job.pass(["a", "b"], 0)).toEqual([]);
    },
  );

  it("is delivered if it changes in one list only, whichever is read first", () => {
    for (const changed of [0, 1] as const) {
      for (const first of [0, 1] as const) {
        const job = new Job();
        job.pass(["a", "b"], 0);
        const contents: Content = changed === 0 ? ["c", "b"] : ["a", "c"];
        expect(job.pass(contents, first)).toEqual(["updated c"]);
        expect(job.pass(contents, 1)).toEqual([]);
        expect(job.pass(contents, 0)).toEqual([]);
      }
    }
  });

  it("is delivered by the list that it has moved to if its content has changed", () => {
    const job = new Job();
    expect(job.pass(["a", null], 0)).toEqual(["new a"]);
    expect(job.pass([null, "a"], 0)).toEqual([]);
    expect(job.pass([null, "b"], 0)).toEqual(["updated b"]);
    expect(job.pass([null, "a"], 1)).toEqual(["updated a"]);
  });

  it("is delivered at most once in a pass, and never if no list has changed", () => {
    const contents = fc.tuple(
      fc.constantFrom("a", "b", "c", null),
      fc.constantFrom("a", "b", "c", null),
    ) as fc.Arbitrary<Content>;
    fc.assert(
      fc.property(
        fc.array(fc.record({ contents, first: fc.constantFrom(0 as const, 1 as const) }), { maxLength: 12 }),
        (passes) => {
          const job = new Job();
          const last: Content = [null, null];
          for (const { contents: now, first } of passes) {
            const isNew = last[0] === null && last[1] === null && (now[0] ?? now[1]) !== null;
            const changed = ([0, 1] as const).filter(
              (list) => last[list] !== null && now[list] !== null && now[list] !== last[list],
            );
            const delivered = job.pass(now, first);
            expect(delivered.length).toBeLessThanOrEqual(1);
            if (isNew) expect(delivered.length).toBe(1);
            const appears = ([0, 1] as const).some((list) => last[list] === null && now[list] !== null);
            if (!isNew && !appears && changed.length === 0) expect(delivered).toEqual([]);
            for (const list of [0, 1] as const) last[list] = now[list] ?? last[list];
          }
        },
      ),
      { numRuns: runs(2000) },
    );
  });
});

describe("the stored versions of a call", () => {
  it("are read as they were written", () => {
    const one = withDelivered(undefined, null, "aaaa");
    expect([one, deliveredOf(one), shownBy(one, 0)]).toEqual(["aaaa", "aaaa", undefined]);
    const two = withShown(withDelivered(undefined, 0, "aaaa"), 4, "bbbb");
    expect([two, deliveredOf(two), shownBy(two, 0), shownBy(two, 4)]).toEqual([
      "aaaa/0/4=bbbb",
      "aaaa",
      "aaaa",
      "bbbb",
    ]);
    const changed = withDelivered(two, 4, "cccc");
    expect([deliveredOf(changed), shownBy(changed, 0), shownBy(changed, 4)]).toEqual(["cccc", "aaaa", "cccc"]);
    const stale = asStale(changed);
    expect([isStale(stale), deliveredOf(stale), shownBy(stale, 4), asStale(stale)]).toEqual([
      true,
      "cccc",
      "cccc",
      stale,
    ]);
    expect([isStale(withShown(stale, 0, "dddd")), isStale(withDelivered(stale, 0, "dddd"))]).toEqual([true, false]);
  });
});
