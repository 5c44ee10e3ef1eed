import { describe, expect, it } from "vitest";
import type { CallRecord, ClientEvent } from "call-records";
import type { CustomCall, VendorId } from "call-records/testing";
import { DAY, daysAgo, HOUR, NOW, openStage } from "./stage.js";

const RANGE = { from: daysAgo(6), to: daysAgo(4) };
const START = NOW - 5 * DAY;
const at = (seconds: number) => new Date(START + seconds * 1000);
/** Tencent's time of a call. */
const unix = (seconds: number) => START / 1000 + seconds;

/** Reads the calls of one emulated vendor. */
async function read(
  vendor: VendorId,
  calls: Partial<CustomCall>[],
): Promise<{ records: CallRecord[]; warnings: ClientEvent[] }> {
  const own = calls.map((call) => ({ startedAt: new Date(START), ...call }));
  const stage = await openStage({ emulator: { callsPerDay: 0, activeCalls: 0, calls: { [vendor]: own } } });
  const records = await stage.client.records({ ...RANGE, accounts: [vendor] }).toArray({ max: 100 });
  expect(stage.emulator.requests.length).toBeGreaterThan(0);
  records.sort((one, other) => one.startedAt.getTime() - other.startedAt.getTime());
  return { records, warnings: stage.events.filter(({ type }) => type === "warning") };
}

async function readOne(vendor: VendorId, call: Partial<CustomCall>): Promise<CallRecord> {
  const [record] = (await read(vendor, [call])).records;
  if (record === undefined) throw new Error("The call was not read.");
  return record;
}

/** The fields that this file tests. */
function fieldsOf(call: CallRecord) {
  const { customer, line, queue, waitSeconds, transferred, menuKeys, satisfaction, cost } = call;
  return {
    customer: customer?.number ?? null,
    line: line?.number ?? null,
    queue,
    waitSeconds,
    transferred,
    menuKeys,
    satisfaction,
    cost,
  };
}

const participant = (mail: string, fields: object = {}) => ({
  Mail: mail,
  StartTimestamp: unix(3),
  RingTimestamp: unix(3),
  AcceptTimestamp: unix(10),
  EndedTimestamp: unix(60),
  TransferFrom: "",
  TransferTo: "",
  EndStatusString: "ok",
  ...fields,
});

