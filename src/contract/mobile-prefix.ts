/**
 * Returns the digits of an international number as a key that is the same with and without the digit that some countries write before their mobile numbers: the 9
 * of Argentina, the ninth digit of Brazil, which mobile numbers of eight digits have received, and the 1 of Mexico, which is no longer dialled.
 * @param digits of a country code and a national number.
 */
export function mobileKeyOf(digits: string): string {
  return MOBILE_FORMS.reduce((key, { long, short }) => key.replace(long, short), digits);
}

/** The long form of each country's mobile numbers, and what the short form consists of; the short form, and what the long one consists of. */
const MOBILE_FORMS = [
  { long: /^549(\d{10})$/, short: "54$1", isShort: /^54(\d{10})$/, whole: "549$1" },
  { long: /^55(\d\d)9([6-9]\d{7})$/, short: "55$1$2", isShort: /^55(\d\d)([6-9]\d{7})$/, whole: "55$19$2" },
  { long: /^521(\d{10})$/, short: "52$1", isShort: /^52(\d{10})$/, whole: "521$1" },
] as const;

/** Returns the other form of an international number, as {@link mobileKeyOf} describes it; an empty list for other numbers. @param digits as above. */
export function mobileVariantsOf(digits: string): readonly string[] {
  return MOBILE_FORMS.flatMap(({ long, short, isShort, whole }) =>
    long.test(digits) ? [digits.replace(long, short)] : isShort.test(digits) ? [digits.replace(isShort, whole)] : [],
  );
}
