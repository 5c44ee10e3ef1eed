import { isPlainObject, kindOf } from "./plain-object.js";

/** A value that breaks a rule. */
export interface InputFault {
  /** The names that lead to the value. */
  path: readonly (string | number)[];
  rule: string;
}

/**
 * Returns the first part of a value that JSON cannot contain unchanged, such as a `BigInt`, a `Date` or an object that contains itself; null where there is none. A
 * field that is `undefined` counts as left out.
 */
export function jsonFaultOf(value: unknown): InputFault | null {
  return faultOf(value, [], []);
}

function faultOf(value: unknown, path: InputFault["path"], around: readonly unknown[]): InputFault | null {
  if (value === null || value === undefined || typeof value === "string" || typeof value === "boolean") return null;
  if (typeof value === "number")
    return Number.isFinite(value) ? null : { path, rule: "must be a finite number, because JSON has no other" };
  if (around.includes(value)) return { path, rule: "must not contain itself, because JSON cannot" };
  const isList = Array.isArray(value);
  if (!isList && !isPlainObject(value))
    return { path, rule: `must be a value of JSON, not ${kindOf(value)}`.replace("a bigint", "a BigInt") };
  const parts: Iterable<[string | number, unknown]> = isList ? value.entries() : Object.entries(value);
  for (const [name, part] of parts) {
    const fault = faultOf(part, [...path, name], [...around, value]);
    if (fault !== null) return fault;
  }
  return null;
}
