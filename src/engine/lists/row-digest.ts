/** Signed, as what is made of it: a machine's small integers all the way. */
const FNV_OFFSET = 0x811c9dc5 | 0;
const FNV_PRIME = 0x01000193;
/** Of a text that is longer than both ends together, its ends and its length are looked at. */
const END_LENGTH = 16;
/** Hardly the number that a field holds, nor the length of its text. */
const NULL = 0x6e756c6c;
const TRUE = 0x74727565;
const FALSE = 0x66616c73;
const NUMBER = 0x6e756d62;
const LIST = 0x6c697374;
const OBJECT = 0x6f626a65;
/** What is nested deeper is one thing, whatever it holds: an answer may nest deeper than calls can. */
const MAX_DEPTH = 10;

/** Names of fields that do not count. */
export type IgnoredFields = ReadonlySet<string>;
const NONE: IgnoredFields = new Set();

/**
 * A 32-bit digest (FNV-1a) of a row's fields, by which two rows of one key are told apart without keeping them. It is worked out
 * for every row: it makes no garbage, and reads neither long texts nor names to the end.
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

/** By its length and both ends: rows of one list have the same names, and their values are told apart by the order in which they come as well. */
function mixName(digest: number, name: string): number {
  const { length } = name;
  return mix(mix(mix(digest, length), name.charCodeAt(0)), name.charCodeAt(length - 1));
}

function mixText(digest: number, text: string): number {
  const { length } = text;
  // The length is a boundary, so that "ab" + "c" is not "a" + "bc".
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
