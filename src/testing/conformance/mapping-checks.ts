import assert from "node:assert/strict";
import { CallRecordsClient } from "../../index.js";
import type { ConformanceCheck } from "./check.js";
import { ABSENT, type JsonPath, nestedEntries, formatPath, withReplaced } from "./json-paths.js";
import { type ExampleList, exampleLists } from "./lists.js";
import { invalidValues } from "./invalid-values.js";
import type { ConformanceSubject } from "./subject.js";
import { assertTimesAreFields } from "./times-checks.js";

/** That rows are read and mapped without side effects, into the one form, and however the vendor happens to write them. */
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
    check("reads the documented answer", () => {
      assert.ok(rowsOf(list).length > 0, `\`examples.${name}.answer\` must hold a row: without one nothing is checked`);
      if (example.empty !== undefined)
        assert.deepEqual(
          readPage(list, example.empty).rows,
          [],
          `\`${name}.answer\` finds rows in \`examples.${name}.empty\``,
        );
    }),
    check("refuses what is no answer and no row, and never throws", () => {
      for (const value of invalidValues) {
        assert.doesNotThrow(
          () => operation.responseSchema.safeParse(value),
          `\`${name}.answer\` must refuse what it cannot read, not throw`,
        );
        assert.doesNotThrow(
          () => operation.row.safeParse(value),
          `\`${name}.row\` must refuse what it cannot read, not throw`,
        );
        const page = operation.responseSchema.safeParse(value);
        if (page.success) assertPage(page.data, name);
      }
    }),
    check("knows rows by a key", () => {
      const keys = rowsOf(list).map((raw) => keyOf(list, raw));
      for (const key of keys)
        assert.ok(
          typeof key === "string" && key !== "",
          `\`${name}.key\` must be text that is not empty, not ${JSON.stringify(key)}`,
        );
      assert.deepEqual(
        rowsOf(list).map((raw) => keyOf(list, raw)),
        keys,
        `\`${name}.key\` must be the same each time`,
      );
      assert.equal(
        new Set(keys).size,
        keys.length,
        `\`${name}.key\` is the same for different rows: all but one of them would be lost`,
      );
    }),
    ...(isPaged
      ? [
          check("refuses a row without its key", () => {
            assertKeyRequired(list);
          }),
        ]
      : []),
    check("maps a row to the same each time, and leaves it as it was", () => {
      for (const raw of rowsOf(list)) {
        const given = structuredClone(raw);
        const row = parseRow(list, raw);
        const once = operation.map(row, { partition });
        assert.deepEqual(
          operation.map(row, { partition }),
          once,
          `\`${name}.map\` must be pure: the same row was mapped to two things`,
        );
        assert.deepEqual(row, parseRow(list, raw), `\`${name}.map\` must not change its row`);
        assert.deepEqual(
          raw,
          given,
          `\`${name}.row\` and \`${name}.map\` must leave the vendor's own row as it came: it is handed out as \`raw\``,
        );
      }
    }),
    check("names times that its rows have", () => {
      assertTimesAreFields(
        list,
        rowsOf(list).map((raw) => parseRow(list, raw)),
      );
    }),
    check("maps to what the library's schema takes, also as JSON", () => {
      for (const raw of rowsOf(list)) assertComplete(list, mapped(list, raw), `an example row of \`${name}\``);
    }),
  ];
}

