import { e164OfText, isWrittenAs } from "../contract/phone-number.js";
import { isHiddenCaller, type PhoneText, readPhoneText, shownDigitsOf } from "../contract/phone-text.js";
import type { FoundCall } from "../model/call-record.js";
import type { Party } from "../model/party.js";
import { FEWEST_DIGITS, LONG_DIGITS } from "./number-forms.js";

/** The parties of a call. `customer` and `line` repeat the two others. */
export function partiesOf({ caller, callee, customer, line }: FoundCall): Party[] {
  return [caller, callee, customer, line].filter((party) => party !== null);
}

/** The numbers in one field of a call. */
export interface FieldNumbers {
  /** The numbers that the field contains: E.164 numbers with their `+`, else digits. */
  identities: readonly string[];
  /** Whether the field is not one number, such as a list, a SIP address or `138****0000`. */
  isLiteral: boolean;
}

const NONE: FieldNumbers = { identities: [], isLiteral: false };

/**
 * Returns the numbers of a field. Words such as `anonymous` and names contain none.
 * @param known the E.164 numbers of the parties. A number in another format is the same one.
 */
export function numbersInField(field: string, known: readonly string[]): FieldNumbers {
  const text = readPhoneText(field);
  if (text !== null) return { identities: [identityOf(text, known)], isLiteral: false };
  if (isHiddenCaller(field)) return NONE;
  const { runs, count } = shownDigitsOf(field);
  if (count < FEWEST_DIGITS) return NONE;
  const long = runs.flatMap(({ heads }) => partsOf(heads)).filter(({ length }) => length >= LONG_DIGITS);
  const identities = [...new Set(long)].map((digits) => {
    const part = readPhoneText(digits);
    return part === null ? digits : identityOf(part, known);
  });
  const shown = runs.map(({ heads }) => heads.at(-1) ?? "").join("");
  return { identities: identities.length > 0 ? [...new Set(identities)] : [shown], isLiteral: true };
}

/** Returns the digits of a run that are one number, else those between its separators. */
function partsOf(heads: readonly string[]): string[] {
  const whole = heads.at(-1) ?? "";
  if (readPhoneText(whole) !== null) return [whole];
  return heads.map((head, index) => head.slice(heads[index - 1]?.length ?? 0));
}

/** Returns the E.164 number with its `+` where it is certain, else the digits. */
export function identityOf(text: PhoneText, known: readonly string[]): string {
  const own = text.isInternational ? e164OfText(text) : null;
  return own ?? known.find((e164) => e164.slice(1) === text.digits || isWrittenAs(e164, text)) ?? text.digits;
}
