import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import type { PageQuery, Provider } from "../../src/contract/provider.js";
import { ConfigurationError } from "../../src/model/errors.js";
import { itniotech, type ItniotechFilters, type ItniotechOptions } from "../../src/providers/itniotech/index.js";

/** The key and the secret in the vendor's example. */
const credentials = { apiKey: "bDqJFiq9", apiSecret: "7bz1lzh9" };
const provider = itniotech(credentials);
const { records } = provider.operations;

const query: PageQuery<ItniotechFilters> = {
  partition: { application: null, parameters: {} },
  window: { start: new Date("2025-01-07T16:00:00Z"), end: new Date("2025-01-08T16:00:00Z") },
  page: { number: 1, offset: 0, cursor: null, size: 15 },
  filters: {},
  direction: null,
  numbers: null,
};

/** The response in the vendor's documentation. The page shows `calledInfo` unescaped. It is escaped here, as valid JSON requires. */
const sampleResponse: unknown = JSON.parse(String.raw`{
  "status": 0,
  "reason": "success",
  "data": {
    "total": 1,
    "size": 50,
    "current": 1,
    "searchCount": true,
    "pages": 1,
    "records": [
      {
        "keyId": 50180345,
        "callSessionId": "25010316113064799",
        "called": null,
        "encryptCalled": "8613242926514",
        "calledInfo": "{\"calledInfo1\":null,\"calledInfo5\":null,\"calledInfo10\":null,\"calledInfo4\":null,\"calledInfo3\":null,\"calledInfo2\":null,\"calledInfo9\":null,\"calledInfo8\":null,\"calledInfo7\":null,\"calledInfo6\":null}",
        "caller": "8613200000003",
        "region": null,
        "seatName": "seatName",
        "sipGroupName": "tele-basic-test",
        "callDuration": 47,
        "callType": 3,
        "hangupReason": 1,
        "hangupCode": "1",
        "callStartTime": "2025-01-03 16:10:39",
        "calledAnswerTime": "2025-01-03 16:10:43",
        "calledHangupTime": "2025-01-03 16:11:30",
        "voiceUrl": "agent-call-record-250103/25010316113064799.wav",
        "voiceUrlList": ["agent-call-record-250103/25010316113064799.wav"],
        "createTime": "2025-01-03 16:11:30",
        "updateTime": "2025-01-03 16:11:30",
        "ccode": "86(China)",
        "hangingDirection": 1,
        "labelName": "[]",
        "labelNameList": [],
        "remark": "11111",
        "callId": "250103161038410100100",
        "brandId": 101,
        "brandName": "ITNIO",
        "errorReason": "sucess call(200)",
        "ringDuration": 4,
        "mediaDetected": null
      }
    ]
  }
}`);
const sampleRow = records.responseSchema.parse(sampleResponse).rows?.[0] as Record<string, unknown>;

function mapRow(changes: Record<string, unknown> = {}, options: Partial<ItniotechOptions> = {}) {
  const operation = itniotech({ ...credentials, ...options }).operations.records;
  return operation.map(operation.row.parse({ ...sampleRow, ...changes }), { partition: query.partition });
}

function issuesOf(row: unknown): string[] {
  return (records.row.safeParse(row).error?.issues ?? []).map((issue) => issue.path.join("."));
}

