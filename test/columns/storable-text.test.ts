import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { escapeId, storableJson, storableText, unescapeId } from "../../src/columns/storable-text.js";

/** Texts that contain NUL, lone surrogates and backslashes more often than others. */
const texts = fc.string({
  unit: fc.oneof(
    fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
    fc.constantFrom("\0", "\ud83d", "\udc00", "\\", "u0000", '"'),
  ),
});

const REFUSED = /\0|\p{Surrogate}/u;

describe("text for databases", () => {
  it("has U+FFFD for NUL and lone surrogates, and is otherwise unchanged", () => {
    expect(storableText("a\0b\ud83dc\udc00📞")).toBe("a\ufffdb\ufffdc\ufffd📞");
    fc.assert(
      fc.property(texts, (text) => {
        expect(storableText(text)).not.toMatch(REFUSED);
        if (!REFUSED.test(text)) expect(storableText(text)).toBe(text);
      }),
    );
  });

  it("is the same inside JSON", () => {
    expect(storableJson({ "k\0": ["\ud83d", "\\u0000", "\\\0", "📞"] })).toBe(
      '{"k\ufffd":["\ufffd","\\\\u0000","\\\\\ufffd","📞"]}',
    );
    fc.assert(
      fc.property(texts, (text) => {
        expect(JSON.parse(storableJson([text]))).toEqual([storableText(text)]);
      }),
    );
  });

  it("of an id can be read back as the id", () => {
    expect(escapeId("a\0\ud83d\\\ufeff")).toBe("a\\u0000\\ud83d\\\\\\ufeff");
    expect(escapeId("cc-1/2%_📞")).toBe("cc-1/2%_📞");
    fc.assert(
      fc.property(texts, (id) => {
        expect(escapeId(id)).not.toMatch(REFUSED);
        expect(unescapeId(escapeId(id))).toBe(id);
      }),
    );
  });
});
