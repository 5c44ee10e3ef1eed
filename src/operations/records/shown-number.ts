import { isHiddenCaller, shownDigitsOf, type ShownRun } from "../../contract/phone-text.js";

/** The digits of a requested number. */
export interface SoughtDigits {
  /** The digits without a country code and a trunk prefix. */
  national: string;
  /** The digits including the country code; equal to `national` where the country is not certain. */
  international: string;
}

/**
 * Number of equal last digits at which two numbers may be the same one with another prefix: a country code, an area code, or the prefix of a carrier or of
 * international calls.
 */
const SHARED_DIGITS = 7;
/** Minimum number of digits of a text that excludes a telephone number, such as `81****00`. */
const FEWEST_DIGITS = 4;
/** Number of digits at the end of a masked number that are usually shown. */
const SHOWN_DIGITS = 4;
/** Maximum number of digits before masked ones in which a single digit may be the first of the number, after a country code and a trunk prefix. */
const PREFIX_DIGITS = 7;
/** Minimum number of digits of a number that may be a local one. */
const LOCAL_DIGITS = 5;

/** Whether digits contain the number, or the digits of it that are left without an area code. Other digits may precede and follow. */
export function containsNumber({ national }: SoughtDigits, digits: string): boolean {
  return (
    digits.includes(national.slice(-SHARED_DIGITS)) || (digits.length >= LOCAL_DIGITS && national.endsWith(digits))
  );
}

/** Compares a text with separators that was read as another number. It may be a number with an extension, several numbers, or one without its last digits. */
export function compareParts(sought: SoughtDigits, row: string): "possible" | "different" {
  const isPossible = shownDigitsOf(row).runs.some((run) => {
    const all = run.heads.at(-1) ?? "";
    // The whole run is another number. It may be one of another area with the same last digits.
    const before = run.heads.slice(0, -1);
    const contains = all.includes(sought.national) || before.some((head) => endsWithNumber(sought, head));
    return contains || (run.isCut && isBeginning(sought, all));
  });
  return isPossible ? "possible" : "different";
}

/**
 * Compares a text that is not one number. It is possible that it contains a requested number if some of its digits are shown. A word such as `anonymous` states
 * that there is no number, so that it is not reported.
 */
export function compareShown(sought: SoughtDigits, row: string): "possible" | "hidden" | "different" {
  const { runs, count, isEndShown } = shownDigitsOf(row);
  if (count < FEWEST_DIGITS) return row.trim() === "" || isHiddenCaller(row) ? "different" : "hidden";
  return runs.some((run) => mayBePart(sought, run, isEndShown)) ? "possible" : "different";
}

/** A masked telephone number. */
const MASKED_NUMBER = /^[\d\s+()*\u2022.-]*[*\u2022][\d\s+()*\u2022.-]*$/;

/**
 * Compares a vendor's substitute for a number, which may be the number itself or a masked form of it. Any other substitute shows nothing of the number.
 * @param isKnown whether the vendor also provides the number.
 */
export function compareProtected(
  sought: SoughtDigits,
  row: string,
  isKnown: boolean,
): "possible" | "hidden" | "different" {
  const runs = shownDigitsOf(row).runs.map(({ heads }) => heads.at(-1) ?? "");
  if (runs.some((run) => run.includes(sought.national))) return "possible";
  if (isKnown || isHiddenCaller(row)) return "different";
  if (MASKED_NUMBER.test(row)) return compareShown(sought, row);
  return runs.some((run) => containsNumber(sought, run)) ? "possible" : "hidden";
}

function mayBePart(sought: SoughtDigits, { heads, isCut }: ShownRun, isEndShown: boolean): boolean {
  const all = heads.at(-1) ?? "";
  if (containsNumber(sought, all)) return true;
  // An extension may follow the last digits of the number.
  if (heads.some((head) => head.length > 1 && sought.national.endsWith(head.slice(-SHOWN_DIGITS)))) return true;
  if (all.length > SHOWN_DIGITS && all.includes(sought.national.slice(-SHOWN_DIGITS))) return true;
  // Where the last digits are shown, they exclude the number.
  return isCut && !isEndShown && isBeginning(sought, all);
}

/** Whether the digits before masked ones may be the first digits of the number, after any prefix, or digits from its middle. */
function isBeginning({ national, international }: SoughtDigits, digits: string): boolean {
  if (international.includes(digits)) return true;
  const fewest = digits.length > PREFIX_DIGITS ? SHOWN_DIGITS : 1;
  for (let start = 1; start <= digits.length - fewest; start += 1) {
    const end = digits.slice(start);
    if (national.startsWith(end) || international.startsWith(end)) return true;
    if (end.length >= SHOWN_DIGITS && national.includes(end)) return true;
  }
  return false;
}

function endsWithNumber({ national }: SoughtDigits, digits: string): boolean {
  return digits.length >= LOCAL_DIGITS && digits.endsWith(national.slice(-SHARED_DIGITS));
}
