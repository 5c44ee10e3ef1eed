import { certainE164, e164Of } from "../../contract/phone-number.js";

const COUNTRY_CODE = /^\+?([1-9]\d{0,3})(?!\d)/;
const SHORTEST_SUBSCRIBER_NUMBER = 7;

/**
 * The number in E.164, where its writing makes it certain; else null. The vendor writes country code and number without a `+`, and the
 * country code beside it (`86(China)`): a number is taken at its word when it begins with that code and is as long as a number of that
 * country is.
 */
export function e164WithCountry(number: string | null, ccode: string | null): string | null {
  const country = ccode === null ? undefined : countryOf(ccode);
  if (number === null || country === undefined || !number.startsWith(country)) return e164Of(number);
  return number.length - country.length >= SHORTEST_SUBSCRIBER_NUMBER ? certainE164(number) : null;
}

/** The country that was read last: that of nearly every row. */
let lastCountry: { ccode: string; country: string | undefined } = { ccode: "", country: undefined };

function countryOf(ccode: string): string | undefined {
  if (ccode !== lastCountry.ccode) lastCountry = { ccode, country: COUNTRY_CODE.exec(ccode)?.[1] };
  return lastCountry.country;
}
