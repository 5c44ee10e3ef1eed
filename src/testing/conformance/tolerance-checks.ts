import assert from "node:assert/strict";
import { checkOf, type ConformanceCheck } from "./check.js";
import { ABSENT, type JsonPath, nestedEntries, formatPath, withReplaced } from "./json-paths.js";
import type { ExampleList } from "./lists.js";

const UNEXPECTED = [0, -1, 987_654, 1.5, 1e300, "unheard-of", "NaN", true, [], {}, [null], { inner: null }];

/** Checks that rows are read in the forms that vendors do not document: other JSON types, missing values, and unknown keys and codes. */
export function toleranceChecks(list: ExampleList): ConformanceCheck[] {
  const { name, example, operation } = list;
  const check = checkOf("mapping", `${name}: `);
  const assertReplaceable = (values: readonly unknown[]) => {
    for (const raw of list.rows())
      for (const { path } of nestedEntries(raw))
        for (const value of values) assertReadOrRejected(list, withReplaced(raw, path, value), path);
  };
  return [
    check("accepts unknown keys", () => {
      for (const raw of list.rows()) {
        for (const { path, value } of [{ path: [], value: raw }, ...nestedEntries(raw)]) {
          if (typeof value !== "object" || value === null || Array.isArray(value)) continue;
          const changed = withReplaced(raw, path, { unheardOf: { of: ["a", 1, null] }, ...value });
          const what = `an unknown key in ${formatPath(path)}`;
          assertMapsEqually(list, changed, raw, what, "do not create wire schemas with `z.strictObject`");
        }
      }
    }),
    check("reads numbers written as strings, and strings written as numbers", () => {
      for (const raw of list.rows()) {
        for (const { path, value } of nestedEntries(raw)) {
          const other = inOtherJsonType(value);
          if (other === null) continue;
          const what = `${formatPath(path)} as ${JSON.stringify(other)} instead of ${JSON.stringify(value)}`;
          const advice = "read it with `wireText`, `wireId`, `wireInteger` and the like";
          assertMapsEqually(list, withReplaced(raw, path, other), raw, what, advice);
        }
      }
    }),
    check("reads a row with a missing value, or names the field", () => {
      assertReplaceable([null, "", ABSENT]);
    }),
    check("reads a row with an unexpected value, or names the field", () => {
      assertReplaceable(UNEXPECTED);
    }),
    check("accepts unknown codes", () => {
      for (const raw of list.rows()) {
        for (const field of example.codes ?? []) {
          for (const code of ["unheard-of", "987654", 987_654]) {
            const row = withReplaced(raw, [field], code);
            const what = `the unknown code ${JSON.stringify(code)} in \`${field}\``;
            assert.ok(
              operation.row.safeParse(row).success,
              `\`${name}.row\` rejects ${what}: read codes as strings, and map unknown codes to "unknown"`,
            );
            list.assertValid(list.recordOf(row), `a row of \`${name}\` with ${what}`);
          }
        }
      }
    }),
  ];
}

/** Asserts that a changed row is mapped to the same value as the original. */
function assertMapsEqually(list: ExampleList, changed: unknown, raw: unknown, what: string, advice: string): void {
  const row = list.operation.row.safeParse(changed);
  assert.ok(row.success, `\`${list.name}.row\` rejects ${what}: ${advice}`);
  assert.deepEqual(
    list.map(row.data),
    list.map(list.parse(raw)),
    `\`${list.name}\`: ${what} changes the record: ${advice}`,
  );
}

/** Asserts that a row with an unusual value is mapped to a valid value, or rejected with the name of a field. */
function assertReadOrRejected(list: ExampleList, raw: unknown, path: JsonPath): void {
  const { name, operation } = list;
  const what = `a row with an unusual value in \`${formatPath(path)}\``;
  const row = operation.row.safeParse(raw);
  if (!row.success) {
    const named = row.error.issues.every((issue) => issue.path.length > 0);
    assert.ok(named, `\`${name}.row\` rejects ${what} without naming a field: give each issue a \`path\``);
    return;
  }
  assert.doesNotThrow(
    () => list.map(row.data),
    `\`${name}.map\` throws for ${what}: \`row\` must reject rows that \`map\` cannot map`,
  );
  const key: unknown = operation.key(row.data);
  assert.ok(typeof key === "string" && key !== "", `\`${name}.key\` is not a non-empty string for ${what}`);
  list.assertValid(list.complete(list.map(row.data), raw), what);
}

/** Returns a number as a string, or the number in a string; null for other values. */
function inOtherJsonType(value: unknown): string | number | null {
  if (typeof value === "number") return String(value);
  if (typeof value !== "string" || value === "") return null;
  const number = Number(value);
  return Number.isSafeInteger(number) && String(number) === value ? number : null;
}
