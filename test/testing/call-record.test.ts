import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { callRecordSchema } from "call-records";
import { callRecord, type CallRecordOverrides } from "call-records/testing";
import { thrownBy } from "../client/stage.js";
import { assertConsistent } from "./record-consistency.js";
import { recordOverrides } from "./record-overrides.js";

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
    const agent = { ...base.agent, name: "Daniel Smith" };
    expect(record).toEqual({
      ...base,
      agent,
      caller: null,
      customer: null,
      legs: [
        { ...leg, agent, talkSeconds: 12 },
        { ...leg, role: "customer", agent: { ...agent, id: "7" } },
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
      { outcome: "abandoned" },
      { waitSeconds: 68, ringSeconds: 65, hangup: { by: "customer", code: null, reason: null } },
    ],
    [{ outcome: "abandoned" }, { legs: [{ answeredAt: null, talkSeconds: null, recordings: [] }] }],
    [{ outcome: "no-agent" }, { agent: null, legs: [], ringingAt: null, ringSeconds: null, waitSeconds: 68 }],
    [{ outcome: "self-service" }, { queue: null, queuedAt: null, waitSeconds: null, ivrSeconds: 70 }],
    [{ endedAt: null }, { state: "in-progress", outcome: null, hangup: null, talkSeconds: null }],
    [
      { endedAt: null, answeredAt: null },
      { state: "ringing", outcome: null, waitSeconds: null },
    ],
    [{ outcome: null }, { state: "in-progress", endedAt: null }],
    [{ talkSeconds: 300 }, { endedAt: new Date("2026-11-02T01:05:10Z"), legs: [{ talkSeconds: 300 }] }],
    [{ waitSeconds: 20 }, { answeredAt: new Date("2026-11-02T01:00:22Z"), talkSeconds: 60 }],
    [{ ringSeconds: 9 }, { answeredAt: new Date("2026-11-02T01:00:14Z"), waitSeconds: 12 }],
    [
      { endedAt: new Date("2020-01-01T00:10:00Z") },
      { startedAt: new Date("2020-01-01T00:08:50Z"), answeredAt: new Date("2020-01-01T00:09:00Z"), talkSeconds: 60 },
    ],
    [
      { caller: { number: "+442079460018" } },
      { caller: { e164: "+442079460018" }, customer: { e164: "+442079460018" } },
    ],
    [{ caller: { number: "5" } }, { caller: { number: "5", e164: null } }],
    [{ caller: { e164: "+442079460018" } }, { customer: { number: "00442079460018", e164: "+442079460018" } }],
    [{ customer: { number: "7" } }, { caller: { number: "7", e164: null }, customer: { number: "7", e164: null } }],
    [
      { direction: "outbound", customer: { number: "7" } },
      { callee: { number: "7" }, queue: null, menuKeys: [] },
    ],
    [{ direction: "internal" }, { customer: null, line: null, queuedAt: null, waitSeconds: 5 }],
    [{ agent: { id: "7" } }, { legs: [{ agent: { id: "7", name: "Grace O'Neill" } }] }],
    [{ agent: null }, { legs: [{ role: "agent", agent: null }] }],
    [{ legs: [{ agent: { id: "7" } }] }, { agent: { id: "7" } }],
    [{ legs: [{ transferredTo: "7" }] }, { transferred: true }],
    [{ provider: "itniotech" }, { account: "itniotech" }],
    [
      { outcome: "voicemail", talkSeconds: 9 },
      { outcome: "voicemail", talkSeconds: 9 },
    ],
  ] as const)("derives from %j what follows from it", (overrides, expected) => {
    const record = callRecord(overrides as CallRecordOverrides);
    expect(record).toMatchObject(expected);
    expect(callRecordSchema.safeParse(record).success).toBe(true);
  });

  it.each([
    [{ agent: { name: 5 } }, "field `agent.name`: Invalid input: expected string"],
    [{ startedAt: "soon" }, "field `startedAt`: must be a Date, or an ISO 8601 text with an offset or Z"],
    [{ startedAt: null }, "field `startedAt`: must be a Date"],
    [{ endedAt: new Date(Number.NaN) }, "field `endedAt`: must be a valid Date"],
    [{ callerNumber: "5" }, "field `callerNumber`: is unknown"],
    [{ agent: { nam: "5" } }, "field `agent.nam`: is unknown"],
    [{ legs: [{}, { talk: 5 }] }, "field `legs.1.talk`: is unknown"],
    [{ account: "hotline" }, "field `provider`: must be set with `account`"],
    [{ queue: { id: null, name: null } }, "field `queue`: must have an id or a name"],
    [{ menuKeys: [{ key: "" }] }, "field `menuKeys.0.key`: must not be empty"],
    [{ satisfaction: { key: "" } }, "field `satisfaction.key`: must not be empty"],
    [null, "argument `overrides` must be an object"],
    [[], "argument `overrides` must be an object"],
  ])("refuses %j, and names the field and the rule", (overrides, message) => {
    const error = thrownBy(() => callRecord(overrides as never));
    expect(error).toBeInstanceOf(RangeError);
    expect(error.message).toContain(`callRecord: ${message}`);
  });

  it("accepts the fields of any row, and dates of another realm or in JSON", () => {
    const startedAt = runInNewContext(`new Date("2026-01-05T08:00:00Z")`) as Date;
    const fromText = callRecord({ startedAt: "2026-01-05T16:00:00+08:00" as never, raw: { Any: { field: 1 } } });
    expect(fromText).toEqual({ ...callRecord({ startedAt }), raw: { Any: { field: 1 } } });
    expect(fromText.endedAt).toEqual(new Date("2026-01-05T08:01:10Z"));
  });

  it("is valid and agrees with itself, whatever is overridden", () => {
    fc.assert(
      fc.property(recordOverrides, (overrides) => {
        const record = callRecord(overrides);
        expect(callRecordSchema.parse(record)).toEqual(record);
        expect(record).toMatchObject(overrides);
        assertConsistent(record, overrides);
      }),
      { numRuns: 1000 },
    );
  });
});
