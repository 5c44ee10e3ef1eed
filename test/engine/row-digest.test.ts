import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { digestOf } from "../../src/engine/lists/row-digest.js";

/** Values as in vendors' rows, with texts that are short enough to be read completely. */
const field = fc.jsonValue({ maxDepth: 2 }).filter((value) => !JSON.stringify(value).includes('"__proto__"'));
const row = fc.dictionary(fc.string({ minLength: 1, maxLength: 8 }), field, {
  minKeys: 1,
  maxKeys: 12,
  noNullPrototype: true,
});

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level += 1) value = [value];
  return value;
}

describe("digestOf", () => {
  it("is equal for equal content", () => {
    fc.assert(
      fc.property(row, (one) => {
        expect(digestOf(JSON.parse(JSON.stringify(one)))).toBe(digestOf(one));
      }),
    );
  });

  it.each([
    ["a changed number", { a: 1 }, { a: 2 }],
    ["a number that became a text", { a: 1 }, { a: "1" }],
    ["a part of a second", { a: 1.5 }, { a: 1.25 }],
    ["null that became a text", { a: null }, { a: "" }],
    ["false that became true", { a: false }, { a: true }],
    ["an added field", { a: 1 }, { a: 1, b: null }],
    ["a boundary that moved", { a: "ab", b: "c" }, { a: "a", b: "bc" }],
    ["an added item", { a: ["x"] }, { a: ["x", "y"] }],
    ["a nested field", { a: { b: "x" } }, { a: { b: "y" } }],
    ["another nested name", { a: { answered: 1 } }, { a: { missed: 1 } }],
    ["an added object", {}, { a: {} }],
    ["a field that moved out", { a: { x: 1 }, y: 2 }, { a: { x: 1, y: 2 } }],
    ["a field that moved to the next item", { a: [{ x: 1 }, { y: 2 }] }, { a: [{ x: 1, y: 2 }, {}] }],
    ["an empty list from an empty text", { a: [] }, { a: "" }],
    ["an empty list from zero", { a: [] }, { a: 0 }],
    ["an item from a field", { a: [1] }, { a: 1, b: 1 }],
    ["the end of a long text", { a: `${"x".repeat(100)}1` }, { a: `${"x".repeat(100)}2` }],
    ["the length of a long text", { a: "x".repeat(100) }, { a: "x".repeat(101) }],
  ])("distinguishes %s", (_, one, other) => {
    expect(digestOf(other)).not.toBe(digestOf(one));
  });

  it("does not read the middle of a long text", () => {
    expect(digestOf({ a: `${"x".repeat(40)}1${"x".repeat(40)}` })).toBe(
      digestOf({ a: `${"x".repeat(40)}2${"x".repeat(40)}` }),
    );
  });

  it("does not read values that are nested more deeply than in calls", () => {
    expect(digestOf(nested(100_000))).toBe(digestOf(nested(200_000)));
  });
});
