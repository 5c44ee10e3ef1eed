/** A telephone number as text, without the characters that only separate or mark its digits. */
export interface PhoneText {
  /** The ASCII digits, without an international prefix (`+` or `00`) and without an extension. */
  digits: string;
  /** The same digits with the zero that was written as `(0)`; equal to `digits` where there is none. */
  digitsWithZero: string;
  /** Whether the number has an international prefix, so that the digits begin with a country code. */
  isInternational: boolean;
  /** Whether the text contains nothing but an international prefix and digits, so that it is one number. */
  isPlain: boolean;
}

/**
 * No country code begins with 0, so that the zeros after `+` are an international prefix too. A number in E.164 has 15 digits at most, and may have a trunk
 * prefix in addition. More digits are several numbers, or not a number.
 */
const PLAIN = /^(\+?00\+?(?=[1-9])|\+)?(\d{1,16})$/;
/** Format characters, such as bidi marks, zero-width characters and soft hyphens, and marks that only change how a character is shown. */
const INVISIBLE = /[\p{Cf}\u034f\ufe00-\ufe0f]/gu;
/**
 * Every Unicode space, dash, connector, bracket and other punctuation, such as middle dots and bullets. Excluded is punctuation that ends a phrase or separates
 * the items of a list, and that has another meaning in a number or an address. Four signs of other classes look like a dash or a middle dot.
 */
