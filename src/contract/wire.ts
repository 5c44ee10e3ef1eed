import { z } from "zod";

/**
 * Building blocks for the schemas of vendors' rows. Vendors mix numbers and strings and write absence in several ways, so each of these
 * takes what is meant and refuses only what means nothing.
 */

/** The vendor's way to say "nothing": a missing key, null or an empty text. */
function isAbsent(value: unknown): value is undefined | null | "" {
  return value === undefined || value === null || value === "";
}

function refuse(context: z.core.$RefinementCtx, expected: string): never {
  context.issues.push({ code: "custom", message: `expected ${expected}`, input: undefined });
  return z.NEVER;
}

const INTEGER = /^-?\d+$/;
const DECIMAL = /^-?\d+(?:\.\d+)?$/;

function readInteger(value: unknown): number | null {
  const number = typeof value === "string" && INTEGER.test(value) ? Number(value) : value;
  return typeof number === "number" && Number.isSafeInteger(number) ? number : null;
}

/** Text, or a number as text; absent is null. */
export const wireText = z
  .unknown()
  .optional()
  .transform((value, context): string | null => {
    if (typeof value === "string") return value === "" ? null : value;
    if (isAbsent(value)) return null;
    if (typeof value === "number" && Number.isFinite(value)) return String(value);
    return refuse(context, "text");
  });

/** An id: text, or an integer as text with every digit; never absent. */
export const wireId = z.unknown().transform((value, context): string => {
  if (typeof value === "string" && value !== "") return value;
  if (typeof value === "number" && Number.isSafeInteger(value)) return String(value);
  return refuse(context, "an id");
});

/** An integer, or its decimal digits; absent is null. */
export const wireInteger = z
  .unknown()
  .optional()
  .transform((value, context): number | null => {
    if (isAbsent(value)) return null;
    return readInteger(value) ?? refuse(context, "an integer");
  });

/** A count of at least 0 that the answer must have. */
export const wireCount = z.unknown().transform((value, context): number => {
  const count = readInteger(value);
  return count !== null && count >= 0 ? count : refuse(context, "a count");
});

/** A duration in seconds, of which fractions are kept; absent is null. */
export const wireSeconds = z
  .unknown()
  .optional()
  .transform((value, context): number | null => {
    if (isAbsent(value)) return null;
    const seconds = typeof value === "string" && DECIMAL.test(value) ? Number(value) : value;
    return typeof seconds === "number" && Number.isFinite(seconds) ? seconds : refuse(context, "a number of seconds");
  });

/**
 * Whether an instant is in a year of four digits. Others are no times of calls, but of a count in another unit, and their JSON form is one that
 * ISO 8601 leaves to agreement.
 */
export function hasUsualYear(instant: Date): boolean {
  const year = instant.getUTCFullYear();
  return year >= 0 && year <= 9999;
}

/** An instant as a count of units since 1970; 0 and absent are null. */
function wireEpoch(unitMilliseconds: number, expected: string) {
  return z
    .unknown()
    .optional()
    .transform((value, context): Date | null => {
      if (isAbsent(value) || value === 0 || value === "0") return null;
      const count = readInteger(value);
      const instant = new Date((count ?? Number.NaN) * unitMilliseconds);
      return hasUsualYear(instant) ? instant : refuse(context, expected);
    });
}

/** An instant in Unix seconds; 0 and absent are null. */
export const wireUnixSeconds = wireEpoch(1000, "a time in Unix seconds");

/** An instant in Unix milliseconds; 0 and absent are null. */
export const wireUnixMilliseconds = wireEpoch(1, "a time in Unix milliseconds");

/** A part of an answer that may be absent: missing, null, an empty text, or the empty list that some vendors write for any empty thing. */
export function wireOptional<Schema extends z.ZodType>(schema: Schema) {
  return z.preprocess((value) => (isAbsent(value) || (Array.isArray(value) && value.length === 0) ? null : value), schema.nullable()).optional();
}

/** The rows of a page, each to be read by itself; null where there is no list. An empty list says that there are no rows, an absent one says nothing. */
export const wireRows = z.preprocess((value) => (isAbsent(value) ? null : value), z.array(z.unknown()).nullable()).optional();

/** A list of texts; absent is empty, absent members are left out. */
export const wireTexts = wireOptional(z.array(wireText)).transform((texts): string[] => (texts ?? []).filter((text) => text !== null));
