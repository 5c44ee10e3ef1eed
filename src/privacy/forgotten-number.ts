import { isCountry } from "../contract/phone-number.js";
import { readPhoneText } from "../contract/phone-text.js";
import { RequestError } from "../model/errors.js";
import { identitiesOf } from "./customer-hashes.js";
import { FEWEST_DIGITS } from "./number-forms.js";

/**
 * Returns the identities of the number to forget. The messages do not contain it.
 * @throws RequestError when it is not a telephone number, or the country is not one.
 */
export function forgottenIdentities(number: unknown, options: unknown): string[] {
  const text = typeof number === "string" ? readPhoneText(number) : null;
  if (text === null || text.digits.length < FEWEST_DIGITS)
    throw new RequestError(
      `forget: argument \`number\` must be a telephone number of at least ${FEWEST_DIGITS} digits, such as +8613800138000.`,
    );
  return identitiesOf(text, readCountry(options));
}

function readCountry(options: unknown): string | null {
  const { country = null, ...others } =
    typeof options === "object" ? { country: null, ...options } : { country: options };
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw new RequestError(`forget: unknown option \`${unknown}\`.`);
  if (country === null || (typeof country === "string" && isCountry(country))) return country;
  throw new RequestError("forget: option `country` must be an ISO 3166 code, such as CN.");
}
