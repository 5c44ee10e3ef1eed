import assert from "node:assert/strict";
import { CallRecordsClient } from "../../index.js";
import { checkOf, type ConformanceCheck } from "./check.js";
import { ABSENT, nestedEntries, formatPath, withReplaced } from "./json-paths.js";
import { type ExampleList, exampleLists } from "./lists.js";
import { invalidValues } from "./invalid-values.js";
import type { ConformanceSubject } from "./subject.js";
import { assertTimesAreFields } from "./times-checks.js";
import { toleranceChecks } from "./tolerance-checks.js";

/** Checks that rows are read and mapped without side effects, to valid records, in every JSON form of their values. */
export function mappingChecks(subject: ConformanceSubject): ConformanceCheck[] {
  const lists = exampleLists(subject, subject.provider());
  return lists.flatMap((list) => [
    ...readingChecks(list),
    ...toleranceChecks(list),
    ...(list.name === "usage" ? [] : [normalizeCheck(list, subject)]),
  ]);
}

function readingChecks(list: ExampleList): ConformanceCheck[] {
  const { name, operation, example } = list;
  const check = checkOf("mapping", `${name}: `);
  const keyCheck = check("rejects a row without its key", () => {
    assertKeyRequired(list);
  });
  return [
    check("reads the documented response", () => {
      assert.ok(
        list.rows().length > 0,
        `\`examples.${name}.response\` must contain a row: without one nothing is checked`,
      );
      if (example.empty !== undefined)
        assert.deepEqual(
          list.rows(example.empty),
          [],
          `\`${name}.responseSchema\` finds rows in \`examples.${name}.empty\``,
        );
    }),
    check("rejects invalid responses and rows without throwing", () => {
      for (const value of invalidValues) {
        for (const part of ["responseSchema", "row"] as const)
          assert.doesNotThrow(
            () => operation[part].safeParse(value),
            `\`${name}.${part}\` must reject what it cannot read, and must not throw`,
          );
        const page = operation.responseSchema.safeParse(value);
        if (page.success) list.assertPage(page.data);
      }
    }),
    check("gives each row a unique key", () => {
      const keys = list.rows().map((raw) => keyOf(list, raw));
      for (const key of keys)
        assert.ok(
          typeof key === "string" && key !== "",
          `\`${name}.key\` must be a non-empty string, not ${JSON.stringify(key)}`,
        );
      const again = list.rows().map((raw) => keyOf(list, raw));
      assert.deepEqual(again, keys, `\`${name}.key\` must be the same each time`);
      assert.equal(
        new Set(keys).size,
        keys.length,
        `\`${name}.key\` is the same for different rows: all except one would be lost`,
      );
    }),
    ...(operation.paging.style === "none" ? [] : [keyCheck]),
    check("maps a row to the same value each time, without changing the row", () => {
      for (const raw of list.rows()) {
        const given = structuredClone(raw);
        const row = list.parse(raw);
        const once = list.map(row);
        assert.deepEqual(
          list.map(row),
          once,
          `\`${name}.map\` must be pure: it mapped the same row to two different values`,
        );
        assert.deepEqual(row, list.parse(raw), `\`${name}.map\` must not change its row`);
        assert.deepEqual(
          raw,
          given,
          `\`${name}.row\` and \`${name}.map\` must not change the vendor's row, which is delivered as \`raw\``,
        );
      }
    }),
    check("declares times that its rows have", () => {
      const rows = list.rows().map((raw) => list.parse(raw));
      assertTimesAreFields(list, rows);
    }),
    check("maps to a value that is valid, also as JSON", () => {
      for (const raw of list.rows()) list.assertValid(list.recordOf(raw), `an example row of \`${name}\``);
    }),
  ];
}

function normalizeCheck(list: ExampleList, { provider: make }: ConformanceSubject): ConformanceCheck {
  return checkOf("mapping", `${list.name}: `)("normalizes a stored row to the same record", async () => {
    const provider = make();
    const client = new CallRecordsClient({ providers: [provider] });
    try {
      for (const raw of list.rows()) {
        const record = list.recordOf(raw);
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

function keyOf(list: ExampleList, raw: unknown): string {
  return list.operation.key(list.parse(raw));
}

/** Asserts that a row without its key's fields is rejected. Otherwise it could be delivered twice, or mistaken for another row. */
function assertKeyRequired(list: ExampleList): void {
  const { name, operation } = list;
  for (const raw of list.rows()) {
    const isOfKey = (field: string | number, value: unknown) => {
      if (typeof value !== "string" && typeof value !== "number") return false;
      const other = typeof value === "number" ? value + 1 : `${value}1`;
      const row = operation.row.safeParse(withReplaced(raw, [field], other));
      return row.success && operation.key(row.data) !== keyOf(list, raw);
    };
    const fields = nestedEntries(raw).filter(
      ({ path: [field, ...deeper], value }) => field !== undefined && deeper.length === 0 && isOfKey(field, value),
    );
    assert.ok(fields.length > 0, `\`${name}.key\` depends on no field of the row: it must be unique for each row`);
    for (const nothing of [null, "", ABSENT]) {
      const without = fields.reduce((row, { path }) => withReplaced(row, path, nothing), raw);
      const names = fields.map(({ path }) => formatPath(path)).join(", ");
      assert.ok(
        !operation.row.safeParse(without).success,
        `\`${name}.row\` accepts a row without ${names}, on which its key depends: read it with \`wireId\``,
      );
    }
  }
}
