import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import {
  AbortedError,
  AuthenticationError,
  CallRecordsClient,
  huaweiCec,
  PermissionError,
  RequestError,
  ResponseError,
  tencentCcc,
  VendorError,
} from "call-records";
import { defineProvider, wireId } from "call-records/adapter";
import { declareSound, records } from "../conformance/sound.js";
import { huaweiResponding, serve } from "./scripted-vendor.js";
import {
  bodyOf,
  DAY,
  IN_TURN,
  ManualClock,
  NOW,
  openClient,
  openStage,
  RATE,
  rejectionOf,
  requestsFor,
  type Stage,
} from "./stage.js";
import { factsOf, truthOf } from "./truth.js";

let stage: Stage;
beforeAll(async () => {
  stage = await openStage({
    emulator: { days: 179, callsPerDay: 6, activeCalls: 10, sdkAppIds: [1_400_000_000, 1_400_000_001, 1_400_000_002] },
  });
});

describe("one call of Tencent, by its session", () => {
  it("is found in every application, including the oldest and the newest call", async () => {
    const { calls } = stage.emulator.truth["tencent-ccc"];
    for (const application of ["1400000000", "1400000001", "1400000002"]) {
      const own = calls.filter((call) => call.application === application);
      for (const call of [own[0], own[Math.floor(own.length / 2)], own.at(-1)]) {
        const found = await stage.client.findCall({ account: "tencent-ccc", sessionId: call?.id ?? "" });
        if (found?.startedAt == null || call === undefined) throw new TypeError("The call or its start is missing.");
        expect(factsOf([{ ...found, startedAt: found.startedAt }])).toEqual(truthOf([call]));
        expect(found.raw).toEqual(call.row);
      }
    }
  });

  it("is not searched for in older windows once it is found in the newest", async () => {
    const { emulator, client } = await openStage({
      emulator: { days: 179, callsPerDay: 2 },
      tencent: { rate: IN_TURN },
    });
    const newest = emulator.truth["tencent-ccc"].calls.filter(({ application }) => application === "1400000000").at(-1);
    await client.findCall({ account: "tencent-ccc", sessionId: newest?.id ?? "", application: "1400000000" });
    // The session has ended, so that one window around its start is searched.
    expect(emulator.requests.map(({ operation }) => operation)).toEqual(["DescribeTelSession", "DescribeTelCdr"]);
    expect(bodyOf(emulator.requests[1]).SessionIds).toEqual([newest?.id]);
  });

  it("is searched for only in the named application", async () => {
    const call = stage.emulator.truth["tencent-ccc"].calls.find(({ application }) => application === "1400000001");
    stage.emulator.clearRequests();
    expect(
      await stage.client.findCall({ account: "tencent-ccc", sessionId: call?.id ?? "", application: "1400000002" }),
    ).toBeNull();
    expect(
      await stage.client.findCall({ account: "tencent-ccc", sessionId: call?.id ?? "", application: "1400000001" }),
    ).toMatchObject({ id: call?.id });
    expect(new Set(stage.emulator.requests.map((request) => bodyOf(request).SdkAppId))).toEqual(
      new Set([1_400_000_001, 1_400_000_002]),
    );
  });

  it("is null if it does not exist", async () => {
    expect(
      await stage.client.findCall({ account: "tencent-ccc", sessionId: "00000000-0000-0000-0000-000000000000" }),
    ).toBeNull();
  });
});

