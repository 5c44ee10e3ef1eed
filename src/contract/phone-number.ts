import {
  type CountryCode,
  getCountries,
  getCountryCallingCode,
  isSupportedCountry,
  parsePhoneNumberFromString,
  type PhoneNumber,
} from "libphonenumber-js/min";
import { boundedMemory } from "./bounded-memory.js";
import { mobileKeyOf, mobileVariantsOf } from "./mobile-prefix.js";
import { type PhoneText, readPhoneText } from "./phone-text.js";

/** The country of numbers that are written without a country code. */
export interface HomeCountry {
  /** ISO 3166 code, such as `CN`. */
  country?: string | null | undefined;
  /** Country code for telephone numbers, such as `86`. It is used where `country` is not set. */
  callingCode?: string | null | undefined;
}

/** Chinese mobile numbers, which are most numbers of the built-in vendors. They need no further check. */
const MAINLAND_MOBILE = /^(?:86)?(1[3-9]\d{9})$/;
/**
 * Chinese national numbers: mobile numbers, 400 and 800 numbers, and numbers after an area code of two digits (`10`, `21`) or three. The metadata also accepts
 * unassigned ones, and numbers with more digits, which are an extension.
 */
const MAINLAND = /^(?:1[3-9]\d{9}|(?:10|2\d)\d{8}|[48]00\d{7}|(?:[3-68][1-9]|[79]\d)\d{8,9})$/;
/** Chinese numbers of companies, which are never written with a trunk prefix or without their 400 or 800. */
const MAINLAND_COMPANY = /^[48]00\d{7}$/;
/**
 * Brazilian national numbers: with an area code, or with a prefix such as 0800, 0300 or 4003. The metadata also accepts a mobile number without its area code,
 * such as 987654321.
 */
const BRAZILIAN = /^(?:[1-9]\d(?:9\d{8}|[2-9]\d{7})|[3589]00\d{6,7}|[34]0\d{6})$/;
/** A shorter number without a country code is an internal or a local number. */
const MIN_NATIONAL_DIGITS = 7;
/** The company's lines and returning customers are in many rows. */
const MAX_KNOWN = 5000;
const remembered = boundedMemory<string | null>(MAX_KNOWN);

/** Whether a text is an ISO 3166 code (alpha-2, upper case) of a country with telephone numbers. */
export function isCountry(code: string): boolean {
  return /^[A-Z]{2}$/.test(code) && isSupportedCountry(code);
}

/** Returns the country code for telephone numbers of a country, such as `86` for `CN`; null for an unknown country. */
export function callingCodeOf(country: string): string | null {
  return isSupportedCountry(country) ? getCountryCallingCode(country) : null;
}

/**
 * Returns a number in E.164 format with its `+`; null where its country is not certain, or it is not a valid number of its country. The country is certain if
 * the number has an international prefix (`+` or `00`), or if `home` is the country of the numbers without one. A trunk prefix, as in `+49 (0)30`, and an
 * extension are left out. Spaces, dashes and other separators are ignored.
 */
export function e164Of(number: string | null, home: HomeCountry = {}): string | null {
  if (number === null) return null;
  const { country = null, callingCode = null } = home;
  // Most numbers without a prefix belong to vendors that state no country. This check is fast.
  if (country === null && callingCode === null && /^(?:[1-9]|0[1-9])\d*$/.test(number)) return null;
  const text = readPhoneText(number);
  return text === null ? null : e164OfText(text, home);
}

/** Returns the E.164 number of a text that was read, as {@link e164Of} does. */
export function e164OfText(text: PhoneText, { country = null, callingCode = null }: HomeCountry = {}): string | null {
  const { digits, digitsWithZero, isInternational } = text;
  if (isInternational) {
    // In Italy, the zero is part of most numbers. Elsewhere it is a trunk prefix, which some countries do not have.
    return (digitsWithZero === digits ? null : internationalE164(digitsWithZero)) ?? internationalE164(digits);
  }
  if (country === null && callingCode === null) return null;
  const mobile = country === "CN" || (country === null && callingCode === "86") ? MAINLAND_MOBILE.exec(digits) : null;
  if (mobile !== null) return `+86${mobile[1] ?? ""}`;
  const home =
    country !== null && isSupportedCountry(country)
      ? { defaultCountry: country }
      : { defaultCallingCode: callingCode ?? "" };
  return remembered(`${country ?? callingCode ?? ""} ${digits}`, () => {
    const parsed = parse(digits, home);
    if (parsed?.isValid() !== true || parsed.nationalNumber.length < MIN_NATIONAL_DIGITS) return null;
    return mayBeInternational(digits, parsed) ? null : parsed.number;
  });
}

/**
 * Whether digits that were read as a national number may as well be an international number without its `+`. A trunk prefix excludes that. Without one, a
 * complete national number is expected, but not one that begins with the country code, and in China only mobile and company numbers.
 */
function mayBeInternational(
  digits: string,
  { number, nationalNumber, countryCallingCode: code }: PhoneNumber,
): boolean {
  if (digits.startsWith("0") || (code !== "86" && !digits.startsWith(code))) return false;
  if (code === "86" && MAINLAND_COMPANY.test(nationalNumber)) return false;
  const international = validInternational(digits);
  return international !== null && international !== number;
}

/**
 * Returns the E.164 number for the digits of a country code and a national number, of which the latter may have a trunk prefix; null where they are not a
 * number of that country.
 */
export function internationalE164(digits: string): string | null {
  if (digits.startsWith("86") && MAINLAND_MOBILE.test(digits)) return `+${digits}`;
  return remembered(digits, () => {
    const valid = validInternational(digits);
    if (valid !== null) return valid;
    // Where several countries share a country code, the metadata knows only some of their numbers. The length is certain then.
    const parsed = parse(`+${digits}`);
    return parsed?.country === undefined && parsed?.isPossible() === true ? parsed.number : null;
  });
}

