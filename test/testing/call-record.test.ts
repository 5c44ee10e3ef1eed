import { describe, expect, it } from "vitest";
import { callRecordSchema } from "call-records";
import { callRecord } from "call-records/testing";
import { thrownBy } from "../client/stage.js";

describe("callRecord", () => {
  it("returns a valid record with every field, the same each time", () => {
    const record = callRecord();
    expect(callRecordSchema.parse(record)).toEqual(record);
    const fields = Object.keys(callRecordSchema.shape).filter((field) => field !== "raw");
    expect(Object.keys(record).sort()).toEqual(fields.sort());
    expect(callRecord()).toEqual(record);
    expect(record).toMatchObject({ direction: "inbound", outcome: "answered", talkSeconds: 60 });
  });

  it("merges objects and the objects in lists, and replaces other values", () => {
    const base = callRecord();
    const record = callRecord({
      agent: { name: "Daniel Smith" },
      caller: null,
      legs: [{ talkSeconds: 12 }, { role: "customer", agent: { id: "7" } }],
      tags: ["vip"],
      raw: { CallId: 5 },
    });
    const [leg] = base.legs;
    expect(record).toEqual({
      ...base,
      agent: { ...base.agent, name: "Daniel Smith" },
      caller: null,
      customer: null,
      legs: [
        { ...leg, talkSeconds: 12 },
        { ...leg, role: "customer", agent: { ...leg?.agent, id: "7" } },
      ],
      tags: ["vip"],
      raw: { CallId: 5 },
    });
  });

  it("does not share objects between records", () => {
    const record = callRecord();
    record.tags.push("changed");
    record.relatedIds.changed = "1";
    expect(callRecord()).toMatchObject({ tags: [], relatedIds: {} });
  });

  it("moves its times with `startedAt`", () => {
    const startedAt = new Date("2026-01-05T08:00:00Z");
    expect(callRecord({ startedAt })).toMatchObject({
      startedAt,
      answeredAt: new Date("2026-01-05T08:00:10Z"),
      endedAt: new Date("2026-01-05T08:01:10Z"),
    });
  });

  it.each([
    [{ outcome: "abandoned" }, { outcome: "abandoned", answeredAt: null, talkSeconds: null, recordings: [] }],
    [{ answeredAt: null }, { outcome: "no-answer", answeredAt: null, talkSeconds: null }],
    [{ endedAt: new Date("2026-11-02T01:05:10Z") }, { outcome: "answered", talkSeconds: 300 }],
    [{ state: "ringing" }, { outcome: null, answeredAt: null, endedAt: null, hangup: null, talkSeconds: null }],
    [
      { direction: "outbound", callee: { number: "5" } },
      { customer: { number: "5" }, line: { number: "008613800138000" } },
    ],
    [
      { outcome: "voicemail", talkSeconds: 9 },
      { outcome: "voicemail", talkSeconds: 9 },
    ],
  ] as const)("derives from %j what follows from it", (overrides, expected) => {
    const record = callRecord(overrides);
    expect(record).toMatchObject(expected);
    expect(callRecordSchema.safeParse(record).success).toBe(true);
  });

  it("refuses a value that no record has, and names its field", () => {
    const error = thrownBy(() => callRecord({ agent: { name: 5 as never } }));
    expect(error).toBeInstanceOf(RangeError);
    expect(error.message).toContain("`agent.name`");
  });
});