describe("one call of Tencent that is active", () => {
  it("is found by the vendor's session, in any application", async () => {
    const { activeCalls } = stage.emulator.truth["tencent-ccc"];
    expect(activeCalls.length).toBeGreaterThan(0);
    for (const call of activeCalls) {
      const found = await stage.client.findCall({ account: "tencent-ccc", sessionId: call.id });
      expect(found).toMatchObject({
        id: call.id,
        application: call.application,
        startedAt: call.startedAt,
        answeredAt: call.answeredAt,
        endedAt: null,
        outcome: null,
        state: call.progress === "talking" ? "in-progress" : "ringing",
      });
      expect(found?.raw).toEqual(call.row);
    }
  });

  it("costs one request if its application is named", async () => {
    const [call] = stage.emulator.truth["tencent-ccc"].activeCalls;
    stage.emulator.clearRequests();
    const query = { account: "tencent-ccc", sessionId: call?.id ?? "", application: call?.application ?? "" };
    expect(await stage.client.findCall(query)).toMatchObject({ id: call?.id });
    expect(stage.emulator.requests.map(({ operation }) => operation)).toEqual(["DescribeTelSession"]);
    expect(bodyOf(stage.emulator.requests[0])).toEqual({
      SdkAppId: Number(query.application),
      SessionId: query.sessionId,
    });
  });

  it("is not searched for with DescribeTelSession if the option says so", async () => {
    const { client, emulator } = await openStage({
      emulator: { days: 2, callsPerDay: 3, activeCalls: 3 },
      tencent: { sessionLookup: false },
    });
    const [active] = emulator.truth["tencent-ccc"].activeCalls;
    const [ended] = emulator.truth["tencent-ccc"].calls;
    expect(await client.findCall({ account: "tencent-ccc", sessionId: active?.id ?? "" })).toBeNull();
    expect(await client.findCall({ account: "tencent-ccc", sessionId: ended?.id ?? "" })).toMatchObject({
      id: ended?.id,
    });
    expect(requestsFor(emulator, "DescribeTelSession")).toEqual([]);
  });
});

describe("the response of Tencent's session", () => {
  const session = "71a3b1c0-5a6b-4c0d-9d39-000000000001";
  const refusal = (Code: string) => ({ Response: { Error: { Code, Message: "as the vendor says" }, RequestId: "r" } });
  const finding = async (body: unknown, listed: unknown[], options: { sessionNotFoundCodes?: string[] } = {}) => {
    const endpoint = await serve(({ headers }) =>
      headers["x-tc-action"] === "DescribeTelSession"
        ? { body }
        : { body: { Response: { TotalCount: listed.length, TelCdrList: listed, RequestId: "r" } } },
    );
    const client = openClient({
      providers: [
        tencentCcc({
          secretId: "id",
          secretKey: "secret-of-tencent",
          sdkAppIds: [1],
          endpoint,
          rate: RATE,
          ...options,
        }),
      ],
      clock: new ManualClock(),
      retry: { attempts: 1 },
    });
    return client.findCall({ account: "tencent-ccc", sessionId: session });
  };
  const row = {
    SessionId: session,
    Time: NOW / 1000 - 3600,
    AcceptTimestamp: NOW / 1000 - 3590,
    Duration: 60,
    EndStatus: 1,
  };

  it.each(["InvalidParameterValue.RecordNotExist", "InvalidParameterValue.SessionNotFound"])(
    "with the code %s means that there is none",
    async (code) => {
      expect(await finding(refusal(code), [])).toBeNull();
    },
  );

  it.each<[body: unknown, error: new (...args: never[]) => Error]>([
    [refusal("UnauthorizedOperation"), PermissionError],
    [refusal("FailedOperation.Whatever"), VendorError],
    [{ Response: { RequestId: "r" } }, ResponseError],
    [{ Response: { Session: { SessionID: "another", StartTimestamp: 1_700_000_000 } } }, ResponseError],
    ["not an object", ResponseError],
  ])("that is %j fails only if the history does not have the call", async (body, error) => {
    expect(await finding(body, [row])).toMatchObject({ id: session, talkSeconds: 60 });
    expect(await rejectionOf(finding(body, []))).toBeInstanceOf(error);
  });

  it("with a code of the option `sessionNotFoundCodes` means that there is none", async () => {
    expect(
      await finding(refusal("FailedOperation.Whatever"), [], { sessionNotFoundCodes: ["FailedOperation.Whatever"] }),
    ).toBeNull();
  });

  it("with rejected credentials ends the search", async () => {
    expect(await rejectionOf(finding(refusal("AuthFailure.SignatureFailure"), [row]))).toBeInstanceOf(
      AuthenticationError,
    );
  });

  it("that has ended is returned without its end if the history does not list it yet", async () => {
    const finished = {
      SessionID: session,
      StartTimestamp: String(NOW / 1000 - 60),
      SessionStatus: "finished",
      Direction: 0,
    };
    expect(await finding({ Response: { Session: finished } }, [])).toMatchObject({ id: session, state: "ended" });
  });
});

