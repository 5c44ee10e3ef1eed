import { describe, expect, it } from "vitest";
import { huaweiCec, itniotech, NetworkError, ResponseError, tencentCcc, type TencentCccClient } from "call-records";
import { huaweiResponding, serve, written } from "./scripted-vendor.js";
import { HastyClock, TIMEOUT_MS as timeoutMs } from "../hostile/hasty-clock.js";
import { DAY, ManualClock, NOW, openClient, RATE as rate, rejectionOf } from "./stage.js";

const range = { from: new Date(NOW - 20 * DAY), to: new Date(NOW - 19 * DAY) };

/** Bodies with a syntax error, and its offset. */
const BROKEN: readonly [what: string, body: string, offset: number][] = [
  ["a raw control character", '{"a":"line\nline"}', 10],
  ["NaN", '{"a":NaN}', 5],
  ["undefined", '{"a":undefined}', 5],
  ["single quotes", "{'a':1}", 1],
  ["an extra comma", '{"a":[1,,2]}', 8],
  ["text after the end", '{"a":1}<br />Warning', 7],
];
/** Truncated bodies, sent with the right `Content-Length`. */
const TRUNCATED = ["{", '{"a":', '{"a":1', '{"a":"te', '{"a":tru', '{"a":[1,{"b":2}', '{"a":"\\u12'];

const VENDORS = ["tencent-ccc", "huawei-cec", "itniotech"] as const;
/** Opens a client for a vendor that responds to everything except token requests with one body. */
async function openVendor(vendor: (typeof VENDORS)[number], body: string) {
  let sent = 0;
  const response = () => {
    sent += 1;
    return { body: written(body) };
  };
  const endpoint = await serve(vendor === "huawei-cec" ? huaweiResponding(response) : response);
  const provider = {
    "tencent-ccc": () => tencentCcc({ secretId: "id", secretKey: "secret-of-tencent", sdkAppIds: [1], endpoint, rate }),
    "huawei-cec": () => huaweiCec({ appKey: "key", appSecret: "secret-of-huawei", endpoint, rate }),
    itniotech: () => itniotech({ apiKey: "key", apiSecret: "secret-of-itniotech", endpoint, rate }),
  }[vendor]();
  const client = openClient({ providers: [provider], clock: new HastyClock(), timeoutMs, random: () => 0 });
  return { client, sent: () => sent };
}

describe.each(VENDORS)("a body of %s", (vendor) => {
  it.each(BROKEN)(
    "with a syntax error (%s) is requested once, and the error contains the offset",
    async (_, body, offset) => {
      const { client, sent } = await openVendor(vendor, body);
      const error = await rejectionOf(client.records(range).toArray({ max: 1 }));
      expect(error).toBeInstanceOf(ResponseError);
      expect(error).toMatchObject({ account: vendor, vendorCode: "HTTP 200", attempts: 1, retryable: false });
      expect(error.message).toContain(`(offset ${offset})`);
      expect(sent()).toBe(1);
    },
  );

  it.each(TRUNCATED)("that is truncated after %s is requested again", async (body) => {
    const { client, sent } = await openVendor(vendor, body);
    const error = await rejectionOf(client.records(range).toArray({ max: 1 }));
    expect(error).toBeInstanceOf(NetworkError);
    expect(error).toMatchObject({ account: vendor, vendorCode: "HTTP 200", attempts: 5, retryable: true });
    expect(error.message).toContain("The response was truncated");
    expect(sent()).toBe(5);
  });
});

