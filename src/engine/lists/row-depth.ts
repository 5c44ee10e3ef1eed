/**
 * Maximum number of levels of lists and objects in a row, including the row. Vendors' rows have three or four. Deeply nested values exceed the stack when
 * they are serialised or hashed, and MySQL refuses JSON of more than 100 levels.
 */
export const MAX_LEVELS = 100;

/** The rule that a field with too many levels breaks. */
export const TOO_DEEP = `is nested more than ${MAX_LEVELS} levels deep`;

/** Returns the field, or the index in a list, with more than {@link MAX_LEVELS} levels; null where there is none. */
export function tooDeepFieldOf(row: unknown): string | null {
  if (typeof row !== "object" || row === null) return null;
  const fields = row as Record<string, unknown>;
  for (const name in fields) {
    const value = fields[name];
    if (typeof value === "object" && value !== null && isDeeper(value, MAX_LEVELS - 1)) return name;
  }
  return null;
}

/** Whether a value has more levels. It runs for every row, so it allocates nothing. The recursion ends at the maximum level. */
function isDeeper(value: object, levels: number): boolean {
  if (levels === 0) return true;
  if (Array.isArray(value)) {
    for (const item of value as unknown[])
      if (typeof item === "object" && item !== null && isDeeper(item, levels - 1)) return true;
    return false;
  }
  const fields = value as Record<string, unknown>;
  for (const name in fields) {
    const field = fields[name];
    if (typeof field === "object" && field !== null && isDeeper(field, levels - 1)) return true;
  }
  return false;
}
