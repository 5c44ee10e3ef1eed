import { e164OfText, isWrittenAs } from "../../contract/phone-number.js";
import { type PhoneText, readPhoneText } from "../../contract/phone-text.js";
import type { Party } from "../../model/party.js";

/** A requested number, with its E.164 number in one account. */
interface WantedNumber {
  text: PhoneText;
  /** Null where its country is not certain. */
  e164: string | null;
}

/** The result of the comparison of a party with the requested numbers. `same-digits`: it is a match, but its country is not certain. `possible`: it is no match, but may be the requested number in another format. */
type Comparison = "same" | "same-digits" | "possible" | "different";

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

  /** Compares a party with all requested numbers, and returns the closest result. */
  compare(party: Party | null): Comparison {
    if (party === null) return "different";
    const { number, e164 } = party;
    if (e164 !== null) return this.wanted.some((wanted) => isSame(wanted, e164)) ? "same" : "different";
    const text = number === null ? null : readPhoneText(number);
    if (text === null) return "different";
    const results = this.wanted.map((wanted) => compareDigits(wanted, text));
    return (
      results.find((result) => result === "same-digits") ??
      results.find((result) => result === "possible") ??
      "different"
    );
  }
}

/** A number without a country code matches the national format of any country. */
function isSame({ text, e164: wanted }: WantedNumber, e164: string): boolean {
  return wanted === e164 || (!text.isInternational && isWrittenAs(e164, text));
}

/** Compares the digits of a row's number, whose country is not certain. */
function compareDigits({ text, e164 }: WantedNumber, row: PhoneText): Comparison {
  if (row.digits === text.digits || (e164 !== null && row.digits === e164.slice(1))) return "same-digits";
  if (row.isInternational) return "different";
  // A row in the national format of the requested number is selected, because a missed call is worse than one too many.
  if (e164 !== null) return isWrittenAs(e164, row) ? "same-digits" : "different";
  return sharesEnd(row.digits, text.digits) ? "possible" : "different";
}

/** Minimum number of digits at which a number that ends with another one may be the same number with its country code or area code. */
const MIN_SHARED_DIGITS = 7;

function sharesEnd(one: string, other: string): boolean {
  const [short, long] = one.length < other.length ? [one, other] : [other, one];
  return short.length >= MIN_SHARED_DIGITS && long.endsWith(short.replace(/^0/, ""));
}
