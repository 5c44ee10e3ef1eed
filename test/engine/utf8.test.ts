import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeUtf8 } from "../../src/engine/http/utf8.js";

const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

describe("decodeUtf8", () => {
  it("reads what a TextDecoder reads, of any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(decodeUtf8(Buffer.from(bytes))).toBe(new TextDecoder().decode(bytes));
      }),
    );
  });

  it("reads any text back, one with a byte order mark without it", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.boolean(), (text, marked) => {
        const bytes = Buffer.concat([Buffer.from(marked ? BYTE_ORDER_MARK : []), Buffer.from(text)]);
        expect(decodeUtf8(bytes)).toBe(new TextDecoder().decode(bytes));
      }),
    );
    expect(decodeUtf8(Buffer.from([...BYTE_ORDER_MARK, ...Buffer.from('{"name":"杨磊"}')]))).toBe('{"name":"杨磊"}');
  });

  it("puts a replacement character for what is no UTF-8", () => {
    expect(decodeUtf8(Buffer.from([0x61, 0xff, 0xe6, 0x9d]))).toBe("a\uFFFD\uFFFD");
  });
});
