import type { Random } from "../../src/testing/data/random.js";

type TextMutation = readonly [name: string, apply: (text: string, random: Random) => string];

/** Texts to insert between two characters of a response. */
const INTRUDERS = [
  "\u0000",
  "\uFEFF",
  "\uD800",
  "\\uD800",
  "\\x41",
  "\\u12",
  '"',
  "'",
  "\\",
  "{",
  "}",
  "[",
  "]",
  ",",
  ":",
  "-",
  ".",
  "e",
  "+",
  "0",
  "NaN",
  "Infinity",
  "-Infinity",
  "1e400",
  "undefined",
  "//",
  "/* */",
  "\n",
  "\u2028",
  "9".repeat(40),
  "9".repeat(400),
  '"__proto__":{"polluted":true},',
  '"constructor":{"prototype":{"polluted":true}},',
] as const;

function place(text: string, random: Random): number {
  return random.integer(0, text.length);
}

/** The deepest values are slow. */
function depthOf(random: Random): number {
  return random.weighted([
    [50, 20],
    [2_000, 10],
    [20_000, 1],
  ]);
}

function nested(random: Random): string {
  const depth = depthOf(random);
  return random.chance(0.5) ? "[".repeat(depth) + "]".repeat(depth) : `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;
}

/** Changes to the text of a response. */
const TEXT_MUTATIONS: readonly [TextMutation, ...TextMutation[]] = [
  ["cut", (text, random) => text.slice(0, place(text, random))],
  ["cut in front", (text, random) => text.slice(place(text, random))],
  [
    "piece deleted",
    (text, random) => {
      const at = place(text, random);
      return text.slice(0, at) + text.slice(at + random.integer(1, 12));
    },
  ],
  [
    "character flipped",
    (text, random) => {
      const at = place(text, random);
      return (
        text.slice(0, at) +
        String.fromCharCode((text.charCodeAt(at) || 32) ^ (1 << random.integer(0, 7))) +
        text.slice(at + 1)
      );
    },
  ],
  [
    "inserted",
    (text, random) => {
      const at = place(text, random);
      return text.slice(0, at) + (INTRUDERS[random.integer(0, INTRUDERS.length - 1)] ?? "") + text.slice(at);
    },
  ],
  ["doubled", (text) => text + text],
  ["byte order mark", (text) => `\uFEFF${text}`],
  ["empty", () => ""],
  ["whitespace", () => " \r\n\t"],
  ["a page of HTML", () => "<html><body>502 Bad Gateway</body></html>"],
  ["opened only", (_, random) => "[".repeat(depthOf(random))],
  ["nothing but depth", (_, random) => nested(random)],
  ["a value made deep", (text, random) => replaceValue(text, random, nested(random))],
  [
    "a value made no JSON",
    (text, random) =>
      replaceValue(
        text,
        random,
        random.pick(["NaN", "Infinity", "-Infinity", "undefined", "0x10", "01", "+1", ".5", "1.", "'a'"]),
      ),
  ],
  [
    "a value made long",
    (text, random) =>
      replaceValue(
        text,
        random,
        random.pick([
          "9".repeat(17),
          "9".repeat(400),
          `0.${"1".repeat(60)}`,
          "1e400",
          "-1e400",
          "1e-400",
          `"${"x".repeat(5_000)}"`,
        ]),
      ),
  ],
  [
    "a value made odd text",
    (text, random) =>
      replaceValue(text, random, random.pick(['"\uD800"', '"\\uDC00"', '"\\u0000"', '"\\x"', '"\n"', '"\uFEFF"'])),
  ],
  [
    "key twice",
    (text, random) =>
      replaceValue(
        text,
        random,
        random.pick(['1,"total":-1', 'null,"retCode":null', '{},"status":{}', '[],"Response":[]', '0,"id":"0"']),
      ),
  ],
];

/** Replaces a scalar after a key. */
function replaceValue(text: string, random: Random, value: string): string {
  const places = [...text.matchAll(/":("(?:[^"\\]|\\.)*"|-?\d[\d.]*|true|false|null)/g)];
  const match = places[random.integer(0, Math.max(0, places.length - 1))];
  if (match === undefined) return value;
  return text.slice(0, match.index + 2) + value + text.slice(match.index + match[0].length);
}

export function mutateText(text: string, random: Random): { name: string; text: string } {
  const [name, apply] = random.pick(TEXT_MUTATIONS);
  return { name, text: apply(text, random) };
}
