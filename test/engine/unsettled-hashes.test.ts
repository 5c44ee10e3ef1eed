import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Intervals } from "../../src/engine/lists/intervals.js";
import { UnsettledHashes } from "../../src/operations/sync/unsettled-hashes.js";

const QUARTER = 900_000;
const APPLICATIONS = [null, "1400000000", "a@b"];

type Change =
  | { type: "keep"; application: string | null; key: string; at: number; hash: string }
  | { type: "release"; application: string | null; from: number; to: number };
type Step =
  Change | { type: "saved" } | { type: "fork"; changes: Change[]; outcome: "adopted" | "discarded" | "save failed" };

const change: fc.Arbitrary<Change> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant("keep" as const),
      application: fc.constantFrom(...APPLICATIONS),
      key: fc.constantFrom("1", "2", "a b", "@", "__proto__", "行"),
      at: fc.nat(6 * QUARTER),
      hash: fc.constantFrom("aaaa", "bbbb"),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant("release" as const),
      application: fc.constantFrom(...APPLICATIONS),
      from: fc.nat(6 * QUARTER),
      to: fc.nat(6 * QUARTER),
    }),
  },
);

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: change },
  { weight: 1, arbitrary: fc.constant<Step>({ type: "saved" }) },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant("fork" as const),
      changes: fc.array(change, { maxLength: 6 }),
      outcome: fc.constantFrom("adopted" as const, "discarded" as const, "save failed" as const),
    }),
  },
);

type Model = Map<string, { application: string | null; key: string; at: number; hash: string }>;

function apply(one: Change, unsettledHashes: UnsettledHashes, model: Model): void {
  if (one.type === "keep") {
    unsettledHashes.set(one.application, one.key, one.at, one.hash);
    model.set(`${String(one.application)} ${one.key}`, one);
    return;
  }
  unsettledHashes.release(one.application, Intervals.of([one]), 0);
  // Only whole quarters of an hour are released.
  const isReleased = ({ at }: { at: number }) =>
    one.from <= Math.floor(at / QUARTER) * QUARTER && (Math.floor(at / QUARTER) + 1) * QUARTER <= one.to;
  for (const [name, row] of model) if (row.application === one.application && isReleased(row)) model.delete(name);
}

function save(unsettledHashes: UnsettledHashes, saved: Map<string, string[]>): void {
  for (const [name, lines] of unsettledHashes.changes()) {
    if (lines === null) saved.delete(name);
    else saved.set(name, lines);
  }
}

describe("UnsettledHashes", () => {
  it("stores, moves and releases rows as a plain list does, and its saves contain the same rows", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        let unsettledHashes = new UnsettledHashes({});
        let model: Model = new Map();
        const saved = new Map<string, string[]>();
        for (const one of [...steps, { type: "saved" } as const]) {
          if (one.type === "saved") {
            save(unsettledHashes, saved);
            unsettledHashes.markSaved();
            expect(unsettledHashes.hasChanged).toBe(false);
          } else if (one.type === "fork") {
            const fork = unsettledHashes.fork();
            const forked: Model = new Map(model);
            for (const own of one.changes) apply(own, fork, forked);
            if (one.outcome === "adopted") {
              fork.adopt();
              [unsettledHashes, model] = [fork, forked];
            } else if (one.outcome === "save failed") {
              save(fork, saved);
              unsettledHashes.markUnsaved(fork);
            }
          } else apply(one, unsettledHashes, model);
        }
        const again = new UnsettledHashes(
          JSON.parse(JSON.stringify(Object.fromEntries(saved))) as Record<string, string[]>,
        );
        for (const application of APPLICATIONS) {
          for (const key of ["1", "2", "a b", "@", "__proto__", "行"]) {
            const expected = model.get(`${String(application)} ${key}`)?.hash;
            expect([unsettledHashes.versionsOf(application, key), again.versionsOf(application, key)]).toEqual([
              expected,
              expected,
            ]);
          }
        }
        expect(Object.fromEntries(saved)).toEqual(unsettledHashes.lines());
      }),
      { numRuns: 500 },
    );
  });

  it("returns the place of a call and the segments with a contested id, before and after it is saved", () => {
    const unsettledHashes = new UnsettledHashes({ "@2026-11-20T03:00:00.000Z": ["hash 1"] });
    const at = Date.parse("2026-11-20T03:07:00.001Z");
    expect([unsettledHashes.versionsOf(null, "1"), unsettledHashes.placeOf(null, "1")]).toEqual([
      "hash",
      { at: Date.parse("2026-11-20T03:00:00.000Z"), isExact: false },
    ]);
    unsettledHashes.set(null, "2", at, "other/0");
    unsettledHashes.contest(null, "2", at);
    unsettledHashes.update(null, "2", "other/0/1");
    unsettledHashes.contest(null, "2", at + QUARTER);
    for (const one of [unsettledHashes, new UnsettledHashes(unsettledHashes.lines())]) {
      expect([one.versionsOf(null, "2"), one.placeOf(null, "2")]).toEqual(["other/0/1", { at, isExact: true }]);
      expect([-1, 0, 1, 2].map((quarters) => one.isContested(null, "2", at + quarters * QUARTER))).toEqual([
        false,
        true,
        true,
        false,
      ]);
    }
    // The mark remains after the call is complete, and is released with its segment.
    expect(
      unsettledHashes.release(null, Intervals.of([{ from: 0, to: Date.parse("2026-11-20T03:15:00.000Z") }]), 0),
    ).toEqual([
      { key: "1", startedAt: null },
      { key: "2", startedAt: at },
    ]);
    expect([
      unsettledHashes.versionsOf(null, "2"),
      unsettledHashes.isContested(null, "2", at),
      unsettledHashes.isContested(null, "2", at + QUARTER),
    ]).toEqual([undefined, false, true]);
    expect(unsettledHashes.release(null, Intervals.of([{ from: 0, to: at + 2 * QUARTER }]), 0)).toEqual([]);
    expect(unsettledHashes.lines()).toEqual({});
  });

  it("releases a call that was read under other options without its start", () => {
    const unsettledHashes = new UnsettledHashes({});
    unsettledHashes.set(null, "1", QUARTER, "hash");
    unsettledHashes.markStale();
    expect(unsettledHashes.release(null, Intervals.of([{ from: 0, to: 2 * QUARTER }]), 0)).toEqual([
      { key: "1", startedAt: null },
    ]);
  });

  it("marks only the segments of a change as changed", () => {
    const unsettledHashes = new UnsettledHashes({});
    for (let at = 0; at < 100; at += 1) unsettledHashes.set(null, `call ${at}`, at * QUARTER, "hash");
    expect(unsettledHashes.changes().size).toBe(100);
    unsettledHashes.markSaved();
    unsettledHashes.set(null, "call 7", 7 * QUARTER, "other");
    expect([...unsettledHashes.changes().values()]).toEqual([["other~0 call 7"]]);
  });
});