describe("options", () => {
  it("require only the credentials, and default to the vendor's limits", () => {
    const anyProvider: Provider = provider;
    expect(anyProvider).toMatchObject({
      contract: 1,
      id: "itniotech",
      account: "itniotech",
      timeZone: "Asia/Shanghai",
      rate: { requestsPerSecond: 5, concurrency: 4 },
      longestCallSeconds: 43_200,
      settleSeconds: 172_800,
    });
    expect(records).toMatchObject({
      name: "/v3/cc/record/query",
      window: { unit: "s", maxSeconds: 93 * 86_400, end: "unknown", filtersOn: "unknown" },
      retentionSeconds: null,
      paging: { style: "page", first: 1, size: 100, total: true },
    });
    expect(records.partitions({})).toEqual([{ application: null, parameters: {} }]);
  });

  it("declare only the operations that the vendor supports", () => {
    expect(Object.keys(provider.operations)).toEqual(["records", "findCall", "pushes", "recordings"]);
  });

  it.each<[string, Record<string, unknown>]>([
    ["apiKey", { apiKey: "" }],
    ["apiSecret", { apiSecret: "7bz1lzh9 " }],
    ["timeFormat", { timeFormat: "epoch" }],
    ["timeZone", { timeZone: "Asia/Nowhere" }],
    ["endpoint", { endpoint: "http://api.itniotech.com" }],
    ["headers", { headers: {} }],
  ])("cause a ConfigurationError that names a wrong `%s` and shows no secret", (name, wrong) => {
    const create = () => itniotech({ ...credentials, ...wrong });
    expect(create).toThrow(ConfigurationError);
    expect(create).toThrow(`\`${name}\``);
    expect(create).not.toThrow("7bz1lzh9");
  });
});

describe("signing", () => {
  it("produces the signature in the vendor's documentation", async () => {
    const request = {
      method: "POST",
      url: "https://api.itniotech.com/v3/cc/record/query",
      headers: {},
      body: "{}",
    } as const;
    expect(await provider.auth?.authorize(request, { now: new Date(1630468800_999), token: null })).toEqual({
      ...request,
      headers: { "Api-Key": "bDqJFiq9", Timestamp: "1630468800", Sign: "05d7a50893e22a5c4bb3216ae3396c7c" },
    });
  });
});

describe("a request for records", () => {
  it("sends the body in the vendor's example", () => {
    const request = records.request({ ...query, filters: { voiceGroupId: 12 } });
    expect(request).toEqual({
      method: "POST",
      url: "https://api.itniotech.com/v3/cc/record/query",
      headers: { "Content-Type": "application/json;charset=UTF-8" },
      body: {
        current: 1,
        size: 15,
        params: { startTime: "2025-01-08 00:00:00", endTime: "2025-01-09 00:00:00", voiceGroupId: 12 },
      },
    });
    expect(JSON.stringify(request.body)).toBe(
      '{"current":1,"size":15,"params":{"startTime":"2025-01-08 00:00:00","endTime":"2025-01-09 00:00:00","voiceGroupId":12}}',
    );
  });

  it("writes times in the account's time zone, with the offset when ISO 8601 was chosen", () => {
    const paramsOf = (options: Partial<ItniotechOptions>) =>
      itniotech({ ...credentials, ...options }).operations.records.request(query).body;
    expect(paramsOf({ timeFormat: "iso-8601" })).toMatchObject({
      params: { startTime: "2025-01-08T00:00:00+08:00", endTime: "2025-01-09T00:00:00+08:00" },
    });
    expect(paramsOf({ timeZone: "America/St_Johns" })).toMatchObject({ params: { startTime: "2025-01-07 12:30:00" } });
    expect(paramsOf({ timeZone: "America/St_Johns", timeFormat: "iso-8601" })).toMatchObject({
      params: { startTime: "2025-01-07T12:30:00-03:30" },
    });
  });

  it("uses the given endpoint and page", () => {
    const { operations } = itniotech({ ...credentials, endpoint: "http://127.0.0.1:8080/" });
    const request = operations.records.request({ ...query, page: { number: 3, offset: 200, cursor: null, size: 100 } });
    expect(request.url).toBe("http://127.0.0.1:8080/v3/cc/record/query");
    expect(request.body).toMatchObject({ current: 3, size: 100 });
  });

  it("sends every documented filter", () => {
    const filters = {
      voiceGroupId: 12,
      sipGroupName: "sales",
      seatId: [1, 2],
      seatNameList: ["Li"],
      callType: [1, 9],
      hangupReason: [0, 7],
      calledOrCaller: "8613242926514",
      ccode: ["86"],
      hangingDirection: [3],
      labelNames: ["vip"],
    };
    expect(records.filters.parse(filters)).toEqual(filters);
    expect(records.request({ ...query, filters }).body).toMatchObject({
      params: { startTime: "2025-01-08 00:00:00", endTime: "2025-01-09 00:00:00", ...filters },
    });
  });

  it("omits a filter that is undefined", () => {
    const { body } = records.request({ ...query, filters: { voiceGroupId: undefined } });
    expect(body).toStrictEqual({
      current: 1,
      size: 15,
      params: { startTime: "2025-01-08 00:00:00", endTime: "2025-01-09 00:00:00" },
    });
  });

  it.each([
    { voiceGroupId: "12" },
    { callType: [] },
    { callType: ["2"] },
    { hangupReason: 7 },
    { seatNameList: [""] },
    { caller: "1" },
  ])("rejects the filter %j", (filters) => {
    expect(records.filters.safeParse(filters).success).toBe(false);
  });

  it("sends the call types of a direction, if it has any and the filter contains none", () => {
    const callTypes = (direction: PageQuery<ItniotechFilters>["direction"], filters: ItniotechFilters = {}) =>
      (records.request({ ...query, direction, filters }).body as { params: { callType?: number[] } }).params.callType;
    expect(callTypes("inbound")).toEqual([2]);
    expect(callTypes("outbound")).toEqual([1, 3]);
    expect(callTypes("internal")).toBeUndefined();
    expect(callTypes("unknown")).toBeUndefined();
    expect(callTypes(null)).toBeUndefined();
    expect(callTypes("inbound", { callType: [3] })).toEqual([3]);
  });
});

