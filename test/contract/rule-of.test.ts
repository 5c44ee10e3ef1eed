import { describe, expect, it } from "vitest";
import { z } from "zod";
import { describeIssues } from "../../src/contract/parse-options.js";

describe("the rule that a value breaks", () => {
  it.each([
    [z.string(), 1, "must be text"],
    [z.number(), "1", "must be a number"],
    [z.int(), 1.5, "must be an integer"],
    [z.boolean(), "yes", "must be true or false"],
    [z.array(z.string()), {}, "must be a list"],
    [z.tuple([z.string()]), "a", "must be a list"],
    [z.object({}), [], "must be an object"],
    [z.record(z.string(), z.string()), null, "must be an object"],
    [z.date(), "2026-11-01", "must be a valid Date"],
    [z.date(), new Date(Number.NaN), "must be a valid Date"],
    [z.enum(["busy", "failed"]), "x", "must be one of busy, failed"],
    [z.literal(1), 2, "must be 1"],
    [z.number().positive(), 0, "must be more than 0"],
    [z.number().min(2), 1, "must be at least 2"],
    [z.number().max(9), 10, "must be at most 9"],
    [z.number().lt(9), 9, "must be less than 9"],
    [z.string().min(1), "", "must not be empty"],
    [z.string().min(3), "ab", "must have at least 3 characters"],
    [z.string().max(1), "ab", "must have at most 1 characters"],
    [z.array(z.string()).min(1), [], "must have at least 1 entry"],
    [z.array(z.string()).max(2), ["a", "b", "c"], "must have at most 2 entries"],
    [z.string().refine(() => false, "must be a country"), "x", "must be a country"],
    [z.string().regex(/x/), "y", "is not valid"],
    [z.union([z.string(), z.boolean()]), 1, "is not valid"],
    [z.string("must be a name"), 5, "must be a name"],
  ] as const)("of %o for %j is in plain words", (schema, value, rule) => {
    const { error } = z.object({ field: schema }).safeParse({ field: value });
    expect(error === undefined ? "accepted" : describeIssues(error, "option")).toBe(`option \`field\`: ${rule}`);
  });

  it("is that a value is missing", () => {
    const { error } = z.object({ field: z.string() }).safeParse({});
    expect(error === undefined ? "accepted" : describeIssues(error, "option")).toBe("option `field`: is missing");
  });
});
