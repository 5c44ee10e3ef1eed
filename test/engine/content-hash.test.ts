import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ContentHash } from "../../src/operations/sync/content-hash.js";

const plain = new ContentHash();

describe("the content hash of a row", () => {
  it("does not depend on the order of the fields, at any depth", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (row) => {
        const reversed = (value: unknown): unknown =>
          Array.isArray(value)
            ? value.map(reversed)
            : typeof value === "object" && value !== null
              ? Object.fromEntries(
                  Object.entries(value)
                    .map(([name, field]) => [name, reversed(field)] as const)
                    .reverse(),
                )
              : value;
        expect(plain.of(reversed(row))).toBe(plain.of(row));
      }),
    );
  });

  it("differs for different contents", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        const inOrder = (_name: string, value: unknown) =>
          typeof value === "object" && value !== null && !Array.isArray(value)
            ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
            : value;
        fc.pre(JSON.stringify(one, inOrder) !== JSON.stringify(other, inOrder));
        expect(plain.of(one)).not.toBe(plain.of(other));
      }),
    );
  });

  it.each([
    ["an object and a list of its entries", { a: 1 }, [["a", 1]]],
    ["a number and its text", { a: 1 }, { a: "1" }],
    ["null and a missing field", { a: null }, {}],
    ["the order of a list", { a: [1, 2] }, { a: [2, 1] }],
    [
      "the middle of a long text",
      { a: `${"x".repeat(500)}1${"x".repeat(500)}` },
      { a: `${"x".repeat(500)}2${"x".repeat(500)}` },
    ],
  ])("distinguishes %s", (_what, one, other) => {
    expect(plain.of(one)).not.toBe(plain.of(other));
  });

  it("ignores volatile fields and the queries of links, at any depth", () => {
    const hash = new ContentHash({ fields: ["servedAt"], queriesOf: ["url", "urls"] });
    const row = (time: number, file = "a.mp3") => ({
      servedAt: time,
      legs: [{ url: `https://store.test/${file}?sign=${time}`, urls: [`/b.mp3?t=${time}#${time}`] }],
    });
    expect(hash.of(row(2))).toBe(hash.of(row(1)));
    expect(hash.of(row(1, "c.mp3"))).not.toBe(hash.of(row(1)));
    expect(plain.of(row(2))).not.toBe(plain.of(row(1)));
  });

  it("has twelve characters", () => {
    expect(plain.of({ a: "x".repeat(10_000) })).toMatch(/^[\w-]{12}$/);
  });
});