describe("a body with a syntax error", () => {
  it("fails only its own window", async () => {
    const rows = Array.from({ length: 90 }, (_, day) => ({
      callSerialNo: `${day}`,
      startTime: NOW - (100 - day) * DAY,
      endTime: NOW - (100 - day) * DAY + 1,
      state: 3,
      reasonCode: 5,
    }));
    const broken = NOW - 50 * DAY;
    let failed = 0;
    const endpoint = await serve(
      huaweiResponding(({ body: { startTime, endTime, taskType } }) => {
        const within = (at: number) => at >= Number(startTime) && at <= Number(endTime);
        const callInfo = taskType === "0" ? rows.filter((row) => within(row.startTime)) : [];
        const body = { retCode: "0", retMsg: "", result: { total: callInfo.length, callInfo } };
        if (taskType !== "0" || !within(broken)) return { body };
        failed += 1;
        return { body: written(JSON.stringify(body).replace('"state":3', '"state":NaN')) };
      }),
    );
    const client = openClient({
      providers: [huaweiCec({ appKey: "key", appSecret: "secret-of-huawei", endpoint, rate })],
      clock: new ManualClock(),
    });
    const stream = client.records({
      from: new Date(NOW - 100 * DAY),
      to: new Date(NOW - 5 * DAY),
      isolateFailures: true,
    });
    const records = await stream.toArray({ max: 100 });
    const [report] = stream.report().accounts;
    expect(failed).toBeLessThanOrEqual(2);
    expect(report).toMatchObject({ status: "partial", error: { code: "response" } });
    expect(report?.gaps).toHaveLength(1);
    const [gap] = report?.gaps ?? [];
    const missing = rows.filter(
      ({ startTime }) => startTime >= Date.parse(gap?.from ?? "") && startTime < Date.parse(gap?.to ?? ""),
    );
    expect(missing.length).toBeGreaterThan(0);
    expect(new Set([...records.map(({ id }) => id), ...missing.map(({ callSerialNo }) => callSerialNo)]).size).toBe(
      rows.length,
    );
  });

  it("from the token service fails the account after one request, even if failures are isolated", async () => {
    let requests = 0;
    const endpoint = await serve(() => {
      requests += 1;
      return { body: written('{"AccessToken":"token",Expires:600}') };
    });
    const client = openClient({
      providers: [huaweiCec({ appKey: "key", appSecret: "secret-of-huawei", endpoint, rate })],
      clock: new ManualClock(),
    });
    const stream = client.records({
      from: new Date(NOW - 100 * DAY),
      to: new Date(NOW - 5 * DAY),
      isolateFailures: true,
    });
    expect(await stream.toArray({ max: 1 })).toEqual([]);
    expect(stream.report().accounts).toMatchObject([
      { status: "failed", error: { code: "response", operation: "token" } },
    ]);
    expect(requests).toBe(1);
  });

  const sdkError = (reason: string) =>
    Object.assign(new Error(`invalid json response body at https://ccc.tencentcloudapi.com/ reason: ${reason}`), {
      type: "invalid-json",
    });
  const parserMessage = (text: string): string => {
    try {
      JSON.parse(text);
    } catch (error) {
      return error instanceof Error ? error.message : "";
    }
    throw new TypeError("This is JSON.");
  };
  const readThroughSdk = (text: string) => {
    let requests = 0;
    const request: TencentCccClient["request"] = () => {
      requests += 1;
      return Promise.reject(sdkError(parserMessage(text)));
    };
    const client = openClient({
      providers: [tencentCcc({ client: { request }, sdkAppIds: [1], rate })],
      clock: new HastyClock(),
      timeoutMs,
      random: () => 0,
      retry: { attempts: 2 },
    });
    return rejectionOf(client.records(range).toArray({ max: 1 })).then((error) => ({ error, requests }));
  };

  it.each(BROKEN)("(%s) is not requested again through Tencent's SDK", async (_, body) => {
    const { error, requests } = await readThroughSdk(body);
    expect(error).toBeInstanceOf(ResponseError);
    expect(error.message).not.toContain("Warning");
    expect(requests).toBe(1);
  });

  it.each(['{"a":', '{"a":"te', "", "<html></html>", "Service Unavailable"])(
    "is requested again through Tencent's SDK if it is truncated or not JSON: %j",
    async (body) => {
      const { error, requests } = await readThroughSdk(body);
      expect(error).toBeInstanceOf(NetworkError);
      expect(requests).toBe(2);
    },
  );
});
