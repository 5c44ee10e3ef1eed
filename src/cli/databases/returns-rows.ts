/** Whether a statement returns rows. Kysely executes other statements with `run`, which returns the number of changed rows. */
export function returnsRows(text: string): boolean {
  return /^\s*(?:select|with|pragma|explain|values)\b|\breturning\b/i.test(text);
}
