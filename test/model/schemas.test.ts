import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { callRecordSchema } from "../../src/model/call-record.js";
import { usageSummarySchema } from "../../src/model/usage-summary.js";
import { callRecords, usageSummaries } from "./records.js";

describe("the schema of call records", () => {
  it("accepts every record, and returns an equal one", () => {
    fc.assert(
      fc.property(callRecords, (record) => {
        expect(callRecordSchema.parse(record)).toEqual(record);
      }),
    );
  });

  it("accepts the JSON form, and returns the record with its dates", () => {
    fc.assert(
      fc.property(callRecords, (record) => {
        expect(callRecordSchema.parse(JSON.parse(JSON.stringify(record)))).toEqual(record);
      }),
    );
  });

  it("accepts a record without the vendor's row", () => {
    fc.assert(
      fc.property(callRecords, ({ raw, ...record }) => {
        expect(callRecordSchema.parse(record)).toEqual(record);
        expect(callRecordSchema.parse(record)).not.toHaveProperty("raw");
        expect(callRecordSchema.parse({ ...record, raw })).toHaveProperty("raw");
      }),
      { numRuns: 20 },
    );
  });

  it("refuses a record with a missing field, and names the field", () => {
    const [record] = fc.sample(callRecords, { numRuns: 1, seed: 1 });
    const names = Object.keys(callRecordSchema.shape).filter((name) => name !== "raw");
    for (const name of names) {
      const rest = Object.fromEntries(Object.entries(record ?? {}).filter(([key]) => key !== name));
      expect(callRecordSchema.safeParse(rest).error?.issues.map(({ path }) => path)).toEqual([[name]]);
    }
  });

  it.each([
    ["startedAt", null],
    ["startedAt", "2026-11-01T00:00:00"],
    ["startedAt", "2026-11-01"],
    ["startedAt", 1_793_491_200_000],
    ["startedAt", new Date(Number.NaN)],
    ["answeredAt", "soon"],
    ["direction", "sideways"],
    ["outcome", "maybe"],
    ["id", 7],
    ["talkSeconds", "7"],
  ])("refuses `%s` %s", (name, value) => {
    const [record] = fc.sample(callRecords, { numRuns: 1, seed: 2 });
    expect(callRecordSchema.safeParse({ ...record, [name]: value }).error?.issues[0]?.path).toEqual([name]);
  });

  it("accepts a time with any offset", () => {
    const [record] = fc.sample(callRecords, { numRuns: 1, seed: 3 });
    expect(callRecordSchema.parse({ ...record, startedAt: "2026-11-01T08:00:00+08:00" }).startedAt).toEqual(
      new Date("2026-11-01T00:00:00Z"),
    );
  });
});

describe("the schema of usage summaries", () => {
  it("accepts every summary and its JSON form, and returns an equal one", () => {
    fc.assert(
      fc.property(usageSummaries, (summary) => {
        expect(usageSummarySchema.parse(summary)).toEqual(summary);
        expect(usageSummarySchema.parse(JSON.parse(JSON.stringify(summary)))).toEqual(summary);
      }),
    );
  });

  it("refuses a negative count", () => {
    const [summary] = fc.sample(usageSummaries, { numRuns: 1, seed: 1 });
    expect(usageSummarySchema.safeParse({ ...summary, seats: -1 }).success).toBe(false);
  });
});
