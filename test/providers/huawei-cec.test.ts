import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { findCallOperationsOf } from "../../src/contract/lookup.js";
import type { PageQuery, Provider } from "../../src/contract/provider.js";
import { ConfigurationError } from "../../src/model/errors.js";
import { huaweiCec, type HuaweiCecFilters, type HuaweiCecOptions } from "../../src/providers/huawei-cec/index.js";
import { sampleRow } from "../samples/huawei-cec.js";

const credentials = { appKey: "app-key-1", appSecret: "hush-hush-secret" };
const provider = huaweiCec(credentials);
const { records } = provider.operations;

const query: PageQuery<HuaweiCecFilters> = {
  partition: { application: null, parameters: { taskType: "0" } },
  window: { start: new Date(1562786332000), end: new Date(1563391072000) },
  page: { number: 0, offset: 200, cursor: null, size: 100 },
  filters: {},
  direction: null,
  numbers: null,
};

/** A row of an ended call without talk. Tests add the reason code. */
const rowWithoutTalk = {
  callSerialNo: "1",
  startTime: "1621576992000",
  endTime: "1621577022000",
  state: 3,
  talkDuration: 0,
};

function mapRow(row: unknown, taskType: string | null = "0") {
  const context = { partition: { application: null, parameters: taskType === null ? {} : { taskType } } };
  return records.map(records.row.parse(row), context);
}

function issuesOf(row: unknown): string[] {
  return (records.row.safeParse(row).error?.issues ?? []).map((issue) => issue.path.join("."));
}

function lookup(name = "queryCallInfoByCallId") {
  const found = findCallOperationsOf(provider.operations).find((one) => one.type === "lookup" && one.name === name);
  if (found?.type !== "lookup") throw new Error(`Huawei has no lookup ${name}.`);
  return found;
}

describe("options", () => {
  it("require only the credentials, and default to the vendor's limits", () => {
    const anyProvider: Provider = provider;
    expect(anyProvider).toMatchObject({
      contract: 1,
      id: "huawei-cec",
      account: "huawei-cec",
      timeZone: "Asia/Shanghai",
      rate: { requestsPerSecond: 5, concurrency: 4 },
      longestCallSeconds: 43_200,
      settleSeconds: 172_800,
    });
    expect(records).toMatchObject({
      name: "queryCallDetailRecord",
      window: { unit: "ms", maxSeconds: 604_800, end: "unknown", filtersOn: "unknown" },
      retentionSeconds: null,
      paging: { style: "offset", size: 100, total: true },
    });
    expect(provider.operations.activeCalls).toBe("records");
    expect(provider.operations.usage).toBeUndefined();
  });

  it.each<[string, Record<string, unknown>]>([
    ["appKey", { appKey: "" }],
    ["appSecret", { appSecret: undefined }],
    ["tokenTtlSeconds", { tokenTtlSeconds: 59 }],
    ["tokenTtlSeconds", { tokenTtlSeconds: 3601 }],
    ["authEndpoint", { authEndpoint: "http://auth.example.com" }],
    ["headers.Authorization", { headers: { Authorization: "Bearer x" } }],
    ["headers.x-app-KEY", { headers: { "x-app-KEY": "x" } }],
    ["headers.Bad Name", { headers: { "Bad Name": "x" } }],
    ["headers.X-Broken", { headers: { "X-Broken": "a\r\nb" } }],
    ["appkey", { appkey: "x" }],
  ])("cause a ConfigurationError that names a wrong `%s` and shows no secret", (name, wrong) => {
    const create = () => huaweiCec({ ...credentials, ...wrong });
    expect(create).toThrow(ConfigurationError);
    expect(create).toThrow(`\`${name}\``);
    expect(create).not.toThrow("hush-hush-secret");
  });
});

