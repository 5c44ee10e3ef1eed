import { authorizationWithPort } from "../../src/providers/tencent-ccc/signature-with-port.js";
import { createHash, createHmac } from "node:crypto";
import { inspect } from "node:util";
import type { CommonClient } from "tencentcloud-sdk-nodejs-common";
import { describe, expect, it } from "vitest";
import { callRecordOf } from "../../src/contract/call-record-of.js";
import type { HttpResponse, PreparedRequest } from "../../src/contract/http.js";
import type { MappedCall } from "../../src/contract/mapped-call.js";
import type { ListOperation, PageQuery } from "../../src/contract/provider.js";
import type { FailureClassification } from "../../src/contract/failure-classification.js";
import { ConfigurationError, NetworkError } from "../../src/model/errors.js";
import { callRecordSchema } from "../../src/model/call-record.js";
import { tencentCcc, type TencentCccClient, type TencentCccOptions } from "../../src/providers/tencent-ccc/index.js";
import { cdr, sessionResponse } from "../samples/tencent-ccc.js";

const SECRET_ID = "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE";
const SECRET_KEY = "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE";
const base = { secretId: SECRET_ID, secretKey: SECRET_KEY, sdkAppIds: [1400000000] };
const provider = tencentCcc(base);
const { records, findCall } = provider.operations;
const usage = listed(provider.operations.usage);
const activeCalls = listed(provider.operations.activeCalls);
const partition = { application: "1400000000", parameters: { SdkAppId: "1400000000" } };
const at = (unixSeconds: number) => new Date(unixSeconds * 1000);

function listed<Value>(operation: ListOperation<Value> | "records" | undefined): ListOperation<Value> {
  if (typeof operation !== "object") throw new Error("The operation is not a list.");
  return operation;
}

function mapHistory(row: object): MappedCall {
  return records.map(records.row.parse(row), { partition });
}

function mapLive(row: object): MappedCall {
  return activeCalls.map(activeCalls.row.parse(row), { partition });
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) Object.values(Object.freeze(value)).forEach(deepFreeze);
  return value;
}

function query(over: Partial<PageQuery<object>> = {}): PageQuery<object> {
  return {
    partition,
    window: null,
    page: { number: 0, offset: 0, cursor: null, size: 100 },
    filters: {},
    direction: null,
    numbers: null,
    ...over,
  };
}

const session = sessionResponse.Response.Sessions[0] ?? {};

/** A row with only the required fields. */
const bare = { SessionId: "s-1", Time: 1_700_000_000 };
const seatOfCdr = { id: "1007", name: "Li Lei", email: "lilei@example.com", phone: "008613900139000" };

