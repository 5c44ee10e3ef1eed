import { boundedMemory } from "../contract/bounded-memory.js";
import { internationalE164, textsOf } from "../contract/phone-number.js";

/** Fewer digits are a code, a count or one of many internal numbers, and not a customer's number. */
export const FEWEST_DIGITS = 3;
/** Fewer digits occur in any text by chance. */
export const LONG_DIGITS = 7;
/** The company's lines and returning customers are in many rows. */
const MAX_KNOWN = 5_000;
const remembered = boundedMemory<NumberForms>(MAX_KNOWN);

/** The digits with which a number may be written in any text. */
export interface NumberForms {
  /** Digits that every longer form ends with, such as the national number. At least 7. */
  cores: readonly { digits: string; prefixes: readonly string[] }[];
  /** Forms of fewer digits. */
  short: readonly string[];
}

/**
 * Returns the forms of a number: in national and international formats, and with and without the digit of mobile numbers in some countries.
 * @param identity the E.164 number with its `+`, else the digits.
 */
export function numberFormsOf(identity: string): NumberForms {
  return remembered(identity, () => formsOf(identity));
}

function formsOf(identity: string): NumberForms {
  const all = [...new Set(textsIn(identity).map((text) => text.replace("+", "")))];
  const long = all.filter(({ length }) => length >= LONG_DIGITS);
  const cores = long
    .filter((form) => !long.some((other) => other !== form && form.endsWith(other)))
    .map((digits) => ({ digits, prefixes: prefixesOf(digits, long) }));
  return { cores, short: all.filter(({ length }) => length < LONG_DIGITS) };
}

/** Returns what precedes the core in longer forms, the longest first. Any form may also have lost or kept its zeros. */
function prefixesOf(core: string, forms: readonly string[]): string[] {
  const own = forms.filter((form) => form !== core && form.endsWith(core)).map((form) => form.slice(0, -core.length));
  return [...new Set([...own, "00", "0"])].sort((one, other) => other.length - one.length);
}

function textsIn(identity: string): readonly string[] {
  if (identity.startsWith("+")) return [identity, ...textsOf(identity)];
  // Digits whose country is not certain may still be written in the formats of the country that they begin with, or as a JSON number without zeros.
  const e164 = internationalE164(identity);
  return [identity, identity.replace(/^0+(?=\d{7})/, ""), ...(e164 === null ? [] : textsOf(e164))];
}
