import assert from "node:assert/strict";

/** A schema that reads a value without throwing. */
export interface Schema {
  safeParse(
    value: unknown,
  ):
    | { success: true; data: unknown }
    | { success: false; error: { issues: { path: PropertyKey[]; message: string }[] } };
}

/** Returns the value as the schema reads it. @throws AssertionError that names each wrong field and its rule. */
export function assertMatches(schema: Schema, value: unknown, what: string): unknown {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const faults = read.error.issues.map(({ path, message }) => `\`${path.map(String).join(".")}\`: ${message}`);
  assert.fail(`${what}: ${faults.join("; ")}`);
}
