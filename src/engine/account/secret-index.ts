import { decodedLayersOf, mayBeEncoded } from "./text-layers.js";

/** The number of characters of a secret that are hashed together. Shorter parts cannot be distinguished from other text. */
const GRAM = 6;
/** A part of a truncated secret is found from this length on, or from half of the secret's length where that is shorter. */
const SHORTEST_PIECE = 8;
const TABLE_BITS = 16;
const BASE = 0x01000193;
/** `BASE` to the power of a gram's length, to remove a character from the rolling hash. */
const BASE_TO_GRAM = Array.from({ length: GRAM }).reduce((power: number) => Math.imul(power, BASE), 1);

/** The forms in which a secret is found, besides the secret as it is. */
export interface SecretForms {
  /** Its beginning or its end alone is found too. */
  pieces: boolean;
  /** Its bytes are found in base64 and hex too. */
  encoded: boolean;
  /** It is found only where no letter and no digit is next to it, because a very short secret occurs in other words by chance. */
  wholeWord: boolean;
}

/** A text to find: a secret, or its bytes in base64 or hex, in lower case and in the standard alphabet of base64. */
interface Needle {
  text: string;
  /** The minimum number of characters of its beginning, or of its end, that are a match. */
  least: number;
}

/** Finds secrets in texts, in any of the usual encodings. Reads each character of a text once, independently of the number of secrets. */
export class SecretIndex {
  /** Truly private, so that printing an object that holds this one does not show them. */
  readonly #heads = new Map<number, Needle[]>();
  readonly #tails = new Map<number, Needle[]>();
  /** Secrets that are too short to be hashed, or that are found as whole words only. */
  readonly #short = new Map<string, { text: string; wholeWord: boolean }>();
  /** A Bloom filter with one bit for each hash of a gram, because nearly every lookup finds nothing. */
  #table = new Uint8Array(2 ** (TABLE_BITS - 3));
  #removed = 0;

  add(secret: string, forms: SecretForms): void {
    for (const needle of needlesOf(secret, forms)) {
      this.#put(this.#heads, headHash(needle), needle);
      this.#put(this.#tails, tailHash(needle), needle);
    }
    const text = canonicalText(secret);
    const { wholeWord } = forms;
    if (isShort(text, wholeWord)) this.#short.set(secret, { text, wholeWord });
  }

