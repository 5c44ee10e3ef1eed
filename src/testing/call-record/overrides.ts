import type { CallRecord, DeepPartial } from "../../index.js";
import { isPlainObject } from "../plain-object.js";

/** The fields of a record to set. Objects are merged with the default, and so are the objects in a list. Any other value replaces the default. */
export type CallRecordOverrides = DeepPartial<CallRecord>;

/** Merges objects. The objects of a list are merged with the first one of the example's list. A field that is undefined counts as left out. */
export function merge(example: unknown, override: unknown): unknown {
  if (override === undefined) return example;
  if (Array.isArray(override)) {
    const first: unknown = Array.isArray(example) ? example[0] : undefined;
    return override.map((item) => merge(first, item));
  }
  if (!isPlainObject(override)) return override;
  const base = isPlainObject(example) ? example : {};
  return {
    ...base,
    ...Object.fromEntries(Object.entries(override).map(([field, value]) => [field, merge(base[field], value)])),
  };
}

/** Returns the path of a field that the schema does not have; null where there is none. @param read the value as the schema reads it. */
export function unknownFieldOf(value: unknown, read: unknown, path = ""): string | null {
  if (Array.isArray(value)) return firstOf(value.entries(), (at) => (Array.isArray(read) ? read[at] : null), path);
  if (!isPlainObject(value)) return null;
  const fields = isPlainObject(read) ? read : {};
  const unknown = Object.keys(value).find((field) => !Object.hasOwn(fields, field));
  if (unknown !== undefined) return `${path}${unknown}`;
  // The vendor's row has any fields.
  return firstOf(
    Object.entries(value).filter(([field]) => path !== "" || field !== "raw"),
    (field) => fields[field],
    path,
  );
}

function firstOf<Name extends string | number>(
  entries: Iterable<[Name, unknown]>,
  readOf: (name: Name) => unknown,
  path: string,
): string | null {
  for (const [name, value] of entries) {
    const found = unknownFieldOf(value, readOf(name), `${path}${name}.`);
    if (found !== null) return found;
  }
  return null;
}