describe("a call of Tencent", () => {
  it("has its parties by side, queue, wait, keys and rating if it is inbound", async () => {
    const row = {
      QueuedTimestamp: unix(4),
      QueuedSkillGroupId: 40,
      QueuedSkillGroupName: "Front desk",
      IVRKeyPressedEx: [
        { Key: "2", Label: "sales", Timestamp: START + 1500 },
        { Key: "0", Label: "", Timestamp: START + 2250 },
      ],
      PostIVRKeyPressedEx: [{ Key: "5", Label: "very satisfied", Timestamp: START + 59_000 }],
      ServeParticipants: [participant("a@example.com"), participant("b@example.com")],
    };
    const call = await readOne("tencent-ccc", { direction: "inbound", customer: "008613800138000", row });
    expect(fieldsOf(call)).toEqual({
      customer: "008613800138000",
      line: "00864009282737",
      queue: { id: "40", name: "Front desk" },
      waitSeconds: 6,
      transferred: false,
      menuKeys: [
        { key: "2", label: "sales", at: at(1.5) },
        { key: "0", label: null, at: at(2.25) },
      ],
      satisfaction: { key: "5", label: "very satisfied" },
      cost: null,
    });
    expect([call.customer, call.line]).toEqual([call.caller, call.callee]);
  });

  it("has its parties by side and no queue if it is outbound, and was transferred by a participant", async () => {
    const row = {
      ServeParticipants: [
        participant("a@example.com", { TransferTo: "b@example.com" }),
        participant("b@example.com", { TransferFrom: "a@example.com" }),
      ],
      PostIVRKeyPressedEx: [{ Key: "noInput", Label: "" }],
    };
    const call = await readOne("tencent-ccc", { direction: "outbound", row });
    expect(fieldsOf(call)).toEqual({
      customer: "008613800138000",
      line: "00864009282737",
      queue: null,
      waitSeconds: 7,
      transferred: true,
      menuKeys: [],
      satisfaction: { key: "noInput", label: null },
      cost: null,
    });
    expect([call.customer, call.line]).toEqual([call.callee, call.caller]);
  });

  it("has a queue and a wait, but no transfer, if the caller gave up in the queue", async () => {
    const row = { SeatUser: null, ServeParticipants: [], RingTimestamp: 0, SkillGroupId: 0, SkillGroup: "" };
    const queued = { ...row, QueuedTimestamp: unix(12), QueuedSkillGroupId: "41", QueuedSkillGroupName: "" };
    const call = await readOne("tencent-ccc", { direction: "inbound", answeredAt: null, endCode: 103, row: queued });
    expect(fieldsOf(call)).toMatchObject({ queue: { id: "41", name: null }, waitSeconds: 48, transferred: null });
    expect(call).toMatchObject({ outcome: "abandoned", agent: null });
  });

  it("has no party by side if it is internal", async () => {
    const call = await readOne("tencent-ccc", { direction: "internal" });
    expect(call).toMatchObject({ customer: null, line: null, caller: { number: "00864009282737" } });
  });

  it("has a protected customer", async () => {
    const row = { Caller: "", ProtectedCaller: "p-1" };
    const { customer } = await readOne("tencent-ccc", { direction: "inbound", row });
    expect(customer).toEqual({
      number: null,
      e164: null,
      displayNumber: null,
      protectedId: "p-1",
      region: expect.any(String) as string,
    });
  });

  it("keeps a key with an impossible time, without the time and with one warning", async () => {
    const keys = [
      { Key: "1", Label: "a", Timestamp: unix(1) },
      { Key: "2", Label: "b", Timestamp: START + 2000 },
      { Key: "3", Label: "c", Timestamp: START + 48 * HOUR },
    ];
    const { records, warnings } = await read("tencent-ccc", [{ direction: "inbound", row: { IVRKeyPressedEx: keys } }]);
    expect(records[0]?.menuKeys).toEqual([
      { key: "1", label: "a", at: null },
      { key: "2", label: "b", at: at(2) },
      { key: "3", label: "c", at: null },
    ]);
    expect(warnings).toMatchObject([{ field: "IVRKeyPressedEx.0.Timestamp" }]);
  });

  it("is read without keys that are not as documented, with a warning for each field", async () => {
    const row = {
      IVRKeyPressed: null,
      IVRKeyPressedEx: "none",
      PostIVRKeyPressed: null,
      PostIVRKeyPressedEx: [{ Key: { a: 1 } }],
      QueuedSkillGroupId: [1],
    };
    const { records, warnings } = await read("tencent-ccc", [{ direction: "inbound", row }]);
    expect(records[0]).toMatchObject({ menuKeys: [], satisfaction: null });
    expect(warnings.map((event) => (event.type === "warning" ? event.field : null)).sort()).toEqual([
      "IVRKeyPressedEx",
      "PostIVRKeyPressedEx.0.Key",
      "QueuedSkillGroupId",
    ]);
  });

  it("has the same fields on the list of active calls, as far as the list shows them", async () => {
    const active = { startedAt: new Date(NOW - 60_000), endedAt: null };
    const stage = await openStage({
      emulator: {
        callsPerDay: 0,
        activeCalls: 0,
        calls: {
          "tencent-ccc": [
            { ...active, direction: "inbound" },
            { ...active, answeredAt: null },
          ],
        },
      },
    });
    const { calls } = await stage.client.activeCalls({ accounts: ["tencent-ccc"] });
    const sides = { customer: "008613800138000", line: "00864009282737" };
    const others = { queue: null, transferred: null, menuKeys: [], satisfaction: null, cost: null };
    expect(calls.map(fieldsOf)).toEqual(
      expect.arrayContaining([
        { ...sides, ...others, waitSeconds: 7 },
        { ...sides, ...others, waitSeconds: null },
      ]),
    );
  });
});

