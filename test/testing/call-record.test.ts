import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { callRecordSchema } from "call-records";
import { callRecord, type CallRecordOverrides } from "call-records/testing";
import { thrownBy } from "../client/stage.js";
import { assertConsistent } from "./record-consistency.js";
import { recordOverrides } from "./record-overrides.js";
import { runs } from "../search.js";

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
    const endedAt = new Date("2026-11-02T01:00:22Z");
    expect(record).toEqual({
      ...{ ...base, agent, endedAt, talkSeconds: 12 },
      caller: null,
      customer: null,
      legs: [
        { ...leg, agent, endedAt, talkSeconds: 12 },
        { ...leg, endedAt, talkSeconds: 12, role: "customer", agent: { ...agent, id: "7" } },
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
      { customer: { number: "5" }, line: { number: "00864009282737", e164: "+864009282737" } },
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
    [{ queue: null }, { queue: null, queuedAt: null, waitSeconds: 5, ivrSeconds: null, menuKeys: [] }],
    [
      { direction: "outbound", queuedAt: new Date("2026-11-02T01:00:02Z") },
      { queue: { name: "Support" }, menuKeys: [] },
    ],
    [{ queue: { name: "Sales" } }, { queue: { id: null, name: "Sales" } }],
    [{ queue: { id: "7" } }, { queue: { id: "7", name: null } }],
    [
      { direction: "outbound" },
      { caller: { e164: "+864009282737" }, customer: { e164: "+8613800138000" }, line: { e164: "+864009282737" } },
    ],
    [
      { caller: { region: "GD" }, customer: { number: "7" } },
      { caller: { number: "7" }, customer: { region: "GD" } },
    ],
    [
      { transferred: true },
      {
        transferred: true,
        agent: { id: "1001" },
        legs: [
          { agent: { id: "1001" }, talkSeconds: 30, transferredTo: "1002", transferredFrom: null },
          { agent: { id: "1002" }, talkSeconds: 30, transferredTo: null, transferredFrom: "1001" },
        ],
      },
    ],
    [{ transferred: true, outcome: "no-answer" }, { legs: [{ answeredAt: null }, { answeredAt: null }] }],
    [{ hangup: { code: "9" } }, { hangup: { by: "customer", code: "9", reason: null } }],
    [{ hangup: { code: "1" } }, { hangup: { by: "customer", code: "1", reason: "ended normally" } }],
    [{ hangup: { reason: "the queue was full" } }, { hangup: { code: null, reason: "the queue was full" } }],
    [{ hangup: { by: "agent" } }, { hangup: { by: "agent", code: "1", reason: "ended normally" } }],
    [{ menuKeys: [{ key: "2" }] }, { menuKeys: [{ key: "2", label: null }] }],
    [{ menuKeys: [{ key: "2" }, { key: "1" }] }, { menuKeys: [{ label: null }, { key: "1", label: "Support" }] }],
    [
      { legs: [{ talkSeconds: 12 }] },
      { talkSeconds: 12, endedAt: new Date("2026-11-02T01:00:22Z"), legs: [{ talkSeconds: 12 }] },
    ],
    [{ legs: [{ talkSeconds: 12 }, { talkSeconds: 30 }] }, { talkSeconds: 42 }],
    [{ legs: [{ answeredAt: null }] }, { outcome: "no-answer", answeredAt: null, talkSeconds: null }],
    [{ legs: [{ endedAt: null }] }, { state: "in-progress", outcome: null, endedAt: null, hangup: null }],
    [
      { legs: [{ answeredAt: null, agent: { id: "7" } }, { answeredAt: new Date("2026-11-02T01:00:30Z") }] },
      { outcome: "answered", answeredAt: new Date("2026-11-02T01:00:30Z"), waitSeconds: 28, agent: { id: "1001" } },
    ],
    [
      { legs: [{ answeredAt: new Date("2020-01-01T00:10:00Z") }] },
      { startedAt: new Date("2020-01-01T00:09:50Z"), endedAt: new Date("2020-01-01T00:11:00Z"), talkSeconds: 60 },
    ],
    [{ recordings: [] }, { recordings: [], legs: [{ recordings: [] }] }],
    [{ legs: [{ recordings: [{ id: "2" }] }] }, { recordings: [{ id: "2", url: null, kind: "call" }] }],
    [{ outcome: "abandoned", legs: [{ recordings: [{ id: "2" }] }] }, { legs: [{ recordings: [{ kind: "call" }] }] }],
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
    [
      { direction: "internal", customer: { number: "7" } },
      "field `customer`: must be null or left out, because the direction is `internal`.",
    ],
    [{ direction: "unknown", line: {} }, "field `line`: must be null or left out, because the direction is `unknown`."],
    [
      { caller: null, customer: { number: "7" } },
      "field `customer`: must be null or left out, because it is the `caller`, which is null.",
    ],
    [{ callee: null, line: { number: "7" } }, "field `line`: must be null or left out, because it is the `callee`"],
    [
      { direction: "outbound", caller: null, line: {} },
      "field `line`: must be null or left out, because it is the `caller`",
    ],
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

  it("is valid and agrees with itself, whatever is overridden, or names the field that contradicts the others", () => {
    fc.assert(
      fc.property(recordOverrides, (overrides) => {
        const field = contradictingSide(overrides);
        if (field !== null) {
          const error = thrownBy(() => callRecord(overrides));
          expect(error).toBeInstanceOf(RangeError);
          expect(error.message).toContain(`callRecord: field \`${field}\`: must `);
          return;
        }
        const record = callRecord(overrides);
        expect(callRecordSchema.parse(record)).toEqual(record);
        expect(record).toMatchObject(overrides);
        assertConsistent(record, overrides);
      }),
      { numRuns: runs(2000) },
    );
  });
});

/** Returns the first side that is set although the call has none, or of which only the party in its place is null, or only itself. */
function contradictingSide({ direction = "inbound", caller, callee, customer, line }: CallRecordOverrides) {
  const places = {
    inbound: [caller, callee],
    outbound: [callee, caller],
    internal: [null, null],
    unknown: [null, null],
  };
  const [ofCustomer, ofLine] = places[direction];
  const differ = (side: unknown, place: unknown) =>
    side !== undefined && place !== undefined && (side === null) !== (place === null);
  if (differ(customer, ofCustomer)) return "customer";
  return differ(line, ofLine) ? "line" : null;
}