/** Returns the valid number with these digits, if need be without the zero after its country code; null where there is none. */
function validInternational(digits: string): string | null {
  const parsed = parse(`+${digits}`);
  if (parsed === undefined || parsed.isValid()) return parsed?.number ?? null;
  // Mexico has given up the 1 before mobile numbers, which many systems still write.
  if (digits.startsWith("521")) return parse(`+${mobileKeyOf(digits)}`)?.number ?? null;
  // The library removes a trunk prefix only where the country has one. Some people write a 0 in other countries too.
  const { countryCallingCode: code } = parsed;
  const withoutZero = digits.startsWith(`${code}0`) ? parse(`+${code}${digits.slice(code.length + 1)}`) : undefined;
  return withoutZero?.isValid() === true ? withoutZero.number : null;
}

/** The national numbers of countries, by country code, where the metadata accepts others too. */
const NATIONAL_NUMBERS: Readonly<Record<string, RegExp | undefined>> = { "86": MAINLAND, "55": BRAZILIAN };

/** Returns the parsed number; undefined where it is not one, or is a Chinese or Brazilian local number, or a Chinese service number or an unassigned one. */
function parse(
  number: string,
  home: { defaultCountry?: CountryCode; defaultCallingCode?: string } = {},
): PhoneNumber | undefined {
  const parsed = parseOrUndefined(number, { ...home, extract: false });
  if (parsed === undefined) return undefined;
  const rule = NATIONAL_NUMBERS[parsed.countryCallingCode];
  return rule?.test(parsed.nationalNumber) === false ? undefined : parsed;
}

/** Returns undefined also for a country code that does not exist, for which the library throws. A vendor's row may contain one. */
function parseOrUndefined(...args: Parameters<typeof parsePhoneNumberFromString>): PhoneNumber | undefined {
  try {
    return parsePhoneNumberFromString(...args);
  } catch {
    return undefined;
  }
}

/** Returns the digits of an E.164 number without its country code and without a trunk prefix. */
export function nationalDigitsOf(e164: string): string {
  return parsePhoneNumberFromString(e164)?.nationalNumber ?? e164.slice(1);
}

/** Returns the E.164 numbers that digits may be in any country: those for which {@link isWrittenAs} is true. */
export function e164sWrittenAs({ digits, isInternational }: PhoneText): readonly string[] {
  const international = internationalE164(digits);
  const callingCodes = isInternational ? [] : new Set(getCountries().map((country) => getCountryCallingCode(country)));
  const national = Array.from(callingCodes, (code) => parse(digits, { defaultCallingCode: code })?.number);
  return [...new Set([international, ...national])].filter((e164) => typeof e164 === "string");
}

/** Whether digits may be this E.164 number: with its country code, or without a prefix in the national format of its country. */
export function isWrittenAs(e164: string, { digits, isInternational }: PhoneText): boolean {
  // The last digits are the same in every format.
  if (!e164.endsWith(digits.slice(-LAST_DIGITS))) return false;
  if (internationalE164(digits) === e164) return true;
  if (isInternational) return false;
  const callingCode = parsePhoneNumberFromString(e164)?.countryCallingCode;
  return callingCode !== undefined && parse(digits, { defaultCallingCode: callingCode })?.number === e164;
}

const LAST_DIGITS = 6;

/** Whether digits are this mobile number with or without the digit that its country adds: see `mobileKeyOf`. */
export function isVariantOf(e164: string, text: PhoneText): boolean {
  return mobileVariantsOf(e164.slice(1)).some((digits) => digits === text.digits || isWrittenAs(`+${digits}`, text));
}

/** Whether two E.164 numbers differ only by a zero after the country code, which is a trunk prefix or part of the number, as in `+39 (0)342 1234567`. */
export function differByZero(one: string, other: string): boolean {
  const [short, long] = one.length < other.length ? [one, other] : [other, one];
  if (long.length !== short.length + 1 || !long.endsWith(short.slice(-LAST_DIGITS))) return false;
  return COUNTRY_CODE_ENDS.some((end) => long[end] === "0" && long.slice(0, end) + long.slice(end + 1) === short);
}

/** A country code has one to three digits, after the `+`. */
const COUNTRY_CODE_ENDS = [2, 3, 4];

/**
 * Returns the plain texts of an E.164 number that vendors store: with and without an international prefix, with a trunk prefix that was left in, in its national
 * format, and with and without the digit of mobile numbers in some countries.
 */
export function textsOf(e164: string): readonly string[] {
  const variants = mobileVariantsOf(e164.slice(1)).flatMap((digits) => [
    ...[`00${digits}`, digits, `+${digits}`],
    ...ownTextsOf(`+${digits}`),
  ]);
  return [...new Set([...ownTextsOf(e164), ...variants])];
}

function ownTextsOf(e164: string): readonly string[] {
  const digits = e164.slice(1);
  const parsed = parsePhoneNumberFromString(e164);
  if (parsed === undefined) return [];
  const { nationalNumber, countryCallingCode: callingCode } = parsed;
  const international = [digits, `${callingCode}0${nationalNumber}`]
    .filter((text) => internationalE164(text) === e164)
    .flatMap((text) => [`00${text}`, text, `+${text}`]);
  const national = [nationalNumber, `0${nationalNumber}`, parsed.formatNational().replace(/\D/g, "")].filter(
    (text) => parse(text, { defaultCallingCode: callingCode })?.number === e164,
  );
  return [...new Set([...international, ...national])];
}
