import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { absentFields } from "../../src/contract/absent-fields.js";
import { callRecordOf } from "../../src/contract/call-record-of.js";
import type { MappedCall } from "../../src/contract/mapped-call.js";
import { callRecordSchema, directions } from "../../src/model/call-record.js";
import type { Party } from "../../src/model/party.js";
import { callRecords } from "../model/records.js";

const START = Date.parse("2026-11-20T04:00:00Z");
const at = (seconds: number) => new Date(START + seconds * 1000);
const party = (number: string): Party => ({
  number,
  e164: null,
  displayNumber: null,
  protectedId: null,
  region: null,
});
const CALLER = party("1");
const CALLEE = party("2");

const blank: MappedCall = {
  application: null,
  id: "1",
  relatedIds: {},
  direction: "inbound",
  kind: "unknown",
  state: "ended",
  outcome: "answered",
  caller: CALLER,
  callee: CALLEE,
  agent: null,
  queue: null,
  startedAt: at(0),
  queuedAt: null,
  ringingAt: null,
  answeredAt: null,
  endedAt: null,
  ringSeconds: null,
  talkSeconds: null,
  ivrSeconds: null,
  hangup: null,
  legs: [],
  transferred: null,
  menuKeys: [],
  satisfaction: null,
  cost: null,
  recordings: [],
  tags: [],
  remark: null,
  customData: null,
  updatedAt: null,
};
const recordOf = (call: Partial<MappedCall>) => callRecordOf("any", "main", { ...blank, ...call }, undefined);

describe("the record of a mapped call", () => {
  it("has the fields of the call, the provider, the account, and the row unless it is undefined", () => {
    const { customer, line, waitSeconds, ...record } = callRecordOf("any", "main", blank, { a: 1 });
    expect(record).toEqual({ provider: "any", account: "main", ...blank, raw: { a: 1 } });
    expect([customer, line, waitSeconds]).toEqual([CALLER, CALLEE, null]);
    expect(recordOf({})).not.toHaveProperty("raw");
  });

  it.each([
    ["inbound", CALLER, CALLEE],
    ["outbound", CALLEE, CALLER],
    ["internal", null, null],
    ["unknown", null, null],
  ] as const)("has by the direction %s the customer %j and the line %j", (direction, customer, line) => {
    expect(recordOf({ direction })).toMatchObject({ customer, line, caller: CALLER, callee: CALLEE });
  });

  it("has no customer or line where the party is unknown", () => {
    expect(recordOf({ caller: null })).toMatchObject({ customer: null, line: CALLEE });
    expect(recordOf({ direction: "outbound", caller: null })).toMatchObject({ customer: CALLEE, line: null });
  });

  it.each<[string, Partial<MappedCall>, number | null]>([
    [
      "from the queue until it was answered",
      { queuedAt: at(5), ringingAt: at(20), answeredAt: at(31), endedAt: at(90) },
      26,
    ],
    ["from the queue to the end", { queuedAt: at(5), ringingAt: at(20), endedAt: at(90) }, 85],
    ["from the ringing until it was answered", { ringingAt: at(20), answeredAt: at(31), endedAt: at(90) }, 11],
    ["from the ringing to the end", { ringingAt: at(20), endedAt: at(90), ringSeconds: 7 }, 70],
    ["the ring duration", { answeredAt: at(31), endedAt: at(90), ringSeconds: 7 }, 7],
    ["unknown without any of them", { answeredAt: at(31), endedAt: at(90) }, null],
    ["unknown while the caller waits", { queuedAt: at(5), ringSeconds: 7, state: "queued" }, null],
    ["known during the talk", { queuedAt: at(5), answeredAt: at(31), state: "in-progress" }, 26],
    ["0 if it was answered at the same time", { queuedAt: at(5), answeredAt: at(5) }, 0],
    ["unknown, not negative, if it was answered before the queue", { queuedAt: at(31), answeredAt: at(5) }, null],
    ["unknown if the end is before the ringing", { ringingAt: at(31), endedAt: at(30.9), ringSeconds: 3 }, null],
    ["from the start if the queue is a little earlier", { queuedAt: at(-60), answeredAt: at(10) }, 10],
    ["unknown if the queue is more than a minute earlier", { queuedAt: at(-61), answeredAt: at(10) }, null],
    ["rounded up from half a second", { ringingAt: at(1), answeredAt: at(3.5) }, 3],
    ["rounded down below half a second", { ringingAt: at(1), answeredAt: at(3.499) }, 2],
    ["unknown for an invalid time", { queuedAt: new Date(Number.NaN), answeredAt: at(10) }, null],
  ])("has a wait that is %s", (_case, call, waitSeconds) => {
    expect(recordOf(call).waitSeconds).toBe(waitSeconds);
  });

  it("has the wait of a found call without a start", () => {
    const found = { ...blank, startedAt: null, queuedAt: at(5), answeredAt: at(9.4) };
    expect(callRecordOf("any", "main", found, undefined)).toMatchObject({ startedAt: null, waitSeconds: 4 });
  });

  it.each([
    [12, 12],
    [12.4, 12],
    [12.5, 13],
    [0.4, 0],
    [0, 0],
    [-0.4, null],
    [-3, null],
    [null, null],
  ])("rounds every duration of %j seconds to %j", (written, seconds) => {
    const leg = {
      role: "agent" as const,
      number: null,
      agent: null,
      startedAt: null,
      ringingAt: null,
      answeredAt: null,
      endedAt: null,
      talkSeconds: written,
      transferredFrom: null,
      transferredTo: null,
      recordings: [],
    };
    const record = recordOf({ ringSeconds: written, talkSeconds: written, ivrSeconds: written, legs: [leg] });
    expect(record).toMatchObject({
      ringSeconds: seconds,
      waitSeconds: seconds,
      talkSeconds: seconds,
      ivrSeconds: seconds,
    });
    expect(record.legs).toEqual([{ ...leg, talkSeconds: seconds }]);
  });

  it("is valid for any times and durations, and its wait is never longer than the call", () => {
    const time = fc.option(
      fc.integer({ min: -200_000, max: 900_000 }).map((ms) => new Date(START + ms)),
      { nil: null },
    );
    const duration = fc.option(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { nil: null });
    const calls = fc.record({
      direction: fc.constantFrom(...directions),
      queuedAt: time,
      ringingAt: time,
      answeredAt: time,
      endedAt: time,
      ringSeconds: duration,
      talkSeconds: duration,
      ivrSeconds: duration,
    });
    fc.assert(
      fc.property(callRecords, calls, ({ provider, account, raw, ...any }, times) => {
        const record = callRecordOf(provider, account, { ...any, startedAt: at(0), ...times }, raw);
        expect(callRecordSchema.parse(record)).toEqual(record);
        const { waitSeconds, queuedAt, ringingAt, answeredAt, endedAt, ringSeconds } = record;
        const end = answeredAt ?? endedAt;
        if ((queuedAt ?? ringingAt) === null) expect(waitSeconds).toBe(ringSeconds);
        else if (waitSeconds !== null && end !== null)
          expect(waitSeconds * 1000).toBeLessThanOrEqual(end.getTime() - START + 500);
        else expect(waitSeconds).toBeNull();
      }),
      { numRuns: 50 },
    );
  });
});

describe("the absent fields", () => {
  it("have new lists for each call", () => {
    const [one, other] = [absentFields(), absentFields()];
    expect(one).toEqual(other);
    for (const name of ["relatedIds", "legs", "menuKeys", "recordings", "tags"] as const)
      expect(one[name]).not.toBe(other[name]);
  });
});