describe("the response schema", () => {
  it("accepts the response in the vendor's documentation", () => {
    expect(records.responseSchema.parse(sampleResponse)).toEqual({ rows: [sampleRow], total: 1, next: null });
  });

  it.each<[string, unknown, unknown]>([
    ["a status as a string", { status: "0", data: { total: "2", records: [1] } }, { rows: [1], total: 2, next: null }],
    [
      "an array as `data`, as in the vendor's table",
      { status: "0", total: 3, data: [1, 2] },
      { rows: [1, 2], total: 3, next: null },
    ],
    ["an array as `data`, without a total", { status: "0", data: [1] }, { rows: [1], total: null, next: null }],
    ["data of null", { status: 0, data: null }, { rows: null, total: null, next: null }],
    ["no data", { status: 0, reason: "success" }, { rows: null, total: null, next: null }],
    ["records of null", { status: 0, data: { total: 0, records: null } }, { rows: null, total: 0, next: null }],
  ])("accepts %s", (_case, response, page) => {
    expect(records.responseSchema.parse(response)).toEqual(page);
  });

  it.each<[string, unknown]>([
    ["status", { data: null }],
    ["data", { status: 0, data: "none" }],
    ["data.total", { status: 0, data: { total: "many", records: [] } }],
    ["data.records", { status: 0, data: { total: 1, records: {} } }],
    ["", "html"],
  ])("rejects a response that is not as documented at `%s`", (path, response) => {
    expect(records.responseSchema.safeParse(response).error?.issues.map((issue) => issue.path.join("."))).toEqual([
      path,
    ]);
  });
});

