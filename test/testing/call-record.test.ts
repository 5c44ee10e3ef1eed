import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { callRecordSchema } from "call-records";
import { callRecord, type CallRecordOverrides } from "call-records/testing";
import { thrownBy } from "../client/stage.js";
import { assertConsistent } from "./record-consistency.js";
import { recordOverrides } from "./record-overrides.js";
import { runs } from "../search.js";

function containingItself(): object {
  const outer: Record<string, unknown> = {};
  outer.inner = outer;
  return outer;
}

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
    [
      { ivrSeconds: 100 },
      {
        queuedAt: new Date("2026-11-02T01:01:40Z"),
        ringingAt: new Date("2026-11-02T01:01:43Z"),
        answeredAt: new Date("2026-11-02T01:01:48Z"),
        endedAt: new Date("2026-11-02T01:02:48Z"),
        ...{ ivrSeconds: 100, waitSeconds: 8, ringSeconds: 5, talkSeconds: 60 },
      },
    ],
    [
      { ivrSeconds: 100, outcome: "self-service" },
      { endedAt: new Date("2026-11-02T01:01:40Z"), ivrSeconds: 100 },
    ],
    [
      { ivrSeconds: 100, answeredAt: new Date("2020-01-01T00:10:00Z") },
      { startedAt: new Date("2020-01-01T00:08:12Z"), queuedAt: new Date("2020-01-01T00:09:52Z"), waitSeconds: 8 },
    ],
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
    [{ agent: { name: 5 } }, "field `agent.name`: must be text"],
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
    [
      { customer: { number: "+8613800138000" }, caller: { number: "+8613900139000" } },
      "field `customer.number`: must be left out, or that of `caller`",
    ],
    [
      { direction: "outbound", line: { number: "7" }, caller: { number: "8" } },
      "field `line.number`: must be left out, or that of `caller`",
    ],
    [
      { customer: { e164: "+8613800138000" }, caller: { number: "+8613900139000" } },
      "field `customer.e164`: must be left out, or that of `caller`",
    ],
    [
      { line: { region: "GD" }, callee: { region: "BJ" } },
      "field `line.region`: must be left out, or that of `callee`",
    ],
    [{ legs: [{}, {}] }, "field `legs.1`: must differ from `legs.0`: set its agent, role, number or times"],
    [{ legs: [{ agent: { id: "7" } }, {}, { agent: { id: "7" } }] }, "field `legs.2`: must differ from `legs.0`"],
    ...(["talkSeconds", "ringSeconds", "waitSeconds", "ivrSeconds"] as const).map((field): [object, string] => [
      { [field]: 1e15 },
      `field \`${field}\`: must be at most 315360000 seconds`,
    ]),
    [{ legs: [{ talkSeconds: 1e15 }] }, "field `legs.0.talkSeconds`: must be at most 315360000 seconds"],
    [{ startedAt: new Date("9999-12-31T23:59:59Z") }, "field `startedAt`: must be in the years 1971 to 9900"],
    [{ endedAt: new Date(0) }, "field `endedAt`: must be in the years 1971 to 9900"],
    [{ menuKeys: [{ at: new Date(8.64e15) }] }, "field `menuKeys.0.at`: must be in the years 1971 to 9900"],
    [{ relatedIds: new Map([["a", "1"]]) }, "field `relatedIds`: must be a plain object, not a Map"],
    [{ agent: new Map() }, "field `agent`: must be a plain object, not a Map"],
    [{ legs: [new Set()] }, "field `legs.0`: must be a plain object, not a Set"],
    [{ raw: new Map([["a", 1]]) }, "field `raw`: must be a value of JSON, not a Map"],
    [{ raw: { calls: [{ id: 5n }] } }, "field `raw.calls.0.id`: must be a value of JSON, not a BigInt"],
    [{ raw: { at: new Date() } }, "field `raw.at`: must be a value of JSON, not a Date"],
    [{ raw: { share: Number.NaN } }, "field `raw.share`: must be a finite number"],
    [{ raw: containingItself() }, "field `raw.inner`: must not contain itself"],
    [{ agent: containingItself() }, "field `agent.inner`: must not contain itself"],
    [{ id: "" }, "field `id`: must not be empty"],
    [{ application: "" }, "field `application`: must be null or not empty"],
    [{ provider: "itniotech", account: "" }, "field `account`: must not be empty"],
    [{ caller: { e164: "8613800138000" } }, "field `caller.e164`: must be `+`, a country code and a number"],
    [{ customer: { e164: "+0123" } }, "field `customer.e164`: must be `+`, a country code and a number"],
    [null, "argument `overrides` must be a plain object"],
    [[], "argument `overrides` must be a plain object"],
    [new Map(), "argument `overrides` must be a plain object"],
  ])("refuses %o, and names the field and the rule", (overrides, message) => {
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