describe("one call of Huawei, by its callSerialNo", () => {
  it("is read from the history after its end, with its talk times", async () => {
    const ended = stage.emulator.truth["huawei-cec"].calls.filter(({ progress }) => progress === "ended");
    for (const call of [ended[0], ended[Math.floor(ended.length / 2)], ended.at(-1)]) {
      stage.emulator.clearRequests();
      const found = await stage.client.findCall({ account: "huawei-cec", callSerialNo: call?.id ?? "" });
      if (found?.startedAt == null || call === undefined) throw new TypeError("The call or its start is missing.");
      expect(factsOf([{ ...found, startedAt: found.startedAt }])).toEqual(truthOf([call]));
      // The state shows the start, so that a search around it is sufficient.
      expect(requestsFor(stage.emulator, "queryCallState")).toHaveLength(1);
      expect(requestsFor(stage.emulator, "queryCallDetailRecord").length).toBeLessThanOrEqual(4);
    }
  });

  it("is found by its state alone while it is active", async () => {
    for (const call of stage.emulator.truth["huawei-cec"].activeCalls.slice(0, 5)) {
      stage.emulator.clearRequests();
      const found = await stage.client.findCall({ account: "huawei-cec", callSerialNo: call.id });
      expect(found).toMatchObject({
        id: call.id,
        startedAt: call.startedAt,
        endedAt: null,
        outcome: null,
        direction: "outbound",
      });
      expect(found?.callee?.number).toBe(call.customer);
      expect(requestsFor(stage.emulator, "queryCallDetailRecord")).toEqual([]);
    }
  });

  it("is null if neither the state nor the history of the range has it", async () => {
    stage.emulator.clearRequests();
    const range = { from: new Date(NOW - 2 * DAY), to: new Date(NOW) };
    expect(
      await stage.client.findCall({ account: "huawei-cec", callSerialNo: "1037058396471308289", ...range }),
    ).toBeNull();
    const bodies = requestsFor(stage.emulator, "queryCallDetailRecord").map(bodyOf);
    // The range, widened by the longest call, of both lists.
    expect(Math.min(...bodies.map(({ startTime }) => Number(startTime)))).toBeGreaterThan(NOW - 3 * DAY);
    expect(new Set(bodies.map(({ taskType }) => taskType))).toEqual(new Set(["0", "4"]));
  });
});