describe("a row", () => {
  const sampleCall = {
    application: null,
    id: "50180345",
    relatedIds: { callSessionId: "25010316113064799", callId: "250103161038410100100" },
    direction: "outbound",
    kind: "unknown",
    state: "ended",
    outcome: "answered",
    caller: { number: "8613200000003", e164: "+8613200000003", displayNumber: null, protectedId: null, region: null },
    callee: { number: "8613242926514", e164: "+8613242926514", displayNumber: null, protectedId: null, region: null },
    agent: { id: null, name: "seatName", email: null, phone: null, groupId: null, groupName: "tele-basic-test" },
    queue: null,
    startedAt: new Date("2025-01-03T08:10:39.000Z"),
    queuedAt: null,
    ringingAt: null,
    answeredAt: new Date("2025-01-03T08:10:43.000Z"),
    endedAt: new Date("2025-01-03T08:11:30.000Z"),
    ringSeconds: 4,
    talkSeconds: 47,
    ivrSeconds: null,
    hangup: { by: "agent", code: "1", reason: "the outgoing call was answered, then hung up" },
    legs: [],
    transferred: null,
    menuKeys: [],
    satisfaction: null,
    cost: null,
    recordings: [
      { id: "agent-call-record-250103/25010316113064799.wav", url: null, kind: "call", transcriptUrl: null },
    ],
    tags: [],
    remark: "11111",
    customData: null,
    updatedAt: new Date("2025-01-03T08:11:30.000Z"),
  };

  it("is mapped in full from the vendor's example", () => {
    expect(mapRow()).toEqual(sampleCall);
    expect(records.key(records.row.parse(sampleRow))).toBe("50180345");
  });

  it("is mapped to the same call with numbers as strings, strings as numbers, and undocumented keys", () => {
    const asStrings = Object.fromEntries(
      Object.entries(sampleRow).map(([name, value]) => [name, typeof value === "number" ? String(value) : value]),
    );
    expect(mapRow({ ...asStrings, caller: 8613200000003, remark: 11111, brandNew: { a: 1 } })).toEqual(sampleCall);
  });

  it("is not modified by the mapping", () => {
    const parsed = Object.freeze(
      records.row.parse(Object.freeze({ ...sampleRow, voiceUrlList: Object.freeze(["a"]) })),
    );
    const context = Object.freeze({ partition: Object.freeze(query.partition) });
    expect(records.map(parsed, context)).toEqual(records.map(parsed, context));
  });

  it("is rejected, with the field named, when the year of its time in UTC is outside 0000 to 9999", () => {
    expect(issuesOf({ ...sampleRow, callStartTime: "0000-01-01 00:00:00" })).toEqual(["callStartTime"]);
    expect(mapRow({ callStartTime: "9999-12-31 23:59:59" }).startedAt).toEqual(new Date("9999-12-31T15:59:59Z"));
  });

  it.each(["calledInfo", "labelName"])(
    "is rejected, with the field named, when %s is nested too deeply to serialize",
    (field) => {
      const deep: unknown = JSON.parse(`${"[".repeat(50_000)}${"]".repeat(50_000)}`);
      expect(issuesOf({ ...sampleRow, [field]: deep })).toEqual([field]);
    },
  );

  it.each([
    [1, "outbound", "group"],
    ["2", "inbound", "unknown"],
    [3, "outbound", "unknown"],
    [7, "unknown", "unknown"],
    [null, "unknown", "unknown"],
  ])("with call type %j has the direction %s and the kind %s", (callType, direction, kind) => {
    expect(mapRow({ callType })).toMatchObject({ direction, kind });
  });

  it.each([
    [0, "no-answer", "the outgoing call was not answered"],
    [1, "answered", "the outgoing call was answered, then hung up"],
    [2, "no-agent", "hung up while the agent's telephone rang"],
    [3, "answered", "passed to an agent, then hung up"],
    [4, "failed", "the call failed"],
    [5, "unreachable", "the called party's operator gives no service"],
    [6, "unreachable", "the called party is out of the service area"],
    [7, "busy", "the called party is busy"],
    [8, "no-answer", "the incoming call was not answered"],
    [9, "answered", "the incoming call was answered, then hung up"],
    [10, "answered", null],
    [-1, "answered", null],
  ])("with hang-up reason %i has the outcome %s", (hangupReason, outcome, reason) => {
    const expected = { outcome, hangup: { by: "agent", code: String(hangupReason), reason } };
    expect(mapRow({ hangupReason })).toMatchObject(expected);
    expect(mapRow({ hangupReason: String(hangupReason) })).toMatchObject(expected);
  });

  it.each([
    [0, "customer"],
    ["1", "agent"],
    [3, "system"],
    ["3", "system"],
    [2, "unknown"],
    [null, "unknown"],
  ])("with hanging direction %j was hung up by %s", (hangingDirection, by) => {
    expect(mapRow({ hangingDirection }).hangup?.by).toBe(by);
  });

  it.each([
    [1, { id: "12", name: "tele-basic-test" }],
    [2, { id: "12", name: "tele-basic-test" }],
    [3, null],
    [7, null],
    [null, null],
  ])("with call type %j has the queue %j", (callType, queue) => {
    expect(mapRow({ callType, voiceGroupId: 12 }).queue).toEqual(queue);
  });

  it("has a queue with an id or a name, also of a call that nobody answered", () => {
    const missed = { callType: 2, hangupReason: 8, seatName: null, calledAnswerTime: null, callDuration: 0 };
    expect(mapRow(missed).queue).toEqual({ id: null, name: "tele-basic-test" });
    expect(mapRow({ ...missed, voiceGroupId: "12", sipGroupName: "" }).queue).toEqual({ id: "12", name: null });
    expect(mapRow({ ...missed, sipGroupName: null }).queue).toBeNull();
  });

  it.each([
    [2, false],
    [3, true],
    ["3", true],
    [0, null],
    [1, null],
    [8, null],
    [9, null],
    [10, null],
    [null, null],
  ])("with hang-up reason %j was transferred: %j", (hangupReason, transferred) => {
    expect(mapRow({ hangupReason, callType: 1 }).transferred).toBe(transferred);
  });

  it("has no price, because the list contains none", () => {
    expect(mapRow({ cost: "0.02", baseCost: "0.01" }).cost).toBeNull();
  });

  it("has no hang-up when the vendor reports neither its reason nor its direction", () => {
    expect(mapRow({ hangingDirection: null, hangupReason: null })).toMatchObject({ outcome: "answered", hangup: null });
    expect(mapRow({ hangupReason: "" })).toMatchObject({
      outcome: "answered",
      hangup: { by: "agent", code: null, reason: null },
    });
  });

  it("has the outcome unknown with an undocumented or missing reason, unless there was talk", () => {
    for (const hangupReason of [10, null]) {
      expect(mapRow({ hangupReason, calledAnswerTime: null, callDuration: 0 }).outcome).toBe("unknown");
      expect(mapRow({ hangupReason, calledAnswerTime: null, callDuration: 1 }).outcome).toBe("answered");
      expect(mapRow({ hangupReason, callDuration: 0 }).outcome).toBe("answered");
    }
  });

  it("has the region on the customer's side", () => {
    expect(mapRow({ region: "China" })).toMatchObject({ caller: { region: null }, callee: { region: "China" } });
    expect(mapRow({ region: "China", callType: 2 })).toMatchObject({
      caller: { region: "China" },
      callee: { region: null },
    });
    expect(mapRow({ region: "China", callType: 8 })).toMatchObject({
      caller: { region: null },
      callee: { region: null },
    });
  });

  it.each<[string | null, string | null, string | null, string | null]>([
    ["8613242926514", "8613242926514", "8613242926514", null],
    ["8613242926514", "ENC#1", "8613242926514", "ENC#1"],
    [null, "ENC#1", null, "ENC#1"],
    ["", "+8613242926514", "+8613242926514", null],
    ["8613242926514", null, "8613242926514", null],
    ["86132****514", "", "86132****514", null],
    [null, "+86 132-4292-6514", "+86 132-4292-6514", null],
    [null, "86-13242926514", "86-13242926514", null],
    [null, "(86) 13242926514", "(86) 13242926514", null],
    [null, "tel:+86-132-4292-6514", "tel:+86-132-4292-6514", null],
    [null, "86132****514", null, "86132****514"],
    [null, "a1b2c3d4e5f60718", null, "a1b2c3d4e5f60718"],
  ])(
    "with called %j and encryptCalled %j has the number %j and the protected id %j",
    (called, encryptCalled, number, protectedId) => {
      expect(mapRow({ called, encryptCalled }).callee).toMatchObject({ number, protectedId });
    },
  );

  it("has no caller or callee without a number, and no agent without a name or group", () => {
    expect(mapRow({ caller: "", called: null, encryptCalled: "" })).toMatchObject({ caller: null, callee: null });
    expect(mapRow({ seatName: null, sipGroupName: "", voiceGroupId: null }).agent).toBeNull();
    expect(mapRow({ seatName: null, sipGroupName: null, voiceGroupId: 12 }).agent).toMatchObject({
      name: null,
      groupId: "12",
    });
  });

  it.each([
    ["8613242926514", "86(China)", "+8613242926514"],
    ["8613242926514", "86", "+8613242926514"],
    ["8613242926514", "+86 (China)", "+8613242926514"],
    ["8613242926514", "1(USA)", null],
    ["8613242926514", null, null],
    ["8613242926514", "China", null],
    ["861234567", "86(China)", null],
    ["8675588889060", "86(China)", "+8675588889060"],
    ["864001783747", "86(China)", "+864001783747"],
    ["8601012345678", "86(China)", "+861012345678"],
    ["9123456789", "91(India)", "+919123456789"],
    ["13242926514", "86(China)", "+8613242926514"],
    ["62081234567890", "62(Indonesia)", "+6281234567890"],
    ["919123456789", "91(India)", "+919123456789"],
    ["85230018899", "852(Hong Kong)", "+85230018899"],
    ["86123456", "86(China)", null],
    ["8612345678901234", "86(China)", null],
    ["86132****514", "86(China)", null],
    ["+14155550100", "86(China)", "+14155550100"],
    ["0014155550100", null, "+14155550100"],
    ["10086", "1(USA)", null],
    ["(49) 030 123456", "49(Germany)", "+4930123456"],
    ["49 030 123456", "49(Germany)", "+4930123456"],
    ["49-30-123456", "49(Germany)", "+4930123456"],
    ["030 123456", "49(Germany)", "+4930123456"],
    ["+390061234567", "39(Italy)", "+39061234567"],
    ["39 0 06 1234567", "39(Italy)", "+39061234567"],
    ["+10202555 0123", "1(United States)", "+12025550123"],
    ["102025550123", "1(United States)", "+12025550123"],
    ["86-18392515977", "86(China)", "+8618392515977"],
    ["12025550123", "86(China)", null],
  ])("has the E.164 form of %s with the country code %j as %j", (called, ccode, e164) => {
    expect(mapRow({ called, ccode }).callee).toMatchObject({ number: called, e164 });
  });

  it("is abandoned when an incoming call was hung up while the agent's telephone rang", () => {
    expect(mapRow({ callType: 2, hangupReason: 2 })).toMatchObject({ direction: "inbound", outcome: "abandoned" });
  });

  it("lists each recording once, with a path as its id or an absolute URL as its URL", () => {
    const url = "https://files.example.com/b.wav?sign=1";
    const recordingOf = (id: string | null, recordingUrl: string | null) => ({
      id,
      url: recordingUrl,
      kind: "call",
      transcriptUrl: null,
    });
    expect(mapRow({ voiceUrl: "a.wav", voiceUrlList: ["b.wav", "a.wav", url, url] }).recordings).toEqual([
      recordingOf("a.wav", null),
      recordingOf("b.wav", null),
      recordingOf(null, url),
    ]);
    expect(mapRow({ voiceUrl: null, voiceUrlList: null }).recordings).toEqual([]);
    expect(mapRow({ voiceUrl: "", voiceUrlList: [""] }).recordings).toEqual([]);
    expect(mapRow({ voiceUrl: "http://", voiceUrlList: [] }).recordings).toEqual([recordingOf("http://", null)]);
  });

  it.each<[unknown, unknown, string[]]>([
    [["vip", "late"], '["other"]', ["vip", "late"]],
    [[], '["vip",7,null,""]', ["vip", "7"]],
    [null, '["vip"]', ["vip"]],
    [null, ["vip"], ["vip"]],
    [null, "vip", ["vip"]],
    [null, "7", ["7"]],
    [null, "null", []],
    [null, null, []],
    [null, "", []],
  ])("with the labels %j and %j has the tags %j", (labelNameList, labelName, tags) => {
    expect(mapRow({ labelNameList, labelName }).tags).toEqual(tags);
  });

  it.each<[unknown, string | null]>([
    ['{"calledInfo1":"Li","calledInfo2":null}', '{"calledInfo1":"Li","calledInfo2":null}'],
    [{ calledInfo1: "Li" }, '{"calledInfo1":"Li"}'],
    ['{"calledInfo1":null}', null],
    [{ calledInfo1: null }, null],
    ["{}", null],
    ["null", null],
    ["order 7", "order 7"],
    ["[]", "[]"],
    ["", null],
    [null, null],
  ])("with calledInfo %j has the custom data %j", (calledInfo, customData) => {
    expect(mapRow({ calledInfo }).customData).toBe(customData);
  });

  it("has its times read in the account's time zone, unless they contain an offset", () => {
    expect(mapRow({}, { timeZone: "UTC" }).startedAt).toEqual(new Date("2025-01-03T16:10:39Z"));
    expect(mapRow({ callStartTime: "2025-01-03T16:10:39+07:00" }).startedAt).toEqual(new Date("2025-01-03T09:10:39Z"));
    expect(mapRow({ callStartTime: "2025-01-03T16:10:39Z" }, { timeZone: "America/New_York" }).startedAt).toEqual(
      new Date("2025-01-03T16:10:39Z"),
    );
  });

  it.each([
    // Clocks are set back from 02:00 to 01:00 on 2026-11-01, at 06:00 UTC.
    ["00:12:02", "00:12:12", "01:03:50", 6698, "04:12:02", "04:12:12", "06:03:50"],
    ["00:12:02", "00:12:12", "01:03:50", 3098, "04:12:02", "04:12:12", "05:03:50"],
    ["00:12:02", "00:12:12", "01:03:50", null, "04:12:02", "04:12:12", "05:03:50"],
    ["01:50:00", "01:50:10", "01:05:00", 890, "05:50:00", "05:50:10", "06:05:00"],
    ["01:50:00", "01:50:10", "01:05:00", null, "05:50:00", "05:50:10", "06:05:00"],
    ["01:58:00", "01:01:00", "01:05:00", 240, "05:58:00", "06:01:00", "06:05:00"],
    ["01:50:00", null, "01:05:00", 0, "05:50:00", null, "06:05:00"],
    ["01:10:00", "01:10:10", "02:10:10", 3600, "06:10:00", "06:10:10", "07:10:10"],
    ["01:10:00", "01:10:10", "02:10:10", 7200, "05:10:00", "05:10:10", "07:10:10"],
    ["01:10:00", "01:10:10", "02:05:00", null, "05:10:00", "05:10:10", "07:05:00"],
    // Calls of almost the longest call, two hours.
    ["01:59:00", "01:59:10", "03:55:00", 6950, "06:59:00", "06:59:10", "08:55:00"],
    ["01:59:00", "01:59:10", "03:55:00", null, "06:59:00", "06:59:10", "08:55:00"],
    ["01:59:00", null, "03:55:00", 0, "06:59:00", null, "08:55:00"],
    // A call that lasted longer by the vendor's duration, and one without evidence.
    ["01:10:00", "01:10:10", "02:40:10", 9000, "05:10:00", "05:10:10", "07:40:10"],
    ["01:10:00", null, "09:10:00", null, "05:10:00", null, "14:10:00"],
  ])(
    "from %s, answered at %s, to %s with %s s of talk has the instants that agree where local times occur twice",
    (callStartTime, calledAnswer, hangup, callDuration, startedAt, answeredAt, endedAt) => {
      const local = (time: string | null) => (time === null ? null : `2026-11-01 ${time}`);
      const row = {
        callStartTime: local(callStartTime),
        calledAnswerTime: local(calledAnswer),
        calledHangupTime: local(hangup),
        updateTime: local(hangup),
        callDuration,
      };
      const instant = (time: string | null) => (time === null ? null : new Date(`2026-11-01T${time}Z`));
      expect(mapRow(row, { timeZone: "America/New_York", longestCallSeconds: 7200 })).toMatchObject({
        startedAt: instant(startedAt),
        answeredAt: instant(answeredAt),
        endedAt: instant(endedAt),
        updatedAt: instant(endedAt),
      });
    },
  );

  it("treats 0, an empty string and null as absent, and computes a missing talk duration from the times", () => {
    const nothing = {
      calledAnswerTime: null,
      calledHangupTime: "",
      updateTime: 0,
      callDuration: null,
      ringDuration: "",
      remark: "",
      callId: null,
    };
    expect(mapRow(nothing)).toMatchObject({
      answeredAt: null,
      endedAt: null,
      updatedAt: null,
      talkSeconds: null,
      ringSeconds: null,
      remark: null,
      relatedIds: { callSessionId: "25010316113064799" },
    });
    expect(Object.keys(mapRow(nothing).relatedIds)).toEqual(["callSessionId"]);
    expect(mapRow({ callDuration: null }).talkSeconds).toBe(47);
    expect(mapRow({ callDuration: "46.5", ringDuration: -1 })).toMatchObject({ talkSeconds: 46.5, ringSeconds: null });
    expect(mapRow({ callDuration: null, calledHangupTime: "2025-01-03 16:00:00" }).talkSeconds).toBeNull();
  });

  it("is rejected, with the field named, without an id or a readable start time, or with an object instead of text", () => {
    expect(issuesOf({})).toEqual(["keyId", "callStartTime"]);
    expect(issuesOf({ ...sampleRow, callStartTime: null })).toEqual(["callStartTime"]);
    expect(issuesOf({ ...sampleRow, callStartTime: "2025-02-30 00:00:00" })).toEqual(["callStartTime"]);
    expect(issuesOf({ ...sampleRow, callStartTime: "1970-01-01 08:00:00" })).toEqual(["callStartTime"]);
    expect(issuesOf({ ...sampleRow, calledHangupTime: "just now", updateTime: 5 })).toEqual([]);
    expect(issuesOf({ ...sampleRow, callDuration: "long", seatName: {} })).toEqual(["seatName"]);
    expect(issuesOf(null)).toEqual([""]);
  });
});

