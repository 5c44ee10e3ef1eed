/** Signed, so that all values stay small integers of the engine. */
const FNV_OFFSET = 0x811c9dc5 | 0;
const FNV_PRIME = 0x01000193;
/** The number of characters at both ends of a longer text that are part of the digest, with its length. */
const END_LENGTH = 16;
/** Type markers that are unlikely as the value of a field or the length of a text. */
const NULL = 0x6e756c6c;
const TRUE = 0x74727565;
const FALSE = 0x66616c73;
const NUMBER = 0x6e756d62;
const LIST = 0x6c697374;
const OBJECT = 0x6f626a65;
/** Deeper values all have the same digest, because a response may be nested arbitrarily. */
const MAX_DEPTH = 10;

/** Names of fields that are not part of the digest. */
export type IgnoredFields = ReadonlySet<string>;
const NONE: IgnoredFields = new Set();

/**
 * Returns a 32-bit digest (FNV-1a) of a row's fields, to compare rows of one key without storing them. It is computed for every row, so it allocates
 * nothing, and reads neither long texts nor names completely.
 */
export function digestOf(row: unknown, ignored = NONE): number {
  return mixValue(FNV_OFFSET, row, MAX_DEPTH, ignored);
}

function mixValue(digest: number, value: unknown, depth: number, ignored: IgnoredFields): number {
  if (typeof value === "string") return mixText(digest, value);
  if (typeof value === "number") return mixNumber(mix(digest, NUMBER), value);
  if (typeof value === "boolean") return mix(digest, value ? TRUE : FALSE);
  if (typeof value !== "object" || value === null || depth === 0) return mix(digest, NULL);
  return Array.isArray(value)
    ? mixItems(digest, value, depth - 1, ignored)
    : mixFields(digest, value as Record<string, unknown>, depth - 1, ignored);
}

function mixNumber(digest: number, value: number): number {
  return (value | 0) === value ? mix(digest, value) : mixText(digest, String(value));
}

function mixItems(digest: number, items: readonly unknown[], depth: number, ignored: IgnoredFields): number {
  let mixed = mix(mix(digest, LIST), items.length);
  for (const item of items) mixed = mixValue(mixed, item, depth, ignored);
  return mixed;
}

function mixFields(digest: number, fields: Record<string, unknown>, depth: number, ignored: IgnoredFields): number {
  let mixed = mix(digest, OBJECT);
  let count = 0;
  for (const name in fields) {
    if (ignored.size > 0 && ignored.has(name)) continue;
    count += 1;
    mixed = mixValue(mixName(mixed, name), fields[name], depth, ignored);
  }
  return mix(mixed, count);
}

/** Mixes the length and both ends of a name. This suffices because rows of one list have the same names in the same order. */
function mixName(digest: number, name: string): number {
  const { length } = name;
  return mix(mix(mix(digest, length), name.charCodeAt(0)), name.charCodeAt(length - 1));
}

function mixText(digest: number, text: string): number {
  const { length } = text;
  // The length is a separator, so that "ab" + "c" differs from "a" + "bc".
  const begun = mix(digest, length);
  if (length <= 2 * END_LENGTH) return mixPart(begun, text, 0, length);
  return mixPart(mixPart(begun, text, 0, END_LENGTH), text, length - END_LENGTH, length);
}

function mixPart(digest: number, text: string, from: number, to: number): number {
  let mixed = digest;
  for (let index = from; index < to; index += 1) mixed = mix(mixed, text.charCodeAt(index));
  return mixed;
}

function mix(digest: number, value: number): number {
  return Math.imul(digest ^ value, FNV_PRIME);
}