describe("the response of Huawei's state", () => {
  const id = "1037058396471308289";
  const row = {
    callSerialNo: id,
    startTime: NOW - 3_600_000,
    endTime: NOW - 3_500_000,
    talkingTime: NOW - 3_590_000,
    talkDuration: 90,
    state: 3,
    reasonCode: 0,
  };
  const finding = async (body: unknown, listed: unknown[] = []) => {
    const endpoint = await serve(
      huaweiResponding(({ path }) => {
        if (path.endsWith("/queryCallState")) return { body };
        const isEmpty = listed.length === 0;
        return {
          body: isEmpty
            ? { retCode: "1", retMsg: "No data is found." }
            : { retCode: "0", retMsg: "success", result: { total: listed.length, callInfo: listed } },
        };
      }),
    );
    const client = openClient({
      providers: [huaweiCec({ appKey: "key", appSecret: "secret-of-huawei", endpoint, rate: RATE })],
      clock: new ManualClock(),
    });
    const range = { from: new Date(NOW - DAY), to: new Date(NOW) };
    return client.findCall({ account: "huawei-cec", callSerialNo: id, ...range });
  };

  it("of an ended call that the history does not list has no outcome, because its reason depends on the task", async () => {
    const result = {
      state: "3",
      reasonCode: "16",
      caller: "8000",
      called: "13800138000",
      startTime: String(NOW - 60_000),
      endTime: NOW,
    };
    expect(await finding({ retCode: "0", result })).toMatchObject({
      id,
      state: "ended",
      outcome: "unknown",
      startedAt: new Date(NOW - 60_000),
      endedAt: new Date(NOW),
      talkSeconds: null,
      hangup: { by: "unknown", code: "16", reason: null },
      callee: { number: "13800138000", e164: "+8613800138000" },
    });
  });

  it("with the code 1 means that the history is searched", async () => {
    expect(await finding({ retCode: "1", retMsg: "not found" }, [row])).toMatchObject({ id, talkSeconds: 90 });
    expect(await finding({ retCode: 1, result: {} })).toBeNull();
  });

  it("with the code 3 is a RequestError that names the rule, unless the history has the call", async () => {
    const error = await rejectionOf(finding({ retCode: "3", retMsg: "bad" }));
    expect(error).toBeInstanceOf(RequestError);
    expect(error.message).toContain("the format of `callSerialNo` is incorrect");
    expect(await finding({ retCode: 3, retMsg: "bad" }, [row])).toMatchObject({ id });
  });

  it.each([
    { retCode: "0" },
    { retCode: "0", result: {} },
    {},
    { retCode: "0", result: [1] },
    { retCode: "0", result: { callSerialNo: "7", state: "1" } },
  ])("that is %j is a ResponseError, unless the history has the call", async (body) => {
    expect(await rejectionOf(finding(body))).toBeInstanceOf(ResponseError);
    expect(await finding(body, [row])).toMatchObject({ id, talkSeconds: 90 });
  });
});

describe("one call of Itniotech", () => {
  it("is found within a range by its key and by its session", async () => {
    const { calls } = stage.emulator.truth.itniotech;
    const call = calls[Math.floor(calls.length / 2)];
    if (call === undefined) throw new TypeError("The emulator has no call.");
    const range = {
      from: new Date(call.startedAt.getTime() - 3_600_000),
      to: new Date(call.startedAt.getTime() + 1000),
    };
    const found = await stage.client.findCall({ account: "itniotech", keyId: call.id, ...range });
    expect(found).toMatchObject({ id: call.id, startedAt: call.startedAt });
    const callSessionId = found?.relatedIds.callSessionId ?? "";
    expect(await stage.client.findCall({ account: "itniotech", callSessionId, ...range })).toEqual(found);
    expect(await stage.client.findCall({ account: "itniotech", keyId: "1", ...range })).toBeNull();
  });

  it.each([
    [{ keyId: "1" }, ["`from` and `to`", "`keyId`"]],
    [{ callSessionId: "1", from: "2026-11-01T00:00:00Z" }, ["`to`", "`callSessionId`"]],
    [{ callSessionId: "1", to: "2026-11-01T00:00:00Z" }, ["`from`"]],
    [{ keyId: "1", from: "2026-11-02T00:00:00Z", to: "2026-11-01T00:00:00Z" }, ["`to`", "later than `from`"]],
    [{ keyId: "1", from: "2026-11-01", to: "2026-11-02" }, ["`from`", "offset"]],
    [{ keyId: "x7", from: "2026-11-01T00:00:00Z", to: "2026-11-02T00:00:00Z" }, ["`keyId`", "digits"]],
    [{ sessionId: "1" }, ["`sessionId`", "by `keyId`, or by `callSessionId`"]],
  ])("with %j is a RequestError that names the argument", async (query, words) => {
    stage.emulator.clearRequests();
    const error = await rejectionOf(stage.client.findCall({ account: "itniotech", ...query }));
    expect(error).toBeInstanceOf(RequestError);
    for (const word of words) expect(error.message).toContain(word);
    expect(stage.emulator.requests).toEqual([]);
  });
});

