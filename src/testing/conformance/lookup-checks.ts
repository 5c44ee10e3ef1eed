import assert from "node:assert/strict";
import { callRecordSchema } from "../../index.js";
import type { FindCallOperation } from "../../adapter.js";
import type { ConformanceCheck } from "./check.js";
import { invalidValues } from "./invalid-values.js";
import type { ConformanceSubject, LookupExample } from "./subject.js";

type Lookup = Extract<FindCallOperation, { type: "lookup" }>;

/** That one call is asked for, read and mapped as the calls of a list are. */
export function lookupChecks({ provider: make, examples }: ConformanceSubject): ConformanceCheck[] {
  const check = (name: string, run: (lookup: Lookup, example: LookupExample) => void): ConformanceCheck => ({
    group: "mapping",
    name: `findCall: ${name}`,
    run() {
      const { findCall } = make().operations;
      assert.ok(findCall?.type === "lookup", "`examples.findCall` is given, and the provider looks up no calls");
      assert.ok(examples.findCall !== undefined, "`examples.findCall` is missing");
      run(findCall, examples.findCall);
    },
  });
  if (examples.findCall === undefined) return [];
  return [
    check("asks the same of the same keys", (lookup, { keys }) => {
      const read = lookup.keys.parse(keys);
      const given = structuredClone(read);
      assert.deepEqual(lookup.request(read), lookup.request(read), "`findCall.request` must be pure");
      assert.deepEqual(read, given, "`findCall.request` must not change the keys");
    }),
    check("reads the documented answers", (lookup, { response, missing, missingStatus = 200 }) => {
      assert.notEqual(read(lookup, response), null, "`findCall.answer` finds no call in `examples.findCall.answer`");
      assert.ok(
        !isNotFound(lookup, 200, response),
        "`findCall.isNotFound` takes the call in `examples.findCall.answer` for none",
      );
      if (missing === undefined || isNotFound(lookup, missingStatus, missing)) return;
      assert.equal(
        missingStatus,
        200,
        "`findCall.isNotFound` must be true for `examples.findCall.missing` with its `missingStatus`: else it is judged as a failure",
      );
      assert.equal(read(lookup, missing), null, "`findCall.answer` must be null for `examples.findCall.missing`");
    }),
    check("maps to what the library's schema takes, the same each time", (lookup, { keys, response }) => {
      const raw = read(lookup, response);
      const row = lookup.row.parse(raw);
      const call = lookup.map(row, lookup.keys.parse(keys));
      assert.deepEqual(lookup.map(row, lookup.keys.parse(keys)), call, "`findCall.map` must be pure");
      assert.deepEqual(row, lookup.row.parse(raw), "`findCall.map` must not change its row");
      // A found call may have no start, which is all that sets it apart from a record.
      const record = { provider: "any", account: "any", ...call, startedAt: call.startedAt ?? new Date(0), raw };
      const issues = (callRecordSchema.safeParse(record).error?.issues ?? []).map(
        ({ path, message }) => `\`${path.map(String).join(".")}\`: ${message}`,
      );
      assert.deepEqual(issues, [], `\`findCall.map\` gives what is no call: ${issues.join("; ")}`);
    }),
    check("refuses what is no answer, and never throws", (lookup) => {
      for (const value of invalidValues) {
        assert.doesNotThrow(() => {
          const found = lookup.responseSchema.safeParse(value);
          if (found.success && found.data !== null) lookup.row.safeParse(found.data);
        }, "`findCall.answer` and `findCall.row` must refuse what they cannot read, not throw");
        for (const status of [200, 401, 403, 429, 500, 503])
          assert.ok(
            !isNotFound(lookup, status, value),
            `\`findCall.isNotFound\` takes HTTP ${status} for the answer that there is no such call`,
          );
      }
    }),
  ];
}

function isNotFound(lookup: Lookup, status: number, body: unknown): boolean {
  return lookup.isNotFound?.({ status, headers: {}, body }) ?? false;
}

function read(lookup: Lookup, body: unknown): unknown {
  const found = lookup.responseSchema.safeParse(body);
  assert.ok(found.success, `\`findCall.answer\` refuses the documented answer: ${found.error?.message ?? ""}`);
  return found.data;
}
