import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import {
  AbortedError,
  AuthenticationError,
  CallRecordsClient,
  huaweiCec,
  RequestError,
  ResponseError,
  UnsupportedError,
} from "call-records";
import { defineProvider, wireId } from "call-records/adapter";
import { declareSound, records } from "../conformance/sound.js";
import { huaweiResponding, serve } from "./scripted-vendor.js";
import { bodyOf, IN_TURN, openClient, openStage, RATE, rejectionOf, requestsFor, type Stage } from "./stage.js";
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
    // Requests are sent one at a time, so only a few are sent before the search stops.
    expect(emulator.requests.length).toBeLessThanOrEqual(3);
    expect(bodyOf(emulator.requests[0]).SessionIds).toEqual([newest?.id]);
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
  it("is unsupported at Itniotech, whatever the keys", async () => {
    stage.emulator.clearRequests();
    expect(await rejectionOf(stage.client.findCall({ account: "itniotech", sessionId: "x" }))).toBeInstanceOf(
      UnsupportedError,
    );
    expect(stage.emulator.requests).toEqual([]);
  });

  it.each([
    [{ account: "huawei-cec", callId: "1", userId: "2", tenantId: "3", agentId: "" }, "agentId", "must not be empty"],
    [{ account: "tencent-ccc", sessionId: "" }, "sessionId", "must not be empty"],
  ])("rejects %o with an error that names the key and the rule", async (query, field, rule) => {
    stage.emulator.clearRequests();
    const error = await rejectionOf(stage.client.findCall(query));
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
