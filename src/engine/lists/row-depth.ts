/**
 * The most levels of lists and objects in a row, itself included. Vendors' rows have three or four. What is nested much deeper cannot be written as JSON,
 * printed, or hashed without exceeding the stack, and not be stored: MySQL refuses JSON of more than 100 levels.
 */
export const MOST_LEVELS = 100;

/** The rule that such a field breaks. */
export const TOO_DEEP = `is nested more than ${MOST_LEVELS} levels deep, as no call is`;

const MANY = 1000;

/** The field under which a row is nested deeper than {@link MOST_LEVELS}, or an index of a row that is a list; null where it is not. */
export function tooDeepFieldOf(row: unknown): string | null {
  if (typeof row !== "object" || row === null) return null;
  const fields = row as Record<string, unknown>;
  for (const name in fields) {
    const value = fields[name];
    if (typeof value === "object" && value !== null && isDeeper(value, MOST_LEVELS - 1)) return name;
  }
  return null;
}

/** Level by level, for recursion reaches no further than the stack. */
function isDeeper(value: object, levels: number): boolean {
  let level: object[] = [value];
  for (let depth = 1; level.length > 0; depth += 1) {
    if (depth > levels) return true;
    const next: object[] = [];
    for (const one of level) {
      const fields = one as Record<string, unknown>;
      for (const name in fields) {
        const field = fields[name];
        if (typeof field === "object" && field !== null) next.push(field);
      }
    }
    // A row of a caller may hold one object in many places, or itself.
    level = next.length > MANY ? [...new Set(next)] : next;
  }
  return false;
}