describe("a row of the history", () => {
  const expected: MappedCall = {
    application: "1400000000",
    id: "71a3b1c0-5a6b-4c0d-9d39-000000000001",
    relatedIds: {},
    direction: "inbound",
    kind: "unknown",
    state: "ended",
    outcome: "answered",
    caller: {
      number: "008613800138000",
      e164: "+8613800138000",
      displayNumber: null,
      protectedId: null,
      region: "广东深圳",
    },
    callee: { number: "00864001783747", e164: "+864001783747", displayNumber: null, protectedId: null, region: null },
    agent: { ...seatOfCdr, groupId: "42", groupName: "Sales second line" },
    queue: { id: "40", name: "Front desk" },
    startedAt: at(1_700_000_000),
    queuedAt: at(1_700_000_012),
    ringingAt: at(1_700_000_020),
    answeredAt: at(1_700_000_030),
    endedAt: at(1_700_000_125),
    ringSeconds: 10,
    talkSeconds: 95,
    ivrSeconds: 12,
    hangup: { by: "customer", code: "1", reason: "The call was answered and ended normally" },
    legs: [
      {
        role: "agent",
        number: "008613700137000",
        agent: {
          id: null,
          name: null,
          email: "meimei@example.com",
          phone: "008613700137000",
          groupId: "41",
          groupName: "Sales",
        },
        startedAt: at(1_700_000_014),
        ringingAt: at(1_700_000_015),
        answeredAt: null,
        endedAt: at(1_700_000_019),
        talkSeconds: null,
        transferredFrom: null,
        transferredTo: "lilei@example.com",
        recordings: [],
      },
      {
        role: "agent",
        number: "008613900139000",
        agent: { ...seatOfCdr, groupId: "42", groupName: "Sales second line" },
        startedAt: at(1_700_000_019),
        ringingAt: at(1_700_000_020),
        answeredAt: at(1_700_000_030),
        endedAt: at(1_700_000_125),
        talkSeconds: 95,
        transferredFrom: "meimei@example.com",
        transferredTo: null,
        recordings: [
          { id: "rec-1b", url: "https://ccc-record.example.com/1b.mp3", kind: "call", transcriptUrl: null },
          { id: "rec-1b", url: "https://own-cos.example.com/1b.mp3", kind: "call", transcriptUrl: null },
        ],
      },
    ],
    transferred: true,
    menuKeys: [{ key: "1", label: "sales", at: new Date(1_700_000_008_250) }],
    satisfaction: { key: "5", label: "very satisfied" },
    cost: null,
    recordings: [
      {
        id: "rec-1",
        url: "https://ccc-record.example.com/1.mp3?sign=x",
        kind: "call",
        transcriptUrl: "https://ccc-asr.example.com/1.json",
      },
      {
        id: "rec-1",
        url: "https://own-cos.example.com/1.mp3",
        kind: "call",
        transcriptUrl: "https://ccc-asr.example.com/1.json",
      },
      {
        id: null,
        url: "https://ccc-record.example.com/vm.mp3",
        kind: "voicemail",
        transcriptUrl: "https://ccc-asr.example.com/vm.json",
      },
    ],
    tags: [],
    remark: "wants an offer",
    customData: '{"order":"7"}',
    updatedAt: null,
  };

  it("is mapped with every documented field", () => {
    expect(mapHistory(cdr)).toEqual(expected);
  });

  it("has the shape of a call record", () => {
    const record = callRecordOf("tencent-ccc", "tencent-ccc", mapHistory(cdr), undefined);
    expect(callRecordSchema.parse(record)).toEqual(record);
  });

  it("has its session id as the key", () => {
    expect(records.key(records.row.parse(cdr))).toBe(cdr.SessionId);
  });

  it("is mapped to the same call with numbers as strings", () => {
    const asText = JSON.parse(JSON.stringify(cdr), (_key, value: unknown) =>
      typeof value === "number" ? String(value) : value,
    ) as object;
    expect(mapHistory(asText)).toEqual(expected);
  });

  it("may have an id or a telephone number that is a JSON number", () => {
    expect(mapHistory({ ...bare, SessionId: 77, Caller: 8613800138000 })).toMatchObject({
      id: "77",
      caller: { number: "8613800138000", e164: null },
    });
  });

  it("may have unknown fields", () => {
    expect(mapHistory({ ...cdr, SysHangupReason: 3, Anything: { new: true } })).toEqual(expected);
  });

  it("is not modified by the mapping", () => {
    const row = deepFreeze(structuredClone(cdr));
    const parsed = deepFreeze(records.row.parse(row));
    expect(records.map(parsed, deepFreeze({ partition }))).toEqual(expected);
    expect(records.map(parsed, { partition })).toEqual(expected);
    expect(row).toEqual(cdr);
  });

  it("has null for every absent value", () => {
    const unknown: MappedCall = {
      application: "1400000000",
      id: "s-1",
      relatedIds: {},
      direction: "unknown",
      kind: "unknown",
      state: "ringing",
      outcome: null,
      caller: null,
      callee: null,
      agent: null,
      queue: null,
      startedAt: at(1_700_000_000),
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
    expect(mapHistory(bare)).toEqual(unknown);
    for (const nothing of [null, ""]) {
      const blank = Object.fromEntries(
        Object.entries(cdr).map(([key, value]) => [key, typeof value === "object" ? null : nothing]),
      );
      expect(mapHistory({ ...blank, ...bare })).toEqual(unknown);
    }
  });

  it("has null for a time of 0", () => {
    const times = { QueuedTimestamp: 0, RingTimestamp: "0", AcceptTimestamp: 0, EndedTimestamp: 0 };
    expect(mapHistory({ ...bare, ...times })).toMatchObject({
      queuedAt: null,
      ringingAt: null,
      answeredAt: null,
      endedAt: null,
    });
  });

  it("starts at Time, else at StartTimestamp", () => {
    expect(mapHistory({ ...bare, Time: 0, StartTimestamp: "1700000009" }).startedAt).toEqual(at(1_700_000_009));
  });

  it("has null for a time that cannot be read", () => {
    const broken = {
      RingTimestamp: "soon",
      AcceptTimestamp: "-1",
      EndedTimestamp: [],
      ServeParticipants: [{ RingTimestamp: "soon" }],
    };
    const mapped = mapHistory({ ...bare, ...broken });
    expect(mapped).toMatchObject({ ringingAt: null, answeredAt: null, endedAt: null });
    expect(mapped.legs.map(({ ringingAt }) => ringingAt)).toEqual([null]);
  });

  it.each([
    ["Time", { Time: undefined }],
    ["Time", { Time: 0, StartTimestamp: null }],
    ["Time", { Time: "yesterday" }],
    ["Time", { Time: 1e18 }],
    ["SessionId", { SessionId: "" }],
    ["SessionId", { SessionId: undefined }],
    ["Direction", { Direction: {} }],
    ["Caller", { Caller: {} }],
    ["Time", { Time: -1 }],
  ])("is rejected at %s with %j", (path, broken) => {
    const read = records.row.safeParse({ ...bare, ...broken });
    expect(read.error?.issues.map((issue) => issue.path.join("."))).toEqual([path]);
  });

  it.each([
    ["0086 and the number", "00864009282737", "+864009282737"],
    ["a plus", "+14155550100", "+14155550100"],
    ["a local number", "075512345678", null],
    ["a short number", "10086", null],
    ["a number that is too long", "001234567890123456", null],
  ])("has an E.164 form only when the number is unambiguous: %s", (_case, Caller, e164) => {
    expect(mapHistory({ ...bare, Caller }).caller).toMatchObject({ number: Caller, e164 });
  });

  it("keeps the id of a protected number", () => {
    expect(mapHistory({ ...bare, Caller: "", ProtectedCaller: "p-9", CallerLocation: "北京" }).caller).toEqual({
      number: null,
      e164: null,
      displayNumber: null,
      protectedId: "p-9",
      region: "北京",
    });
  });

  it.each([
    [{ Direction: 0, CallType: 2 }, "inbound", "unknown"],
    [{ Direction: 1, CallType: 1 }, "outbound", "manual"],
    [{ Direction: 0, CallType: 3 }, "inbound", "voip"],
    [{ Direction: 1, CallType: 5 }, "outbound", "predictive"],
    [{ Direction: 1, CallType: 6 }, "internal", "unknown"],
    [{ CallType: 5 }, "outbound", "predictive"],
    [{ Direction: 9, CallType: 1 }, "unknown", "manual"],
    [{ Direction: 0, CallType: 99 }, "inbound", "unknown"],
  ])("with %j has the direction %s and the kind %s", (codes, direction, kind) => {
    expect(mapHistory({ ...bare, ...codes })).toMatchObject({ direction, kind });
  });

  it("has the deprecated Uui as its custom data when UUI is blank", () => {
    expect(mapHistory({ ...bare, UUI: "", Uui: "7" }).customData).toBe("7");
  });
});

describe("the queue, the transfer and the keys of a call", () => {
  it.each([
    [
      { QueuedSkillGroupId: 40, QueuedSkillGroupName: "Front desk" },
      { id: "40", name: "Front desk" },
    ],
    [{ QueuedSkillGroupId: "40" }, { id: "40", name: null }],
    [
      { QueuedSkillGroupId: 0, QueuedSkillGroupName: "Front desk" },
      { id: null, name: "Front desk" },
    ],
    [{ QueuedSkillGroupId: 0, QueuedSkillGroupName: "" }, null],
    [{ SkillGroupId: 41, SkillGroup: "Sales" }, null],
  ])("has with %j the queue %j", (fields, queue) => {
    expect(mapHistory({ ...bare, ...fields }).queue).toEqual(queue);
    expect(mapHistory({ ...bare, ...fields, EndStatus: 103, SeatUser: null }).queue).toEqual(queue);
  });

  it.each([
    [[{ Mail: "a@example.com", TransferFrom: "", TransferTo: "" }], false],
    [[{ Mail: "a@example.com", TransferTo: "b@example.com" }, { Mail: "b@example.com" }], true],
    [[{ Mail: "a@example.com" }, { Mail: "b@example.com", TransferFrom: "a@example.com" }], true],
    [[{ Mail: "a@example.com", EndStatusString: "seatForward" }], true],
    [[{ Mail: "a@example.com", EndStatusString: "seatGiveUp" }, { Mail: "b@example.com" }], false],
    [[], null],
    [null, null],
    [undefined, null],
  ])("with the participants %j was transferred: %j", (ServeParticipants, transferred) => {
    expect(mapHistory({ ...bare, ServeParticipants }).transferred).toBe(transferred);
  });

  const at1 = 1_700_000_005_250;
  it.each([
    [
      { IVRKeyPressedEx: [{ Key: "1", Label: "sales", Timestamp: at1 }] },
      [{ key: "1", label: "sales", at: new Date(at1) }],
    ],
    [
      { IVRKeyPressedEx: [{ Key: 1, Label: "", Timestamp: String(at1) }, { Key: "#" }] },
      [
        { key: "1", label: null, at: new Date(at1) },
        { key: "#", label: null, at: null },
      ],
    ],
    [
      { IVRKeyPressedEx: [], IVRKeyPressed: ["1", 2] },
      [
        { key: "1", label: null, at: null },
        { key: "2", label: null, at: null },
      ],
    ],
    [{ IVRKeyPressedEx: [{ Key: "", Label: "sales" }, { Key: null }] }, []],
    [{ IVRKeyPressedEx: [{ Key: "1", Timestamp: -1 }] }, [{ key: "1", label: null, at: null }]],
    [{ IVRKeyPressedEx: null }, []],
  ])("has with %j the menu keys %j", (fields, menuKeys) => {
    expect(mapHistory({ ...bare, ...fields }).menuKeys).toEqual(menuKeys);
  });

  it.each([
    [{ PostIVRKeyPressedEx: [{ Key: "5", Label: "good", Timestamp: at1 }] }, { key: "5", label: "good" }],
    [{ PostIVRKeyPressed: [{ Key: "5", Label: "good" }] }, { key: "5", label: "good" }],
    [{ PostIVRKeyPressedEx: [{ Key: "noInput", Label: "" }] }, { key: "noInput", label: null }],
    [{ PostIVRKeyPressedEx: [{ Key: "noInput" }, { Key: "4" }, { Key: "noInput" }] }, { key: "4", label: null }],
    [{ PostIVRKeyPressedEx: [{ Key: "9" }, { Key: "2", Label: "poor" }] }, { key: "2", label: "poor" }],
    [{ PostIVRKeyPressedEx: [{ Key: "", Label: "good" }] }, null],
    [{ PostIVRKeyPressedEx: [], PostIVRKeyPressed: null }, null],
    [{}, null],
  ])("has with %j the satisfaction %j", (fields, satisfaction) => {
    expect(mapHistory({ ...bare, ...fields }).satisfaction).toEqual(satisfaction);
  });
});

describe("the mapping of outcomes, states and durations", () => {
  const documented: Record<number, string> = {
    1: "answered",
    17: "no-answer",
    100: "blocked",
    102: "abandoned",
    103: "abandoned",
    104: "abandoned",
    105: "no-agent",
    106: "out-of-hours",
    107: "self-service",
    108: "blocked",
    109: "blocked",
    110: "blocked",
    111: "blocked",
    202: "no-answer",
    203: "rejected",
    204: "unreachable",
    205: "invalid-number",
    206: "busy",
    207: "unreachable",
    208: "failed",
    209: "canceled",
    210: "unreachable",
    211: "failed",
    212: "blocked",
    213: "unreachable",
    215: "invalid-number",
    216: "blocked",
    217: "blocked",
    218: "blocked",
    219: "unreachable",
    220: "canceled",
    221: "canceled",
    222: "voicemail",
    225: "failed",
    226: "failed",
    227: "failed",
    228: "answered",
    229: "answered",
    230: "answered",
    231: "canceled",
    232: "answered",
    233: "answered",
    501: "failed",
    502: "failed",
    503: "failed",
  };

  it.each(Object.entries(documented))("maps EndStatus %s on an outbound call to %s", (code, outcome) => {
    const call = mapHistory({ ...bare, Direction: 1, EndStatus: Number(code) });
    expect(call).toMatchObject({ state: "ended", outcome, hangup: { by: "unknown", code } });
    expect(call.hangup?.reason).toMatch(/^[A-Z].{10,}$/);
  });

  it.each([225, 226, 227, 231])("maps EndStatus %s to answered if the call was answered", (EndStatus) => {
    expect(mapHistory({ ...bare, Direction: 0, EndStatus, Duration: 3 }).outcome).toBe("answered");
    expect(mapHistory({ ...bare, Direction: 1, EndStatus, AcceptTimestamp: 1_700_000_005 }).outcome).toBe("answered");
  });

  it("maps a call that a request to the API ended before it was answered to canceled, in both directions", () => {
    for (const Direction of [0, 1]) expect(mapHistory({ ...bare, Direction, EndStatus: 231 }).outcome).toBe("canceled");
  });

  it.each([
    ["seatGiveUp", "no-answer"],
    ["aiAgentEndCall", "answered"],
    ["maxCallDurationReached", "answered"],
  ])("maps the EndStatusString %s without an EndStatus to %s", (EndStatusString, outcome) => {
    expect(mapHistory({ ...bare, EndStatusString }).outcome).toBe(outcome);
  });

  it.each([209, 220, 221])("maps EndStatus %s on an inbound call to abandoned", (EndStatus) => {
    expect(mapHistory({ ...bare, Direction: 0, EndStatus }).outcome).toBe("abandoned");
  });

  it.each([101, 224, 240, -1, "mystery", 1.5])(
    "maps the undocumented EndStatus %s to unknown, and keeps the code",
    (EndStatus) => {
      expect(mapHistory({ ...bare, Direction: 1, EndStatus })).toMatchObject({
        state: "ended",
        outcome: "unknown",
        hangup: { by: "unknown", code: String(EndStatus), reason: null },
      });
    },
  );

  it.each([
    ["a call that was accepted", { AcceptTimestamp: 1_700_000_010 }, "answered"],
    ["a call with talk", { Duration: 5 }, "answered"],
    ["a call without talk", { Duration: 0 }, "unknown"],
  ])("uses AcceptTimestamp and Duration when there is no EndStatus: %s", (_case, fields, outcome) => {
    for (const EndStatus of [0, "0", null, undefined]) {
      const call = mapHistory({ ...bare, EndedTimestamp: 1_700_000_100, EndStatus, ...fields });
      const code = EndStatus === null || EndStatus === undefined ? null : { by: "unknown", code: "0", reason: null };
      expect(call).toMatchObject({ state: "ended", outcome, hangup: code });
    }
  });

  it.each([
    ["in-progress", { QueuedTimestamp: 1_700_000_001, RingTimestamp: 1_700_000_002, AcceptTimestamp: 1_700_000_003 }],
    ["ringing", { QueuedTimestamp: 1_700_000_001, RingTimestamp: 1_700_000_002 }],
    ["queued", { QueuedTimestamp: 1_700_000_001 }],
    ["ringing", {}],
  ])("returns the state %s for a call that has not ended, without an outcome or hang-up", (state, times) => {
    expect(mapHistory({ ...bare, EndStatus: 0, HungUpSide: "user", ...times })).toMatchObject({
      state,
      outcome: null,
      hangup: null,
    });
  });

  it.each([
    ["seat", "agent"],
    ["user", "customer"],
    ["system", "system"],
    ["someone", "unknown"],
    ["", "unknown"],
  ])("maps HungUpSide %j to %s", (HungUpSide, by) => {
    expect(mapHistory({ ...bare, EndStatus: 1, HungUpSide }).hangup?.by).toBe(by);
  });

  it("uses EndStatusString when there is no EndStatus", () => {
    const ended = { ...bare, EndedTimestamp: 1_700_000_100, EndStatus: undefined };
    expect(mapHistory({ ...ended, EndStatusString: "userReject" })).toMatchObject({
      outcome: "rejected",
      hangup: { code: "userReject", reason: "The callee rejected the call" },
    });
    expect(mapHistory({ ...ended, EndStatusString: "somethingNew" })).toMatchObject({
      outcome: "unknown",
      hangup: { code: "somethingNew", reason: null },
    });
  });

  it("returns who hung up when there is no EndStatus", () => {
    expect(mapHistory({ ...bare, EndedTimestamp: 1_700_000_100, HungUpSide: "seat" }).hangup).toEqual({
      by: "agent",
      code: null,
      reason: null,
    });
  });

  it.each([
    [
      "until the call is answered",
      { RingTimestamp: 1_700_000_010, AcceptTimestamp: 1_700_000_017, EndedTimestamp: 1_700_000_100 },
      7,
    ],
    [
      "until the end of a call that is not answered",
      { RingTimestamp: 1_700_000_010, EndedTimestamp: 1_700_000_030 },
      20,
    ],
    ["as null when there is no ring time", { AcceptTimestamp: 1_700_000_017, EndedTimestamp: 1_700_000_030 }, null],
    [
      "as null when the times contradict each other",
      { RingTimestamp: 1_700_000_020, AcceptTimestamp: 1_700_000_017 },
      null,
    ],
  ])("returns the ring duration %s", (_case, times, ringSeconds) => {
    expect(mapHistory({ ...bare, ...times }).ringSeconds).toBe(ringSeconds);
  });

  it("treats a duration that is negative or not a number as absent", () => {
    const times = { AcceptTimestamp: 1_700_000_012, EndedTimestamp: 1_700_000_031 };
    expect(mapHistory({ ...bare, ...times, Duration: "long", IVRDuration: {} })).toMatchObject({
      talkSeconds: 19,
      ivrSeconds: null,
    });
    expect(mapHistory({ ...bare, ...times, Duration: -5, IVRDuration: -1 })).toMatchObject({
      talkSeconds: 19,
      ivrSeconds: null,
    });
    expect(mapHistory({ ...bare, Duration: -5 }).talkSeconds).toBeNull();
  });

  it("returns Duration as the talk duration, else the time from AcceptTimestamp to EndedTimestamp", () => {
    const times = { AcceptTimestamp: 1_700_000_010, EndedTimestamp: 1_700_000_030 };
    expect(mapHistory({ ...bare, ...times, Duration: 19 }).talkSeconds).toBe(19);
    expect(mapHistory({ ...bare, ...times, Duration: 0 }).talkSeconds).toBe(0);
    expect(mapHistory({ ...bare, ...times }).talkSeconds).toBe(20);
  });
});

describe("the agent of a call", () => {
  const seat = {
    Name: "Li Lei",
    Mail: "lilei@example.com",
    Phone: "0086139",
    Nick: "Leo",
    UserId: "u-77",
    StaffNumber: "1007",
  };
  const noDetails = { id: null, name: null, groupId: null, groupName: null };

  it("is the participant who answered first", () => {
    const ServeParticipants = [
      { Mail: "a@x" },
      { Mail: "b@x", AcceptTimestamp: 1_700_000_050 },
      { Mail: "c@x", AcceptTimestamp: 1_700_000_040 },
    ];
    expect(mapHistory({ ...bare, SeatUser: seat, ServeParticipants }).agent).toEqual({
      ...noDetails,
      email: "c@x",
      phone: null,
    });
  });

  it.each([
    ["mail", { Mail: seat.Mail }],
    ["telephone", { Mail: "", Phone: seat.Phone }],
  ])("has the details of the seat user with the same %s", (_case, participant) => {
    const ServeParticipants = [{ ...participant, AcceptTimestamp: 1_700_000_040 }];
    expect(mapHistory({ ...bare, SeatUser: seat, ServeParticipants }).agent).toEqual({
      ...noDetails,
      id: "1007",
      name: "Li Lei",
      email: "lilei@example.com",
      phone: "0086139",
    });
  });

  it("is the seat user when no agent answered, with the group of its participant", () => {
    const ServeParticipants = [
      { Mail: "a@x", SkillGroupId: 1 },
      { Mail: seat.Mail, SkillGroupId: 2, SkillGroupName: "Two" },
    ];
    expect(mapHistory({ ...bare, SeatUser: seat, ServeParticipants }).agent).toMatchObject({
      id: "1007",
      groupId: "2",
      groupName: "Two",
    });
  });

  it("has the user id and the nickname when there is no staff number and no name", () => {
    expect(mapHistory({ ...bare, SeatUser: { ...seat, StaffNumber: "", Name: null } }).agent).toMatchObject({
      id: "u-77",
      name: "Leo",
    });
  });

  it("is the first participant when the seat user is blank", () => {
    const SeatUser = { Name: "", Mail: "", Phone: "", Nick: "", UserId: "", StaffNumber: "" };
    expect(mapHistory({ ...bare, SeatUser, ServeParticipants: [{ Mail: "a@x" }, { Mail: "b@x" }] }).agent?.email).toBe(
      "a@x",
    );
    expect(mapHistory({ ...bare, SeatUser }).agent).toBeNull();
  });

  it("is the AI agent when no one else served the call", () => {
    expect(mapHistory({ ...bare, AIAgentId: 9, AIAgentName: "Robo" }).agent).toEqual({
      ...noDetails,
      id: "9",
      name: "Robo",
      email: null,
      phone: null,
    });
  });

  it("belongs to the participant's group, else the call's, else the queue's", () => {
    const queue = { QueuedSkillGroupId: 40, QueuedSkillGroupName: "Front desk" };
    const call = { SkillGroupId: 41, SkillGroup: "Sales" };
    const participants = {
      ServeParticipants: [{ Mail: "a@x", AcceptTimestamp: 1_700_000_040, SkillGroupId: 42, SkillGroupName: "Second" }],
    };
    const rows = [
      { ...queue },
      { ...queue, SkillGroupId: 0, SkillGroup: "" },
      { ...queue, ...call },
      { ...queue, ...call, ...participants },
    ];
    const groups = rows.map((row) => mapHistory({ ...bare, SeatUser: seat, ...row }).agent);
    expect(groups.map((agent) => [agent?.groupId, agent?.groupName])).toEqual([
      ["40", "Front desk"],
      ["40", "Front desk"],
      ["41", "Sales"],
      ["42", "Second"],
    ]);
  });
});

describe("recordings", () => {
  it("are listed once when the company's copy has the same URL", () => {
    const RecordURL = "https://r.example.com/1.mp3";
    expect(mapHistory({ ...bare, RecordURL, CustomRecordURL: RecordURL }).recordings).toEqual([
      { id: null, url: RecordURL, kind: "call", transcriptUrl: null },
    ]);
  });

  it("keep the id when there is no absolute URL", () => {
    for (const RecordURL of ["", "records/1.mp3"]) {
      expect(mapHistory({ ...bare, RecordURL, RecordId: "r-1" }).recordings).toEqual([
        { id: "r-1", url: null, kind: "call", transcriptUrl: null },
      ]);
    }
  });

  it("have no transcript when there are more messages than transcripts", () => {
    const VoicemailRecordURL = ["https://r.example.com/1.mp3", "https://r.example.com/2.mp3"];
    const call = mapHistory({ ...bare, VoicemailRecordURL, VoicemailAsrURL: ["https://r.example.com/1.json"] });
    expect(call.recordings.map(({ kind, transcriptUrl }) => [kind, transcriptUrl])).toEqual([
      ["voicemail", null],
      ["voicemail", null],
    ]);
  });

  it("keep a transcript at its position when another one is missing", () => {
    const call = mapHistory({
      ...bare,
      VoicemailRecordURL: ["https://r.example.com/1.mp3", null],
      VoicemailAsrURL: [null, "https://r.example.com/2.json"],
    });
    expect(call.recordings).toEqual([
      { id: null, url: "https://r.example.com/1.mp3", kind: "voicemail", transcriptUrl: null },
      { id: null, url: null, kind: "voicemail", transcriptUrl: "https://r.example.com/2.json" },
    ]);
  });
});

describe("an active session", () => {
  it("is mapped from the documented example", () => {
    const page = activeCalls.responseSchema.parse(sessionResponse);
    expect(page).toEqual({ rows: [session], total: 1, next: null });
    expect(activeCalls.key(activeCalls.row.parse(session))).toBe("0cf5be1b-de75-4445-a0c4-8dff3fa4b68b");
    expect(mapLive(deepFreeze(structuredClone(session)))).toEqual({
      application: "1400000000",
      id: "0cf5be1b-de75-4445-a0c4-8dff3fa4b68b",
      relatedIds: { RoomID: "32929373" },
      direction: "outbound",
      kind: "unknown",
      state: "in-progress",
      outcome: null,
      caller: { number: "00864009282737", e164: "+864009282737", displayNumber: null, protectedId: null, region: null },
      callee: { number: "00864001783747", e164: "+864001783747", displayNumber: null, protectedId: null, region: null },
      agent: { id: "1007", name: null, email: "foo@tencent.com", phone: null, groupId: null, groupName: null },
      queue: null,
      startedAt: new Date("2020-12-11T15:56:39Z"),
      queuedAt: null,
      ringingAt: new Date("2020-12-11T15:58:19Z"),
      answeredAt: new Date("2020-12-11T15:58:49Z"),
      endedAt: null,
      ringSeconds: 30,
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
    } satisfies MappedCall);
  });

  it.each([
    ["ringing", "ringing", null],
    ["seatJoining", "ringing", null],
    ["inProgress", "in-progress", null],
    ["finished", "ended", "answered"],
    ["somethingNew", "in-progress", null],
    ["", "in-progress", null],
  ])("with SessionStatus %j is %s", (SessionStatus, state, outcome) => {
    expect(mapLive({ ...session, SessionStatus })).toMatchObject({ state, outcome, hangup: null });
  });

  it("has the outcome unknown when it finished without being accepted", () => {
    expect(mapLive({ ...session, AcceptTimestamp: "0", SessionStatus: "finished" }).outcome).toBe("unknown");
  });

  it("has the ids of protected numbers", () => {
    const call = mapLive({ ...session, Caller: "", Callee: "", ProtectedCaller: "p-1", ProtectedCallee: "p-2" });
    expect([call.caller, call.callee]).toMatchObject([
      { number: null, protectedId: "p-1" },
      { number: null, protectedId: "p-2" },
    ]);
  });

  it("is rejected without a start time or an id", () => {
    expect(activeCalls.row.safeParse({ ...session, StartTimestamp: "" }).error?.issues[0]?.path).toEqual([
      "StartTimestamp",
    ]);
    expect(activeCalls.row.safeParse({ ...session, SessionID: null }).error?.issues[0]?.path).toEqual(["SessionID"]);
  });
});

describe("usage", () => {
  const response = {
    Response: {
      TelCallOutCount: 0,
      TelCallInCount: 0,
      SeatUsedCount: 0,
      VOIPCallInCount: 0,
      AsrOfflineCount: 0,
      AsrRealtimeCount: 0,
      RequestId: "abc",
    },
  };

  it("is read from the documented example", () => {
    const { rows, total, next } = usage.responseSchema.parse(response);
    expect({ rows, total, next }).toEqual({ rows: [response.Response], total: null, next: null });
    expect(rows?.map((row) => usage.map(usage.row.parse(row), { partition }))).toEqual([
      { minutes: { outbound: 0, inbound: 0, voip: 0, asrOffline: 0, asrRealtime: 0 }, seats: 0 },
    ]);
  });

  it("has each count in its own field, and null for a missing count", () => {
    const row = usage.row.parse({
      TelCallOutCount: 1,
      TelCallInCount: "2",
      SeatUsedCount: 3,
      VOIPCallInCount: 4,
      AsrOfflineCount: null,
    });
    expect(usage.map(row, { partition })).toEqual({
      minutes: { outbound: 1, inbound: 2, voip: 4, asrOffline: null, asrRealtime: null },
      seats: 3,
    });
  });

  it("is rejected without a Response, or with a count that is not a number", () => {
    expect(usage.responseSchema.safeParse({}).success).toBe(false);
    expect(usage.row.safeParse({ TelCallOutCount: "many" }).error?.issues[0]?.path).toEqual(["TelCallOutCount"]);
  });

  it.each([
    "TelCallOutCount",
    "TelCallInCount",
    "SeatUsedCount",
    "VOIPCallInCount",
    "AsrOfflineCount",
    "AsrRealtimeCount",
  ])("is rejected with a negative %s", (name) => {
    expect(usage.row.safeParse({ ...response.Response, [name]: -1 }).error?.issues[0]).toMatchObject({
      path: [name],
      message: "expected a count",
    });
  });
});

describe("a response with history rows", () => {
  it.each([
    ["TelCdrList", { TotalCount: 1, TelCdrList: [{ a: 1 }], TelCdrs: [{ b: 1 }] }, [{ a: 1 }], 1],
    ["the deprecated TelCdrs", { TotalCount: "1", TelCdrs: [{ b: 1 }] }, [{ b: 1 }], 1],
    [
      "the deprecated TelCdrs when TelCdrList is null",
      { TotalCount: 1, TelCdrList: null, TelCdrs: [{ b: 1 }] },
      [{ b: 1 }],
      1,
    ],
    ["no list when the total is 0", { TotalCount: 0 }, [], 0],
    ["null lists when the total is 0", { TotalCount: 0, TelCdrList: null, TelCdrs: null }, [], 0],
    ["a null list on a page past the end", { TotalCount: 100, TelCdrList: null }, [], 100],
  ])("is read from %s", (_case, Response, rows, total) => {
    expect(records.responseSchema.parse({ Response })).toEqual({ rows, total, next: null });
  });

  it.each([
    ["Response", {}],
    ["Response.TotalCount", { Response: { TelCdrList: [] } }],
    ["Response.TelCdrList", { Response: { TotalCount: 3 } }],
    ["Response.TelCdrList", { Response: { TotalCount: 3, TelCdrList: {} } }],
  ])("is rejected at %s when that is not as documented", (path, body) => {
    expect(records.responseSchema.safeParse(body).error?.issues.map((issue) => issue.path.join("."))).toEqual([path]);
  });
});

describe("limits", () => {
  it("are the documented ones", () => {
    expect(records).toMatchObject({
      name: "DescribeTelCdr",
      window: { unit: "s", maxSeconds: 90 * 86_400 - 1, end: "unknown", filtersOn: "unknown" },
      retentionSeconds: 180 * 86_400,
      paging: { style: "page", first: 0, size: 100, total: true },
    });
    expect(usage).toMatchObject({
      name: "DescribeTelCallInfo",
      window: { unit: "day", maxSeconds: 90 * 86_400, end: "inclusive", filtersOn: "start" },
      retentionSeconds: null,
      paging: { style: "none" },
    });
    expect(activeCalls).toMatchObject({
      name: "DescribePSTNActiveSessionList",
      window: null,
      paging: { style: "offset", size: 25, total: true },
    });
    expect(provider.rate).toEqual({ requestsPerSecond: 20, concurrency: 20 });
  });

  it("apply to one list for each application", () => {
    const { operations } = tencentCcc({ ...base, sdkAppIds: [1400000000, 1400000001] });
    const partitions = ["1400000000", "1400000001"].map((id) => ({ application: id, parameters: { SdkAppId: id } }));
    expect(operations.records.partitions({})).toEqual(partitions);
    expect(operations.usage?.partitions({})).toEqual(partitions);
  });
});

describe("requests", () => {
  const window = { start: new Date("2026-10-31T00:00:00+08:00"), end: new Date("2026-10-31T23:59:59+08:00") };
  const headers = (action: string) => ({
    "Content-Type": "application/json",
    "X-TC-Action": action,
    "X-TC-Version": "2020-02-10",
  });

  it("for a page of the history contain the window, the page and the filters", () => {
    const page = { number: 2, offset: 200, cursor: null, size: 100 };
    const filters = { phones: ["008613800138000"], sessionIds: ["s-1"] };
    const request = records.request(query({ window, page, filters }));
    expect(request).toEqual({
      method: "POST",
      url: "https://ccc.tencentcloudapi.com/",
      headers: headers("DescribeTelCdr"),
      body: request.body,
    });
    expect(JSON.stringify(request.body)).toBe(
      '{"StartTimeStamp":1793376000,"EndTimeStamp":1793462399,"SdkAppId":1400000000,"PageSize":100,"PageNumber":2,' +
        '"Phones":["008613800138000"],"SessionIds":["s-1"]}',
    );
    expect(records.request(query({ window })).body).toEqual({
      StartTimeStamp: 1793376000,
      EndTimeStamp: 1793462399,
      SdkAppId: 1400000000,
      PageSize: 100,
      PageNumber: 0,
    });
  });

  it("for the usage contain whole days and one application", () => {
    expect(usage.request(query({ window }))).toEqual({
      method: "POST",
      url: "https://ccc.tencentcloudapi.com/",
      headers: headers("DescribeTelCallInfo"),
      body: { StartTimeStamp: 1793376000, EndTimeStamp: 1793462399, SdkAppIdList: [1400000000] },
    });
  });

  it("for active sessions contain the page", () => {
    expect(activeCalls.request(query({ page: { number: 1, offset: 25, cursor: null, size: 25 } }))).toEqual({
      method: "POST",
      url: "https://ccc.tencentcloudapi.com/",
      headers: headers("DescribePSTNActiveSessionList"),
      body: { SdkAppId: 1400000000, Offset: 25, Limit: 25 },
    });
  });

  it.each([
    [{ site: "intl" as const }, "https://ccc.intl.tencentcloudapi.com/"],
    [{ endpoint: "http://127.0.0.1:9000/" }, "http://127.0.0.1:9000/"],
    [{ endpoint: "https://proxy.example.com", site: "intl" as const }, "https://proxy.example.com/"],
  ])("with %j are sent to %s", (options, url) => {
    expect(tencentCcc({ ...base, ...options }).operations.records.request(query({ window })).url).toBe(url);
  });

  it("find a call by its session id", () => {
    if (findCall === undefined || !("type" in findCall) || findCall.type !== "lookup")
      throw new Error("Tencent CCC's findCall is not a lookup.");
    const keys = findCall.keys.parse({ sessionId: "s-1" });
    expect(findCall.request(keys, { application: "1400000001" })).toMatchObject({
      headers: { "X-TC-Action": "DescribeTelSession" },
      body: { SdkAppId: 1_400_000_001, SessionId: "s-1" },
    });
    expect(findCall.history?.filters(keys)).toEqual({ sessionIds: ["s-1"] });
    expect(
      [bare, { ...bare, SessionId: "s-2" }].map((row) => findCall.history?.matches(mapHistory(row), keys)),
    ).toEqual([true, false]);
    expect(findCall.keys.safeParse({ sessionId: "" }).success).toBe(false);
    expect(findCall.keys.safeParse({ callId: "s-1" }).success).toBe(false);
    expect(tencentCcc({ ...base, sessionLookup: false }).operations.findCall).toMatchObject({ type: "search" });
  });

  it("must not have empty or unknown filters", () => {
    expect(records.filters.safeParse({ phones: ["1"], sessionIds: ["2"] }).success).toBe(true);
    expect(records.filters.safeParse({}).success).toBe(true);
    for (const filters of [{ phones: [] }, { phones: [""] }, { phones: "1" }, { skill: 1 }])
      expect(records.filters.safeParse(filters).success).toBe(false);
  });
});

/** Returns the TC3-HMAC-SHA256 authorization. It is implemented from the vendor's description, independently of the SDK. */
function tc3(host: string, body: string, timestamp: number): string {
  const hash = (text: string) => createHash("sha256").update(text, "utf8").digest("hex");
  const hmac = (key: string | Buffer, text: string) => createHmac("sha256", key).update(text, "utf8").digest();
  const date = new Date(timestamp * 1000).toISOString().slice(0, 10);
  const scope = `${date}/ccc/tc3_request`;
  const canonical = [
    "POST",
    "/",
    "",
    "content-type:application/json",
    `host:${host}`,
    "",
    "content-type;host",
    hash(body),
  ].join("\n");
  const key = hmac(hmac(hmac(`TC3${SECRET_KEY}`, date), "ccc"), "tc3_request");
  const signature = hmac(key, ["TC3-HMAC-SHA256", timestamp, scope, hash(canonical)].join("\n")).toString("hex");
  return `TC3-HMAC-SHA256 Credential=${SECRET_ID}/${scope}, SignedHeaders=content-type;host, Signature=${signature}`;
}

describe("signing", () => {
  const now = new Date("2026-11-01T00:00:00.900Z");
  const timestamp = 1793491200;
  const body = '{"SdkAppId":1400000000,"Remark":"通话"}';

  async function sign(options: Partial<TencentCccOptions>, prepared: Partial<PreparedRequest> = {}) {
    const { auth } = tencentCcc({ ...base, ...options });
    if (auth === null) throw new Error("The provider without a client has no auth.");
    const request = {
      method: "POST" as const,
      url: "https://ccc.tencentcloudapi.com/",
      headers: { "Content-Type": "application/json" },
      body,
      ...prepared,
    };
    const { headers } = await auth.authorize(request, { now, token: null });
    return headers;
  }

  it("covers the exact bytes of the body and the given time", async () => {
    expect(await sign({})).toEqual({
      "Content-Type": "application/json",
      "X-TC-Timestamp": String(timestamp),
      Authorization: tc3("ccc.tencentcloudapi.com", body, timestamp),
    });
  });

  it("produces the signature that Python's hmac module computed", async () => {
    const { Authorization } = await sign({});
    expect(Authorization).toMatch(/Signature=b2316e320682dd0ebfba0aebb364f1b177697698ba136e3ff507a293b37fc342$/);
  });

  it.each([
    ["https://ccc.tencentcloudapi.com/", "ccc.tencentcloudapi.com"],
    ["https://ccc.tencentcloudapi.com:443/", "ccc.tencentcloudapi.com"],
    ["https://gateway.example:8443/", "gateway.example:8443"],
    ["http://127.0.0.1:9000/", "127.0.0.1:9000"],
    ["http://[::1]:9000/", "[::1]:9000"],
    ["http://127.0.0.1/", "127.0.0.1"],
  ])("for the endpoint %s covers the Host header %s and the same service", async (url, host) => {
    const { Authorization } = await sign({}, { url });
    expect(Authorization).toBe(tc3(host, body, timestamp));
    expect(new URL(url).host).toBe(host);
  });

  it("produces the same with authorizationWithPort as with the SDK when the URL has no port", async () => {
    const { Authorization } = await sign({});
    const request = { method: "POST" as const, url: "https://ccc.tencentcloudapi.com/", headers: {}, body };
    expect(
      authorizationWithPort(request, {
        contentType: "application/json",
        timestamp,
        service: "ccc",
        secretId: SECRET_ID,
        secretKey: SECRET_KEY,
      }),
    ).toBe(Authorization);
  });

  it("sends the token of temporary credentials", async () => {
    expect(await sign({ token: "temporary" })).toMatchObject({ "X-TC-Token": "temporary" });
  });
});

describe("a client that the user provides", () => {
  const { signal } = new AbortController();
  const request = {
    method: "POST" as const,
    url: "https://x/",
    headers: { "X-TC-Action": "DescribeTelCdr" },
    body: { SdkAppId: 1 },
  };

  async function send(client: TencentCccClient, used: AbortSignal = signal): Promise<HttpResponse> {
    const withClient = tencentCcc({ sdkAppIds: [1], client, account: "mine" });
    if (withClient.send === undefined) throw new Error("The provider with a client has no `send`.");
    return withClient.send(request, { signal: used });
  }
  function failing(fields: object): TencentCccClient {
    return { request: () => Promise.reject(Object.assign(new Error("words of the client"), fields)) };
  }

  it("receives the action, the parameters and the signal, and requires no credentials", async () => {
    const received: unknown[] = [];
    const client = {
      response: { TotalCount: 0 },
      request(...parameters: unknown[]) {
        received.push(...parameters);
        return Promise.resolve(this.response);
      },
    };
    expect(tencentCcc({ sdkAppIds: [1], client })).toMatchObject({ auth: null });
    expect(await send(client)).toEqual({ status: 200, headers: {}, body: { Response: { TotalCount: 0 } } });
    expect(received).toEqual(["DescribeTelCdr", { SdkAppId: 1 }, { signal }]);
  });

  it("may be a client of Tencent's SDK", () => {
    const accepts = (client: CommonClient): TencentCccClient => client;
    expect(accepts).toBeTypeOf("function");
  });

  it("that throws an API error yields the API's response", async () => {
    const response = await send(failing({ code: "AuthFailure.SignatureFailure", requestId: "r-1" }));
    expect(response).toEqual({
      status: 200,
      headers: {},
      body: {
        Response: { Error: { Code: "AuthFailure.SignatureFailure", Message: "words of the client" }, RequestId: "r-1" },
      },
    });
    expect(provider.classify(response)).toMatchObject({ type: "fail", error: "authentication" });
  });

  it("that throws an HTTP status yields that status", async () => {
    expect(await send(failing({ httpCode: 503, requestId: "" }))).toEqual({
      status: 503,
      headers: {},
      body: undefined,
    });
  });

  it.each([{ requestId: "" }, { code: "ECONNRESET" }])(
    "that throws an error without a response (%j) causes a NetworkError that does not contain it",
    async (fields) => {
      const error: unknown = await send(failing(fields)).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(NetworkError);
      expect(error).toMatchObject({
        provider: "tencent-ccc",
        account: "mine",
        operation: "DescribeTelCdr",
        retryable: true,
      });
      expect(error).not.toHaveProperty("cause");
      expect(inspect(error)).not.toContain("words of the client");
    },
  );

  it("that is aborted rejects with the reason of the signal", async () => {
    const controller = new AbortController();
    const reason = new Error("enough");
    const client: TencentCccClient = {
      request: () => {
        controller.abort(reason);
        return Promise.reject(new Error("socket hang up"));
      },
    };
    await expect(send(client, controller.signal)).rejects.toBe(reason);
    await expect(send(client, controller.signal)).rejects.toBe(reason);
  });
});

describe("classify", () => {
  const errorResponse = (Code: unknown, status = 200): HttpResponse => ({
    status,
    headers: {},
    body: { Response: { Error: { Code, Message: "in the vendor's words" }, RequestId: "r-1" } },
  });

  it.each<[string, Partial<FailureClassification>]>([
    ["AuthFailure.SignatureExpire", { type: "correct-clock" }],
    ["AuthFailure.SignatureFailure", { type: "fail", error: "authentication" }],
    ["AuthFailure.SecretIdNotFound", { type: "fail", error: "authentication" }],
    ["AuthFailure.TokenFailure", { type: "fail", error: "authentication" }],
    ["UnauthorizedOperation", { type: "fail", error: "permission" }],
    ["UnauthorizedOperation.CamNoAuth", { type: "fail", error: "permission" }],
    ["FailedOperation.PermissionDenied", { type: "fail", error: "permission" }],
    ["RequestLimitExceeded", { type: "throttle" }],
    ["RequestLimitExceeded.UinLimitExceeded", { type: "throttle" }],
    ["InternalError", { type: "retry" }],
    ["InternalError.DBError", { type: "retry" }],
    ["ServiceUnavailable", { type: "retry" }],
    ["ResourceUnavailable.InMaintenance", { type: "retry" }],
    ["ResponseSizeLimitExceeded", { type: "shrink-page" }],
    ["UnsupportedOperation", { type: "fail", error: "unsupported" }],
    ["InvalidParameter", { type: "fail", error: "request" }],
    ["InvalidParameter.InstanceNotExist", { type: "fail", error: "request" }],
    ["InvalidParameterValue.InstanceNotExist", { type: "fail", error: "request" }],
    ["MissingParameter", { type: "fail", error: "request" }],
    ["UnknownParameter", { type: "fail", error: "request" }],
    ["FailedOperation.DuplicatedAccount", { type: "fail", error: "vendor" }],
    ["LimitExceeded.OutOfCountLimit", { type: "fail", error: "vendor" }],
    ["OperationDenied", { type: "fail", error: "vendor" }],
    ["SomethingNew", { type: "fail", error: "vendor" }],
  ])("for %s, returns the action and the vendor's message", (code, action) => {
    expect(provider.classify(errorResponse(code))).toEqual({
      ...action,
      vendorCode: code,
      message: "in the vendor's words",
      requestId: "r-1",
    });
  });

  it("for a code that is not text, returns a vendor failure with the code if it is a number", () => {
    expect(provider.classify(errorResponse(17))).toMatchObject({ type: "fail", error: "vendor", vendorCode: "17" });
    expect(provider.classify(errorResponse({ odd: true }))).toMatchObject({
      type: "fail",
      error: "vendor",
      vendorCode: null,
    });
    expect(provider.classify({ status: 200, headers: {}, body: { Response: { Error: {} } } })).toEqual({
      type: "fail",
      error: "vendor",
      vendorCode: null,
      message: null,
      requestId: null,
    });
  });

  it("for an unknown code, returns the action of the HTTP status unless that is a success", () => {
    expect(provider.classify(errorResponse("SomethingNew", 503))).toMatchObject({
      type: "retry",
      vendorCode: "SomethingNew",
    });
    expect(provider.classify(errorResponse("RequestLimitExceeded", 400))).toMatchObject({ type: "throttle" });
    expect(provider.classify(errorResponse("FailedOperation.Any", 500))).toMatchObject({
      type: "fail",
      error: "vendor",
    });
  });

  it.each([
    { status: 200, headers: {}, body: sessionResponse },
    { status: 200, headers: {}, body: { Response: { Error: null, TotalCount: 0 } } },
    { status: 200, headers: {}, body: {} },
    { status: 502, headers: {}, body: undefined },
    { status: 429, headers: {}, body: { message: "slow down" } },
  ])("returns null for %j", (response) => {
    expect(provider.classify(response)).toBeNull();
  });
});

describe("options", () => {
  it.each<[string, object]>([
    ["secretId", { secretId: undefined }],
    ["secretKey", { secretKey: undefined }],
    ["secretKey", { secretKey: "" }],
    ["secretKey", { secretKey: `${SECRET_KEY} with spaces` }],
    ["token", { token: "" }],
    ["sdkAppIds", { sdkAppIds: undefined }],
    ["sdkAppIds", { sdkAppIds: [] }],
    ["sdkAppIds", { sdkAppIds: [1, 1] }],
    ["sdkAppIds.0", { sdkAppIds: [0] }],
    ["sdkAppIds.1", { sdkAppIds: [1, 1.5] }],
    ["sdkAppIds.0", { sdkAppIds: ["1400000000"] }],
    ["site", { site: "us" }],
    ["client", { client: {} }],
    ["client", { client: null }],
    ["endpoint", { endpoint: "http://ccc.example.com" }],
    ["rate.requestsPerSecond", { rate: { requestsPerSecond: 0 } }],
    ["timeZone", { timeZone: "Mars/Olympus" }],
    ["region", { region: "ap-guangzhou" }],
  ])("cause a ConfigurationError that names a wrong `%s` and shows no secret: %j", (option, wrong) => {
    const options = { ...base, ...wrong };
    expect(() => tencentCcc(options)).toThrow(ConfigurationError);
    expect(() => tencentCcc(options)).toThrow(`\`${option}\``);
    expect(() => tencentCcc(options)).not.toThrow(SECRET_KEY);
  });

  it("cause one error that names every wrong or missing option", () => {
    const none: Record<string, unknown> = { site: "us", sdkAppIds: [1] };
    expect(() => tencentCcc(none as unknown as TencentCccOptions)).toThrow(/`site`.*`secretId`.*`secretKey`/);
    expect(() => tencentCcc(undefined as unknown as TencentCccOptions)).toThrow(/`sdkAppIds`: is missing/);
  });

  it("have defaults", () => {
    expect(provider).toMatchObject({
      contract: 1,
      id: "tencent-ccc",
      account: "tencent-ccc",
      timeZone: "Asia/Shanghai",
      longestCallSeconds: 43_200,
      settleSeconds: 172_800,
    });
    expect(provider).not.toHaveProperty("send");
  });

  it("are not shown in a printed provider when they are secrets, and secrets() lists them", () => {
    const client = { secret: "of the client", request: () => Promise.resolve({}) };
    for (const printed of [tencentCcc({ ...base, token: "temporary" }), tencentCcc({ ...base, client })]) {
      const text = inspect(printed, { depth: Infinity, showHidden: true, getters: true }) + JSON.stringify(printed);
      for (const secret of [SECRET_ID, SECRET_KEY, "temporary", "of the client"]) expect(text).not.toContain(secret);
    }
    expect(tencentCcc({ ...base, token: "temporary" }).secrets()).toEqual([SECRET_ID, SECRET_KEY, "temporary"]);
    expect(tencentCcc({ sdkAppIds: [1], client }).secrets()).toEqual([]);
    // Printing the schemas in full takes seconds.
  }, 30_000);
});
