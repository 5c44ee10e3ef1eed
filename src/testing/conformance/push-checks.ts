import assert from "node:assert/strict";
import { z } from "zod";
import type { ParsedPush } from "../../adapter.js";
import { dateSchema } from "../input-schemas.js";
import { assertMatches } from "./assert-matches.js";
import { checksOf, type ConformanceCheck } from "./check.js";
import type { ConformanceSubject, PushExample } from "./subject.js";

const replySchema = z.object({
  status: z.int().min(200).max(299),
  headers: z.record(z.string(), z.string()),
  body: z.string(),
});
const callSchema = z.object({
  application: z.string().min(1).nullable(),
  relatedIds: z
    .record(z.string(), z.string().min(1))
    .refine((ids) => Object.keys(ids).length > 0, "must contain at least one id"),
  row: z.unknown(),
  startedAt: dateSchema.nullable(),
  at: dateSchema.nullable(),
});

/** Checks the pure functions for pushes. */
export function pushChecks({ provider: make, examples }: ConformanceSubject): ConformanceCheck[] {
  const { pushes: pushExamples } = examples;
  if (pushExamples === undefined) return [];
  const check = checksOf("pushes", make, "pushes", pushExamples);
  return [
    check("declares the response that the vendor expects", ({ reply, deliveryHeader }) => {
      assertMatches(replySchema, reply, "`pushes.reply` is invalid");
      const isLowerCase = deliveryHeader === undefined || /^[a-z0-9-]+$/.test(deliveryHeader);
      assert.ok(isLowerCase, "`pushes.deliveryHeader` must be the name of a header, in lower case");
    }),
    check("reads the documented pushes", ({ schema }, all) => {
      for (const example of all) {
        const push = parsedPush(example);
        const given = structuredClone(push);
        const read = schema.safeParse(push);
        assert.ok(
          read.success,
          `\`pushes.schema\` rejects a documented push: ${read.success ? "" : read.error.message}`,
        );
        assertMatches(callSchema, read.data, "`pushes.schema` returns an invalid call");
        assert.deepEqual(push, given, "`pushes.schema` must not change the push");
        assert.deepEqual(read.data.relatedIds, example.relatedIds, "the ids of a documented push are different");
        const time = (read.data.startedAt ?? read.data.at)?.toISOString() ?? null;
        assert.equal(time, new Date(example.time).toISOString(), "the time of a documented push is different");
      }
    }),
    check("refuses a push without the fields of a call", ({ schema }, all) => {
      const [first] = all;
      const push = first === undefined ? { query: {}, headers: {} } : parsedPush(first);
      for (const body of [undefined, null, {}, [], "text", 1])
        assert.ok(
          !schema.safeParse({ ...push, body }).success,
          `\`pushes.schema\` accepts the body ${JSON.stringify(body)}: it may be the push of another vendor`,
        );
    }),
  ];
}

function parsedPush({ query = {}, headers = {}, body }: PushExample): ParsedPush {
  return { query, headers, body };
}