describe("tokens", () => {
  function tokenAuth(options: Partial<HuaweiCecOptions> = {}) {
    const { auth } = huaweiCec({ ...credentials, ...options });
    if (auth?.token === undefined) throw new Error("Huawei's auth has no token");
    return { ...auth.token, authorize: auth.authorize.bind(auth) };
  }

  it("are requested from the vendor's token service, and sent in the Authorization header", () => {
    const auth = tokenAuth();
    expect(auth.key).toBe("https://service.besclouds.com|app-key-1");
    expect(auth.defaultTtlSeconds).toBe(600);
    expect(auth.request()).toEqual({
      method: "POST",
      url: "https://service.besclouds.com/apigovernance/api/oauth/tokenByAkSk",
      headers: { "X-Token-Expire": "600" },
      body: { app_key: "app-key-1", app_secret: "hush-hush-secret" },
    });
    const request = { method: "POST" as const, url: "https://x/", headers: { Accept: "application/json" }, body: "{}" };
    expect(auth.authorize(request, { now: new Date(), token: "t0ken" })).toEqual({
      ...request,
      headers: { Accept: "application/json", "X-APP-Key": "app-key-1", Authorization: "Bearer t0ken" },
    });
  });

  it("are requested from `authEndpoint`, else from `endpoint`, with the chosen TTL and without the option `headers`", () => {
    const options = { endpoint: "https://cec.example.com/", tokenTtlSeconds: 3600, headers: { "X-Gateway": "g" } };
    expect(tokenAuth(options).request()).toMatchObject({
      url: "https://cec.example.com/apigovernance/api/oauth/tokenByAkSk",
      headers: { "X-Token-Expire": "3600" },
    });
    const separate = tokenAuth({ ...options, authEndpoint: "https://cec.example.com:28070" });
    expect(separate.request().url).toBe("https://cec.example.com:28070/apigovernance/api/oauth/tokenByAkSk");
    expect(separate.request().headers).toEqual({ "X-Token-Expire": "3600" });
    expect(separate.key).toBe("https://cec.example.com:28070|app-key-1");
  });

  it.each([
    [
      { AccessToken: "abc", ApplyType: "Bearer", CreateTime: "1621576992", Expires: "600" },
      { token: "abc", ttlSeconds: 600 },
    ],
    [
      { AccessToken: "abc", Expires: 3600 },
      { token: "abc", ttlSeconds: 3600 },
    ],
    [
      { AccessToken: "abc", Expires: 9_007_199_254_740_991 },
      { token: "abc", ttlSeconds: 3600 },
    ],
    [{ AccessToken: "abc" }, { token: "abc", ttlSeconds: null }],
    [
      { AccessToken: "abc", Expires: "0" },
      { token: "abc", ttlSeconds: null },
    ],
    [{ AccessToken: "" }, { token: null, ttlSeconds: null }],
    [{ error: "invalid" }, { token: null, ttlSeconds: null }],
  ])("are read from %j", (response, expected) => {
    expect(tokenAuth().responseSchema.parse(response)).toEqual(expected);
  });

  it.each(["soon", "600s", "2026-11-01T00:00:00Z", "-5", "NaN", -1, Number.NaN, true, null, "", {}, []])(
    "have no TTL, so the requested one applies, when `Expires` is %j",
    (Expires) => {
      expect(tokenAuth().responseSchema.parse({ AccessToken: "abc", Expires })).toEqual({
        token: "abc",
        ttlSeconds: null,
      });
    },
  );
});

