/** A decoded text, with the position of each character in the original text. */
export interface TextLayer {
  text: string;
  /** The start of each character in the original text. */
  starts: Uint32Array;
  /** The end of each character in the original text, exclusive. */
  ends: Uint32Array;
}

/** A layer, or the original text. */
type Text = TextLayer | { text: string; starts: null; ends: null };

/** Whether a text may be encoded. */
export const mayBeEncoded = (text: string): boolean => /[\\%&]/.test(text);

/** The maximum number of nested encodings. No vendor's software nests more. */
const MAX_LAYERS = 5;

/** The first characters of escapes in JSON, URLs and HTML. */
const MARKS = ["\\", "%", "&"] as const;
type Mark = (typeof MARKS)[number];

/**
 * Yields the text with the escapes of JSON, URLs and HTML decoded, layer by layer. Each layer decodes all kinds that it
 * finds, so that nested encodings are decoded too. Where there are several kinds, each is also decoded alone, because a part that looks
 * like an escape of another kind may be plain text.
 */
export function* decodedLayersOf(text: string): Generator<TextLayer, void, undefined> {
  const given: Text = { text, starts: null, ends: null };
  const found = MARKS.filter((mark) => text.includes(mark));
  if (found.length === 0) return;
  yield* decoded(given, MARKS);
  if (found.length > 1) for (const mark of found) yield* decoded(given, [mark]);
}

function* decoded(given: Text, marks: readonly Mark[]): Generator<TextLayer, void, undefined> {
  let layer = decode(given, marks);
  for (let count = 1; layer !== null && count < MAX_LAYERS; count += 1) {
    yield layer;
    layer = decode(layer, marks);
  }
}

/** Returns the next layer, or null where nothing is encoded. */
function decode({ text, starts, ends }: Text, marks: readonly Mark[]): TextLayer | null {
  if (!marks.some((mark) => text.includes(mark))) return null;
  const parts: string[] = [];
  const decodedStarts = new Uint32Array(text.length);
  const decodedEnds = new Uint32Array(text.length);
  let length = 0;
  let found = false;
  for (let at = 0; at < text.length;) {
    const escape = escapeAt(text, at, marks);
    const characters = escape?.characters ?? text.charAt(at);
    const end = at + (escape?.length ?? 1);
    const from = starts === null ? at : (starts[at] ?? 0);
    const to = ends === null ? end : (ends[end - 1] ?? 0);
    decodedStarts.fill(from, length, length + characters.length);
    decodedEnds.fill(to, length, length + characters.length);
    length += characters.length;
    parts.push(characters);
    found ||= escape !== null;
    at = end;
  }
  return found ? { text: parts.join(""), starts: decodedStarts, ends: decodedEnds } : null;
}

interface Escape {
  characters: string;
  length: number;
}

/** Escapes of JSON and of source code: `\x2f` and `\u{2f}`. */
const JSON_ESCAPE = /\\(?:u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]{1,6})\}|x([0-9a-fA-F]{2})|([^ux]))/y;
const URL_ESCAPE = /(?:%[89a-fA-F][0-9a-fA-F]){2,4}|%[0-9a-fA-F]{2}/y;
const HTML_ESCAPE = /&(?:#0*([0-9]{1,7})|#[xX]0*([0-9a-fA-F]{1,6})|([a-zA-Z]{2,8}));?/y;

/** The one-letter escapes of JSON. */
const JSON_LETTERS: Readonly<Record<string, string>> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };
/** The HTML names of characters that occur in keys, tokens and signatures. */
const HTML_NAMES: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  nbsp: "\u00a0",
  sol: "/",
  bsol: "\\",
  plus: "+",
  equals: "=",
  colon: ":",
  semi: ";",
  comma: ",",
  period: ".",
  excl: "!",
  quest: "?",
  num: "#",
  dollar: "$",
  percnt: "%",
  ast: "*",
  commat: "@",
  lowbar: "_",
  hyphen: "-",
  dash: "-",
  lpar: "(",
  rpar: ")",
  lsqb: "[",
  lbrack: "[",
  rsqb: "]",
  rbrack: "]",
  lcub: "{",
  lbrace: "{",
  rcub: "}",
  rbrace: "}",
  vert: "|",
  verbar: "|",
  grave: "`",
  tilde: "~",
  hat: "^",
};

function escapeAt(text: string, at: number, marks: readonly Mark[]): Escape | null {
  const mark = marks.find((one) => one === text[at]);
  switch (mark) {
    case "\\":
      return match(JSON_ESCAPE, text, at, ([, unicode, braced, hex, other]) =>
        other === undefined ? fromCode(unicode ?? braced ?? hex, 16) : (JSON_LETTERS[other] ?? other),
      );
    case "%":
      return (
        match(URL_ESCAPE, text, at, ([escape]) => fromBytes(escape)) ??
        match(ONE_CODE, text, at, ([, byte, unicode]) => fromCode(byte ?? unicode, 16))
      );
    case "&":
      return match(HTML_ESCAPE, text, at, ([, decimal, hex, name = ""]) =>
        decimal === undefined && hex === undefined
          ? HTML_NAMES[name.toLowerCase()]
          : decimal === undefined
            ? fromCode(hex, 16)
            : fromCode(decimal, 10),
      );
    case undefined:
      return null;
  }
}

/** A byte, or a code unit in the format of JavaScript's `escape` and of old servers. */
const ONE_CODE = /%(?:([0-9a-fA-F]{2})|u([0-9a-fA-F]{4}))/y;

function match(
  pattern: RegExp,
  text: string,
  at: number,
  read: (groups: RegExpExecArray) => string | undefined,
): Escape | null {
  pattern.lastIndex = at;
  const found = pattern.exec(text);
  const characters = found === null ? undefined : read(found);
  return found === null || characters === undefined ? null : { characters, length: found[0].length };
}

function fromCode(digits: string | undefined, radix: number): string | undefined {
  const code = Number.parseInt(digits ?? "", radix);
  return code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
}

/** Returns one character of percent-encoded UTF-8; undefined where the bytes are not one. */
function fromBytes(escapes: string): string | undefined {
  const text = Buffer.from(escapes.replaceAll("%", ""), "hex").toString("utf8");
  return text.includes("\uFFFD") ? undefined : text;
}