  remove(secret: string, forms: SecretForms): void {
    for (const needle of needlesOf(secret, forms)) {
      take(this.#heads, headHash(needle), needle);
      take(this.#tails, tailHash(needle), needle);
      this.#removed += 1;
    }
    this.#short.delete(secret);
    // Grams may share bits, so bits are cleared only by rebuilding the table from time to time.
    if (this.#removed < 1000) return;
    this.#removed = 0;
    this.#table = new Uint8Array(this.#table.length);
    for (const hash of [...this.#heads.keys(), ...this.#tails.keys()]) this.#mark(hash);
  }

  /** Returns the text with every secret replaced. */
  replaceIn(text: string, replacement: string): string {
    const found = this.#find(text);
    if (mayBeEncoded(text)) {
      for (const { text: layer, starts, ends } of decodedLayersOf(text)) {
        for (const { from, to } of this.#find(layer))
          found.push({ from: starts[from] ?? 0, to: ends[to - 1] ?? text.length });
      }
    }
    return found.length === 0 ? text : replaceRanges(text, found, replacement);
  }

  #put(needles: Map<number, Needle[]>, hash: number, needle: Needle): void {
    const known = needles.get(hash);
    if (known === undefined) needles.set(hash, [needle]);
    else known.push(needle);
    this.#mark(hash);
  }

  #mark(hash: number): void {
    const bit = hash >>> (32 - TABLE_BITS);
    this.#table[bit >>> 3] = (this.#table[bit >>> 3] ?? 0) | (1 << (bit & 7));
  }

  #find(text: string): Range[] {
    const found: Range[] = this.#short.size === 0 ? [] : this.#findShort(text);
    let hash = 0;
    /** End of the last match. */
    let done = 0;
    for (let end = 1; end <= text.length; end += 1) {
      hash = Math.imul(hash, BASE) + canonical(text.charCodeAt(end - 1));
      if (end > GRAM) hash -= Math.imul(canonical(text.charCodeAt(end - 1 - GRAM)), BASE_TO_GRAM);
      hash |= 0;
      const bit = hash >>> (32 - TABLE_BITS);
      if (end < GRAM || ((this.#table[bit >>> 3] ?? 0) & (1 << (bit & 7))) === 0 || end <= done) continue;
      const range = this.#at(text, hash, end - GRAM);
      if (range === null) continue;
      found.push(range);
      done = range.to;
    }
    return found;
  }

  /** Returns the longest match of the gram that begins here. */
  #at(text: string, hash: number, at: number): Range | null {
    let longest: Range | null = null;
    for (const needle of this.#heads.get(hash) ?? []) longest = longer(longest, headMatch(text, at, needle));
    for (const needle of this.#tails.get(hash) ?? []) longest = longer(longest, tailMatch(text, at, needle));
    return longest;
  }

  #findShort(text: string): Range[] {
    const found: Range[] = [];
    const small = canonicalText(text);
    for (const { text: needle, wholeWord } of this.#short.values()) {
      for (let at = small.indexOf(needle); at >= 0; at = small.indexOf(needle, at + 1)) {
        const isWord = !isAlphanumeric(small, at - 1) && !isAlphanumeric(small, at + needle.length);
        if (isWord || !wholeWord) found.push({ from: at, to: at + needle.length });
      }
    }
    return found;
  }
}

interface Range {
  from: number;
  to: number;
}

function needlesOf(secret: string, { pieces, encoded, wholeWord }: SecretForms): Needle[] {
  const plain = canonicalText(secret);
  const needle = (text: string, share: number): Needle => ({
    text,
    least: pieces ? Math.min(text.length, Math.ceil(shortestPiece(plain.length) * share)) : text.length,
  });
  const needles = isShort(plain, wholeWord) ? [] : [needle(plain, 1)];
  if (encoded) {
    const bytes = Buffer.from(secret, "utf8");
    needles.push(needle(bytes.toString("hex"), 2));
    for (const base64 of base64Of(bytes)) needles.push(needle(canonicalText(base64), 4 / 3));
  }
  return needles.filter(({ text }) => text.length >= GRAM);
}

function isShort(text: string, wholeWord: boolean): boolean {
  return text.length < GRAM || wholeWord;
}

function shortestPiece(length: number): number {
  return Math.max(GRAM, Math.min(SHORTEST_PIECE, Math.ceil(length / 2)));
}

/** Returns the base64 characters that depend on these bytes only, for each of the three positions that the bytes may have in a group of a longer text. */
function base64Of(bytes: Buffer): string[] {
  return [0, 1, 2].map((before) => {
    const base64 = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64");
    return base64.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
  });
}

/** Returns the match of the needle's beginning, as long as the text agrees with it. */
function headMatch(text: string, at: number, needle: Needle): Range | null {
  let length = 0;
  while (length < needle.text.length && canonical(text.charCodeAt(at + length)) === needle.text.charCodeAt(length))
    length += 1;
  return counts(text, { from: at, to: at + length }, needle);
}

/** Returns the match of the needle's end, as long as the text agrees with it. */
function tailMatch(text: string, at: number, needle: Needle): Range | null {
  const end = at + GRAM;
  let length = 0;
  while (
    length < needle.text.length &&
    canonical(text.charCodeAt(end - 1 - length)) === needle.text.charCodeAt(needle.text.length - 1 - length)
  )
    length += 1;
  return counts(text, { from: end - length, to: end }, needle);
}

/**
 * Returns the range where it is a match. A part of less than half of a secret is more likely something else in two cases: an ordinary word, if it consists of
 * letters of one case, or an id, if it consists of digits within a longer number.
 */
function counts(text: string, range: Range, { text: needle, least }: Needle): Range | null {
  const length = range.to - range.from;
  if (length < least) return null;
  if (length * 2 >= needle.length) return range;
  const part = text.slice(range.from, range.to);
  const isWord = /^(?:[A-Za-z]?[a-z]+|[A-Z]+)$/.test(part);
  const isInNumber = isDigits(part) && (isDigits(text.charAt(range.from - 1)) || isDigits(text.charAt(range.to)));
  return isWord || isInNumber ? null : range;
}

function isDigits(text: string): boolean {
  return /^[0-9]+$/.test(text);
}

function longer(a: Range | null, b: Range | null): Range | null {
  return a === null || (b !== null && b.to - b.from > a.to - a.from) ? b : a;
}

const headHash = ({ text }: Needle): number => hashOf(text, 0);
const tailHash = ({ text }: Needle): number => hashOf(text, text.length - GRAM);

function hashOf(text: string, from: number): number {
  let hash = 0;
  for (let at = from; at < from + GRAM; at += 1) hash = (Math.imul(hash, BASE) + text.charCodeAt(at)) | 0;
  return hash;
}

function take(needles: Map<number, Needle[]>, hash: number, needle: Needle): void {
  const known = needles.get(hash);
  const at = known?.findIndex(({ text, least }) => text === needle.text && least === needle.least) ?? -1;
  if (known === undefined || at < 0) return;
  if (known.length === 1) needles.delete(hash);
  else known.splice(at, 1);
}

/** Maps upper case to lower case, and the URL-safe alphabet of base64 to the standard one. */
function canonical(code: number): number {
  if (code >= 65 && code <= 90) return code + 32;
  if (code === MINUS) return PLUS;
  if (code === UNDERSCORE) return SLASH;
  return code < 128 ? code : smallOf(code);
}

/** Returns the lower case of a character where it is one UTF-16 unit; else the character itself. */
function smallOf(code: number): number {
  const small = String.fromCharCode(code).toLowerCase();
  return small.length === 1 ? small.charCodeAt(0) : code;
}

const [PLUS, MINUS, SLASH, UNDERSCORE] = [43, 45, 47, 95];

function canonicalText(text: string): string {
  if (/^[ -~]*$/.test(text)) return text.toLowerCase().replaceAll("-", "+").replaceAll("_", "/");
  return Array.from({ length: text.length }, (_, at) => String.fromCharCode(canonical(text.charCodeAt(at)))).join("");
}

function isAlphanumeric(text: string, at: number): boolean {
  return /[a-z0-9]/.test(text.charAt(at));
}

/** Replaces ranges. Adjacent and overlapping ranges are replaced once. */
function replaceRanges(text: string, ranges: Range[], replacement: string): string {
  const parts: string[] = [];
  let end = 0;
  let wasReplaced = false;
  for (const { from, to } of ranges.sort((a, b) => a.from - b.from)) {
    if (to <= end) continue;
    if (from > end || !wasReplaced) parts.push(text.slice(end, from), replacement);
    end = to;
    wasReplaced = true;
  }
  parts.push(text.slice(end));
  return parts.join("");
}