describe("a request for records", () => {
  it("sends every value as a string", () => {
    expect(records.request(query)).toEqual({
      method: "POST",
      url: "https://service.besclouds.com/apiaccess/CC-Management/v1/mobileAgent/queryCallDetailRecord",
      headers: {},
      body: { startTime: "1562786332000", endTime: "1563391072000", taskType: "0", offset: "200", limit: "100" },
    });
  });

  it("uses the given filter, extra headers and endpoint", () => {
    const { operations } = huaweiCec({
      ...credentials,
      endpoint: "https://cec.example.com/base/",
      headers: { "X-Gateway": "g" },
    });
    const partition = { application: null, parameters: { taskType: "4" } };
    expect(operations.records.request({ ...query, partition, filters: { caller: "88889050" } })).toEqual({
      method: "POST",
      url: "https://cec.example.com/base/apiaccess/CC-Management/v1/mobileAgent/queryCallDetailRecord",
      headers: { "X-Gateway": "g" },
      body: {
        startTime: "1562786332000",
        endTime: "1563391072000",
        taskType: "4",
        offset: "200",
        limit: "100",
        caller: "88889050",
      },
    });
  });

  it("covers task types 0 and 4, which together include all calls, or only the chosen task type", () => {
    const taskTypesOf = (filters: HuaweiCecFilters) =>
      records.partitions(filters).map(({ parameters }) => parameters.taskType);
    expect(taskTypesOf({})).toEqual(["0", "4"]);
    expect(taskTypesOf({ caller: "1" })).toEqual(["0", "4"]);
    expect(taskTypesOf({ taskType: "3" })).toEqual(["3"]);
    expect(records.partitions({})[0]).toEqual({ application: null, parameters: { taskType: "0" } });
  });

  it.each([{ taskType: "5" }, { taskType: 0 }, { caller: "" }, { caller: "1".repeat(33) }, { called: "1" }])(
    "rejects the filter %j",
    (filters) => {
      expect(records.filters.safeParse(filters).success).toBe(false);
    },
  );
});

describe("the response schema", () => {
  it.each<[string, unknown, unknown]>([
    [
      "rows and a total",
      { retCode: "0", result: { total: 11, callInfo: [sampleRow] } },
      { rows: [sampleRow], total: 11, next: null },
    ],
    [
      "a number as a string, and a string as a number",
      { retCode: 0, result: { total: "11", callInfo: [] } },
      { rows: [], total: 11, next: null },
    ],
    [
      "no data (1)",
      { retCode: "1", retMsg: "No data is found." },
      { rows: [], total: null, next: null, isDocumentedEmpty: true },
    ],
    [
      "no data (1) with an empty result",
      { retCode: 1, result: {} },
      { rows: [], total: null, next: null, isDocumentedEmpty: true },
    ],
    ["a result of null", { retCode: "0", result: null }, { rows: null, total: null, next: null }],
    ["a list of null", { retCode: "0", result: { total: 0, callInfo: null } }, { rows: null, total: 0, next: null }],
    ["no total", { retCode: "0", result: { callInfo: [sampleRow] } }, { rows: [sampleRow], total: null, next: null }],
  ])("accepts %s", (_case, response, page) => {
    expect(records.responseSchema.parse(response)).toEqual(page);
  });

  it.each<[string, unknown]>([
    ["retCode", {}],
    ["result", { retCode: "0", result: [1] }],
    ["result.total", { retCode: "0", result: { total: -1 } }],
    ["result.callInfo", { retCode: "0", result: { total: 1, callInfo: "none" } }],
  ])("rejects a response that is not as documented at `%s`", (path, response) => {
    expect(records.responseSchema.safeParse(response).error?.issues.map((issue) => issue.path.join("."))).toEqual([
      path,
    ]);
  });
});