describe("one call of Huawei, at an agent's desk", () => {
  it("is in progress, has no times, and has the requested id", async () => {
    const truth = stage.emulator.truth["huawei-cec"];
    const call = truth.activeCalls.find(
      ({ id, progress }) => progress === "talking" && truth.workbenchKeys(id) !== null,
    );
    const keys = truth.workbenchKeys(call?.id ?? "");
    if (call === undefined || keys === null) throw new TypeError("The emulator has no call at a desk.");
    const found = await stage.client.findCall({ account: "huawei-cec", ...keys });
    expect(found).toMatchObject({
      provider: "huawei-cec",
      account: "huawei-cec",
      id: keys.callId,
      state: "in-progress",
      outcome: null,
      direction: "outbound",
      startedAt: null,
      answeredAt: null,
      endedAt: null,
      talkSeconds: null,
      hangup: null,
    });
    // The vendor documents a Number, so leading zeros are lost.
    expect(found?.callee?.number).toBe(String(Number(call.customer)));
    expect(found?.agent).toMatchObject({ groupId: String(call.agent?.groupId), groupName: call.agent?.groupName });
    expect(bodyOf(requestsFor(stage.emulator, "queryCallInfoByCallId").at(-1))).toEqual(keys);
  });

  it("is null if it does not exist", async () => {
    expect(
      await stage.client.findCall({ account: "huawei-cec", callId: "1-1", userId: "2", tenantId: "3", agentId: "4" }),
    ).toBeNull();
  });
});

describe("the response of Huawei's desk", () => {
  const keys = { callId: "1724233344-98", userId: "2", tenantId: "3", agentId: "4" };
  const finding = async (body: unknown) => {
    const endpoint = await serve(huaweiResponding(() => ({ body })));
    const client = openClient({
      providers: [huaweiCec({ appKey: "key", appSecret: "secret-of-huawei", endpoint, rate: RATE })],
    });
    return client.findCall({ account: "huawei-cec", ...keys });
  };

  it.each([{}, { callId: "", caller: null }, { retCode: "1", retMsg: "No data is found." }, { retCode: 1 }])(
    "means that there is no call if it has no values: %j",
    async (body) => {
      expect(await finding(body)).toBeNull();
    },
  );

  it.each([
    { caller: 640003, called: 640060 },
    { result: { callId: keys.callId } },
    { retCode: "0", retMsg: "success" },
    { retCode: "1", caller: 640003 },
    { error: "the desk is closed" },
    { callId: false },
    [],
  ])("causes a ResponseError if it has values but no id: %j", async (body) => {
    expect(await rejectionOf(finding(body))).toBeInstanceOf(ResponseError);
  });

  it("causes a ResponseError if it is another call", async () => {
    expect(await finding({ callId: keys.callId, caller: 640003 })).toMatchObject({ id: keys.callId });
    const error = await rejectionOf(finding({ callId: "1724233344-99", caller: 640003 }));
    expect(error).toBeInstanceOf(ResponseError);
    expect(error.message).toContain("another call than the requested one: its id is 1724233344-99");
  });
});

