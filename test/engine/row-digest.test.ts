import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { digestOf } from "../../src/engine/lists/row-digest.js";

/** Values such as a vendor's rows hold; texts short enough to be read whole. */
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
  it("is the same for the same content, wherever it was read", () => {
    fc.assert(
      fc.property(row, (one) => {
        expect(digestOf(JSON.parse(JSON.stringify(one)))).toBe(digestOf(one));
      }),
    );
  });

  it.each([
    ["a number that became another", { a: 1 }, { a: 2 }],
    ["a number that became a text", { a: 1 }, { a: "1" }],
    ["a part of a second", { a: 1.5 }, { a: 1.25 }],
    ["null that became a text", { a: null }, { a: "" }],
    ["false that became true", { a: false }, { a: true }],
    ["a field that came", { a: 1 }, { a: 1, b: null }],
    ["a boundary that moved", { a: "ab", b: "c" }, { a: "a", b: "bc" }],
    ["an item that came", { a: ["x"] }, { a: ["x", "y"] }],
    ["a field within", { a: { b: "x" } }, { a: { b: "y" } }],
    ["another name within", { a: { answered: 1 } }, { a: { missed: 1 } }],
    ["an object that came", {}, { a: {} }],
    ["a field that moved out", { a: { x: 1 }, y: 2 }, { a: { x: 1, y: 2 } }],
    ["a field that moved to the next item", { a: [{ x: 1 }, { y: 2 }] }, { a: [{ x: 1, y: 2 }, {}] }],
    ["an empty list from nothing", { a: [] }, { a: "" }],
    ["an empty list from zero", { a: [] }, { a: 0 }],
    ["an item from a field", { a: [1] }, { a: 1, b: 1 }],
    ["the end of a long text", { a: `${"x".repeat(100)}1` }, { a: `${"x".repeat(100)}2` }],
    ["the length of a long text", { a: "x".repeat(100) }, { a: "x".repeat(101) }],
  ])("tells %s", (_, one, other) => {
    expect(digestOf(other)).not.toBe(digestOf(one));
  });

  it("does not read a long text's middle", () => {
    expect(digestOf({ a: `${"x".repeat(40)}1${"x".repeat(40)}` })).toBe(
      digestOf({ a: `${"x".repeat(40)}2${"x".repeat(40)}` }),
    );
  });

  it("does not follow what is nested deeper than calls are", () => {
    expect(digestOf(nested(100_000))).toBe(digestOf(nested(200_000)));
  });
});