describe("a row of the history", () => {
  const sampleCall = {
    application: null,
    id: "1037058396471308289",
    relatedIds: {},
    direction: "outbound",
    kind: "unknown",
    state: "ended",
    outcome: "answered",
    caller: { number: "88889050", e164: null, displayNumber: "640003", protectedId: null, region: null },
    callee: { number: "88889060", e164: null, displayNumber: "640060", protectedId: null, region: null },
    agent: null,
    queue: null,
    startedAt: new Date("2021-05-21T06:03:12.000Z"),
    queuedAt: null,
    ringingAt: new Date("2021-05-21T06:03:14.000Z"),
    answeredAt: new Date("2021-05-21T06:03:15.000Z"),
    endedAt: new Date("2021-05-21T06:03:42.000Z"),
    ringSeconds: 1,
    talkSeconds: 26,
    ivrSeconds: null,
    hangup: { by: "agent", code: "1", reason: "the calling party hung up" },
    legs: [
      {
        role: "agent",
        number: "88889050",
        agent: null,
        startedAt: null,
        ringingAt: new Date("2021-05-21T06:03:12.000Z"),
        answeredAt: new Date("2021-05-21T06:03:14.000Z"),
        endedAt: new Date("2021-05-21T06:03:42.000Z"),
        talkSeconds: 27,
        transferredFrom: null,
        transferredTo: null,
        recordings: [],
      },
      {
        role: "customer",
        number: "88889060",
        agent: null,
        startedAt: null,
        ringingAt: new Date("2021-05-21T06:03:14.000Z"),
        answeredAt: new Date("2021-05-21T06:03:15.000Z"),
        endedAt: new Date("2021-05-21T06:03:42.000Z"),
        talkSeconds: 26,
        transferredFrom: null,
        transferredTo: null,
        recordings: [],
      },
    ],
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

  it("is mapped in full from the vendor's example", () => {
    expect(mapRow(sampleRow)).toEqual(sampleCall);
    expect(records.key(records.row.parse(sampleRow))).toBe("1037058396471308289");
  });

  it("is mapped to the same call with numbers as strings, strings as numbers, and undocumented keys", () => {
    const asStrings = Object.fromEntries(Object.entries(sampleRow).map(([name, value]) => [name, String(value)]));
    expect(mapRow({ ...asStrings, caller: 88889050, brandNew: { a: 1 } })).toEqual(sampleCall);
  });

  it("is not modified by the mapping", () => {
    const parsed = Object.freeze(records.row.parse(Object.freeze({ ...sampleRow })));
    const context = Object.freeze({
      partition: Object.freeze({ application: null, parameters: Object.freeze({ taskType: "0" }) }),
    });
    expect(records.map(parsed, context)).toEqual(records.map(parsed, context));
  });

  it("has `callData` as the custom data", () => {
    expect(mapRow({ ...sampleRow, callData: "order 7" }).customData).toBe("order 7");
  });

  it.each<[string, string | null, string]>([
    ["1", "0", "bidirectional"],
    ["2", "0", "anonymous"],
    ["3", "0", "notification"],
    ["4", "0", "bidirectional"],
    ["0", "0", "unknown"],
    ["9", "0", "unknown"],
    ["", "3", "notification"],
    ["", "4", "bidirectional"],
    ["", null, "unknown"],
  ])("with task type %j, in the list of type %j, has the kind %s", (returned, requested, kind) => {
    expect(mapRow({ ...sampleRow, taskType: returned }, requested).kind).toBe(kind);
    expect(mapRow({ ...sampleRow, taskType: returned === "" ? null : Number(returned) }, requested).kind).toBe(kind);
  });

  it.each<[number | string, string]>([
    [0, "queued"],
    [1, "ringing"],
    ["2", "in-progress"],
  ])("with state %j is %s, and has no outcome and no hang-up", (state, expected) => {
    expect(mapRow({ callSerialNo: "1", startTime: 1621576992000, state, reasonCode: 0 })).toMatchObject({
      state: expected,
      outcome: null,
      hangup: null,
      endedAt: null,
    });
  });

  it.each<[string, Record<string, unknown>]>([
    ["ended", { endTime: 1621577022000, alertingTime: 1621576994000 }],
    ["ended", { releaseTime: 1621577022000 }],
    ["ended", { reasonCode: 5 }],
    ["in-progress", { alertingTime: 1621576994000, talkingTime: 1621576995000 }],
    ["ringing", { alertingTime: 1621576994000 }],
    ["ringing", { agentAlertingTime: 1621576992000 }],
    ["ringing", { agentTalkingTime: 1621576992000 }],
    ["queued", { talkingTime: 0, alertingTime: "" }],
  ])("without a known state is %s according to its other fields", (expected, fields) => {
    const row = { callSerialNo: "1", startTime: 1621576992000 };
    expect(mapRow({ ...row, ...fields }).state).toBe(expected);
    expect(mapRow({ ...row, ...fields, state: 7 }).state).toBe(expected);
  });

  it("treats 0, an empty string and null as absent times, and ends with the call when the customer's release is missing", () => {
    const call = mapRow({
      ...sampleRow,
      releaseTime: 0,
      alertingTime: "",
      talkingTime: null,
      talkDuration: "",
      agentReleaseTime: "0",
    });
    expect(call).toMatchObject({ ringingAt: null, answeredAt: null, ringSeconds: null, talkSeconds: null });
    expect(call.endedAt).toEqual(new Date(1621577022000));
    expect(call.legs.map(({ endedAt }) => endedAt)).toEqual([null, null]);
  });

  it("has durations computed from the customer's leg when the vendor's are missing, and never negative ones", () => {
    expect(mapRow({ ...sampleRow, talkDuration: null, releaseTime: 1621577022500 })).toMatchObject({
      ringSeconds: 1,
      talkSeconds: 27.5,
    });
    expect(mapRow({ ...sampleRow, talkingTime: null, talkDuration: 0 })).toMatchObject({
      ringSeconds: 28,
      talkSeconds: 0,
    });
    expect(mapRow({ ...sampleRow, alertingTime: 1621576999000, talkDuration: -1, releaseTime: 1 })).toMatchObject({
      ringSeconds: null,
      talkSeconds: null,
    });
  });

  it("has no caller or callee when neither a number nor a display number is known", () => {
    expect(
      mapRow({ ...sampleRow, caller: "", callerPresent: null, called: null, agentPresent: undefined }),
    ).toMatchObject({ caller: null, callee: null });
    expect(mapRow({ ...sampleRow, caller: null }).caller).toMatchObject({ number: null, displayNumber: "640003" });
  });

  it.each([
    ["008613800138000", "+8613800138000"],
    ["+8613800138000", "+8613800138000"],
    ["8613800138000", "+8613800138000"],
    ["13800138000", "+8613800138000"],
    ["02158881234", "+862158881234"],
    ["88889060", null],
    ["640060", null],
    ["0012", null],
    ["000612345678", null],
  ])("has the E.164 form of %s as %j", (called, e164) => {
    expect(mapRow({ ...sampleRow, called }).callee).toMatchObject({ number: called, e164 });
  });

  it("is rejected, with the field named, without an id or a readable start time, or with an object instead of text", () => {
    expect(issuesOf({})).toEqual(["callSerialNo", "startTime"]);
    expect(issuesOf({ ...sampleRow, startTime: 0 })).toEqual(["startTime"]);
    expect(issuesOf({ ...sampleRow, startTime: "yesterday" })).toEqual(["startTime"]);
    expect(issuesOf({ ...sampleRow, startTime: -1 })).toEqual(["startTime"]);
    expect(issuesOf({ ...sampleRow, releaseTime: 1e300, talkingTime: "none", alertingTime: {} })).toEqual([]);
    expect(issuesOf({ ...sampleRow, talkDuration: "long", caller: {} })).toEqual(["caller"]);
    expect(issuesOf("row")).toEqual([""]);
  });
});

describe("an ended call that is not ITA", () => {
  it.each([
    ["0", "answered", "customer", "the called party hung up"],
    ["1", "answered", "agent", "the calling party hung up"],
    ["2", "failed", "system", "the calling party could not be called"],
    ["3", "failed", "system", "the called party could not be called"],
    ["4", "no-agent", "system", "the calling party did not answer"],
    ["5", "no-answer", "system", "the called party did not answer"],
    ["6", "failed", "system", "the call could not be initiated"],
    ["17", "answered", "unknown", null],
    ["65535", "answered", "unknown", null],
  ])("with reason code %s is %s, and ended by %s", (code, outcome, by, reason) => {
    for (const reasonCode of [code, Number(code)]) {
      expect(mapRow({ ...sampleRow, reasonCode })).toMatchObject({ outcome, hangup: { by, code, reason } });
    }
  });

  it("is rejected or canceled, not answered, when the talk duration is 0", () => {
    expect(mapRow({ ...rowWithoutTalk, reasonCode: 0 })).toMatchObject({
      outcome: "rejected",
      hangup: { by: "customer" },
    });
    expect(mapRow({ ...rowWithoutTalk, reasonCode: 1 })).toMatchObject({
      outcome: "canceled",
      hangup: { by: "agent" },
    });
    expect(mapRow({ ...rowWithoutTalk, talkDuration: null, reasonCode: 0 }).outcome).toBe("answered");
  });

  it("without a reason code is classified by the talk alone", () => {
    expect(mapRow({ ...sampleRow, reasonCode: null })).toMatchObject({ outcome: "answered", hangup: null });
    expect(mapRow({ ...rowWithoutTalk, reasonCode: "" })).toMatchObject({ outcome: "unknown", hangup: null });
  });

  it("is read with the code table of the row's own task type, else of the requested type", () => {
    expect(mapRow({ ...rowWithoutTalk, taskType: "1", reasonCode: 5 }, "4").outcome).toBe("no-answer");
    expect(mapRow({ ...rowWithoutTalk, taskType: "4", reasonCode: 17 }, "0").outcome).toBe("busy");
    expect(mapRow({ ...rowWithoutTalk, reasonCode: 5 }, null).outcome).toBe("no-answer");
  });
});

describe("an ended ITA call", () => {
  /** Every code in Table 5 of the vendor's page. */
  const table5 = [
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 16, 17, 18, 19, 20, 21, 22, 23, 25, 26, 27, 28, 29, 30, 31, 34, 38, 39, 40, 41, 42,
    43, 44, 46, 47, 49, 50, 53, 55, 57, 58, 62, 63, 65, 66, 69, 70, 79, 81, 82, 83, 84, 85, 86, 87, 88, 90, 91, 95, 96,
    97, 98, 99, 100, 101, 102, 103, 110, 111, 127,
  ];
  /** The outcomes of calls without talk. A code that is missing here means `failed`. */
  const outcomesWithoutTalk: Record<number, string> = {
    0: "unknown",
    1: "invalid-number",
    2: "unreachable",
    3: "unreachable",
    16: "canceled",
    17: "busy",
    18: "no-answer",
    19: "no-answer",
    20: "unreachable",
    21: "rejected",
    22: "invalid-number",
    26: "blocked",
    27: "unreachable",
    28: "invalid-number",
    31: "canceled",
    34: "unreachable",
    46: "blocked",
    53: "blocked",
    55: "blocked",
    57: "blocked",
    87: "blocked",
  };

  it.each(table5)("has an outcome and a reason for cause %i", (code) => {
    const call = mapRow({ ...rowWithoutTalk, reasonCode: code }, "4");
    expect(call.outcome).toBe(outcomesWithoutTalk[code] ?? "failed");
    expect(call.hangup).toEqual({
      by: expect.any(String) as string,
      code: String(code),
      reason: expect.stringMatching(/\w/) as string,
    });
  });

  it.each(table5)("with cause %i is answered when there was talk", (code) => {
    expect(mapRow({ ...sampleRow, reasonCode: code }, "4").outcome).toBe("answered");
  });

  it("with normal clearing is answered when the talk duration or the start of the talk is known", () => {
    const row = { ...rowWithoutTalk, talkDuration: null };
    expect(mapRow({ ...row, reasonCode: 16, talkingTime: 1621576995000 }, "4").outcome).toBe("answered");
    expect(mapRow({ ...row, reasonCode: 31, talkDuration: "5" }, "4").outcome).toBe("answered");
    expect(mapRow({ ...row, reasonCode: 16 }, "4")).toMatchObject({ outcome: "canceled", hangup: { by: "unknown" } });
  });

  it("with a technical cause is failed when the talk duration is 0, even with a talking time", () => {
    expect(mapRow({ ...rowWithoutTalk, reasonCode: 41, talkingTime: 1621576995000 }, "4").outcome).toBe("failed");
  });

  it("is ended by the customer for a rejection, and by the system for a failure", () => {
    expect(mapRow({ ...rowWithoutTalk, reasonCode: 21 }, "4").hangup?.by).toBe("customer");
    expect(mapRow({ ...rowWithoutTalk, reasonCode: 41 }, "4").hangup?.by).toBe("system");
  });

  it("with an undocumented cause is classified by the talk alone, and keeps the code", () => {
    const hangup = { by: "unknown", code: "10", reason: null };
    expect(mapRow({ ...sampleRow, reasonCode: 10 }, "4")).toMatchObject({ outcome: "answered", hangup });
    expect(mapRow({ ...rowWithoutTalk, reasonCode: 10 }, "4")).toMatchObject({ outcome: "unknown", hangup });
  });
});

describe("an ended voice notification", () => {
  it.each([
    ["1", "answered", "system", "the playback finished"],
    ["4", "no-answer", "unknown", "the called party rejected the call or did not answer in time"],
    ["6", "failed", "system", "the call failed before it rang"],
    ["8", "failed", "system", "no resource is available"],
    ["9", "failed", "system", "the call timed out in the queue"],
    ["10", "blocked", "system", "the call is restricted"],
    ["0", "unknown", "unknown", null],
    ["5", "unknown", "unknown", null],
    ["77", "unknown", "unknown", null],
  ])("with reason code %s is %s without talk, and answered with talk", (code, outcome, by, reason) => {
    const hangup = { by, code, reason };
    for (const reasonCode of [code, Number(code)]) {
      expect(mapRow({ ...rowWithoutTalk, taskType: "3", reasonCode })).toMatchObject({ outcome, hangup });
      expect(mapRow({ ...rowWithoutTalk, reasonCode }, "3")).toMatchObject({ outcome, hangup });
      for (const talk of [{ talkingTime: 1621576995000 }, { talkDuration: 3 }])
        expect(mapRow({ ...rowWithoutTalk, ...talk, taskType: 3, reasonCode })).toMatchObject({
          outcome: "answered",
          hangup,
        });
    }
  });

  it("without a reason code is classified by the talk alone", () => {
    expect(mapRow({ ...rowWithoutTalk, taskType: "3" })).toMatchObject({ outcome: "unknown", hangup: null });
  });
});

describe("findCall at the desk", () => {
  const keys = { callId: "1652317325-339", userId: "1652268429538866153", tenantId: "202205116084", agentId: "109" };
  const sampleResponse = {
    caller: 70004,
    called: 60015,
    mediaAbility: 1,
    calldata: "1",
    callId: "1652317325-339",
    callSkillId: 1,
    callSkill: "voice",
    callType: 0,
  };
  const find = (response: unknown) =>
    lookup().map(lookup().row.parse(lookup().responseSchema.parse(response)), keys, { application: null });

  it("sends all four keys", () => {
    expect(lookup().request(keys, { application: null })).toEqual({
      method: "POST",
      url: "https://service.besclouds.com/apiaccess/rest/workbench/v1/queryCallInfoByCallId",
      headers: {},
      body: keys,
    });
  });

  it.each(["callId", "userId", "tenantId", "agentId"])("requires `%s`", (name) => {
    for (const wrong of [undefined, "", " ", 7]) {
      const { error } = lookup().keys.safeParse({ ...keys, [name]: wrong });
      expect(error?.issues.map((issue) => issue.path.join("."))).toEqual([name]);
    }
    expect(lookup().keys.safeParse({ ...keys, other: "1" }).success).toBe(false);
  });

  it("maps the vendor's example in full", () => {
    expect(find(sampleResponse)).toEqual({
      application: null,
      id: "1652317325-339",
      relatedIds: {},
      direction: "inbound",
      kind: "unknown",
      state: "in-progress",
      outcome: null,
      caller: { number: "70004", e164: null, displayNumber: null, protectedId: null, region: null },
      callee: { number: "60015", e164: null, displayNumber: null, protectedId: null, region: null },
      agent: { id: keys.agentId, name: null, email: null, phone: null, groupId: "1", groupName: "voice" },
      queue: null,
      startedAt: null,
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
      customData: "1",
      updatedAt: null,
    });
  });

  it.each([
    [0, "inbound"],
    ["6", "internal"],
    [7, "outbound"],
    [3, "unknown"],
    [null, "unknown"],
  ])("maps call type %j to %s", (callType, direction) => {
    expect(find({ ...sampleResponse, callType }).direction).toBe(direction);
  });

  it("returns the requested agent without a group when there is no skill, and no caller or callee without a number", () => {
    const agent = { id: keys.agentId, name: null, email: null, phone: null, groupId: null, groupName: null };
    expect(find({ callId: 5 })).toMatchObject({ id: "5", agent, caller: null, callee: null });
  });

  it("returns null when no field has a value, and otherwise the unchanged row", () => {
    for (const nothing of [{}, { callId: "" }, { callId: null, caller: null }])
      expect(lookup().responseSchema.parse(nothing)).toBeNull();
    expect(lookup().responseSchema.parse(sampleResponse)).toEqual(sampleResponse);
    expect(lookup().responseSchema.safeParse([]).success).toBe(false);
  });
});

describe("classify", () => {
  const classify = (status: number, body: unknown) => provider.classify({ status, headers: {}, body });

  it.each([
    [400, { type: "fail", error: "request" }],
    [401, { type: "reauthenticate" }],
    [403, { type: "fail", error: "permission" }],
    [404, { type: "fail", error: "vendor" }],
    [418, { type: "fail", error: "permission" }],
    [500, { type: "fail", error: "vendor" }],
  ])("for HTTP %i with any body, returns %j", (status, action) => {
    for (const body of [undefined, {}, [], "gone"]) {
      expect(classify(status, body)).toMatchObject({ ...action, vendorCode: `HTTP ${status}`, requestId: null });
    }
    expect(classify(status, { retCode: 77, retMsg: "said so" })).toMatchObject({ ...action, vendorCode: "77" });
    expect(classify(status, { retCode: 77, retMsg: "said so" })?.message).toContain("said so");
  });

  it("for HTTP 404, names the option to check", () => {
    expect(classify(404, undefined)?.message).toContain("`endpoint`");
  });

  it.each([
    ["2", "request", "the format of the start or end time is incorrect (bad)"],
    ["4", "request", "the format of the limit or offset is incorrect (bad)"],
    ["12", "request", "the calling number is unavailable (bad)"],
    ["3", "vendor", "bad"],
    ["-5", "vendor", "bad"],
  ])("for return code %s, returns a failure with the error %s", (code, error, message) => {
    for (const retCode of [code, Number(code)]) {
      expect(classify(200, { retCode, retMsg: "bad" })).toEqual({
        type: "fail",
        error,
        vendorCode: code,
        message,
        requestId: null,
      });
    }
  });

  it("returns null for a success, and for a response that its HTTP status classifies", () => {
    for (const body of [{ retCode: "0" }, { retCode: 0 }, { retCode: "1" }, { callId: "1" }, {}, undefined])
      expect(classify(200, body)).toBeNull();
    for (const status of [429, 502, 503, 504]) expect(classify(status, { retCode: "9" })).toBeNull();
  });
});

// This block must be last. After getters are inspected, zod 4.6 cannot use schemas that were not used before.
describe("printing the provider", () => {
  it("never shows the secret or a header value, at any depth", () => {
    const withHeaders = huaweiCec({ ...credentials, headers: { "X-Gateway": "gateway-password", "X-Site": "cn" } });
    expect(withHeaders.secrets()).toEqual(["hush-hush-secret", "gateway-password"]);
    const printed =
      inspect(withHeaders, { depth: null, showHidden: true, getters: true }) + JSON.stringify(withHeaders);
    expect(printed).not.toContain("hush-hush-secret");
    expect(printed).not.toContain("gateway-password");
  });
});
