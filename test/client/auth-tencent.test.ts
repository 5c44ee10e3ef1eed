import { createHash, createHmac } from "node:crypto";
import { CommonClient } from "tencentcloud-sdk-nodejs-common";
import { describe, expect, it } from "vitest";
import { AuthenticationError, NetworkError, RequestError, tencentCcc, type TencentCccClient } from "call-records";
import {
  DAY,
  daysAgo,
  detailsOf,
  HOUR,
  ManualClock,
  NOW,
  openClient,
  openEmulator,
  openStage,
  RATE,
  rejectionOf,
  tencentAt,
} from "./stage.js";
import { idsOf, within } from "./truth.js";

const range = { from: daysAgo(9), to: daysAgo(4) };
const accounts = ["tencent-ccc"];
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const hmac = (key: string | Buffer, text: string) => createHmac("sha256", key).update(text).digest();

describe("Tencent's signature", () => {
  it('follows "Signature v3", recomputed here step by step over the body as sent', async () => {
    const { emulator, client } = await openStage({ emulator: { days: 10, callsPerDay: 2 } });
    await client.records({ ...range, accounts }).toArray({ max: 100 });
    const [request] = emulator.requests;
    const {
      authorization = "",
      host = "",
      "content-type": type = "",
      "x-tc-timestamp": timestamp,
    } = request?.headers ?? {};
    const signed = /SignedHeaders=([^,]+)/.exec(authorization)?.[1];
    const canonical = [
      "POST",
      "/",
      "",
      `content-type:${type}`,
      `host:${host}`,
      "",
      signed,
      sha256(JSON.stringify(request?.body)),
    ].join("\n");
    const toSign = ["TC3-HMAC-SHA256", timestamp, "2026-11-20/ccc/tc3_request", sha256(canonical)].join("\n");
    const key = hmac(hmac(hmac("TC3emulator-tencent-secret-key-3f9c", "2026-11-20"), "ccc"), "tc3_request");
    expect(host).toMatch(/^127\.0\.0\.1:\d+$/);
    expect(signed).toBe("content-type;host");
    expect(authorization.endsWith(`Signature=${hmac(key, toSign).toString("hex")}`)).toBe(true);
  });

  it("contains the UTC date of its timestamp, whatever the time zone", async () => {
    const justBefore = Date.parse("2026-11-19T23:59:59Z");
    const { emulator, client, clock } = await openStage({ emulator: { days: 1, now: () => justBefore } });
    clock.advance(justBefore - NOW);
    await client.activeCalls({ accounts });
    expect(emulator.requests[0]?.headers.authorization).toContain("/2026-11-19/ccc/");
    expect(emulator.requests[0]?.refusal).toBeNull();
  });

  it("with temporary credentials is sent with their token, and is refused without it", async () => {
    const { emulator, client } = await openStage({
      emulator: { days: 10, callsPerDay: 5, tencentToken: "temporary-token-1" },
    });
    expect(idsOf(await client.records({ ...range, accounts }).toArray({ max: 1000 }))).toEqual(
      idsOf(within(emulator.truth["tencent-ccc"].calls, range.from, range.to)),
    );
    expect(new Set(emulator.requests.map(({ headers }) => headers["x-tc-token"]))).toEqual(
      new Set(["temporary-token-1"]),
    );

    const without = openClient({ providers: [tencentAt(emulator, { token: undefined })], clock: new ManualClock() });
    const error = await rejectionOf(without.activeCalls());
    expect(error).toBeInstanceOf(AuthenticationError);
    expect(error).toMatchObject({ vendorCode: "AuthFailure.TokenFailure" });
  });

  it.each([HOUR, -HOUR, 301_000])(
    "with a clock that is %i ms off is repeated once with the vendor's clock, and is valid from then on",
    async (off) => {
      const { emulator, client, clock, events } = await openStage({
        emulator: { days: 10, callsPerDay: 5, now: () => NOW },
      });
      clock.advance(off);
      const records = await client.records({ ...range, accounts }).toArray({ max: 1000 });
      expect(idsOf(records)).toEqual(idsOf(within(emulator.truth["tencent-ccc"].calls, range.from, range.to)));
      expect(emulator.requests.map(({ refusal }) => refusal).filter((refusal) => refusal !== null)).toEqual([
        "AuthFailure.SignatureExpire",
      ]);
      expect(events.filter(({ type }) => type === "clock")).toMatchObject([
        { type: "clock", account: "tencent-ccc", offsetMs: -off },
      ]);
      await client.activeCalls({ accounts });
      expect(emulator.requests.at(-1)).toMatchObject({ operation: "DescribePSTNActiveSessionList", refusal: null });
    },
  );
});

/** Returns a client of the SDK for an endpoint on loopback. */
function sdkClient(endpoint: string, credential: { secretId: string; secretKey: string }): CommonClient {
  return new CommonClient(new URL(endpoint).host, "2020-02-10", {
    credential,
    region: "",
    profile: { httpProfile: { protocol: "http://", reqTimeout: 30 } },
  });
}

