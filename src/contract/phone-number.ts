const SEPARATORS = /[ \u00a0\-().]/g;
const NO_PREFIX = /^(?:[1-9]|0[1-9])/;
/** What E.164 allows behind a `+`: at most 15 digits, the first no 0. Fewer than 8 are a local number, or none. */
const E164 = /^[1-9]\d{7,14}$/;

/** How many digits follow the country code, for the countries where that is fixed or nearly so: [least, most]. */
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
  // Mobiles have eleven digits, landlines with their area code ten or eleven, 400 and 800 numbers ten.
  ["86", [10, 11]],
  ["90", [10, 10]],
  ["91", [10, 10]],
  ["92", [9, 10]],
  ["852", [8, 8]],
  ["853", [8, 8]],
  ["880", [8, 10]],
  ["886", [8, 9]],
]);

/** The number in E.164 where it is written with its international prefix, `+` or `00`, and is as long as such a number is; else null. */
export function e164Of(number: string | null): string | null {
  // Most numbers are written without a prefix, and need no closer look.
  if (number === null || NO_PREFIX.test(number)) return null;
  const compact = number.replace(SEPARATORS, "");
  const digits = /^(?:\+|00)(\d+)$/.exec(compact)?.[1];
  return digits === undefined ? null : certainE164(digits);
}

/** Country code and number, if together they can be one; else null: what is not certain is not guessed. */
export function certainE164(digits: string): string | null {
  if (!E164.test(digits)) return null;
  for (const length of [1, 2, 3]) {
    const lengths = NATIONAL_LENGTHS.get(digits.slice(0, length));
    if (lengths === undefined) continue;
    const national = digits.slice(length);
    // A 0 in front is the trunk prefix, which E.164 has not: the number was put together wrongly.
    return national.startsWith("0") || national.length < lengths[0] || national.length > lengths[1]
      ? null
      : `+${digits}`;
  }
  return `+${digits}`;
}
