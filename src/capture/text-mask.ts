/** The characters of each class that is masked. A digit that begins a run is not 0, so that a masked number is a valid number of the same length. */
const ALPHABETS = {
  firstDigit: "123456789",
  digit: "0123456789",
  otherDigit: "１２３４５６７８９",
  lower: "abcdefghijklmnopqrstuvwxyz",
  upper: "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
  cjk: "甲乙丙丁戊己庚辛壬癸",
  otherLetter: "äëïöüÿ",
} as const;

/** Classes of characters, in the order in which they are compared. Everything else stays: punctuation, spaces and invisible marks. */
const CLASSES: readonly (readonly [RegExp, keyof typeof ALPHABETS | { literal: string }])[] = [
  [/[0-9]/, "digit"],
  [/[a-z]/, "lower"],
  [/[A-Z]/, "upper"],
  [/\p{Nd}/u, "otherDigit"],
  [/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}]/u, "cjk"],
  [/[\p{L}\p{N}]/u, "otherLetter"],
  [/\p{M}/u, { literal: "\u0301" }],
  [/[^\0-\u007f\p{P}\p{Z}\p{Cf}]/u, { literal: "☆" }],
];

type Part = keyof typeof ALPHABETS | { literal: string };

/** Digits after which leading zeros are a prefix, such as the `00` of an international number. */
const PREFIX = /(?<![0-9])0{1,2}(?=[1-9][0-9]{5,})/g;
const ZERO = /^-?0*(?:\.0*)?$/;
/** The endings of the names of stored files. */
const FILE_ENDING = /\.(?:mp3|wav|m4a|ogg|amr|txt|json)$/i;
const SCHEME = /^(?:https?|ftp|wss?|tel|mailto):(?:\/\/)?/i;

/**
 * Masks texts by their shape: the length, the separators, and the class of each character (digit, letter, CJK) stay. Equal texts have equal masks, and
 * different texts have different masks if their shape has enough of them.
 *
 * A mask is the number of the text among those of its shape, in order of appearance. It contains nothing else of the text, so it cannot be reversed.
 */
export class TextMask {
  readonly #masks = new Map<string, string>();
  readonly #counts = new Map<string, number>();

  mask(text: string): string {
    const known = this.#masks.get(text);
    if (known !== undefined) return known;
    const parts = partsOf(text);
    const shape = JSON.stringify(parts);
    let count = this.#counts.get(shape) ?? 0;
    let masked = fill(parts, count++);
    if (masked === text) masked = fill(parts, count++);
    this.#counts.set(shape, count);
    this.#masks.set(text, masked);
    return masked;
  }

  /** Masks the digits of a number as JSON writes it. Its sign, point and exponent stay. */
  maskNumber(digits: string): string {
    return ZERO.test(digits) ? digits : digits.replace(/\d+/g, (run) => (ZERO.test(run) ? run : this.mask(run)));
  }
}

/** Returns the class of each character, or the character itself where it stays. */
function partsOf(text: string): Part[] {
  if (ZERO.test(text)) return literals(text);
  const kept = new Set<number>();
  const keep = (found: string, at: number) => {
    for (let index = at; index < at + found.length; index += 1) kept.add(index);
    return found;
  };
  text.replace(PREFIX, keep);
  text.replace(FILE_ENDING, keep);
  text.replace(SCHEME, keep);
  const parts: Part[] = [];
  let at = 0;
  for (const character of text) {
    const part = kept.has(at) ? { literal: character } : classOf(character);
    parts.push(part === "digit" && parts.at(-1) !== "digit" && parts.at(-1) !== "firstDigit" ? "firstDigit" : part);
    at += character.length;
  }
  return parts;
}

function literals(text: string): Part[] {
  return Array.from(text, (literal) => ({ literal }));
}

function classOf(character: string): Part {
  const found = CLASSES.find(([pattern]) => pattern.test(character));
  return found === undefined ? { literal: character } : found[1];
}

/** Writes a number into the masked characters, from the last to the first, in the base of each character's class. */
function fill(parts: readonly Part[], number: number): string {
  const characters: string[] = [];
  let rest = number;
  for (const part of parts.toReversed()) {
    if (typeof part === "object") {
      characters.push(part.literal);
      continue;
    }
    const alphabet = ALPHABETS[part];
    characters.push(alphabet.charAt(rest % alphabet.length));
    rest = Math.floor(rest / alphabet.length);
  }
  return characters.reverse().join("");
}