describe("a client of Tencent's SDK", () => {
  it("replaces the library's HTTP, and all operations return the same results", async () => {
    // The SDK signs with the machine's clock.
    const now = () => Date.now();
    const emulator = await openEmulator({ days: 10, callsPerDay: 40, now, activeCalls: 30 });
    const { secretId, secretKey, sdkAppIds } = emulator.credentials["tencent-ccc"];
    const provider = tencentCcc({
      client: sdkClient(emulator.endpoints["tencent-ccc"], { secretId, secretKey }),
      sdkAppIds,
      rate: RATE,
    });
    const client = openClient({ providers: [provider] });
    const today = { from: new Date(Date.now() - 9 * DAY), to: new Date(Date.now() - 4 * DAY) };
    const records = await client.records(today).toArray({ max: 10_000 });
    expect(idsOf(records)).toEqual(idsOf(within(emulator.truth["tencent-ccc"].calls, today.from, today.to)));
    expect(records.length).toBeGreaterThan(100);
    expect((await client.activeCalls()).calls).toHaveLength(30);
    const { summaries } = await client.usage({ ...today });
    expect(summaries.map(({ source, minutes }) => [source, (minutes.outbound ?? 0) > 0])).toEqual([
      ["vendor", true],
      ["vendor", true],
    ]);
    expect(await client.findCall({ account: "tencent-ccc", sessionId: records[0]?.id ?? "" })).toMatchObject({
      id: records[0]?.id,
    });
    expect(emulator.requests.every(({ headers }) => headers["user-agent"] !== "call-records")).toBe(true);
    // Only one application has the session.
    const refused = emulator.requests.filter(({ refusal }) => refusal !== null);
    expect(refused.map(({ operation }) => operation)).toEqual(["DescribeTelSession"]);
  });

  it("reports a refusal with the vendor's code and request id, without secrets, after one request", async () => {
    const emulator = await openEmulator({ days: 1, now: () => Date.now() });
    const credential = { secretId: emulator.credentials["tencent-ccc"].secretId, secretKey: "wrong-secret-key" };
    const client = openClient({
      providers: [
        tencentCcc({ client: sdkClient(emulator.endpoints["tencent-ccc"], credential), sdkAppIds: [1_400_000_000] }),
      ],
    });
    const error = await rejectionOf(client.activeCalls());
    expect(error).toBeInstanceOf(AuthenticationError);
    expect(error).toMatchObject({
      vendorCode: "AuthFailure.SignatureFailure",
      operation: "DescribePSTNActiveSessionList",
    });
    expect(detailsOf(error).requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(JSON.stringify(error)).not.toContain("wrong-secret-key");
    expect(emulator.requests).toHaveLength(1);
  });
});

describe("a custom client", () => {
  const clientWith = (request: TencentCccClient["request"]) =>
    openClient({ providers: [tencentCcc({ client: { request }, sdkAppIds: [1, 2] })], retry: { attempts: 1 } });

  it("receives the action, the parameters and a signal, and returns the content of `Response`", async () => {
    const requests: unknown[] = [];
    const client = clientWith((action, parameters, { signal }) => {
      requests.push([action, parameters, signal.aborted]);
      return Promise.resolve({ Total: 0, Sessions: null, RequestId: "r" });
    });
    expect((await client.activeCalls()).calls).toEqual([]);
    expect(requests).toEqual([
      ["DescribePSTNActiveSessionList", { SdkAppId: 1, Offset: 0, Limit: 25 }, false],
      ["DescribePSTNActiveSessionList", { SdkAppId: 2, Offset: 0, Limit: 25 }, false],
    ]);
  });

  it("that rejects without a vendor code causes a NetworkError that does not contain the original message", async () => {
    const client = clientWith(() => Promise.reject(new Error("connect failed with SECRET-IN-ERROR")));
    const error = await rejectionOf(client.activeCalls());
    expect(error).toBeInstanceOf(NetworkError);
    expect(error).toMatchObject({
      retryable: true,
      account: "tencent-ccc",
      operation: "DescribePSTNActiveSessionList",
    });
    for (const text of [error.message, error.stack, JSON.stringify(error), String(error.cause)])
      expect(text).not.toContain("SECRET-IN-ERROR");
  });

  it("that rejects with a vendor code causes the error of that code", async () => {
    const client = clientWith(() =>
      Promise.reject(
        Object.assign(new Error("No such instance."), {
          code: "InvalidParameterValue.InstanceNotExist",
          requestId: "id-7",
        }),
      ),
    );
    const error = await rejectionOf(client.activeCalls());
    expect(error).toBeInstanceOf(RequestError);
    expect(error).toMatchObject({ vendorCode: "InvalidParameterValue.InstanceNotExist", requestId: "id-7" });
  });

  it("is abandoned when the call is aborted, even if it ignores its signal", async () => {
    const controller = new AbortController();
    const client = clientWith(() => new Promise(() => undefined));
    const call = rejectionOf(client.activeCalls({ signal: controller.signal }));
    controller.abort();
    expect(await call).toMatchObject({ code: "aborted" });
  });
});
