import assert from "node:assert/strict";
import { callRecordSchema, CallRecordsClient } from "../../index.js";
import type { ConformanceCheck } from "./check.js";
import { assertFieldsAgree } from "./field-checks.js";
import { ABSENT, type JsonPath, nestedEntries, formatPath, withReplaced } from "./json-paths.js";
import { type ExampleList, exampleLists } from "./lists.js";
import { invalidValues } from "./invalid-values.js";
import type { ConformanceSubject } from "./subject.js";
import { assertTimesAreFields } from "./times-checks.js";

/** Checks that rows are read and mapped without side effects, to valid records, in every JSON form of their values. */
export function mappingChecks(subject: ConformanceSubject): ConformanceCheck[] {
  const lists = exampleLists(subject, subject.provider());
  return lists.flatMap((list) => [
    ...readingChecks(list),
    ...toleranceChecks(list),
    ...(list.holdsCalls ? [normalizeCheck(list, subject)] : []),
  ]);
}

function readingChecks(list: ExampleList): ConformanceCheck[] {
  const { name, operation, example, partition } = list;
  const check = checkOf(list);
  const isPaged = operation.paging.style !== "none";
  return [
    check("reads the documented response", () => {
      assert.ok(
        rowsOf(list).length > 0,
        `\`examples.${name}.response\` must contain a row: without one nothing is checked`,
      );
      if (example.empty !== undefined)
        assert.deepEqual(
          readPage(list, example.empty).rows,
          [],
          `\`${name}.responseSchema\` finds rows in \`examples.${name}.empty\``,
        );
    }),
    check("rejects invalid responses and rows without throwing", () => {
      for (const value of invalidValues) {
        assert.doesNotThrow(
          () => operation.responseSchema.safeParse(value),
          `\`${name}.responseSchema\` must reject what it cannot read, and must not throw`,
        );
        assert.doesNotThrow(
          () => operation.row.safeParse(value),
          `\`${name}.row\` must reject what it cannot read, and must not throw`,
        );
        const page = operation.responseSchema.safeParse(value);
        if (page.success) assertPage(page.data, name);
      }
    }),
    check("gives each row a unique key", () => {
      const keys = rowsOf(list).map((raw) => keyOf(list, raw));
      for (const key of keys)
        assert.ok(
          typeof key === "string" && key !== "",
          `\`${name}.key\` must be a non-empty string, not ${JSON.stringify(key)}`,
        );
      assert.deepEqual(
        rowsOf(list).map((raw) => keyOf(list, raw)),
        keys,
        `\`${name}.key\` must be the same each time`,
      );
      assert.equal(
        new Set(keys).size,
        keys.length,
        `\`${name}.key\` is the same for different rows: all except one would be lost`,
      );
    }),
    ...(isPaged
      ? [
          check("rejects a row without its key", () => {
            assertKeyRequired(list);
          }),
        ]
      : []),
    check("maps a row to the same value each time, without changing the row", () => {
      for (const raw of rowsOf(list)) {
        const given = structuredClone(raw);
        const row = parseRow(list, raw);
        const once = operation.map(row, { partition });
        assert.deepEqual(
          operation.map(row, { partition }),
          once,
          `\`${name}.map\` must be pure: it mapped the same row to two different values`,
        );
        assert.deepEqual(row, parseRow(list, raw), `\`${name}.map\` must not change its row`);
        assert.deepEqual(
          raw,
          given,
          `\`${name}.row\` and \`${name}.map\` must not change the vendor's row, which is delivered as \`raw\``,
        );
      }
    }),
    check("declares times that its rows have", () => {
      assertTimesAreFields(
        list,
        rowsOf(list).map((raw) => parseRow(list, raw)),
      );
    }),
    check("maps to a value that is valid, also as JSON", () => {
      for (const raw of rowsOf(list)) assertComplete(list, mapped(list, raw), `an example row of \`${name}\``);
    }),
  ];
}