describe("a search for one call", () => {
  it.each([
    [{ account: "huawei-cec", callId: "1", userId: "2", tenantId: "3", agentId: "" }, "agentId", "must not be empty"],
    [{ account: "tencent-ccc", sessionId: "" }, "sessionId", "must not be empty"],
    [{ account: "tencent-ccc", sessionId: "1", from: "2026-11-20" }, "from", "offset"],
    [{ account: "huawei-cec", callSerialNo: "1".repeat(51) }, "callSerialNo", "must have at most 50 characters"],
    [{ account: "huawei-cec", callSerialNo: 1037058396471308 }, "callSerialNo", "would lose digits"],
    [
      { account: "huawei-cec", callSerialNo: "1", callId: "1" },
      "callId",
      "by `callSerialNo`, or by `callId`, `userId`, `tenantId` and `agentId`",
    ],
    [{ account: "huawei-cec", callId: "1", userId: "2" }, "tenantId", "by `callSerialNo`, or by"],
    [
      { account: "huawei-cec", callId: "1", userId: "2", tenantId: "3", agentId: "4", from: "2026-11-20T00:00:00Z" },
      "from",
      "unknown argument",
    ],
  ])("rejects %o with an error that names the key and the rule", async (query, field, rule) => {
    stage.emulator.clearRequests();
    const error = await rejectionOf(stage.client.findCall(query as never));
    expect(error).toBeInstanceOf(RequestError);
    expect(error.message).toContain(`\`${field}\``);
    expect(error.message).toContain(rule);
    expect(stage.emulator.requests).toEqual([]);
  });

  it("rejects a missing key, a key of another vendor, and an unknown account", async () => {
    stage.emulator.clearRequests();
    const untyped = stage.client as unknown as { findCall(query: object): Promise<unknown> };
    for (const [query, name] of [
      [{ account: "huawei-cec", callId: "1", userId: "2", tenantId: "3" }, "agentId"],
      [{ account: "tencent-ccc", callId: "1" }, "callId"],
      [{ account: "tencent-ccc", sessionId: "1", sesionId: "2" }, "sesionId"],
      [{ account: "tencent-ccc", sessionId: "1", application: "7" }, "application"],
      [{ account: "tencent-ccc", sessionId: "1", application: 1_400_000_000 }, "application"],
      [
        { account: "huawei-cec", callId: "1", userId: "2", tenantId: "3", agentId: "4", application: "7" },
        "application",
      ],
      [{ account: "nobody", sessionId: "1" }, "nobody"],
      [{ sessionId: "1" }, "account"],
    ] as const) {
      const error = await rejectionOf(untyped.findCall(query));
      expect(error).toBeInstanceOf(RequestError);
      expect(error.message).toContain(`\`${name}\``);
    }
    expect(stage.emulator.requests).toEqual([]);
  });

  it("is aborted by the caller's signal", async () => {
    stage.emulator.clearRequests();
    const error = await rejectionOf(
      stage.client.findCall({ account: "tencent-ccc", sessionId: "x", signal: AbortSignal.abort() }),
    );
    expect(error).toBeInstanceOf(AbortedError);
    expect(stage.emulator.requests).toEqual([]);
  });
});

describe("one call of a vendor that returns 404 if it does not exist", () => {
  /** A provider whose vendor responds with the status that is in the key. */
  const provider = defineProvider({
    ...declareSound(),
    auth: null,
    operations: {
      records,
      findCall: {
        type: "lookup" as const,
        name: "call",
        keys: z.strictObject({ id: z.string() }),
        request: ({ id }: { id: string }) => {
          if (id === "") throw new TypeError("There is no such id.");
          return { method: "GET" as const, url: `https://api.sound.example/calls/${id}` };
        },
        isNotFound: ({ status }) => status === 404,
        responseSchema: z.unknown(),
        row: z.object({ id: wireId }),
        map: () => {
          throw new TypeError("There is no call to map.");
        },
      },
    },
    send: ({ url }) =>
      Promise.resolve({ status: Number(url.split("/").at(-1)), headers: {}, body: { code: "as the status says" } }),
    classify: () => null,
  });
  const client = new CallRecordsClient({ providers: [provider] });

  it("is null after 404, and an error after another refusal", async () => {
    expect(await client.findCall({ account: "sound", id: "404" })).toBeNull();
    expect(await rejectionOf(client.findCall({ account: "sound", id: "401" }))).toBeInstanceOf(AuthenticationError);
  });

  it("causes a ResponseError that names the adapter's `request` if that function throws", async () => {
    const error = await rejectionOf(client.findCall({ account: "sound", id: "" }));
    expect(error).toBeInstanceOf(ResponseError);
    expect(error.message).toContain("the adapter's `request` failed (TypeError: There is no such id.)");
  });
});
