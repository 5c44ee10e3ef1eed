import { z } from "zod";
import { wireList, wireMapped, wireOptional, wireOrNull, wireValue } from "./wire-schema.js";

/**
 * The values that vendors write. They mix numbers and strings and write absence in several ways, so each of these takes what is meant and
 * refuses only what means nothing.
 */

/** The vendor's way to say "nothing": a missing key, null or an empty text. */
function isAbsent(value: unknown): value is undefined | null | "" {
  return value === undefined || value === null || value === "";
}

const INTEGER = /^-?\d+$/;
const DECIMAL = /^-?\d+(?:\.\d+)?$/;
/** So many decimal digits are a safe integer, whichever they are. */
const SAFE_DIGITS = 15;
const DIGIT_0 = 48;

function readInteger(value: unknown): number | null {
  const number = typeof value === "string" ? readDigits(value) : value;
  return typeof number === "number" && Number.isSafeInteger(number) ? number : null;
}

/** A text of digits, of which most integers that come as text are made, is read here several times as fast as a pattern is matched. */
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

/** Text, or a number as text; absent is null. */
export const wireText = wireValue("text", (value): string | null | typeof z.INVALID => {
  if (typeof value === "string") return value === "" ? null : value;
  if (isAbsent(value)) return null;
  return typeof value === "number" && Number.isFinite(value) ? String(value) : z.INVALID;
});

/** Text, or a number as text; null for whatever else is there. For fields on which nothing depends. */
export const wireTextOrNull = wireValue("text", (value): string | null => wireText.safeParse(value).data ?? null);

/** An id: text, or an integer as text with every digit; never absent. */
export const wireId = wireValue("an id", (value): string | typeof z.INVALID => {
  if (typeof value === "string" && value !== "") return value;
  return typeof value === "number" && Number.isSafeInteger(value) ? String(value) : z.INVALID;
});

/** An integer, or its decimal digits; absent is null. */
export const wireInteger = wireValue("an integer", (value): number | null | typeof z.INVALID => {
  return isAbsent(value) ? null : (readInteger(value) ?? z.INVALID);
});

/** A count of at least 0 that the answer must have. */
export const wireCount = wireValue("a count", (value): number | typeof z.INVALID => {
  const count = readInteger(value);
  return count !== null && count >= 0 ? count : z.INVALID;
});

/** A duration in seconds, of which fractions are kept; absent is null. */
export const wireSeconds = wireValue("a number of seconds", (value): number | null | typeof z.INVALID => {
  if (isAbsent(value)) return null;
  const seconds = typeof value === "string" ? readDecimal(value) : value;
  return typeof seconds === "number" && Number.isFinite(seconds) ? seconds : z.INVALID;
});

/**
 * A duration of a call: null for whatever `wireSeconds` refuses. A field that the list's `times` names causes a warning then.
 */
export const wireCallSeconds = wireOrNull(wireSeconds);

/** The first and the last instant, in epoch milliseconds, of the years that are written with four digits. */
const [FIRST_USUAL, LAST_USUAL] = [Date.parse("0000-01-01T00:00:00Z"), Date.parse("9999-12-31T23:59:59.999Z")];

/**
 * A time of a call, of its epoch milliseconds; `z.INVALID` where they are none, or in a year of more than four digits. Such are no times of
 * calls, but of a count in another unit, and their JSON form is one that ISO 8601 leaves to agreement.
 */
function readInstant(ms: number | null): Date | typeof z.INVALID {
  return ms !== null && ms >= FIRST_USUAL && ms <= LAST_USUAL ? new Date(ms) : z.INVALID;
}

/** Whether a vendor says that there is no time: by 0, or by nothing. */
function isNoTime(value: unknown): boolean {
  return isAbsent(value) || value === 0 || value === "0";
}

/** An instant as a count of units since 1970; 0 and absent are null. */
function wireEpoch(unitMs: number, expected: string) {
  return wireValue(expected, (value): Date | null | typeof z.INVALID => {
    if (isNoTime(value)) return null;
    const count = readInteger(value);
    return readInstant(count === null ? null : count * unitMs);
  });
}

/** An instant in Unix seconds; 0 and absent are null. */
export const wireUnixSeconds = wireEpoch(1000, "a time in Unix seconds");

/** An instant in Unix milliseconds; 0 and absent are null. */
export const wireUnixMs = wireEpoch(1, "a time in Unix milliseconds");

/**
 * A time as text. 0 and absent are null.
 * @param expected what should be there, such as one of the vendor's own times, for the message where something else is.
 * @param parse the text's epoch milliseconds; null or `NaN` where it is no time.
 */
export function wireTime(expected: string, parse: (text: string) => number | null) {
  return wireValue(expected, (value): Date | null | typeof z.INVALID => {
    if (isNoTime(value)) return null;
    return readInstant(typeof value === "string" ? parse(value) : null);
  });
}

/**
 * A time of a call, as one of the other schemas reads it: null for whatever that refuses, and for what is not after 1970. Systems write "no time" in many
 * ways, such as -1, `0000-00-00 00:00:00`, or the first instant of 1970. A field that the list's `times` names causes a warning then. Around it,
 * `wireRequired` refuses what is null.
 */
export function wireCallTime(schema: z.ZodType<Date | null>): z.ZodType<Date | null> {
  return wireMapped(wireOrNull(schema), "a time", (time) => (time !== null && time.getTime() > 0 ? time : null));
}

/** The rows of a page, each to be read by itself; null where there is no list. An empty list says that there are no rows, an absent one says nothing. */
export const wireRows = wireValue("a list", (value): unknown[] | null | typeof z.INVALID => {
  return isAbsent(value) ? null : Array.isArray(value) ? value : z.INVALID;
});

/** A list of texts; absent is empty, absent members are left out. */
export const wireTexts = wireMapped(wireOptional(wireList(wireText)), "texts", (texts) =>
  (texts ?? []).filter((text) => text !== null),
);