function toleranceChecks(list: ExampleList): ConformanceCheck[] {
  const { name, example } = list;
  const check = checkOf(list);
  return [
    check("accepts unknown keys", () => {
      for (const raw of rowsOf(list)) {
        for (const path of objectPaths(raw)) {
          const changed = withUnknownKey(raw, path);
          assertMapsEqually(
            list,
            changed,
            raw,
            `an unknown key in ${formatPath(path)}`,
            "do not create wire schemas with `z.strictObject`",
          );
        }
      }
    }),
    check("reads numbers written as strings, and strings written as numbers", () => {
      for (const raw of rowsOf(list)) {
        for (const { path, value } of nestedEntries(raw)) {
          const other = inOtherJsonType(value);
          if (other === null) continue;
          assertMapsEqually(
            list,
            withReplaced(raw, path, other),
            raw,
            `${formatPath(path)} as ${JSON.stringify(other)} instead of ${JSON.stringify(value)}`,
            "read it with `wireText`, `wireId`, `wireInteger` and the like",
          );
        }
      }
    }),
    check("reads a row with a missing value, or names the field", () => {
      for (const raw of rowsOf(list)) {
        for (const { path } of nestedEntries(raw))
          for (const nothing of [null, "", ABSENT]) assertReadOrRejected(list, withReplaced(raw, path, nothing), path);
      }
    }),
    check("reads a row with an unexpected value, or names the field", () => {
      for (const raw of rowsOf(list)) {
        for (const { path } of nestedEntries(raw)) {
          for (const strange of [
            0,
            -1,
            987_654,
            1.5,
            1e300,
            "unheard-of",
            "NaN",
            true,
            [],
            {},
            [null],
            { inner: null },
          ])
            assertReadOrRejected(list, withReplaced(raw, path, strange), path);
        }
      }
    }),
    check("accepts unknown codes", () => {
      for (const raw of rowsOf(list)) {
        for (const field of example.codes ?? []) {
          for (const code of ["unheard-of", "987654", 987_654]) {
            const row = withReplaced(raw, [field], code);
            assert.ok(
              list.operation.row.safeParse(row).success,
              `\`${name}.row\` rejects the unknown code ${JSON.stringify(code)} in \`${field}\`: read codes as strings, and map unknown codes to "unknown"`,
            );
            assertComplete(
              list,
              mapped(list, row),
              `a row of \`${name}\` with the unknown code ${JSON.stringify(code)} in \`${field}\``,
            );
          }
        }
      }
    }),
  ];
}

function normalizeCheck(list: ExampleList, { provider: make }: ConformanceSubject): ConformanceCheck {
  return checkOf(list)("normalizes a stored row to the same record", async () => {
    const provider = make();
    const client = new CallRecordsClient({ providers: [provider] });
    try {
      for (const raw of rowsOf(list)) {
        const record = mapped(list, raw);
        const kept: { application?: string | null; relatedIds?: Record<string, string> } = record;
        assert.deepEqual(
          client.normalize(provider.account, raw, kept),
          record,
          `\`normalize\` returns another record than a read: each value that \`${list.name}.map\` takes from the partition must be in the row, in \`application\` or in \`relatedIds\``,
        );
      }
    } finally {
      await client.close();
    }
  });
}

function checkOf({ name }: ExampleList): (rule: string, run: ConformanceCheck["run"]) => ConformanceCheck {
  return (rule, run) => ({ group: "mapping", name: `${name}: ${rule}`, run });
}

function readPage({ name, operation }: ExampleList, body: unknown) {
  const page = operation.responseSchema.safeParse(body);
  assert.ok(page.success, `\`${name}.responseSchema\` rejects the documented response: ${page.error?.message ?? ""}`);
  assertPage(page.data, name);
  return page.data;
}

function assertPage({ rows, total, next }: { rows: unknown; total: unknown; next: unknown }, name: string): void {
  assert.ok(
    rows === null || Array.isArray(rows),
    `\`${name}.responseSchema\` must return \`rows\` as a list, or null where the response contains none`,
  );
  assert.ok(
    total === null || (typeof total === "number" && Number.isSafeInteger(total) && total >= 0),
    `\`${name}.responseSchema\` must return \`total\` as a whole number, or null`,
  );
  assert.ok(
    next === null || (typeof next === "string" && next !== ""),
    `\`${name}.responseSchema\` must return \`next\` as a string, or null on the last page`,
  );
}

function rowsOf(list: ExampleList): unknown[] {
  return readPage(list, list.example.response).rows ?? [];
}

function parseRow({ name, operation }: ExampleList, raw: unknown): unknown {
  const row = operation.row.safeParse(raw);
  assert.ok(row.success, `\`${name}.row\` rejects a documented row: ${row.error?.message ?? ""}`);
  return row.data;
}

function keyOf(list: ExampleList, raw: unknown): string {
  return list.operation.key(parseRow(list, raw));
}

/** Returns the record or the summary of a row. */
function mapped(list: ExampleList, raw: unknown): object {
  return list.complete(list.operation.map(parseRow(list, raw), { partition: list.partition }), raw);
}

