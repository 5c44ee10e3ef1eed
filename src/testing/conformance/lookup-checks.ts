import assert from "node:assert/strict";
import { callRecordSchema } from "../../index.js";
import { callRecordOf, type LookupOperation } from "../../adapter.js";
import { assertMatches } from "./assert-matches.js";
import type { ConformanceCheck } from "./check.js";
import { assertFieldsAgree } from "./field-checks.js";
import { invalidValues } from "./invalid-values.js";
import { contextOf, lookupExamples, selectedLookups } from "./lookup-examples.js";
import type { ConformanceSubject, LookupExample } from "./subject.js";

/** Checks that each lookup of one call follows the same rules as a list. */
export function lookupChecks({ provider: make, examples }: ConformanceSubject): ConformanceCheck[] {
  const check = (name: string, run: (lookup: LookupOperation, example: LookupExample) => void): ConformanceCheck => ({
    group: "mapping",
    name: `findCall: ${name}`,
    run() {
      for (const { lookup, example } of selectedLookups(make(), examples)) {
        assert.ok(
          lookup !== null,
          `the keys of an example in \`examples.findCall\` (${Object.keys(example.keys).join(", ")}) select no lookup of the provider`,
        );
        run(lookup, example);
      }
    },
  });
  if (lookupExamples(examples).length === 0) return [];
  return [
    check("returns the same request for the same keys", (lookup, example) => {
      const { keys } = example;
      const context = contextOf(example);
      const read = lookup.keys.parse(keys);
      const given = structuredClone(read);
      assert.deepEqual(lookup.request(read, context), lookup.request(read, context), "`findCall.request` must be pure");
      assert.deepEqual(read, given, "`findCall.request` must not change the keys");
    }),
    check("reads the documented responses", (lookup, { response, missing, missingStatus = 200 }) => {
      assert.notEqual(
        read(lookup, response),
        null,
        "`findCall.responseSchema` finds no call in `examples.findCall.response`",
      );
      assert.ok(
        !isNotFound(lookup, 200, response),
        "`findCall.isNotFound` must be false for the call in `examples.findCall.response`",
      );
      if (missing === undefined || isNotFound(lookup, missingStatus, missing)) return;
      assert.equal(
        missingStatus,
        200,
        "`findCall.isNotFound` must be true for `examples.findCall.missing` with its `missingStatus`; otherwise it is classified as a failure",
      );
      assert.equal(
        read(lookup, missing),
        null,
        "`findCall.responseSchema` must return null for `examples.findCall.missing`",
      );
    }),
    check("maps to a valid call, the same each time", (lookup, example) => {
      const { keys, response } = example;
      const context = contextOf(example);
      const raw = read(lookup, response);
      const row = lookup.row.parse(raw);
      const call = lookup.map(row, lookup.keys.parse(keys), context);
      assert.deepEqual(lookup.map(row, lookup.keys.parse(keys), context), call, "`findCall.map` must be pure");
      assert.deepEqual(row, lookup.row.parse(raw), "`findCall.map` must not change its row");
      // A found call may have no start. This is its only difference from a record.
      const record = { ...call, ...callRecordOf("any", "any", call, raw) };
      const started = { ...record, startedAt: record.startedAt ?? new Date(0) };
      assertMatches(callRecordSchema, started, "`findCall.map` returns an invalid call");
      assertFieldsAgree(record, "`findCall.map`");
    }),
    check("rejects invalid responses without throwing", (lookup) => {
      for (const value of invalidValues) {
        assert.doesNotThrow(() => {
          const found = lookup.responseSchema.safeParse(value);
          if (found.success && found.data !== null) lookup.row.safeParse(found.data);
        }, "`findCall.responseSchema` and `findCall.row` must reject what they cannot read, and must not throw");
        for (const status of [200, 401, 403, 429, 500, 503])
          assert.ok(
            !isNotFound(lookup, status, value),
            `\`findCall.isNotFound\` must not be true for HTTP ${status} with an undocumented body`,
          );
      }
    }),
  ];
}

function isNotFound(lookup: LookupOperation, status: number, body: unknown): boolean {
  return lookup.isNotFound?.({ status, headers: {}, body }) ?? false;
}

function read(lookup: LookupOperation, body: unknown): unknown {
  const found = lookup.responseSchema.safeParse(body);
  assert.ok(
    found.success,
    `\`findCall.responseSchema\` rejects the documented response: ${found.error?.message ?? ""}`,
  );
  return found.data;
}