function toleranceChecks(list: ExampleList): ConformanceCheck[] {
  const { name, example } = list;
  const check = checkOf(list);
  return [
    check("lets unknown keys pass", () => {
      for (const raw of rowsOf(list)) {
        for (const path of objectPaths(raw)) {
          const changed = withUnknownKey(raw, path);
          assertMapsEqually(
            list,
            changed,
            raw,
            `an unknown key in ${formatPath(path)}`,
            "do not make wire schemas with `z.strictObject`",
          );
        }
      }
    }),
    check("reads numbers as text, and text as numbers", () => {
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
    check("reads a row in which anything is missing, or names the field", () => {
      for (const raw of rowsOf(list)) {
        for (const { path } of nestedEntries(raw))
          for (const nothing of [null, "", ABSENT]) assertReadOrRejected(list, withReplaced(raw, path, nothing), path);
      }
    }),
    check("reads a row in which anything is strange, or names the field", () => {
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
    check("lets codes pass that nobody has seen before", () => {
      for (const raw of rowsOf(list)) {
        for (const field of example.codes ?? []) {
          for (const code of ["unheard-of", "987654", 987_654]) {
            const row = withReplaced(raw, [field], code);
            assert.ok(
              list.operation.row.safeParse(row).success,
              `\`${name}.row\` refuses the unknown code ${JSON.stringify(code)} in \`${field}\`: read codes as text, and map those that are unknown to "unknown"`,
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
  return checkOf(list)("is mapped from a row that was kept as from one that is read", async () => {
    const provider = make();
    const client = new CallRecordsClient({ providers: [provider] });
    try {
      for (const raw of rowsOf(list)) {
        const record = mapped(list, raw);
        const kept: { application?: string | null; relatedIds?: Record<string, string> } = record;
        assert.deepEqual(
          client.normalize(provider.account, raw, kept),
          record,
          `\`normalize\` makes another record of the row than reading it does: what \`${list.name}.map\` takes from the partition must be in the row, in \`application\` or in \`relatedIds\``,
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
  assert.ok(page.success, `\`${name}.answer\` refuses the documented answer: ${page.error?.message ?? ""}`);
  assertPage(page.data, name);
  return page.data;
}

function assertPage({ rows, total, next }: { rows: unknown; total: unknown; next: unknown }, name: string): void {
  assert.ok(
    rows === null || Array.isArray(rows),
    `\`${name}.answer\` must give \`rows\` as a list, or null where the answer holds none`,
  );
  assert.ok(
    total === null || (typeof total === "number" && Number.isSafeInteger(total) && total >= 0),
    `\`${name}.answer\` must give \`total\` as a whole number, or null`,
  );
  assert.ok(
    next === null || (typeof next === "string" && next !== ""),
    `\`${name}.answer\` must give \`next\` as text, or null where there is no further page`,
  );
}

function rowsOf(list: ExampleList): unknown[] {
  return readPage(list, list.example.response).rows ?? [];
}

function parseRow({ name, operation }: ExampleList, raw: unknown): unknown {
  const row = operation.row.safeParse(raw);
  assert.ok(row.success, `\`${name}.row\` refuses a documented row: ${row.error?.message ?? ""}`);
  return row.data;
}

function keyOf(list: ExampleList, raw: unknown): string {
  return list.operation.key(parseRow(list, raw));
}

/** The record, or summary, of a row. */
function mapped(list: ExampleList, raw: unknown): object {
  return list.complete(list.operation.map(parseRow(list, raw), { partition: list.partition }), raw);
}

function assertComplete({ name, schema }: ExampleList, record: object, what: string): void {
  assertAccepted(schema, record, record, `${what} is not mapped to what \`${name}\` must give`);
  assertAccepted(schema, JSON.parse(JSON.stringify(record)), record, `${what} is mapped to what does not survive JSON`);
}

function assertAccepted(schema: ExampleList["schema"], value: unknown, expected: object, what: string): void {
  const read = schema.safeParse(value);
  const issues = read.success
    ? []
    : read.error.issues.map(({ path, message }) => `\`${path.map(String).join(".")}\`: ${message}`);
  assert.deepEqual(issues, [], `${what}: ${issues.join("; ")}`);
  if (read.success)
    assert.deepEqual(read.data, expected, `${what}: keys that the schema does not have, or values that change`);
}

/** A row in which something is otherwise must be mapped as the one in which it is not. */
function assertMapsEqually(list: ExampleList, changed: unknown, raw: unknown, what: string, advice: string): void {
  const row = list.operation.row.safeParse(changed);
  assert.ok(row.success, `\`${list.name}.row\` refuses ${what}: ${advice}`);
  const { partition, operation } = list;
  assert.deepEqual(
    operation.map(row.data, { partition }),
    operation.map(parseRow(list, raw), { partition }),
    `\`${list.name}\`: ${what} changes the record: ${advice}`,
  );
}

/** A row with something unusual is either read, and mapped to something whole, or refused by a field's name. */
function assertReadOrRejected(list: ExampleList, raw: unknown, path: JsonPath): void {
  const { name, operation, partition } = list;
  const what = `a row with something unusual in \`${formatPath(path)}\``;
  const row = operation.row.safeParse(raw);
  if (!row.success) {
    const named = row.error.issues.every((issue) => issue.path.length > 0);
    assert.ok(named, `\`${name}.row\` refuses ${what} without naming a field: give each issue a \`path\``);
    return;
  }
  assert.doesNotThrow(
    () => operation.map(row.data, { partition }),
    `\`${name}.map\` throws for ${what}: what it cannot map, \`row\` must refuse`,
  );
  const key: unknown = operation.key(row.data);
  assert.ok(typeof key === "string" && key !== "", `\`${name}.key\` is not text for ${what}`);
  assertComplete(list, list.complete(operation.map(row.data, { partition }), raw), what);
}

/** Without what its key is made of, a row must be refused: it could be handed out twice, or taken for another. */
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
    assert.ok(fields.length > 0, `\`${list.name}.key\` depends on no field of the row: it must be unique to a row`);
    for (const nothing of [null, "", ABSENT]) {
      const without = fields.reduce((row, { path }) => withReplaced(row, path, nothing), raw);
      const names = fields.map(({ path }) => formatPath(path)).join(", ");
      assert.ok(
        !list.operation.row.safeParse(without).success,
        `\`${list.name}.row\` accepts a row without ${names}, by which it is known: read it with \`wireId\``,
      );
    }
  }
}

/** The places of a row that are objects, the row itself first. */
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

/** A number as text, or the number that a text writes; null where it is neither. */
function inOtherJsonType(value: unknown): string | number | null {
  if (typeof value === "number") return String(value);
  if (typeof value !== "string" || value === "") return null;
  const number = Number(value);
  return Number.isSafeInteger(number) && String(number) === value ? number : null;
}
