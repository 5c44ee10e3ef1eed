import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { jsonFaultOf } from "../../src/engine/http/json-fault.js";
import { runs } from "../search.js";

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const documents = fc
  .oneof(fc.array(fc.jsonValue(), { maxLength: 4 }), fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 4 }))
  .chain((value) => fc.constantFrom(undefined, 1).map((indent) => JSON.stringify(value, null, indent)));

describe("jsonFaultOf", () => {
  it("finds a fault exactly if JSON.parse rejects the text", () => {
    const bits = fc.constantFrom(
      "{",
      "}",
      "[",
      "]",
      ",",
      ":",
      '"',
      "\\",
      "\n",
      "\u0000",
      " ",
      "a",
      "1",
      "-",
      ".",
      "e",
      "0",
      "true",
      "nul",
      "NaN",
      '"a"',
      "\\u00",
      "é",
    );
    const texts = fc.oneof(
      fc.array(bits, { maxLength: 12 }).map((parts) => `[${parts.join("")}`),
      fc
        .tuple(documents, fc.nat(), fc.nat({ max: 3 }), bits)
        .map(
          ([text, at, split, put]) =>
            text.slice(0, at % (text.length + 1)) + put + text.slice((at % (text.length + 1)) + split),
        ),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const fault = jsonFaultOf(text);
        const begins = /^[ \t\n\r]*[[{]/.test(text);
        expect(fault === null).toBe(begins && isJson(text));
      }),
      { numRuns: runs(5000) },
    );
  });

  it("returns `cut` for a text that is truncated anywhere", () => {
    fc.assert(
      fc.property(documents, fc.nat(), (text, at) => {
        const split = text.slice(0, 1 + (at % (text.length - 1)));
        expect(jsonFaultOf(split)).toMatchObject({ kind: "cut", offset: split.length });
      }),
      { numRuns: runs(2000) },
    );
  });

  it.each([
    ["a raw control character", '{"a":"x\ty"}', 7, 1, 8],
    ["NaN", '{"a":\n NaN}', 7, 2, 2],
    ["Infinity", '{"a":-Infinity}', 5, 1, 6],
    ["undefined", '{"a":undefined}', 5, 1, 6],
    ["single quotes", "{'a':1}", 1, 1, 2],
    ["no quotes", "{a:1}", 1, 1, 2],
    ["an extra comma", "[1,,2]", 3, 1, 4],
    ["a comma at the end", '{"a":1,}', 7, 1, 8],
    ["a missing comma", '{"a":1 "b":2}', 7, 1, 8],
    ["text after it", '{"a":1}\r\nWarning', 9, 2, 1],
    ["a second document", '{"a":1}{"a":1}', 7, 1, 8],
    ["an escape that does not exist", '{"a":"\\x41"}', 6, 1, 7],
    ["a number that begins with 0", '{"a":01}', 6, 1, 7],
    ["the wrong bracket", "[1}", 2, 1, 3],
    ["a comment", '{"a":1/* one */}', 6, 1, 7],
  ])("returns the position of the fault: %s", (_, text, offset, line, column) => {
    expect(jsonFaultOf(text)).toMatchObject({ kind: "broken", offset, line, column });
  });

  it.each(["", "  ", "<html></html>", "Service Unavailable", "NaN", "\u0000{}", '"text"'])(
    "returns `foreign` for %j, which does not begin as JSON",
    (text) => {
      expect(jsonFaultOf(text)).toMatchObject({ kind: "foreign" });
    },
  );

  it("finds a fault after a long string and at great depth", { tags: ["slow"] }, () => {
    const depth = 1_000_000;
    expect(jsonFaultOf(`["${'\\"a'.repeat(10_000_000)}",NaN]`)).toMatchObject({ kind: "broken", offset: 30_000_004 });
    expect(jsonFaultOf(`${"[".repeat(depth)}${"]".repeat(depth)}x`)).toMatchObject({
      kind: "broken",
      offset: 2 * depth,
    });
  });
});
