/** A whole number of sixteen digits or more, the shortest that a double may round; possibly within a string. */
const MAY_HOLD_LONG_INTEGER = /(?:^|[:[,\s])-?\d{16}/;
const NUMBER = /-?\d[\d.eE+-]*/g;
const LONG_INTEGER = /^-?[1-9]\d{15,}$/;

/**
 * `JSON.parse` that keeps every digit: an integer that a double cannot hold exactly becomes a string. Vendors' ids go beyond 2^53, and some
 * write them as numbers.
 * @throws SyntaxError when the text is no JSON.
 */
export function parseExactJson(text: string): unknown {
  return JSON.parse(MAY_HOLD_LONG_INTEGER.test(text) ? quoteLongIntegers(text) : text);
}

/** Quotes the long integers outside of strings. */
function quoteLongIntegers(text: string): string {
  let quoted = "";
  for (let position = 0; position < text.length; ) {
    const opening = text.indexOf('"', position);
    const outside = text.slice(position, opening < 0 ? text.length : opening);
    quoted += outside.replace(NUMBER, quoteIfInexact);
    if (opening < 0) break;
    const end = endOfString(text, opening);
    quoted += text.slice(opening, end);
    position = end;
  }
  return quoted;
}

function quoteIfInexact(number: string): string {
  return LONG_INTEGER.test(number) && !Number.isSafeInteger(Number(number)) ? `"${number}"` : number;
}

/** Where the string that opens here has ended; the end of the text where it does not. */
function endOfString(text: string, opening: number): number {
  for (let closing = text.indexOf('"', opening + 1); closing >= 0; closing = text.indexOf('"', closing + 1)) {
    let escapes = 0;
    while (text[closing - 1 - escapes] === "\\") escapes += 1;
    if (escapes % 2 === 0) return closing + 1;
  }
  return text.length;
}
