import type { CallRecord } from "../../index.js";
import { isDate } from "../is-date.js";
import { type InputFault, jsonFaultOf } from "../json-fault.js";
import { isPlainObject, kindOf } from "../plain-object.js";

/** The years of given times. The times that follow from them then have four digits too. */
const [FIRST_YEAR, LAST_YEAR] = [1971, 9900];
/** The maximum of a given duration: ten years. */
const MAX_SECONDS = 315_360_000;
const E164 = /^\+[1-9]\d{1,14}$/;

const IDS = ["provider", "account", "application", "id"] as const;
const PARTIES = ["caller", "callee", "customer", "line"] as const;
const DURATIONS = ["ringSeconds", "waitSeconds", "talkSeconds", "ivrSeconds"] as const;

/** Returns the first override whose type a record cannot contain, such as a `Map`; null where there is none. The vendor's row is a value of JSON. */
export function typeFaultOf(overrides: Readonly<Record<string, unknown>>): InputFault | null {
  for (const [field, value] of Object.entries(overrides)) {
    const fault = field === "raw" ? jsonFaultOf(value) : objectFaultOf(value, []);
    if (fault !== null) return { ...fault, path: [field, ...fault.path] };
  }
  return null;
}

function objectFaultOf(value: unknown, around: readonly unknown[]): InputFault | null {
  if (typeof value !== "object" || value === null || isDate(value)) return null;
  if (around.includes(value)) return { path: [], rule: "must not contain itself" };
  const isList = Array.isArray(value);
  if (!isList && !isPlainObject(value)) return { path: [], rule: `must be a plain object, not ${kindOf(value)}` };
  const parts: Iterable<[string | number, unknown]> = isList ? value.entries() : Object.entries(value);
  for (const [name, part] of parts) {
    const fault = objectFaultOf(part, [...around, value]);
    if (fault !== null) return { ...fault, path: [name, ...fault.path] };
  }
  return null;
}

/** Returns the first value of a record that is valid by its type but not by its meaning; null where there is none. */
export function valueFaultOf(record: CallRecord): InputFault | null {
  for (const name of IDS)
    if (record[name] === "")
      return { path: [name], rule: name === "application" ? "must be null or not empty" : "must not be empty" };
  for (const name of PARTIES) {
    const e164 = record[name]?.e164 ?? null;
    if (e164 !== null && !E164.test(e164))
      return { path: [name, "e164"], rule: "must be `+`, a country code and a number, of at most 15 digits together" };
  }
  for (const name of DURATIONS) if (isTooLong(record[name])) return { path: [name], rule: DURATION_RULE };
  for (const [at, { talkSeconds }] of record.legs.entries())
    if (isTooLong(talkSeconds)) return { path: ["legs", at, "talkSeconds"], rule: DURATION_RULE };
  // The vendor's row has no dates, because it is a value of JSON.
  return timeFaultOf(record);
}

const DURATION_RULE = `must be at most ${MAX_SECONDS} seconds, which are ten years`;

function isTooLong(seconds: number | null): boolean {
  return seconds !== null && seconds > MAX_SECONDS;
}

function timeFaultOf(value: unknown): InputFault | null {
  if (isDate(value)) {
    const year = value.getUTCFullYear();
    const isFit = year >= FIRST_YEAR && year <= LAST_YEAR;
    return isFit ? null : { path: [], rule: `must be in the years ${FIRST_YEAR} to ${LAST_YEAR}` };
  }
  const parts: Iterable<[string | number, unknown]> = Array.isArray(value)
    ? value.entries()
    : isPlainObject(value)
      ? Object.entries(value)
      : [];
  for (const [name, part] of parts) {
    const fault = timeFaultOf(part);
    if (fault !== null) return { ...fault, path: [name, ...fault.path] };
  }
  return null;
}
