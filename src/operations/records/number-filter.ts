import { differByZero, e164OfText, isWrittenAs } from "../../contract/phone-number.js";
import { type PhoneText, readPhoneText, shownDigitsOf } from "../../contract/phone-text.js";
import type { MappedCall } from "../../contract/provider.js";
import type { Party } from "../../model/party.js";

/** A requested number, with its E.164 number in one account. */
interface WantedNumber {
  text: PhoneText;
  /** Null where its country is not certain. */
  e164: string | null;
}

/**
 * The result of the comparison of a party with the requested numbers, the closest first.
 * - `same`: it is a requested number.
 * - `same-digits`: it is a match, but its country is not certain.
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
  constructor(numbers: readonly PhoneText[], country: string | null) {
    this.wanted = numbers.map((text) => ({ text, e164: e164OfText(text, { country }) }));
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
    const { number, e164, protectedId } = party;
    if (number === null && e164 === null) return this.compareProtected(protectedId);
    const text = number === null ? null : readPhoneText(number);
    return closest(
      this.wanted.map((wanted) => {
        if (e164 !== null) return compareCertain(wanted, e164, text);
        if (text !== null) return compareDigits(wanted, text);
        return compareShown(wanted, number ?? "");
      }),
    );
  }

  /** Compares a number that the vendor masks, as in `86138****0000`. Any other protected id shows nothing of the number. */
  private compareProtected(protectedId: string | null): Comparison {
    if (protectedId === null) return "different";
    if (!MASKED_NUMBER.test(protectedId)) return "hidden";
    return closest(this.wanted.map((wanted) => compareShown(wanted, protectedId)));
  }
}

const MASKED_NUMBER = /^[\d\s+()*•.-]*[*•][\d\s+()*•.-]*$/;

/** Compares a row's number whose country is certain. @param row the text of the number, if it could be read. */
function compareCertain({ text, e164: wanted }: WantedNumber, e164: string, row: PhoneText | null): Comparison {
  // A requested number without a country code matches the national format of any country.
  if (wanted === e164 || (!text.isInternational && isWrittenAs(e164, text))) return "same";
  if (wanted === null) return row?.digits === text.digits ? "possible" : "different";
  if (differByZero(wanted, e164)) return "possible";
  if (row === null || row.isInternational) return "different";
  // The digits of a row without `+` may be read in another way than the vendor's adapter has read them.
  const hasDialPrefix = row.digits.startsWith("0") && row.digits.endsWith(wanted.slice(1));
  return hasDialPrefix || isWrittenAs(wanted, row) ? "possible" : "different";
}

/** Compares the digits of a row's number, whose country is not certain. */
function compareDigits({ text, e164 }: WantedNumber, row: PhoneText): Comparison {
  if (row.digits === text.digits || (e164 !== null && row.digits === e164.slice(1))) return "same-digits";
  // A row in the national format of the requested number is selected, because a missed call is worse than one too many.
  if (e164 !== null && isWrittenAs(e164, row)) return "same-digits";
  return sharesEnd(row.digits, text.digits) ? "possible" : "different";
}

/**
 * Number of equal last digits at which two numbers may be the same one with another prefix: a country code, an area code, or the prefix of a carrier or of
 * international calls.
 */
const SHARED_DIGITS = 7;

function sharesEnd(one: string, other: string): boolean {
  return Math.min(one.length, other.length) >= SHARED_DIGITS && one.endsWith(other.slice(-SHARED_DIGITS));
}

/** Minimum number of digits of a text that may contain a telephone number, such as `81****00`. */
const FEWEST_DIGITS = 4;
/** Number of digits at the end of a masked number that are usually shown. */
const SHOWN_DIGITS = 4;

/** Compares a text that is not one number. It is possible that it contains a requested number if some of its digits are shown. */
function compareShown({ text: { digits } }: WantedNumber, row: string): Comparison {
  const { runs, isEndShown } = shownDigitsOf(row);
  if (runs.join("").length < FEWEST_DIGITS) return "different";
  const isPossible = runs.some(
    (run) => run.length > 1 && (digits.endsWith(run.slice(-SHOWN_DIGITS)) || (!isEndShown && digits.includes(run))),
  );
  return isPossible ? "possible" : "different";
}
