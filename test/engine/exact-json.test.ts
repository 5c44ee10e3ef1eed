import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseExactJson } from "../../src/engine/http/exact-json.js";
import { runs, share } from "../search.js";

/** JSON values, and texts and numbers that look like long integers, to mislead the reader. */
const misleading = fc.oneof(
  fc.constantFrom(
    '":9007199254740993,',
    "[12345678901234567890]",
    '\\": 12345678901234567890',
    "\\",
    '\\"',
    "\n 99999999999999999999",
    "\u2028:1234567890123456789012",
  ),
  fc.bigInt({ min: 10n ** 15n, max: 10n ** 30n }).map(String),
);
const { json: values } = fc.letrec((tie) => ({
  leaf: fc.oneof(
    misleading,
    fc.string(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.maxSafeInteger(),
    fc.boolean(),
    fc.constant(null),
  ),
  json: fc.oneof(
    { maxDepth: 4 },
    tie("leaf"),
    fc.array(tie("json"), { maxLength: 4 }),
    fc.dictionary(fc.oneof(misleading, fc.string()), tie("json"), { maxKeys: 4 }),
  ),
}));

/** Whether JSON writes this number as a plain integer that a double may not represent exactly. */
function isLong(value: unknown): boolean {
  return (
    typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value) && !String(value).includes("e")
  );
}

function expected(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (_, inner: unknown) => (isLong(inner) ? String(inner) : inner));
}

/** JSON with integers of any length at any place, and the expected value. */
interface Written {
  text: string;
  read: unknown;
}

const { written } = fc.letrec<{ written: Written; leaf: Written }>((tie) => ({
  leaf: fc.oneof(
    fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }).map((integer) => ({
      text: String(integer),
      read: Number.isSafeInteger(Number(integer)) ? Number(integer) : String(integer),
    })),
    fc.oneof(misleading, fc.string()).map((text) => ({ text: JSON.stringify(text), read: text })),
  ),
  written: fc.oneof(
    { maxDepth: 4 },
    tie("leaf"),
    fc
      .array(tie("written"), { maxLength: 4 })
      .map((items) => ({ text: `[${items.map(({ text }) => text).join(", ")}]`, read: items.map(({ read }) => read) })),
    fc
      .dictionary(fc.oneof(misleading, fc.string()), tie("written"), { maxKeys: 4, noNullPrototype: true })
      .map((fields) => ({
        text: `{${Object.entries(fields)
          .map(([name, { text }]) => `${JSON.stringify(name)} :${text}`)
          .join("\n,")}}`,
        read: Object.fromEntries(Object.entries(fields).map(([name, { read }]) => [name, read])),
      })),
  ),
}));

const DIGITS = "9".repeat(16);
/** Texts of about this length on which a scan might read characters repeatedly. */
const adversarial: Record<string, (length: number) => string> = {
  "colons before digits": (length) => `:${DIGITS}`.repeat(length / 17),
  "colons before digits in a string": (length) => `["${`:${DIGITS}`.repeat(length / 17)}"]`,
  "quotes and colons before digits": (length) => `":${DIGITS}`.repeat(length / 18),
  "commas before digits, and quotes": (length) => `",${DIGITS}`.repeat(length / 18),
  "numbers with a fraction": (length) => `:${DIGITS}.`.repeat(length / 18),
  "quotes": (length) => '"'.repeat(length),
  "escaped quotes": (length) => `[${DIGITS}9,"${'\\"'.repeat(length / 2)}"]`,
  "backslashes": (length) => `[${DIGITS}9,"${"\\".repeat(length)}"]`,
  "one long number": (length) => `[${"9".repeat(length)}]`,
  "one long key": (length) => `{"${"a".repeat(length)}":${DIGITS}9}`,
  "white space": (length) => " ".repeat(length),
  "signs": (length) => ":-".repeat(length / 2),
  "depth": (length) => `${"[".repeat(length / 2)}${DIGITS}9${"]".repeat(length / 2)}`,
};

describe("parseExactJson", () => {
  it("keeps every digit of integers at any place in a value", () => {
    fc.assert(
      fc.property(written, ({ text, read }) => {
        expect(parseExactJson(text)).toEqual(read);
      }),
      { numRuns: runs(2000) },
    );
  });

  it.each(share(Object.keys(adversarial), 5))("takes linear time: %s", (name) => {
    const text = adversarial[name]?.(2_000_000) ?? "";
    const began = performance.now();
    try {
      parseExactJson(text);
    } catch (error) {
      expect(error).toBeInstanceOf(SyntaxError);
    }
    // Linear time is a fraction of a second, and quadratic time a minute.
    expect(performance.now() - began).toBeLessThan(5000);
  });

  it("returns the value of JSON.parse, except that long integers are text", () => {
    fc.assert(
      fc.property(values, fc.constantFrom(undefined, 1, "\t"), (value, indent) => {
        expect(parseExactJson(JSON.stringify([value], null, indent))).toEqual(expected([value]));
      }),
      { numRuns: runs(2000) },
    );
  });

  it("keeps every digit of every integer", () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }),
        fc.constantFrom("", " ", "\n", "\t"),
        (integer, space) => {
          const read = parseExactJson(
            `{"list":[1,${space}${integer}${space}],"id"${space}:${space}${integer}${space}}`,
          );
          const safe = Number.isSafeInteger(Number(integer));
          const kept = safe ? Number(integer) : String(integer);
          expect(read).toEqual({ list: [1, kept], id: kept });
        },
      ),
      { numRuns: runs(1000) },
    );
  });

  it("keeps every digit of an integer that is the whole JSON", () => {
    expect(parseExactJson("9007199254740993")).toBe("9007199254740993");
  });

  it.each(["9007199254740991", "-9007199254740991"])("returns %s as a number", (text) => {
    expect(parseExactJson(`[${text}]`)).toEqual([Number(text)]);
  });

  it.each(["9007199254740992", "-9007199254740992", "9007199254740993", "1000000000000000000000"])(
    "returns %s as text",
    (text) => {
      expect(parseExactJson(`{"id":${text}}`)).toEqual({ id: text });
    },
  );

  it.each([
    "12345678901234567890.5",
    "1.2345678901234567890",
    "12345678901234567890e2",
    "1E400",
    "-0.00000000000000000001",
    "12345678901234567890E-5",
  ])("reads the number %s as JSON.parse does", (text) => {
    expect(parseExactJson(`[${text}]`)).toEqual(JSON.parse(`[${text}]`));
  });

  it.each([
    "",
    "{",
    "<html>1234567890123456789</html>",
    '{"a":12345678901234567890,}',
    "[1234567890123456789 1]",
    '{"a":-}',
    "[12345678901234567890-1]",
    "[+12345678901234567890]",
    '["12345678901234567890]',
  ])("rejects %j, which is not JSON", (text) => {
    expect(() => parseExactJson(text)).toThrow(SyntaxError);
  });

  it.each(['{"a":09007199254740993}', "{12345678901234567890:1}"])(
    "rejects %j, which would be JSON if its digits were quoted",
    (text) => {
      expect(() => parseExactJson(text)).toThrow(SyntaxError);
    },
  );

  it("reads a long string of escapes next to a long integer", () => {
    const text = "\n".repeat(6_000_000);
    const read = parseExactJson(`{"id":1234567890123456789,"text":${JSON.stringify(text)}}`);
    expect(read).toHaveProperty("id", "1234567890123456789");
  });
});
