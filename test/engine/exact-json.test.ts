import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseExactJson } from "../../src/engine/http/exact-json.js";

/** JSON values, and texts and numbers that look like long integers, to mislead the reader. */
const misleading = fc.oneof(
  fc.constantFrom('":9007199254740993,', "[12345678901234567890]", '\\": 12345678901234567890', "\\", '\\"', "\n 99999999999999999999", "\u2028:1234567890123456789012"),
  fc.bigInt({ min: 10n ** 15n, max: 10n ** 30n }).map(String),
);
const { json: values } = fc.letrec((tie) => ({
  leaf: fc.oneof(misleading, fc.string(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.maxSafeInteger(), fc.boolean(), fc.constant(null)),
  json: fc.oneof({ maxDepth: 4 }, tie("leaf"), fc.array(tie("json"), { maxLength: 4 }), fc.dictionary(fc.oneof(misleading, fc.string()), tie("json"), { maxKeys: 4 })),
}));

/** Whether JSON writes a number of this value as a plain integer that a double does not hold for sure. */
function isLong(value: unknown): boolean {
  return typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value) && !String(value).includes("e");
}

function expected(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (_, inner: unknown) => (isLong(inner) ? String(inner) : inner));
}

describe("JSON read exactly", () => {
  it("is what JSON.parse reads, but for long integers, which are text", () => {
    fc.assert(
      fc.property(values, fc.constantFrom(undefined, 1, "\t"), (value, indent) => {
        expect(parseExactJson(JSON.stringify([value], null, indent))).toEqual(expected([value]));
      }),
      { numRuns: 2000 },
    );
  });

  it("keeps every digit of every integer", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }), fc.constantFrom("", " ", "\n", "\t"), (integer, space) => {
        const read = parseExactJson(`{"list":[1,${space}${integer}${space}],"id"${space}:${space}${integer}${space}}`);
        const safe = Number.isSafeInteger(Number(integer));
        const kept = safe ? Number(integer) : String(integer);
        expect(read).toEqual({ list: [1, kept], id: kept });
      }),
      { numRuns: 1000 },
    );
  });

  it("keeps every digit of an integer that is the whole text", () => {
    expect(parseExactJson("9007199254740993")).toBe("9007199254740993");
  });

  it.each(["9007199254740991", "-9007199254740991"])("leaves %s a number", (text) => {
    expect(parseExactJson(`[${text}]`)).toEqual([Number(text)]);
  });

  it.each(["9007199254740992", "-9007199254740992", "9007199254740993", "1000000000000000000000"])("makes %s a text", (text) => {
    expect(parseExactJson(`{"id":${text}}`)).toEqual({ id: text });
  });

  it.each(["12345678901234567890.5", "1.2345678901234567890", "12345678901234567890e2", "1E400", "-0.00000000000000000001", "12345678901234567890E-5"])("reads the number %s as JSON.parse does", (text) => {
    expect(parseExactJson(`[${text}]`)).toEqual(JSON.parse(`[${text}]`));
  });

  it.each(["", "{", "<html>1234567890123456789</html>", '{"a":12345678901234567890,}', "[1234567890123456789 1]", '{"a":-}', "[12345678901234567890-1]", "[+12345678901234567890]", '["12345678901234567890]'])("refuses %j, which is no JSON", (text) => {
    expect(() => parseExactJson(text)).toThrow(SyntaxError);
  });

  it.each(['{"a":09007199254740993}', "{12345678901234567890:1}"])("refuses %j, which only looks like JSON once its digits are quoted", (text) => {
    expect(() => parseExactJson(text)).toThrow(SyntaxError);
  });

  it("reads a long text full of escapes beside a long integer", () => {
    const text = "\n".repeat(6_000_000);
    const read = parseExactJson(`{"id":1234567890123456789,"text":${JSON.stringify(text)}}`);
    expect(read).toHaveProperty("id", "1234567890123456789");
  });
});
