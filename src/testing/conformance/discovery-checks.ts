import assert from "node:assert/strict";
import { z } from "zod";
import { assertMatches } from "./assert-matches.js";
import { checksOf, type ConformanceCheck } from "./check.js";
import type { ConformanceSubject } from "./subject.js";

const declarationSchema = z.object({
  name: z.string().regex(/\S/, "must be text that is not blank"),
  isUsed: z.boolean(),
  request: z.custom<unknown>((value) => typeof value === "function", "must be a function"),
});
const requestSchema = z.object({ method: z.enum(["GET", "POST"]), url: z.url() });
const applicationsSchema = z.array(z.object({ application: z.string().min(1), name: z.string().nullable() }));

/** Checks the request for the applications of an account, and the lists that they result in. */
export function discoveryChecks({ provider: make, examples }: ConformanceSubject): ConformanceCheck[] {
  const { applications: example } = examples;
  if (example === undefined) return [];
  const check = checksOf("discoverPartitions", make, "applications", example);
  return [
    check("declares a name and returns the same request each time", (declared) => {
      assertMatches(declarationSchema, declared, "a declaration of `discoverPartitions` is invalid");
      const request = declared.request();
      assertMatches(requestSchema, request, "`discoverPartitions.request` returns an invalid request");
      assert.deepEqual(declared.request(), request, "`discoverPartitions.request` must be pure");
    }),
    check("reads the documented response", ({ responseSchema }, { response, applications }) => {
      const read = responseSchema.safeParse(response);
      assert.ok(
        read.success,
        `\`discoverPartitions.responseSchema\` rejects the documented response: ${read.error?.message ?? ""}`,
      );
      assertMatches(applicationsSchema, read.data, "`discoverPartitions.responseSchema` returns invalid applications");
      const found = read.data.map(({ application }) => application);
      assert.deepEqual(found, [...applications], "the applications of the documented response are different");
    }),
    check("rejects a response without a list, which does not mean that there is no application", (declared) => {
      for (const response of [undefined, null, {}, [], "text", 1])
        assert.ok(
          !declared.responseSchema.safeParse(response).success,
          `\`discoverPartitions.responseSchema\` accepts ${JSON.stringify(response)}: a response that is not documented must be refused`,
        );
    }),
    check("reads the lists of the discovered applications, where they are used", ({ isUsed }, { applications }) => {
      const { records, usage, activeCalls } = make().operations;
      const lists = { records, usage, activeCalls: typeof activeCalls === "object" ? activeCalls : undefined };
      for (const [name, list] of Object.entries(lists)) {
        if (list === undefined) continue;
        const unknown = list.partitions({}).map(({ application }) => application);
        const known = [...new Set(list.partitions({}, applications).map(({ application }) => application))];
        if (isUsed)
          assert.deepEqual(known, [...applications], `\`${name}.partitions\` must return those of the applications`);
        else assert.deepEqual(known, [...new Set(unknown)], `\`${name}.partitions\` must return those of the options`);
      }
    }),
  ];
}
