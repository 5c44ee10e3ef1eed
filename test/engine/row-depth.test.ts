import { expect, it } from "vitest";
import { MAX_LEVELS, tooDeepFieldOf } from "../../src/engine/lists/row-depth.js";

/** Returns a list with this number of levels. */
function nested(levels: number): unknown {
  let value: unknown = [];
  for (let level = 1; level < levels; level += 1) value = level % 2 === 0 ? [1, value] : { a: 1, b: value };
  return value;
}

it("returns the field of a row that is nested too deeply, at any depth", () => {
  expect(tooDeepFieldOf({ id: "1", part: nested(MAX_LEVELS) })).toBe("part");
  expect(tooDeepFieldOf({ id: "1", part: nested(1_000_000) })).toBe("part");
});

it("returns null for every other row", () => {
  expect(tooDeepFieldOf({ id: "1", part: nested(MAX_LEVELS - 1), other: [null, "x"] })).toBeNull();
  for (const row of [null, undefined, 1, "row", [], {}]) expect(tooDeepFieldOf(row)).toBeNull();
});

it("terminates for a row that contains itself in two places", () => {
  const row: Record<string, unknown> = {};
  row.one = row;
  row.other = row;
  expect(tooDeepFieldOf(row)).toBe("one");
});