const SEPARATORS =
  /[\s\p{Dash}\p{Pd}\p{Pc}\p{Ps}\p{Pe}./~\u2219\u22c5\u30fc]|(?![*#@%&!?"\\]|\p{Terminal_Punctuation})\p{Po}/gu;
/** Three equal marks in a row stand for digits that are not shown, as in `138____0000`. */
const MASKED = /([\p{P}~\u2219\u22c5])\1\1/u;
/** An extension, as in RFC 3966, in international formats, and in Chinese, Japanese and Russian. Seven digits or more may be a telephone number. */
const EXTENSION = /(?:;ext=|,+|#|(?:extension|extn|ext|xtn|x|转|轉|分机|分機|内線|доб)[.:：]?\s*)\d{1,6}#?$/iu;
/** Decimal digits of every script, after NFKC. ASCII digits are left as they are. */
const OTHER_DIGITS = /(?![0-9])\p{Nd}/gu;
const DECIMAL_DIGIT = /^\p{Nd}$/u;
/** A number that a spreadsheet has shortened, as in `8.61839E+12`. Its last digit is rounded, and the digits after it are not shown. */
const SCIENTIFIC = /\d\s*e\s*[+-]?\s*\d{1,3}(?!\d)/giu;
/** A number that a program has written with decimals, as in `18392515977.0`. */
const WITH_DECIMALS = /^\+?\d{7,}\.0+$/;
/** Words that telephone systems and vendors write in place of a number that the caller has hidden, also in a SIP address. */
const HIDDEN_CALLER =
  /^(?:(?:sips?|tel):)?"?(?:anonymous|unknown|unavailable|private|restricted|withheld|hidden|blocked|no[ _-]?caller[ _-]?id|not[ _-]?available|n\/a|未知|匿名)(?:[ _-]?(?:caller|number|call|id|name|号码|来电))?"?(?:@.*)?$/iu;
/** A parameter of a `tel:` URI, such as `;phone-context=+86`. */
const PARAMETER = /;([^;=]+)=([^;]*)/g;

/**
 * Returns the digits of a telephone number; null if the text is not one. Accepts every Unicode dash and space, middle dots and other separators, bidi and
 * zero-width marks, decimal digits of every script, `(0)`, `tel:` URIs and extensions. The extension is left out. Letters, lists of numbers, masked digits, as in
 * `138****0000`, and numbers with an exponent or decimals, as in `8.61839E+12`, are not a number.
 */
export function readPhoneText(text: string): PhoneText | null {
  const plain = PLAIN.exec(text);
  if (plain !== null) return phoneText(plain, plain, true);
  const visible = visibleText(text);
  if (WITH_DECIMALS.test(visible)) return null;
  const uri = /^tel:/i.test(visible) ? readUri(visible.slice(4)) : visible;
  const number = uri.replace(EXTENSION, "");
  if (MASKED.test(number)) return null;
  const short = PLAIN.exec(number.replace(/\(\s*0\s*\)/g, "").replace(SEPARATORS, ""));
  const long = PLAIN.exec(number.replace(SEPARATORS, ""));
  // Without a country code, a zero in brackets is the trunk prefix, which belongs to the national format.
  if (short === null || long === null) return null;
  return short[1] === undefined ? phoneText(long, long) : phoneText(short, long);
}

/** Returns the text as it is seen, with ASCII digits. */
function visibleText(text: string): string {
  return text.normalize("NFKC").replace(INVISIBLE, "").replace(OTHER_DIGITS, asciiDigit).trim();
}

/** Whether a text is a number that a spreadsheet or another program has reformatted, so that some of its digits may be lost: `8.61839E+12`, `18392515977.0`. */
export function isReformatted(text: string): boolean {
  const visible = visibleText(text);
  return WITH_DECIMALS.test(visible) || /^\+?[\d.,\s]*\d\s*e\s*[+-]?\s*\d{1,3}$/i.test(visible);
}

/** Whether a text is a word in place of a number that the caller has hidden, such as `anonymous`. It contains no number. */
export function isHiddenCaller(text: string): boolean {
  return HIDDEN_CALLER.test(visibleText(text));
}

/** Digits of a text that only separators interrupt. */
export interface ShownRun {
  /** The digits from the first one to each separator, and to the end: the last text is the whole run. */
  heads: readonly string[];
  /** Whether digits that are not shown follow. */
  isCut: boolean;
}

/** The digits of a text that may not be one number, such as `138****0000`, a list of numbers or a SIP address. */
export interface ShownDigits {
  runs: readonly ShownRun[];
  /** Number of all digits. */
  count: number;
  /** Whether the text is a masked number whose last digits are shown. */
  isEndShown: boolean;
}

/** One mark that stands for digits, or any three equal ones in a row. */
const MASK = /[*?\u25a0\u25cb\u25cf\u00d7]+|x{2,}|([^\d\s])\1\1+/giu;
/** Marks after the last digit, which separate it from nothing, so that they stand for digits. */
const MASKED_END = /(?:\p{Dash}|\p{Pc}|[.~\u00b7\u2022])+$/u;

/** Returns the digits of a text that may not be one number. */
export function shownDigitsOf(text: string): ShownDigits {
  const compact = visibleText(text)
    .replace(SCIENTIFIC, "*")
    .replace(MASK, "*")
    .replace(/[\s\p{Pe}]+$/u, "")
    .replace(MASKED_END, "*")
    .replace(SEPARATORS, " ");
  const runs = Array.from(compact.matchAll(/(\d[\d ]*)(\*?)/g), ([, digits = "", mask]): ShownRun => {
    const groups = digits.trim().split(/ +/);
    return { heads: groups.map((_, index) => groups.slice(0, index + 1).join("")), isCut: mask === "*" };
  });
  return { runs, count: compact.replace(/\D/g, "").length, isEndShown: /\*\d{2,}$/.test(compact) };
}

/** The digits of a text that at most separators interrupt, and their places. */
export interface DigitRun {
  /** ASCII digits. */
  digits: string;
  /** The start of each digit in the text. */
  starts: readonly number[];
  /** The end of each digit in the text, exclusive. */
  ends: readonly number[];
}

const IS_ASCII = /^[\0-\u007f]*$/;

/** Returns all digits of a text, of every script, whatever is between them. It takes a small part of the time of {@link digitRunsOf}. */
export function allDigitsOf(text: string): string {
  const shown = IS_ASCII.test(text) ? text : text.normalize("NFKC").replace(OTHER_DIGITS, asciiDigit);
  return shown.replace(/[^0-9]+/g, "");
}

const BETWEEN_DIGITS = new RegExp(`^(?:${INVISIBLE.source}|${SEPARATORS.source})$`, "u");

/** Yields the digits of a text, of every script, with their places. Whatever is not a separator of {@link readPhoneText} ends a run. */
export function* digitRunsOf(text: string): Generator<DigitRun, void, undefined> {
  let run = { digits: "", starts: [] as number[], ends: [] as number[] };
  let at = 0;
  for (const character of text) {
    const end = at + character.length;
    for (const shown of shownCharactersOf(character)) {
      if (shown >= "0" && shown <= "9") {
        run.digits += shown;
        run.starts.push(at);
        run.ends.push(end);
      } else if (run.digits !== "" && !BETWEEN_DIGITS.test(shown)) {
        yield run;
        run = { digits: "", starts: [], ends: [] };
      }
    }
    at = end;
  }
  if (run.digits !== "") yield run;
}

/** Returns a character as {@link visibleText} shows it: a digit of another script is an ASCII digit, and some characters, such as ⑴, are several. */
function shownCharactersOf(character: string): string {
  return character <= "\u007f" ? character : character.normalize("NFKC").replace(OTHER_DIGITS, asciiDigit);
}

function phoneText(short: RegExpExecArray, long: RegExpExecArray, isPlain = false): PhoneText {
  return { digits: short[2] ?? "", digitsWithZero: long[2] ?? "", isInternational: short[1] !== undefined, isPlain };
}

/** Returns the number of a `tel:` URI, with the country code of its context, and with its extension. */
function readUri(uri: string): string {
  const [number = ""] = uri.split(";", 1);
  const parameters = new Map(
    Array.from(uri.matchAll(PARAMETER), ([, name = "", value = ""]) => [name.toLowerCase(), value]),
  );
  const context = parameters.get("phone-context") ?? "";
  const extension = parameters.get("ext");
  const prefix = context.startsWith("+") && !number.startsWith("+") ? context : "";
  return `${prefix}${number}${extension === undefined ? "" : `;ext=${extension}`}`;
}

/** Returns the ASCII digit for a decimal digit of another script. Unicode contains the ten digits of a script in a row, which begins with zero. */
function asciiDigit(digit: string): string {
  const code = digit.codePointAt(0) ?? 0;
  let value = 0;
  while (DECIMAL_DIGIT.test(String.fromCodePoint(code - value - 1))) value += 1;
  return String(value % 10);
}
