import assert from "node:assert/strict";
import { URL } from "node:url";
import { z } from "zod";
import { CallRecordsError } from "../../index.js";
import { endpointSchema, recordingHostsSchema, type RecordingsOperation } from "../../adapter.js";
import { assertMatches } from "./assert-matches.js";
import { checksOf, type ConformanceCheck } from "./check.js";
import { invalidValues } from "./invalid-values.js";
import { recordingQuery } from "./recording-query.js";
import type { ConformanceSubject } from "./subject.js";

const requestSchema = z.object({ method: z.enum(["GET", "POST"]), url: z.url() });
const declarationSchema = z.object({
  name: z.string().regex(/\S/, "must be text that is not blank"),
  endpoint: endpointSchema.nullable(),
  hosts: recordingHostsSchema,
  upgradesHttp: z.boolean().optional(),
});
const sourceSchema = z.discriminatedUnion("type", [
  z.object({ type: z.enum(["api", "lookup"]), request: requestSchema }),
  z.object({ type: z.literal("address"), url: z.string() }),
]);

/** Checks the declarations and the pure functions for recordings. */
export function recordingChecks({ provider: make, examples }: ConformanceSubject): ConformanceCheck[] {
  const { recordings: example } = examples;
  if (example === undefined) return [];
  const check = checksOf("recordings", make, "recordings", example);
  return [
    check("declares a name, an endpoint and hosts", (recordings) => {
      assertMatches(declarationSchema, recordings, "a declaration of `recordings` is invalid");
    }),
    check("returns the same source for the same recording", (recordings) => {
      const query = recordingQuery(example);
      const given = structuredClone(query);
      const source = recordings.locate(query);
      assertMatches(sourceSchema, source, "`recordings.locate` returns an invalid source");
      assert.deepEqual(recordings.locate(query), source, "`recordings.locate` must be pure");
      assert.deepEqual(query, given, "`recordings.locate` must not change its argument");
      assert.ok(
        source.type !== "lookup" || recordings.lookup !== undefined,
        "`recordings.locate` returns a lookup: declare `recordings.lookup`, which reads the response",
      );
    }),
    check("reads the address in the documented response", (recordings) => {
      const query = recordingQuery(example);
      if (recordings.locate(query).type !== "lookup") return;
      const { response, address } = example;
      assert.ok(response !== undefined, "`recordings.locate` returns a lookup: give `examples.recordings.response`");
      const read = recordings.lookup?.responseSchema.safeParse(response);
      assert.ok(
        read?.success === true,
        `\`recordings.lookup.responseSchema\` rejects the documented response: ${read?.error?.message ?? ""}`,
      );
      const found = recordings.lookup?.address(read.data, query) ?? null;
      assert.ok(
        found !== null && URL.canParse(found),
        "`recordings.lookup.address` must return the absolute URL in `examples.recordings.response`",
      );
      assert.equal(
        found,
        address ?? found,
        "`recordings.lookup.address` returns another address than `examples.recordings.address`",
      );
      assert.equal(recordings.lookup?.address(read.data, query), found, "`recordings.lookup.address` must be pure");
    }),
    check("classifies a recording that is gone, and not the documented success", (recordings, { gone, response }) => {
      const success = response === undefined ? null : classified(recordings, 200, response);
      assert.equal(success ?? null, null, "`recordings.classify` must return null for `examples.recordings.response`");
      if (gone === undefined) return;
      const found = recordings.classify?.({ status: gone.status, headers: gone.headers ?? {}, body: gone.body });
      const read = recordings.lookup?.responseSchema.safeParse(gone.body);
      const isNull =
        found == null &&
        read?.success === true &&
        recordings.lookup?.address(read.data, recordingQuery(example)) === null;
      assert.ok(
        isNull || (found?.type === "fail" && found.error === "recording-gone"),
        '`examples.recordings.gone` must be classified as `{ type: "fail", error: "recording-gone" }`, or `lookup.address` must return null for it',
      );
    }),
    check("rejects invalid responses without throwing", (recordings) => {
      const query = recordingQuery(example);
      for (const value of invalidValues) {
        for (const status of [200, 302, 401, 403, 404, 429, 500])
          assert.doesNotThrow(() => classified(recordings, status, value), "`recordings.classify` must not throw");
        const read = recordings.lookup?.responseSchema.safeParse(value);
        if (read?.success !== true) continue;
        assert.doesNotThrow(
          () => addressOrRefusal(recordings, read.data, query),
          "`recordings.lookup.address` may throw errors of the library only",
        );
      }
    }),
  ];
}

function classified(recordings: RecordingsOperation, status: number, body: unknown) {
  return recordings.classify?.({ status, headers: {}, body }) ?? null;
}

/** An adapter may throw an error of the library that explains why a response is not as documented. */
function addressOrRefusal(
  recordings: RecordingsOperation,
  response: unknown,
  query: ReturnType<typeof recordingQuery>,
) {
  try {
    return recordings.lookup?.address(response, query) ?? null;
  } catch (error) {
    if (error instanceof CallRecordsError) return null;
    throw error;
  }
}
