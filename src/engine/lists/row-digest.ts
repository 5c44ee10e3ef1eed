/** Signed, as what is made of it: a machine's small integers all the way. */
const FNV_OFFSET = 0x811c9dc5 | 0;
const FNV_PRIME = 0x01000193;
/** Of a text that is longer than both ends together, its ends and its length are looked at. */
const END_LENGTH = 16;

/**
 * A 32-bit digest (FNV-1a) of what the fields of a row hold, by which two rows of one key are told apart without keeping them. It is worked out
 * for every row: it makes no garbage, and does not read long texts to the end.
 */
export function digestOf(row: unknown): number {
  if (typeof row !== "object" || row === null) return mixValue(FNV_OFFSET, row);
  let digest = FNV_OFFSET;
  for (const name in row) digest = mixValue(digest, (row as Record<string, unknown>)[name]);
  return digest;
}

function mixValue(digest: number, value: unknown): number {
  if (typeof value === "string") return mixText(digest, value);
  if (value === null) return Math.imul(digest, FNV_PRIME);
  if (typeof value === "number" && (value | 0) === value) return Math.imul(digest ^ value, FNV_PRIME);
  return Array.isArray(value) && value.length === 0 ? Math.imul(digest ^ 1, FNV_PRIME) : mixText(digest, print(value));
}

/** What is too deep to be written is one thing, whatever it holds. */
function print(value: unknown): string {
  try {
    return JSON.stringify([value]);
  } catch {
    return "too deep";
  }
}

function mixText(digest: number, text: string): number {
  const { length } = text;
  // The length is a boundary, so that "ab" + "c" is not "a" + "bc".
  const begun = Math.imul(digest ^ length, FNV_PRIME);
  if (length <= 2 * END_LENGTH) return mixPart(begun, text, 0, length);
  return mixPart(mixPart(begun, text, 0, END_LENGTH), text, length - END_LENGTH, length);
}

function mixPart(digest: number, text: string, from: number, to: number): number {
  let mixed = digest;
  for (let index = from; index < to; index += 1) mixed = Math.imul(mixed ^ text.charCodeAt(index), FNV_PRIME);
  return mixed;
}
