/**
 * Matches sixteen or more digits, the fewest that a double may round, where a value may begin. The match may be part of a number or of a string. The pattern
 * repeats `\d` instead of using a quantifier, because V8 searches a text much faster with it.
 */
const LONG_DIGITS = new RegExp(`[:[,\\s]-?${"\\d".repeat(16)}\\d*`, "g");
const NUMBER = /-?\d[\d.eE+-]*/g;
const WHOLE_NUMBER = /^-?[1-9]\d*$/;
const NUMBER_ALONE = /^\s*-?\d/;
const PART_OF_NUMBER = /[.eE]/;
const PLAIN_KEY = /^\w+$/;

/**
 * Parses JSON without loss of digits: an integer that a double cannot represent exactly becomes a string. Some vendors write ids above 2^53 as numbers. The
 * time is linear in the length of the text, for any text.
 * @throws SyntaxError when the text is not JSON.
 */
export function parseExactJson(text: string): unknown {
  if (NUMBER_ALONE.test(text)) return JSON.parse(text.replace(NUMBER, quoteIfInexact));
  let unverified = 0;
  const quoted = text.replace(LONG_DIGITS, (found, at: number) => {
    const number = found.slice(1);
    const isPartOfNumber = PART_OF_NUMBER.test(text.charAt(at + found.length));
    const quotedNumber = isPartOfNumber ? number : quoteIfInexact(number);
    if (quotedNumber !== number && !(found.startsWith(":") && followsKey(text, at))) unverified += 1;
    return `${found.charAt(0)}${quotedNumber}`;
  });
  return JSON.parse(unverified === 0 ? quoted : quoteOutsideStrings(text));
}

/**
 * Whether the colon follows a plain key, as in `,"id":`. A quote after a comma or a brace cannot close a string, because the letter of the key follows it, and
 * no letter follows a string.
 */
function followsKey(text: string, colon: number): boolean {
  // This check comes first: the search then ends at the quote before this one, so that all searches together read the text once.
  if (text[colon - 1] !== '"') return false;
  const opening = text.lastIndexOf('"', colon - 2);
  const before = text[opening - 1];
  return (before === "," || before === "{") && PLAIN_KEY.test(text.slice(opening + 1, colon - 1));
}

/** Quotes the long integers outside of strings. It reads every string to its end. */
function quoteOutsideStrings(text: string): string {
  let quoted = "";
  for (let position = 0; position < text.length;) {
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
  return WHOLE_NUMBER.test(number) && !Number.isSafeInteger(Number(number)) ? `"${number}"` : number;
}

/** Returns the position after the string that opens here, or the end of the text where the string does not end. */
function endOfString(text: string, opening: number): number {
  for (let closing = text.indexOf('"', opening + 1); closing >= 0; closing = text.indexOf('"', closing + 1)) {
    let escapes = 0;
    while (text[closing - 1 - escapes] === "\\") escapes += 1;
    if (escapes % 2 === 0) return closing + 1;
  }
  return text.length;
}
