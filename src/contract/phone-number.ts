const SEPARATORS = /[ \u00a0\-().]/g;
const NO_PREFIX = /^(?:[1-9]|0[1-9])/;
/** The digits of an E.164 number: at most 15, and the first is not 0. Fewer than 8 are a local number, or no number. */
const E164 = /^[1-9]\d{7,14}$/;

/** Minimum and maximum number of digits after the country code, for countries where the length is fixed or nearly fixed. */
const NATIONAL_LENGTHS: ReadonlyMap<string, readonly [number, number]> = new Map([
  ["1", [10, 10]],
  ["7", [10, 10]],
  ["33", [9, 9]],
  ["34", [9, 9]],
  ["44", [9, 10]],
  ["52", [10, 10]],
  ["55", [10, 11]],
  ["60", [8, 10]],
  ["61", [9, 9]],
  ["63", [8, 10]],
  ["65", [8, 8]],
  ["66", [8, 9]],
  ["81", [9, 10]],
  ["82", [8, 10]],
  ["84", [9, 10]],
  // Mobile numbers have eleven digits, landlines with their area code ten or eleven, and 400 and 800 numbers ten.
  ["86", [10, 11]],
  ["90", [10, 10]],
  ["91", [10, 10]],
  ["92", [9, 10]],
  ["852", [8, 8]],
  ["853", [8, 8]],
  ["880", [8, 10]],
  ["886", [8, 9]],
]);

/**
 * Returns a number in E.164 with its `+`; null where it has no international prefix (`+` or `00`), or its length is impossible for its country. Spaces, dots,
 * hyphens and brackets are ignored.
 */
export function e164Of(number: string | null): string | null {
  // Most numbers are written without a prefix. This check is fast.
  if (number === null || NO_PREFIX.test(number)) return null;
  const compact = number.replace(SEPARATORS, "");
  const digits = /^(?:\+|00)(\d+)$/.exec(compact)?.[1];
  return digits === undefined ? null : certainE164(digits);
}

/** Returns the E.164 number for the digits of a country code and a national number; null where they cannot be one. Nothing is guessed. */
export function certainE164(digits: string): string | null {
  if (!E164.test(digits)) return null;
  for (const length of [1, 2, 3]) {
    const lengths = NATIONAL_LENGTHS.get(digits.slice(0, length));
    if (lengths === undefined) continue;
    const national = digits.slice(length);
    // A leading 0 is the trunk prefix, which is not part of an E.164 number.
    return national.startsWith("0") || national.length < lengths[0] || national.length > lengths[1]
      ? null
      : `+${digits}`;
  }
  return `+${digits}`;
}
