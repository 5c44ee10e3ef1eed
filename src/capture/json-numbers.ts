import type { JsonValue } from "../contract/http.js";

/** The name of the only field of an object that stands for a number. */
const TAG = "$number";
/** A string, which is left out, or a number. */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const TAGGED = /\{"\$number":"(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)"\}/g;

/**
 * Parses JSON. A number that JavaScript would write with other digits, such as an integer beyond 2^53, becomes `{ "$number": "…" }`, so that its digits and
 * its type are kept.
 * @throws SyntaxError when the text is not JSON.
 */
export function parseTaggedJson(text: string): JsonValue {
  // The text itself must be JSON: replacing its numbers could make JSON of another text.
  JSON.parse(text);
  return JSON.parse(
    text.replace(TOKEN, (token) =>
      token.startsWith('"') || String(Number(token)) === token ? token : `{"${TAG}":"${token}"}`,
    ),
  ) as JsonValue;
}

/** Returns the JSON text, in which each `{ "$number": "…" }` is the number. */
export function printTaggedJson(value: JsonValue): string {
  return JSON.stringify(value).replace(TAGGED, "$1");
}

/** Returns the digits of a tagged number; null for any other value. */
export function taggedNumberOf(value: JsonValue): string | null {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  const digits = value[TAG];
  return typeof digits === "string" && Object.keys(value).length === 1 ? digits : null;
}

/** Returns the number as JSON: tagged if JavaScript would write it with other digits. */
export function jsonNumberOf(digits: string): JsonValue {
  return String(Number(digits)) === digits ? Number(digits) : { [TAG]: digits };
}