describe("a call of Huawei", () => {
  const others = { queue: null, transferred: null, menuKeys: [], satisfaction: null, cost: null };

  it("has its parties by side, and a wait in whole seconds", async () => {
    const row = { alertingTime: START + 1400, talkingTime: START + 9_900, releaseTime: START + 60_000 };
    const call = await readOne("huawei-cec", { customer: "13800138000", answeredAt: at(9.9), row });
    expect(fieldsOf(call)).toEqual({ customer: "13800138000", line: "88881001", ...others, waitSeconds: 9 });
    expect(call).toMatchObject({ ringSeconds: 9, line: { displayNumber: "640003" } });
  });

  it("waited until its end if nobody answered", async () => {
    const call = await readOne("huawei-cec", {
      answeredAt: null,
      endedAt: at(33.4),
      row: { alertingTime: START + 3000 },
    });
    expect(call).toMatchObject({ waitSeconds: 30, ringSeconds: 30, outcome: "no-answer" });
  });

  it.each([
    ["it was answered before the ringing", { alertingTime: START + 20_000, talkingTime: START + 10_000 }],
    ["the end is before the ringing", { alertingTime: START + 20_000, talkingTime: null, releaseTime: START + 4000 }],
    ["the telephone did not ring", { alertingTime: null }],
    ["the ringing is long before the start", { alertingTime: START - 61_000 }],
    ["the ringing is an impossible time", { alertingTime: -1 }],
  ])("has no wait if %s", async (_case, row) => {
    expect((await readOne("huawei-cec", { row })).waitSeconds).toBeNull();
  });

  it("has the wait of an active call once it was answered", async () => {
    const talking = { startedAt: new Date(NOW - 60_000), endedAt: null };
    const stage = await openStage({
      emulator: {
        callsPerDay: 0,
        activeCalls: 0,
        calls: { "huawei-cec": [talking, { ...talking, answeredAt: null }] },
      },
    });
    const { calls } = await stage.client.activeCalls({ accounts: ["huawei-cec"] });
    expect(calls.map(({ state, waitSeconds }) => [state, waitSeconds]).sort()).toEqual([
      ["in-progress", 7],
      ["ringing", null],
    ]);
  });

  it.each([
    [1, 0, "answered", "the playback finished"],
    [4, null, "no-answer", "the called party rejected the call or did not answer in time"],
    [10, null, "blocked", "the call is restricted"],
    [77, null, "unknown", null],
  ])(
    "of a notification with reason code %i is read by the codes of notifications",
    async (endCode, answered, outcome, reason) => {
      const call = await readOne("huawei-cec", {
        type: 3,
        endCode,
        row: { taskType: "3" },
        ...(answered === null ? { answeredAt: null } : {}),
      });
      expect(call).toMatchObject({ kind: "notification", outcome, hangup: { code: String(endCode), reason } });
    },
  );
});

describe("a call of Itniotech", () => {
  const others = { menuKeys: [], satisfaction: null, cost: null };

  it.each<[string, Partial<CustomCall>, object]>([
    [
      "of an answered incoming call",
      { type: 2, row: { voiceGroupId: 12, ringDuration: 7 } },
      { queue: { id: "12", name: "售后服务" }, waitSeconds: 7, transferred: null },
    ],
    [
      "of an incoming call that nobody answered",
      {
        type: 2,
        answeredAt: null,
        row: { seatName: null, voiceGroupId: null, sipGroupName: "Support", ringDuration: "31" },
      },
      { queue: { id: null, name: "Support" }, waitSeconds: 31, transferred: null },
    ],
    [
      "of a group call that was passed to an agent",
      { type: 1, endCode: 3, row: { voiceGroupId: "7", ringDuration: 0 } },
      { queue: { id: "7", name: "售后服务" }, waitSeconds: 0, transferred: true },
    ],
    [
      "of a group call that ended while the agent's telephone rang",
      { type: 1, endCode: 2, answeredAt: null, row: { voiceGroupId: null, sipGroupName: "", ringDuration: null } },
      { queue: null, waitSeconds: null, transferred: false },
    ],
    [
      "of an outgoing call",
      { type: 3, row: { voiceGroupId: 12, ringDuration: -1 } },
      { queue: null, waitSeconds: null, transferred: null },
    ],
  ])("has the queue, the wait and the transfer %s", async (_case, call, expected) => {
    const record = await readOne("itniotech", { customer: "8613800138000", ...call });
    expect(fieldsOf(record)).toEqual({ customer: "8613800138000", line: "8613200000003", ...others, ...expected });
    const sides = record.direction === "inbound" ? ["caller", "callee"] : ["callee", "caller"];
    expect([record.customer, record.line]).toEqual(sides.map((side) => record[side as "caller" | "callee"]));
  });

  it.each([
    [0, "customer"],
    [1, "agent"],
    [3, "system"],
    [2, "unknown"],
  ])("with hangingDirection %i was hung up by %s", async (hangingDirection, by) => {
    expect((await readOne("itniotech", { row: { hangingDirection } })).hangup?.by).toBe(by);
  });

  it("has no party by side with an undocumented call type", async () => {
    const call = await readOne("itniotech", { row: { callType: 8, voiceGroupId: 12 } });
    expect(call).toMatchObject({ direction: "unknown", customer: null, line: null, queue: null });
  });
});

