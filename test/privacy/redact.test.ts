import { describe, expect, expectTypeOf, it } from "vitest";
import {
  type CallRecord,
  callRecordSchema,
  redact,
  type RedactableField,
  redactableFields,
  RequestError,
} from "call-records";
import { callRecord } from "call-records/testing";
import { fullCall } from "../columns/full-call.js";

const agent = { id: "8001", name: "Li", email: "li@example.com", phone: "8001", groupId: "1", groupName: "Sales" };
const recording = {
  id: "1",
  url: "https://example.com/1",
  kind: "call" as const,
  transcriptUrl: "https://example.com/2",
};
const call: CallRecord = {
  ...fullCall,
  agent,
  legs: [
    {
      role: "agent",
      number: "8001",
      agent,
      startedAt: null,
      ringingAt: null,
      answeredAt: null,
      endedAt: null,
      talkSeconds: 5,
      transferredFrom: "8000",
      transferredTo: "8002",
      recordings: [recording],
    },
  ],
};

/** Returns the value of a path such as `agent.name`. */
function valueOf(record: object, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>(
      (value, name) => (typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : null),
      record,
    );
}

describe("redact", () => {
  it("removes fields of the call and of its legs, and the vendor's row", () => {
    const before = structuredClone(call);
    const redacted = redact(call, [
      "agent.name",
      "agent.email",
      "recordings.url",
      "legs.transferredTo",
      "remark",
      "tags",
      "relatedIds",
    ]);
    const { raw, ...rest } = call;
    const anonymous = { ...agent, name: null, email: null };
    expect(raw).toBeDefined();
    expect(redacted).toEqual({
      ...rest,
      agent: anonymous,
      legs: call.legs.map((leg) => ({
        ...leg,
        agent: anonymous,
        transferredTo: null,
        recordings: [{ ...recording, url: null }],
      })),
      recordings: call.recordings.map((one) => ({ ...one, url: null })),
      remark: null,
      tags: [],
      relatedIds: {},
    });
    expect("raw" in redacted).toBe(false);
    expect(call).toEqual(before);
    expectTypeOf(redacted).toEqualTypeOf<CallRecord>();
  });

  it("removes a party under both of its names", () => {
    const parts = (record: CallRecord) =>
      [record.caller, record.callee, record.customer, record.line].map((party) => party?.number ?? null);
    const [caller, callee] = [call.caller?.number, call.callee?.number];
    expect(parts(redact(call, ["customer.number"]))).toEqual([null, callee, null, callee]);
    expect(parts(redact(call, ["callee.number"]))).toEqual([caller, null, caller, null]);
    const outbound = { ...call, direction: "outbound" as const, customer: call.callee, line: call.caller };
    expect(parts(redact(outbound, ["customer.number"]))).toEqual([caller, null, null, caller]);
    const internal = { ...call, direction: "internal" as const, customer: null, line: null };
    expect(parts(redact(internal, ["caller.number"]))).toEqual([null, callee, null, null]);
  });

  it.each(redactableFields)("removes %s, and returns a valid call", (field) => {
    const redacted = redact(call, [field]);
    expect(callRecordSchema.parse(redacted)).toEqual(redacted);
    const empty = [null, undefined, [], {}];
    if (field.startsWith("recordings."))
      expect(redacted.recordings.map((one) => valueOf(one, field.slice(11)))).toEqual([null, null]);
    else if (field.startsWith("legs."))
      expect(redacted.legs.map((one) => valueOf(one, field.slice(5)))).toEqual([null]);
    else expect(empty).toContainEqual(valueOf(redacted, field));
  });

  it("removes a queue of which nothing is left", () => {
    expect(redact(call, ["queue.id", "queue.name"]).queue).toBeNull();
    expect(redact(call, ["queue.name"]).queue).toEqual({ id: "7", name: null });
  });

  it("accepts a call without parties, and refuses unknown fields, other lists and other calls", () => {
    expect(redact(callRecord({ caller: null, agent: null }), redactableFields).caller).toBeNull();
    for (const wrong of [["id"], ["agent.nam"], ["startedAt"], [5], "remark", undefined])
      expect(() => redact(call, wrong as RedactableField[])).toThrow(RequestError);
    expect(() => redact(call, ["agent.nam" as RedactableField])).toThrow(
      /"agent.nam" cannot be redacted. The fields are .*agent\.name/,
    );
    expect(() => redact({} as CallRecord, ["remark"])).toThrow(/redact: argument `call`: must be a call record/);
  });
});
