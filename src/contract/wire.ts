import { z } from "zod";
import { wireList, wireMapped, wireOptional, wireOrNull, wireValue } from "./wire-schema.js";

/**
 * Schemas for the values in vendors' responses. Vendors mix numbers and strings, and write absence in several ways. Each schema accepts every form of a value,
 * and refuses only values without a meaning.
 */

/** Whether a value is absent: a missing key, null or an empty text. */
function isAbsent(value: unknown): value is undefined | null | "" {
  return value === undefined || value === null || value === "";
}

const INTEGER = /^-?\d+$/;
const DECIMAL = /^-?\d+(?:\.\d+)?$/;
/** Any number with this many decimal digits is a safe integer. */
const SAFE_DIGITS = 15;
const DIGIT_0 = 48;

function readInteger(value: unknown): number | null {
  const number = typeof value === "string" ? readDigits(value) : value;
  return typeof number === "number" && Number.isSafeInteger(number) ? number : null;
}

/** Parses an integer. Most integers in text form are plain digits, and this loop is several times as fast as a regular expression. */
function readDigits(text: string): number | null {
  if (text.length > SAFE_DIGITS || text.length === 0) return INTEGER.test(text) ? Number(text) : null;
  let number = 0;
  for (let index = 0; index < text.length; index += 1) {
    const digit = text.charCodeAt(index) - DIGIT_0;
    if (digit < 0 || digit > 9) return INTEGER.test(text) ? Number(text) : null;
    number = number * 10 + digit;
  }
  return number;
}

function readDecimal(text: string): number | null {
  return readDigits(text) ?? (DECIMAL.test(text) ? Number(text) : null);
}

/** Text. A number becomes text; an absent value becomes null. */
export const wireText = wireValue("text", (value): string | null | typeof z.INVALID => {
  if (typeof value === "string") return value === "" ? null : value;
  if (isAbsent(value)) return null;
  return typeof value === "number" && Number.isFinite(value) ? String(value) : z.INVALID;
});

/** Text, as `wireText` reads it, but null for every other value. For fields on which nothing depends. */
export const wireTextOrNull = wireValue("text", (value): string | null => wireText.safeParse(value).data ?? null);

/** An id: text, or an integer, which becomes text with every digit. An absent value is refused. */
export const wireId = wireValue("an id", (value): string | typeof z.INVALID => {
  if (typeof value === "string" && value !== "") return value;
  return typeof value === "number" && Number.isSafeInteger(value) ? String(value) : z.INVALID;
});

/** A safe integer, as a number or as decimal digits. An absent value becomes null. */
export const wireInteger = wireValue("an integer", (value): number | null | typeof z.INVALID => {
  return isAbsent(value) ? null : (readInteger(value) ?? z.INVALID);
});

/** A safe integer of at least 0, as a number or as decimal digits. An absent value is refused. */
export const wireCount = wireValue("a count", (value): number | typeof z.INVALID => {
  const count = readInteger(value);
  return count !== null && count >= 0 ? count : z.INVALID;
});

/** A number of seconds, as a number or as decimal text. Fractions are kept, and an absent value becomes null. */
export const wireSeconds = wireValue("a number of seconds", (value): number | null | typeof z.INVALID => {
  if (isAbsent(value)) return null;
  const seconds = typeof value === "string" ? readDecimal(value) : value;
  return typeof seconds === "number" && Number.isFinite(seconds) ? seconds : z.INVALID;
});

/**
 * A duration of a call in seconds, as `wireSeconds` reads it, but null for every value that it refuses. Such a value causes a warning if `times` of the list
 * names the field.
 */
export const wireCallSeconds = wireOrNull(wireSeconds);

/** The first and the last instant of the years with four digits, in epoch milliseconds. */
const [FIRST_USUAL, LAST_USUAL] = [Date.parse("0000-01-01T00:00:00Z"), Date.parse("9999-12-31T23:59:59.999Z")];

/**
 * Returns the date of epoch milliseconds; `z.INVALID` for null, `NaN`, and years with more than four digits. Such a year results from a count in another unit,
 * and ISO 8601 allows its text form only by agreement.
 */
function readInstant(ms: number | null): Date | typeof z.INVALID {
  return ms !== null && ms >= FIRST_USUAL && ms <= LAST_USUAL ? new Date(ms) : z.INVALID;
}

/** Whether a value means that there is no time: 0, or an absent value. */
function isNoTime(value: unknown): boolean {
  return isAbsent(value) || value === 0 || value === "0";
}

/** Makes a schema for an instant as a number of units since 1970, to the millisecond. 0 and an absent value become null. */
function wireEpoch(unitMs: number, expected: string) {
  return wireValue(expected, (value): Date | null | typeof z.INVALID => {
    if (isNoTime(value)) return null;
    const units = typeof value === "string" ? readDecimal(value) : value;
    return readInstant(typeof units === "number" ? Math.round(units * unitMs) : null);
  });
}

/** An instant in Unix seconds, which may have a fraction. 0 and an absent value become null. */
export const wireUnixSeconds = wireEpoch(1000, "a time in Unix seconds");

/** An instant in Unix milliseconds. 0 and an absent value become null. */
export const wireUnixMs = wireEpoch(1, "a time in Unix milliseconds");

/**
 * Makes a schema for an instant as text. 0 and an absent value become null.
 * @param expected the valid texts, as a noun phrase with an example, such as "a time such as 2026-11-20 12:00:00". The error message is "expected …".
 * @param parse returns the epoch milliseconds of a text; null or `NaN` where it is not a time.
 */
export function wireTime(expected: string, parse: (text: string) => number | null) {
  return wireValue(expected, (value): Date | null | typeof z.INVALID => {
    if (isNoTime(value)) return null;
    return readInstant(typeof value === "string" ? parse(value) : null);
  });
}

/**
 * Makes a schema for a time of a call that another schema reads. Values that the other schema refuses become null, and so do instants up to the first one of
 * 1970. Vendors write "no time" in many ways, such as -1 or `0000-00-00 00:00:00`. Such a value causes a warning if `times` of the list names the field. Wrap
 * the result in `wireRequired` to refuse null.
 */
export function wireCallTime(schema: z.ZodType<Date | null>): z.ZodType<Date | null> {
  return wireMapped(wireOrNull(schema), "a time", (time) => (time !== null && time.getTime() > 0 ? time : null));
}

/** The rows of a page, unparsed; null where there is no list. An empty list means that there are no rows. An absent list has no meaning. */
export const wireRows = wireValue("a list", (value): unknown[] | null | typeof z.INVALID => {
  return isAbsent(value) ? null : Array.isArray(value) ? value : z.INVALID;
});

/** A list of texts. An absent list becomes empty, and absent members are left out. */
export const wireTexts = wireMapped(wireOptional(wireList(wireText)), "texts", (texts) =>
  (texts ?? []).filter((text) => text !== null),
);
