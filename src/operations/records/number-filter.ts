import { differByZero, e164OfText, isVariantOf, isWrittenAs, nationalDigitsOf } from "../../contract/phone-number.js";
import { mobileKeyOf } from "../../contract/mobile-prefix.js";
import { type PhoneText, readPhoneText } from "../../contract/phone-text.js";
import type { MappedCall } from "../../contract/mapped-call.js";
import type { Party } from "../../model/party.js";
import { compareParts, compareProtected, compareShown, containsNumber, type SoughtDigits } from "./shown-number.js";

/** A requested number, with its E.164 number in one account. */
interface WantedNumber extends SoughtDigits {
  text: PhoneText;
  /** Null where its country is not certain. */
  e164: string | null;
}

/**
 * The result of the comparison of a party with the requested numbers, the closest first.
 * - `same`: it is a requested number.
 * - `same-digits`: it is a match, but its country is not certain, or it is a mobile number with or without the digit that its country adds.
 * - `possible`: it is no match, but may be a requested number in another format.
 * - `hidden`: the vendor does not show its number.
 * - `different`: it is another number, or none.
 */
export type Comparison = (typeof COMPARISONS)[number];

const COMPARISONS = ["same", "same-digits", "possible", "hidden", "different"] as const;

/** Returns the closest of several results; `different` where there are none. */
function closest(results: readonly Comparison[]): Comparison {
  return COMPARISONS.find((comparison) => results.includes(comparison)) ?? "different";
}

/** Compares the parties of calls with the requested numbers, for one account. */
export class NumberFilter {
  private readonly wanted: readonly WantedNumber[];

  /** @param country ISO 3166 code of the account's numbers without a country code, or null. */
  constructor(
    numbers: readonly PhoneText[],
    private readonly country: string | null,
  ) {
    this.wanted = numbers.map((text) => {
      const e164 = e164OfText(text, { country });
      const national = e164 === null ? text.digits.replace(/^0+/, "") : nationalDigitsOf(e164);
      return { text, e164, national, international: e164?.slice(1) ?? national };
    });
  }

  /** Whether the country of every requested number is certain in this account. */
  get isCertain(): boolean {
    return this.wanted.every(({ e164 }) => e164 !== null);
  }

  /** Returns the E.164 numbers to request with the vendor's own filter; null where a number without a country code may match others too. */
  get requestable(): readonly string[] | null {
    const numbers = this.wanted.flatMap(({ text, e164 }) => (text.isInternational && e164 !== null ? [e164] : []));
    return numbers.length === this.wanted.length ? numbers : null;
  }

  /** Compares both parties of a call, and returns the closest result. */
  compareParties({ caller, callee }: Pick<MappedCall, "caller" | "callee">): Comparison {
    return closest([this.compare(caller), this.compare(callee)]);
  }

  /** Compares a party with all requested numbers, and returns the closest result. */
  compare(party: Party | null): Comparison {
    if (party === null) return "different";
    const { number, e164, protectedId, displayNumber } = party;
    const text = number === null ? null : readPhoneText(number);
    const isPlain = protectedId === null && displayNumber === null;
    const results = this.wanted.map((wanted) => {
      const own = compareNumber(wanted, number, e164, text);
      if (isPlain || own === "same" || own === "same-digits") return own;
      const isKnown =
        e164 !== null || (number !== protectedId && text !== null && text.digits.length >= COMPLETE_DIGITS);
      const replaced = protectedId === null ? "different" : compareProtected(wanted, protectedId, isKnown);
      return closest([own, replaced, this.compareDisplayed(wanted, displayNumber, number ?? protectedId)]);
    });
    return closest(results);
  }

  /** Compares the number that the other party saw. It is not the number of the party, so that it is possible at best. @param own the party's own number. */
  private compareDisplayed(wanted: WantedNumber, displayed: string | null, own: string | null): Comparison {
    if (displayed === null || displayed === own) return "different";
    const text = readPhoneText(displayed);
    // Most rows contain the company's line in a plain format.
    if (text?.isPlain === true && !containsNumber(wanted, text.digits)) return "different";
    const e164 = text === null ? null : e164OfText(text, { country: this.country });
    const result = compareNumber(wanted, displayed, e164, text);
    if (result === "hidden") return own === null ? "hidden" : "different";
    return result === "different" ? "different" : "possible";
  }
}

/** Minimum number of digits of a number that is not a local or internal one. */
const COMPLETE_DIGITS = 10;

/** Compares a row's number. @param text the text of the number, if it could be read. */
function compareNumber(
  wanted: WantedNumber,
  number: string | null,
  e164: string | null,
  text: PhoneText | null,
): Comparison {
  if (e164 !== null) {
    const result = compareCertain(wanted, e164, text);
    return result === "different" && text?.isPlain === false ? compareParts(wanted, number ?? "") : result;
  }
  if (text === null) return number === null ? "different" : compareShown(wanted, number);
  const result = compareDigits(wanted, text);
  return result === "different" && !text.isPlain ? compareParts(wanted, number ?? "") : result;
}

/** Compares a row's number whose country is certain. @param row the text of the number, if it could be read. */
function compareCertain(
  { text, e164: wanted, national }: WantedNumber,
  e164: string,
  row: PhoneText | null,
): Comparison {
  // A requested number without a country code matches the national format of any country.
  if (wanted === e164 || (!text.isInternational && isWrittenAs(e164, text))) return "same";
  if (wanted === null ? isVariantOf(e164, text) : mobileKeyOf(wanted.slice(1)) === mobileKeyOf(e164.slice(1)))
    return "same-digits";
  if (wanted === null) return row?.digits === text.digits ? "possible" : "different";
  if (differByZero(wanted, e164)) return "possible";
  if (row === null) return "different";
  // A prefix of some telephone systems, such as 00 before a national number, looks like an international prefix.
  if (row.isInternational) return row.digits === national ? "possible" : "different";
  // The digits of a row without `+` may be read in another way than the vendor's adapter has read them.
  const hasDialPrefix = row.digits.startsWith("0") && row.digits.endsWith(wanted.slice(1));
  return hasDialPrefix || isWrittenAs(wanted, row) ? "possible" : "different";
}

/** Compares the digits of a row's number, whose country is not certain. */
function compareDigits(wanted: WantedNumber, row: PhoneText): Comparison {
  const { text, e164 } = wanted;
  if (row.digits === text.digits || (e164 !== null && row.digits === e164.slice(1))) return "same-digits";
  // A row in the national format of the requested number is selected, because a missed call is worse than one too many.
  if (e164 !== null && (isWrittenAs(e164, row) || isVariantOf(e164, row))) return "same-digits";
  return containsNumber(wanted, row.digits) ? "possible" : "different";
}