function assertComplete({ name, schema, holdsCalls }: ExampleList, record: object, what: string): void {
  assertAccepted(schema, record, record, `${what} is not mapped to a valid value of \`${name}\``);
  assertAccepted(
    schema,
    JSON.parse(JSON.stringify(record)),
    record,
    `${what} is mapped to a value that JSON does not preserve`,
  );
  if (holdsCalls) assertFieldsAgree(callRecordSchema.parse(record), `${what} in \`${name}\``);
}

function assertAccepted(schema: ExampleList["schema"], value: unknown, expected: object, what: string): void {
  const read = schema.safeParse(value);
  const issues = read.success
    ? []
    : read.error.issues.map(({ path, message }) => `\`${path.map(String).join(".")}\`: ${message}`);
  assert.deepEqual(issues, [], `${what}: ${issues.join("; ")}`);
  if (read.success)
    assert.deepEqual(read.data, expected, `${what}: keys that are not in the schema, or values that change`);
}

/** Asserts that a changed row is mapped to the same value as the original. */
function assertMapsEqually(list: ExampleList, changed: unknown, raw: unknown, what: string, advice: string): void {
  const row = list.operation.row.safeParse(changed);
  assert.ok(row.success, `\`${list.name}.row\` rejects ${what}: ${advice}`);
  const { partition, operation } = list;
  assert.deepEqual(
    operation.map(row.data, { partition }),
    operation.map(parseRow(list, raw), { partition }),
    `\`${list.name}\`: ${what} changes the record: ${advice}`,
  );
}

/** Asserts that a row with an unusual value is mapped to a valid value, or rejected with the name of a field. */
function assertReadOrRejected(list: ExampleList, raw: unknown, path: JsonPath): void {
  const { name, operation, partition } = list;
  const what = `a row with an unusual value in \`${formatPath(path)}\``;
  const row = operation.row.safeParse(raw);
  if (!row.success) {
    const named = row.error.issues.every((issue) => issue.path.length > 0);
    assert.ok(named, `\`${name}.row\` rejects ${what} without naming a field: give each issue a \`path\``);
    return;
  }
  assert.doesNotThrow(
    () => operation.map(row.data, { partition }),
    `\`${name}.map\` throws for ${what}: \`row\` must reject rows that \`map\` cannot map`,
  );
  const key: unknown = operation.key(row.data);
  assert.ok(typeof key === "string" && key !== "", `\`${name}.key\` is not a non-empty string for ${what}`);
  assertComplete(list, list.complete(operation.map(row.data, { partition }), raw), what);
}

/** Asserts that a row without its key's fields is rejected. Otherwise it could be delivered twice, or mistaken for another row. */
function assertKeyRequired(list: ExampleList): void {
  for (const raw of rowsOf(list)) {
    const fields = nestedEntries(raw)
      .filter(({ path, value }) => path.length === 1 && (typeof value === "string" || typeof value === "number"))
      .filter(({ path, value }) => {
        const other = list.operation.row.safeParse(
          withReplaced(raw, path, typeof value === "number" ? value + 1 : `${String(value)}1`),
        );
        return other.success && list.operation.key(other.data) !== keyOf(list, raw);
      });
    assert.ok(fields.length > 0, `\`${list.name}.key\` depends on no field of the row: it must be unique for each row`);
    for (const nothing of [null, "", ABSENT]) {
      const without = fields.reduce((row, { path }) => withReplaced(row, path, nothing), raw);
      const names = fields.map(({ path }) => formatPath(path)).join(", ");
      assert.ok(
        !list.operation.row.safeParse(without).success,
        `\`${list.name}.row\` accepts a row without ${names}, on which its key depends: read it with \`wireId\``,
      );
    }
  }
}

/** Returns the paths of the objects in a row, beginning with the row. */
function objectPaths(raw: unknown): JsonPath[] {
  const isObject = (value: unknown) => typeof value === "object" && value !== null && !Array.isArray(value);
  return [
    ...(isObject(raw) ? [[]] : []),
    ...nestedEntries(raw)
      .filter(({ value }) => isObject(value))
      .map(({ path }) => path),
  ];
}

function withUnknownKey(raw: unknown, path: JsonPath): unknown {
  const inner =
    path.length === 0 ? raw : nestedEntries(raw).find((place) => formatPath(place.path) === formatPath(path))?.value;
  return withReplaced(raw, path, Object.assign({ unheardOf: { of: ["a", 1, null] } }, inner));
}

/** Returns a number as a string, or the number in a string; null for other values. */
function inOtherJsonType(value: unknown): string | number | null {
  if (typeof value === "number") return String(value);
  if (typeof value !== "string" || value === "") return null;
  const number = Number(value);
  return Number.isSafeInteger(number) && String(number) === value ? number : null;
}