describe("classify", () => {
  const classify = (body: unknown, status = 200) => provider.classify({ status, headers: {}, body });

  it.each([
    ["-1", { type: "fail", error: "authentication" }],
    ["-2", { type: "fail", error: "permission" }],
    ["-10", { type: "fail", error: "vendor" }],
    ["-11", { type: "fail", error: "request" }],
    ["-13", { type: "fail", error: "permission" }],
    ["-15", { type: "throttle" }],
    ["-16", { type: "correct-clock" }],
    ["-18", { type: "retry" }],
    ["-20", { type: "fail", error: "vendor" }],
    ["-21", { type: "fail", error: "request" }],
    ["-22", { type: "fail", error: "request" }],
    ["-23", { type: "split-window" }],
    ["-24", { type: "fail", error: "vendor" }],
    ["-26", { type: "fail", error: "vendor" }],
    ["-76", { type: "fail", error: "request" }],
  ])("for status %s, returns %j", (code, action) => {
    for (const status of [code, Number(code)]) {
      const classification = classify({ status, reason: "the vendor's words" });
      expect(classification).toEqual({
        ...action,
        vendorCode: code,
        message: expect.stringMatching(/^.+ \(the vendor's words\)$/) as string,
        requestId: null,
      });
      // The vendor's status takes precedence over the HTTP status.
      expect(classify({ status, reason: "the vendor's words" }, 400)).toEqual(classification);
    }
    expect(classify({ status: code })?.message).toMatch(/\w/);
  });

  it("for status -2, names both of its meanings", () => {
    expect(classify({ status: -2 })?.message).toBe("the IP address is not allowed, or the authentication failed");
  });

  it("for an undocumented status, returns a failure with the error vendor", () => {
    expect(classify({ status: "-999", reason: "odd" })).toEqual({
      type: "fail",
      error: "vendor",
      vendorCode: "-999",
      message: "odd",
      requestId: null,
    });
    expect(classify({ status: 5 })).toMatchObject({ type: "fail", error: "vendor", vendorCode: "5", message: null });
  });

  it("returns null for a success, and for a response that its HTTP status classifies", () => {
    for (const body of [{ status: 0 }, { status: "0" }, {}, undefined, "page", [], { status: {} }]) {
      expect(classify(body)).toBeNull();
      expect(classify(body, 502)).toBeNull();
    }
    expect(classify({ timestamp: 1, status: 404, error: "Not Found" }, 404)).toBeNull();
  });
});

// This block must be last. After getters are inspected, zod 4.6 cannot use schemas that were not used before.
describe("printing the provider", () => {
  it("never shows the secret at any depth", () => {
    expect(provider.secrets()).toEqual(["7bz1lzh9"]);
    const printed = inspect(provider, { depth: null, showHidden: true, getters: true }) + JSON.stringify(provider);
    expect(printed).not.toContain("7bz1lzh9");
  });
});
