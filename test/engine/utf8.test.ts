import type * as NodeBuffer from "node:buffer";
import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { decodeUtf8 } from "../../src/engine/http/utf8.js";

const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

describe("decodeUtf8", () => {
  it("returns the text of a TextDecoder for any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(decodeUtf8(Buffer.from(bytes))).toBe(new TextDecoder().decode(bytes));
      }),
    );
  });

  it("decodes any text, without its byte order mark", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.boolean(), (text, marked) => {
        const bytes = Buffer.concat([Buffer.from(marked ? BYTE_ORDER_MARK : []), Buffer.from(text)]);
        expect(decodeUtf8(bytes)).toBe(new TextDecoder().decode(bytes));
      }),
    );
    expect(decodeUtf8(Buffer.from([...BYTE_ORDER_MARK, ...Buffer.from('{"name":"杨磊"}')]))).toBe('{"name":"杨磊"}');
  });

  it("replaces invalid bytes with replacement characters", () => {
    expect(decodeUtf8(Buffer.from([0x61, 0xff, 0xe6, 0x9d]))).toBe("a\uFFFD\uFFFD");
  });
});

describe("decodeUtf8 in a Node without ICU", () => {
  afterEach(() => {
    vi.doUnmock("node:buffer");
  });

  it("returns the same text without `transcode`", async () => {
    vi.doMock("node:buffer", async (original) => ({ ...(await original<typeof NodeBuffer>()), transcode: undefined }));
    // With a query, it is another instance of the module.
    const path = "../../src/engine/http/utf8.js?without-icu";
    const { decodeUtf8: decode } = (await import(/* @vite-ignore */ path)) as { decodeUtf8: typeof decodeUtf8 };
    expect(decode).not.toBe(decodeUtf8);
    expect(decode(Buffer.from([...BYTE_ORDER_MARK, ...Buffer.from('{"name":"杨磊"}')]))).toBe('{"name":"杨磊"}');
    expect(decode(Buffer.from("plain"))).toBe("plain");
  });
});