describe("the emulated history", () => {
  it("shows every field with its usual values, which agree with the emulated calls", async () => {
    const { client, emulator } = await openStage({ emulator: { days: 5, callsPerDay: 200, activeCalls: 0 } });
    const records = await client.records({ from: daysAgo(5), to: daysAgo(1) }).toArray({ max: 10_000 });
    const of = (vendor: VendorId) => records.filter(({ provider }) => provider === vendor);
    const valuesOf = <Value>(vendor: VendorId, value: (call: CallRecord) => Value) => new Set(of(vendor).map(value));

    for (const vendor of ["tencent-ccc", "huawei-cec", "itniotech"] as const) {
      const truth = new Map(emulator.truth[vendor].calls.map((call) => [call.id, call]));
      for (const call of of(vendor)) {
        const emulated = truth.get(call.id);
        // Some numbers are protected.
        if (call.customer?.number !== null && call.direction !== "internal")
          expect(call.customer?.number).toBe(emulated?.customer);
        // Huawei's caller is the agent's telephone, which shows the company's number.
        const line = call.line?.displayNumber ?? call.line?.number ?? null;
        if (line !== null) expect(line).toBe(emulated?.line);
        const from = emulated?.queuedAt ?? emulated?.ringingAt ?? null;
        const to = emulated?.answeredAt ?? emulated?.endedAt ?? null;
        const wait = from === null || to === null ? null : Math.round((to.getTime() - from.getTime()) / 1000);
        // Itniotech's ring duration is 0 for a telephone that did not ring.
        expect(call.waitSeconds).toBe(vendor === "itniotech" ? (wait ?? 0) : wait);
      }
      expect(of(vendor).length).toBeGreaterThan(50);
    }
    expect(valuesOf("tencent-ccc", ({ transferred }) => transferred)).toEqual(new Set([true, false, null]));
    expect(valuesOf("itniotech", ({ transferred }) => transferred)).toEqual(new Set([true, false, null]));
    expect(valuesOf("tencent-ccc", ({ satisfaction }) => satisfaction?.key)).toEqual(
      new Set([undefined, "1", "2", "3", "noInput"]),
    );
    const abandoned = of("tencent-ccc").filter(({ hangup }) => hangup?.code === "103");
    expect(abandoned.length).toBeGreaterThan(0);
    for (const { queue } of abandoned)
      expect(queue).toEqual({ id: expect.any(String) as string, name: expect.any(String) as string });
    const missed = of("itniotech").filter((call) => call.direction === "inbound" && call.outcome === "no-answer");
    expect(missed.length).toBeGreaterThan(0);
    for (const { queue, agent } of missed) {
      expect(queue?.name).toEqual(expect.any(String));
      expect(agent?.name).toBeNull();
    }
    expect(valuesOf("itniotech", ({ hangup }) => hangup?.by)).toEqual(new Set(["customer", "agent", "system"]));
    const pressed = of("tencent-ccc").flatMap(({ menuKeys, startedAt, endedAt }) =>
      menuKeys.map(({ at: time }) => ({ time, startedAt, endedAt })),
    );
    expect(pressed.length).toBeGreaterThan(0);
    for (const { time, startedAt, endedAt } of pressed) {
      expect(time?.getTime()).toBeGreaterThanOrEqual(startedAt.getTime());
      expect(time?.getTime()).toBeLessThanOrEqual(endedAt?.getTime() ?? 0);
    }
  });
});
