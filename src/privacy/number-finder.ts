import { allDigitsOf, digitRunsOf } from "../contract/phone-text.js";
import { decodedLayersOf } from "../engine/account/text-layers.js";
import { FEWEST_DIGITS, numberFormsOf } from "./number-forms.js";

/** The digits around a short number that belong to it, such as those of a date, a time or an address. */
const BEFORE = "(?<!\\p{Nd}|\\p{Nd}[-./:_~])";
const AFTER = "(?!\\p{Nd}|[-./:_~]\\p{Nd})";

interface Core {
  digits: string;
  prefixes: readonly string[];
  mask: string;
}

/** A part of a text that a mask replaces. */
interface Span {
  start: number;
  end: number;
  mask: string;
}

/**
 * Finds numbers in text, whatever their format, separators, script and encoding. A number of seven digits or more is found anywhere, also in a longer one. A
 * shorter one is found where it is not a part of other digits. Fewer than three digits are not found.
 */
export class NumberFinder {
  private readonly cores: Core[] = [];
  private readonly short = new Map<string, string>();
  private readonly literals = new Map<string, string>();
  private shortPattern: RegExp | null = null;

  /** Adds a number. @param identity the E.164 number with its `+`, else the digits. */
  add(identity: string, mask: string): void {
    const { cores, short } = numberFormsOf(identity);
    for (const { digits, prefixes } of cores)
      if (!this.cores.some((core) => core.digits === digits)) this.cores.push({ digits, prefixes, mask });
    for (const digits of short)
      if (digits.length >= FEWEST_DIGITS && !this.short.has(digits)) this.short.set(digits, mask);
    this.cores.sort((one, other) => other.digits.length - one.digits.length);
    const forms = [...this.short.keys()].sort((one, other) => other.length - one.length);
    this.shortPattern = forms.length === 0 ? null : new RegExp(`${BEFORE}(?:${forms.join("|")})${AFTER}`, "gu");
  }

  /** Adds a text that is not one number, such as `138****0000`. It is found as it is. */
  addLiteral(text: string, mask: string): void {
    this.literals.set(text, mask);
  }

  /** Whether a text contains a number. */
  isIn(text: string): boolean {
    return this.spansIn(text).length > 0;
  }

  /** Whether a text is nothing but a number. */
  isNumber(text: string): boolean {
    const [span] = this.spansIn(text);
    return span?.start === 0 && span.end === text.length;
  }

  /** Returns the text with every number replaced by its mask. */
  replaceIn(text: string): string {
    let masked = "";
    let at = 0;
    for (const { start, end, mask } of this.spansIn(text)) {
      masked += text.slice(at, start) + mask;
      at = end;
    }
    return masked + text.slice(at);
  }

  /** Returns the places of numbers in the order of the text, without overlaps. */
  private spansIn(text: string): Span[] {
    if (this.isEmpty || text.length < FEWEST_DIGITS) return [];
    const spans = this.spansOf(text);
    for (const layer of decodedLayersOf(text))
      for (const { start, end, mask } of this.spansOf(layer.text))
        spans.push({ start: layer.starts[start] ?? 0, end: layer.ends[end - 1] ?? text.length, mask });
    return merged(spans);
  }

  private get isEmpty(): boolean {
    return this.cores.length === 0 && this.short.size === 0 && this.literals.size === 0;
  }

  private spansOf(text: string): Span[] {
    const spans: Span[] = [];
    const all = allDigitsOf(text);
    if (all.length < FEWEST_DIGITS) return spans;
    for (const [literal, mask] of this.literals)
      for (let at = text.indexOf(literal); at >= 0; at = text.indexOf(literal, at + literal.length))
        spans.push({ start: at, end: at + literal.length, mask });
    if (this.cores.some((core) => all.includes(core.digits)))
      for (const { digits, starts, ends } of digitRunsOf(text))
        for (const { first, last, mask } of this.matchesIn(digits)) {
          const start = starts[first] ?? 0;
          const hasPlus = /[+\uff0b]/.test(text.charAt(start - 1));
          spans.push({ start: hasPlus ? start - 1 : start, end: ends[last] ?? text.length, mask });
        }
    if (this.shortPattern !== null)
      for (const found of text.matchAll(this.shortPattern))
        spans.push({ start: found.index, end: found.index + found[0].length, mask: this.short.get(found[0]) ?? "" });
    return spans;
  }

  /** Yields the numbers in digits, each with the prefix that belongs to it. */
  private *matchesIn(digits: string) {
    for (const { digits: core, prefixes, mask } of this.cores)
      for (let at = digits.indexOf(core); at >= 0; at = digits.indexOf(core, at + core.length)) {
        const prefix = prefixes.find((one) => digits.startsWith(one, at - one.length) && at >= one.length) ?? "";
        yield { first: at - prefix.length, last: at + core.length - 1, mask };
      }
  }
}

/** Returns spans in order. Of those that overlap, the first has the mask of all. */
function merged(spans: Span[]): Span[] {
  const result: Span[] = [];
  for (const span of spans.sort((one, other) => one.start - other.start || other.end - one.end)) {
    const last = result.at(-1);
    if (last !== undefined && span.start < last.end) last.end = Math.max(last.end, span.end);
    else result.push({ ...span });
  }
  return result;
}
