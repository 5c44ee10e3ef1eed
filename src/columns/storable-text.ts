/** The characters that databases and files refuse: NUL, and half of a surrogate pair. */
const REFUSED = /\0|\p{Surrogate}/u;
const EACH_REFUSED = /\0|\p{Surrogate}/gu;
const ESCAPED = /\0|\p{Surrogate}|\\|\uFEFF/u;
const EACH_ESCAPED = /\0|\p{Surrogate}|\\|\uFEFF/gu;
const REPLACEMENT = "\uFFFD";

/** Returns a text as a database can store it: NUL and lone surrogates become U+FFFD. */
export function storableText(text: string): string {
  return REFUSED.test(text) ? text.replace(EACH_REFUSED, REPLACEMENT) : text;
}

/** Returns a value as JSON that a database can store: in its texts and keys, NUL and lone surrogates become U+FFFD. */
export function storableJson(value: unknown): string {
  const json = JSON.stringify(value);
  // JSON writes them as escapes, which a database would refuse too. Every escaped surrogate is a lone one.
  if (!json.includes("\\u0000") && !json.includes("\\ud")) return json;
  return json.replace(/\\(u0000|ud[89a-f][0-9a-f]{2})|\\./g, (escape, refused?: string) =>
    refused === undefined ? escape : REPLACEMENT,
  );
}

/**
 * Returns an id as a database can store it. Different ids stay different: `\`, NUL, lone surrogates and U+FEFF, which some drivers drop, become `\\`, `\u0000`,
 * such as `\ud83d`, and `\ufeff`.
 */
export function escapeId(id: string): string {
  return ESCAPED.test(id) ? id.replace(EACH_ESCAPED, escapeOf) : id;
}

function escapeOf(character: string): string {
  return character === "\\" ? "\\\\" : unicodeEscape(character);
}

/** Returns a UTF-16 code unit as JSON escapes it, such as `\ufeff`. */
export function unicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** Returns the id that {@link escapeId} escaped. */
export function unescapeId(stored: string): string {
  return stored.replace(/\\(?:u([0-9a-f]{4})|\\)/g, (_, code: string | undefined) =>
    code === undefined ? "\\" : String.fromCharCode(parseInt(code, 16)),
  );
}
