import { describe, expect, it } from "vitest";
import { huaweiCec, itniotech, NetworkError, ResponseError, tencentCcc, type TencentCccClient } from "call-records";
import { huaweiResponding, serve, written } from "./scripted-vendor.js";
import { HastyClock, TIMEOUT_MS as timeoutMs } from "../hostile/hasty-clock.js";
import { DAY, ManualClock, NOW, openClient, RATE as rate, rejectionOf } from "./stage.js";

const range = { from: new Date(NOW - 20 * DAY), to: new Date(NOW - 19 * DAY) };

/** Bodies that begin as JSON and break, and where. */
const BROKEN: readonly [what: string, body: string, offset: number][] = [
  ["a raw control character", '{"a":"line\nline"}', 10],
  ["NaN", '{"a":NaN}', 5],
  ["undefined", '{"a":undefined}', 5],
  ["single quotes", "{'a':1}", 1],
  ["a comma too many", '{"a":[1,,2]}', 8],
  ["text behind it", '{"a":1}<br />Warning', 7],
];
/** Bodies that end too early, under a length that is right. */
const CUT = ["{", '{"a":', '{"a":1', '{"a":"te', '{"a":tru', '{"a":[1,{"b":2}', '{"a":"\\u12'];

/** Each vendor, answering everything but tokens with one body. */
const VENDORS = ["tencent-ccc", "huawei-cec", "itniotech"] as const;
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
  it.each(BROKEN)("that breaks by %s is asked for once, and its error tells the place", async (_, body, offset) => {
    const { client, sent } = await openVendor(vendor, body);
    const error = await rejectionOf(client.records(range).toArray({ max: 1 }));
    expect(error).toBeInstanceOf(ResponseError);
    expect(error).toMatchObject({ account: vendor, vendorCode: "HTTP 200", attempts: 1, retryable: false });
    expect(error.message).toContain(`(offset ${offset})`);
    expect(sent()).toBe(1);
  });

  it.each(CUT)("that is cut after %s is asked for again", async (body) => {
    const { client, sent } = await openVendor(vendor, body);
    const error = await rejectionOf(client.records(range).toArray({ max: 1 }));
    expect(error).toBeInstanceOf(NetworkError);
    expect(error).toMatchObject({ account: vendor, vendorCode: "HTTP 200", attempts: 5, retryable: true });
    expect(error.message).toContain("The response was truncated");
    expect(sent()).toBe(5);
  });
});

describe("a body that breaks", () => {
  it("is the failure of its window alone", async () => {
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

  it("of the token service is the account's failure, after one request, even where windows are isolated", async () => {
    let asked = 0;
    const endpoint = await serve(() => {
      asked += 1;
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
    expect(asked).toBe(1);
  });

  const sdkError = (reason: string) =>
    Object.assign(new Error(`invalid json response body at https://ccc.tencentcloudapi.com/ reason: ${reason}`), {
      type: "invalid-json",
    });
  const parserWords = (text: string): string => {
    try {
      JSON.parse(text);
    } catch (error) {
      return error instanceof Error ? error.message : "";
    }
    throw new TypeError("This is JSON.");
  };
  const askThrough = (text: string) => {
    let asked = 0;
    const request: TencentCccClient["request"] = () => {
      asked += 1;
      return Promise.reject(sdkError(parserWords(text)));
    };
    const client = openClient({
      providers: [tencentCcc({ client: { request }, sdkAppIds: [1], rate })],
      clock: new HastyClock(),
      timeoutMs,
      random: () => 0,
      retry: { attempts: 2 },
    });
    return rejectionOf(client.records(range).toArray({ max: 1 })).then((error) => ({ error, asked }));
  };

  it.each(BROKEN)("by %s is not asked for again through Tencent's SDK", async (_, body) => {
    const { error, asked } = await askThrough(body);
    expect(error).toBeInstanceOf(ResponseError);
    expect(error.message).not.toContain("Warning");
    expect(asked).toBe(1);
  });

  it.each(['{"a":', '{"a":"te', "", "<html></html>", "Service Unavailable"])(
    "is asked for again through Tencent's SDK where it is cut or foreign: %j",
    async (body) => {
      const { error, asked } = await askThrough(body);
      expect(error).toBeInstanceOf(NetworkError);
      expect(asked).toBe(2);
    },
  );
});
