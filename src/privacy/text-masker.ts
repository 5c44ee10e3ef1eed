import { isDate } from "../model/instant.js";
import type { NumberFinder } from "./number-finder.js";

/** JSON in strings deeper than this is masked as text. */
const MAX_NESTING = 5;
const ADDRESS = /^\s*[a-z][a-z0-9+.-]*:\/\//i;
/** A string or a number of JSON; a string with a colon is a name. */
const TOKEN = /("[^"\\]*(?:\\.[^"\\]*)*")(\s*:)?|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/gs;

/** Masks the numbers of a call in texts and JSON. */
export class TextMasker {
  /** @param ids texts that stay in JSON, where they are a whole value. */
  constructor(
    private readonly finder: NumberFinder,
    private readonly ids: ReadonlySet<string>,
  ) {}

  /** Masks a text, which may be JSON. */
  text(text: string, nesting = 0): string {
    if (!this.finder.isIn(text)) return text;
    return nesting < MAX_NESTING && isJson(text)
      ? text.replace(TOKEN, (token, string?: string, colon?: string) =>
          string === undefined ? this.numberToken(token) : this.stringToken(string, colon, nesting + 1),
        )
      : this.finder.replaceIn(text);
  }

  /** Masks a text. An address that contains a number becomes null. */
  nullable(text: string | null, nesting = 0): string | null {
    if (text === null) return null;
    return ADDRESS.test(text) ? this.address(text) : this.text(text, nesting);
  }

  /** Returns null for an address that contains a number. */
  address(address: string | null): string | null {
    return address === null || this.finder.isIn(address) ? null : address;
  }

  /** Masks the strings, numbers and names in a value of JSON. A number that is masked becomes a string. */
  json(value: unknown): unknown {
    if (typeof value === "string") return this.isId(value) ? value : this.nullable(value);
    if (typeof value === "number" || typeof value === "bigint") {
      const digits = String(value);
      return this.isId(digits) || !this.finder.isIn(digits) ? value : this.finder.replaceIn(digits);
    }
    if (Array.isArray(value)) return value.map((item) => this.json(item));
    if (typeof value !== "object" || value === null || isDate(value)) return value;
    const names = new Set<string>();
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => {
        let masked = this.finder.replaceIn(name);
        // Two formats of one number are the same name afterwards.
        while (names.has(masked)) masked += "'";
        names.add(masked);
        return [masked, this.json(item)];
      }),
    );
  }

  /** Masks a number in a text of JSON. Other numbers keep their digits. */
  private numberToken(token: string): string {
    const digits = this.finder.isIn(token) ? token : String(Number(token));
    return this.isId(token) || !this.finder.isIn(digits) ? token : JSON.stringify(this.finder.replaceIn(digits));
  }

  /** Masks a string, or a name with its colon, in a text of JSON. */
  private stringToken(string: string, colon: string | undefined, nesting: number): string {
    // A string of valid JSON.
    const text = JSON.parse(string) as string;
    const masked =
      colon !== undefined ? this.finder.replaceIn(text) : this.isId(text) ? text : this.nullable(text, nesting);
    return `${masked === text ? string : JSON.stringify(masked)}${colon ?? ""}`;
  }

  /** Whether a value is an id. One that is itself a number is masked. */
  private isId(text: string): boolean {
    return this.ids.has(text) && !this.finder.isNumber(text);
  }
}

function isJson(text: string): boolean {
  if (!/^\s*[[{"]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
