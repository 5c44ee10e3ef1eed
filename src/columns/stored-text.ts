/** Matches UTF-16 units that need a closer look: NUL, and surrogates, of which most are halves of a valid pair. */
const SUSPICIOUS = /[\0\ud800-\udfff]/;
/** Matches characters that databases reject or change: NUL and lone surrogates. A valid pair is one character and does not match. */
const UNSTORABLE = /\0|\p{Surrogate}/gu;
/** The escape of {@link toStoredId}, also for a backslash of the id itself. */
const ESCAPED = /\\(?:\\|u([0-9a-f]{4}))/g;
/** Matches escapes that `JSON.stringify` writes for NUL and lone surrogates, and an escaped backslash, which may precede the same letters. */
const JSON_ESCAPE = /\\(?:\\|u0000|ud[89a-f][0-9a-f]{2})/g;

const REPLACEMENT = "\ufffd";

/** Returns a text as a destination stores it: NUL and lone surrogates become U+FFFD. */
export function toStoredText(text: string): string {
  return SUSPICIOUS.test(text) ? text.replace(UNSTORABLE, REPLACEMENT) : text;
}

/**
 * Returns an account, an application or an id as a destination stores it, so that different ids stay different. NUL and lone surrogates become `\u` with four
 * hexadecimal digits, and a backslash is doubled. All other ids stay unchanged.
 */
export function toStoredId(id: string): string {
  if (!id.includes("\\") && !SUSPICIOUS.test(id)) return id;
  return id
    .replaceAll("\\", "\\\\")
    .replace(UNSTORABLE, (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** Returns the id from which {@link toStoredId} made a text. */
export function fromStoredId(stored: string): string {
  return stored.replace(ESCAPED, (_, unit: string | undefined) =>
    unit === undefined ? "\\" : String.fromCharCode(Number.parseInt(unit, 16)),
  );
}

/** Returns a value as JSON that destinations can store: in its texts and names, NUL and lone surrogates become U+FFFD. Undefined becomes `null`. */
export function toStoredJson(value: unknown): string {
  const text = JSON.stringify(value ?? null);
  return text.includes("\\u") ? text.replace(JSON_ESCAPE, (found) => (found === "\\\\" ? found : REPLACEMENT)) : text;
}
