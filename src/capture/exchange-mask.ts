import { URL } from "node:url";
import type { JsonValue, PreparedRequest } from "../contract/http.js";
import type { RawResponse } from "../engine/http/transport.js";
import { type CapturedExchange, REMOVED } from "./capture-format.js";
import { jsonNumberOf, parseTaggedJson, taggedNumberOf } from "./json-numbers.js";
import { isKept, isSecretField } from "./kept-fields.js";
import { TextMask } from "./text-mask.js";

/** A request and its response as they were sent and received. They contain secrets. */
export interface RawExchange {
  request: PreparedRequest;
  /** Null if no response arrived. */
  response: RawResponse | null;
}

/** The names of fields and headers that stay. A name with a long number, or another form, may be data. */
const FIELD_NAME = /^(?!.*\d{5})[A-Za-z_][A-Za-z0-9_-]{0,39}$/;
const PATH_SEGMENT = /^(?:[A-Za-z][A-Za-z-]*|v\d{1,2})?$/;
/** A text that is not JSON, such as a web page, is cut after this number of characters. */
const MAX_TEXT = 4000;
/** JSON in strings deeper than this is masked as text. */
const MAX_NESTING = 5;

/**
 * Masks exchanges: secrets are removed, and texts and numbers are masked by their shape. Times, codes, counts and durations stay: see `kept-fields.ts`.
 * Field names, header names and the vendor's paths stay too.
 */
export class ExchangeMask {
  readonly #texts = new TextMask();
  readonly #hasSecret: (text: string) => boolean;

  /** @param hasSecret whether a text contains a secret. A kept value or name with one is removed. */
  constructor(hasSecret: (text: string) => boolean) {
    this.#hasSecret = hasSecret;
  }

  /** @param endpoint the base URL of the account, whose host and path are left out; null if it is not known. */
  exchange({ request, response }: RawExchange, endpoint: string | null): CapturedExchange {
    const url = new URL(request.url);
    return {
      request: {
        method: request.method,
        path: this.#path(url, endpoint),
        query: Array.from(url.searchParams, ([name, value]) => [this.#name(name), this.text(value, name)]),
        headers: this.#headers(request.headers),
        body: request.body === null ? null : this.#body(request.body).body,
      },
      response:
        response === null
          ? null
          : { status: response.status, headers: this.#headers(response.headers), ...this.#body(response.text) },
    };
  }

  /** Masks the text of a field. */
  text(text: string, field: string): string {
    const masked = this.#value(text, field, 0);
    return typeof masked === "string" ? masked : REMOVED;
  }

  #body(text: string): { isJson: boolean; body: JsonValue } {
    const parsed = parseOrNull(text);
    return parsed === null
      ? { isJson: false, body: this.#texts.mask(text.slice(0, MAX_TEXT)) }
      : { isJson: true, body: this.#value(parsed.json, "", 0) };
  }

  #headers(headers: Readonly<Record<string, string>>): Record<string, string> {
    return Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [this.#name(name), this.text(value, name)]),
    );
  }

  /** @param nesting number of strings with JSON around the value. Inside of them nothing stays, because their content is the account's. */
  #value(value: JsonValue, field: string, nesting: number): JsonValue {
    if (value === null || typeof value === "boolean" || value === "") return value;
    if (Array.isArray(value)) return value.map((item) => this.#value(item, field, nesting));
    const digits = typeof value === "number" ? String(value) : taggedNumberOf(value);
    const text = typeof value === "string" ? value : digits;
    if (text === null) return this.#object(value as Record<string, JsonValue>, nesting);
    if (nesting === 0) {
      if (isSecretField(field)) return REMOVED;
      if (isKept(field, text)) return this.#hasSecret(text) ? REMOVED : value;
    }
    if (digits !== null) return jsonNumberOf(this.#texts.maskNumber(digits));
    const nested = nesting < MAX_NESTING && /^\s*[[{]/.test(text) ? parseOrNull(text) : null;
    return nested === null ? this.#texts.mask(text) : JSON.stringify(this.#value(nested.json, "", nesting + 1));
  }

  #object(value: Record<string, JsonValue>, nesting: number): JsonValue {
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [
        nesting === 0 ? this.#name(name) : this.#texts.mask(name),
        this.#value(item, name, nesting),
      ]),
    );
  }

  #name(name: string): string {
    return FIELD_NAME.test(name) && !this.#hasSecret(name) ? name : this.#texts.mask(name);
  }

  #path({ origin, pathname }: URL, endpoint: string | null): string {
    const base = endpoint === null ? null : new URL(endpoint);
    const prefix = base?.pathname.replace(/\/$/, "") ?? "";
    const isBelow = base?.origin === origin && pathname.startsWith(`${prefix}/`);
    const path = isBelow ? pathname.slice(prefix.length) : pathname;
    const segments = path.split("/");
    return segments
      .map((part) => (PATH_SEGMENT.test(part) && !this.#hasSecret(part) ? part : this.#texts.mask(part)))
      .join("/");
  }
}

function parseOrNull(text: string): { json: JsonValue } | null {
  try {
    return { json: parseTaggedJson(text) };
  } catch {
    return null;
  }
}
