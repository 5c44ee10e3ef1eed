import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromStoredId, toStoredId, toStoredJson, toStoredText } from "../../src/columns/stored-text.js";

const anyText = fc
  .string({ unit: "binary" })
  .chain((text) =>
    fc
      .array(fc.constantFrom("\0", "\ud83d", "\udc00", "\\", "\\u0000", "\\ud83d", "📞"))
      .map((parts) => text + parts.join("")),
  );

describe("a stored text", () => {
  it.each([
    ["before\0after", "before\ufffdafter"],
    ["before\ud83dafter", "before\ufffdafter"],
    ["before\udc00after", "before\ufffdafter"],
    ["\udcde\ud83d", "\ufffd\ufffd"],
    ["📞 客户", "📞 客户"],
    ["tab\tline\n\\u0000", "tab\tline\n\\u0000"],
  ])("of %j is %j", (text, stored) => {
    expect(toStoredText(text)).toBe(stored);
  });

  it("has neither NUL nor lone surrogates", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(toStoredText(text)).toBe(Buffer.from(text).toString().replaceAll("\0", "\ufffd"));
      }),
    );
  });
});

describe("a stored id", () => {
  it.each([
    ["6131400000000000001", "6131400000000000001"],
    ["客户/1%2F 📞", "客户/1%2F 📞"],
    ["id\0", "id\\u0000"],
    ["id\ud83d", "id\\ud83d"],
    ["id\\u0000", "id\\\\u0000"],
    ["a\\b", "a\\\\b"],
  ])("of %j is %j", (id, stored) => {
    expect(toStoredId(id)).toBe(stored);
  });

  it("is storable, and returns the id", () => {
    fc.assert(
      fc.property(anyText, (id) => {
        const stored = toStoredId(id);
        expect(toStoredText(stored)).toBe(stored);
        expect(fromStoredId(stored)).toBe(id);
      }),
    );
  });
});

describe("stored JSON", () => {
  it.each([
    [{ "a\0": "b\ud83d" }, '{"a\ufffd":"b\ufffd"}'],
    ["\\u0000 \\\0", '"\\\\u0000 \\\\\ufffd"'],
    ["\u0001 📞", '"\\u0001 📞"'],
    [undefined, "null"],
    [null, "null"],
    [new Date(0), '"1970-01-01T00:00:00.000Z"'],
  ])("of %j is %s", (value, stored) => {
    expect(toStoredJson(value)).toBe(stored);
  });

  it("is the JSON of the value with stored texts", () => {
    fc.assert(
      fc.property(fc.array(anyText), (texts) => {
        expect(JSON.parse(toStoredJson(texts))).toEqual(texts.map(toStoredText));
      }),
    );
  });
});
