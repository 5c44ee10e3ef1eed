/**
 * The most levels of lists and objects in a row, itself included. Vendors' rows have three or four. What is nested much deeper cannot be written as JSON,
 * printed, or hashed without exceeding the stack, and not be stored: MySQL refuses JSON of more than 100 levels.
 */
export const MAX_LEVELS = 100;

/** The rule that such a field breaks. */
export const TOO_DEEP = `is nested more than ${MAX_LEVELS} levels deep, as no call is`;

/** The field under which a row is nested deeper than {@link MAX_LEVELS}, or an index of a row that is a list; null where it is not. */
export function tooDeepFieldOf(row: unknown): string | null {
  if (typeof row !== "object" || row === null) return null;
  const fields = row as Record<string, unknown>;
  for (const name in fields) {
    const value = fields[name];
    if (typeof value === "object" && value !== null && isDeeper(value, MAX_LEVELS - 1)) return name;
  }
  return null;
}

/** Looked at for every row: no list is made of what is found, and recursion goes as deep as the levels, and no further. */
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
