import { describe, expect, it } from "vitest";
import {
  type ClientEvent,
  CallRecordsError,
  huaweiCec,
  IncompleteError,
  itniotech,
  MemoryTokenStore,
  ResponseError,
  tencentCcc,
} from "call-records";
import { huaweiResponding, type Responder, serve } from "./scripted-vendor.js";
import { DAY, HOUR, ManualClock, NOW, openClient, RATE as rate, rejectionOf } from "./stage.js";

const range = { from: new Date(NOW - 20 * DAY), to: new Date(NOW - 19 * DAY) };
const start = NOW - 19.5 * DAY;

describe("a response without rows and a total", () => {
  it.each([
    ["itniotech", { status: 0 }],
    ["itniotech", { status: 0, data: null }],
    ["itniotech", { status: 0, data: {} }],
    ["huawei-cec", { retCode: "0" }],
    ["huawei-cec", { retCode: "0", result: {} }],
    ["huawei-cec", { retCode: "0", result: { records: [1, 2, 3], count: 3 } }],
  ] as const)("of %s, %j, verifies nothing", async (vendor, body) => {
    const endpoint = await serve(vendor === "huawei-cec" ? huaweiResponding(() => ({ body })) : () => ({ body }));
    const provider =
      vendor === "huawei-cec"
        ? huaweiCec({ appKey: "key", appSecret: "secret-of-huawei", endpoint, rate })
        : itniotech({ apiKey: "key", apiSecret: "secret-of-itniotech", endpoint, rate });
    const events: ClientEvent[] = [];
    const client = openClient({
      providers: [provider],
      clock: new ManualClock(),
      onEvent: (event) => events.push(event),
    });
    const stream = client.records(range);
    expect(await stream.toArray({ max: 10 })).toEqual([]);
    expect(stream.report().accounts[0]).toMatchObject({
      coverage: [],
      unsettled: [{ from: range.from.toISOString(), to: range.to.toISOString() }],
    });
    expect(events.some(({ type }) => type === "warning")).toBe(true);
    expect((await client.usage({ ...range, source: "records" })).summaries.map(({ complete }) => complete)).toEqual([
      false,
    ]);
  });
});

describe("a list without a total", () => {
  const rows = <Row>(count: number, row: (index: number) => Row) =>
    Array.from({ length: count }, (_, index) => row(index));

  it("is read to its end at Huawei, where the code for no data marks the end", async () => {
    const all = rows(150, (index) => ({
      callSerialNo: `${index}`,
      startTime: start + index,
      endTime: start + index + 1,
      state: 3,
      reasonCode: 5,
    }));
    const endpoint = await serve(
      huaweiResponding(({ body }) => {
        const inWindow =
          body.taskType === "0"
            ? all.filter(({ startTime }) => startTime >= Number(body.startTime) && startTime <= Number(body.endTime))
            : [];
        const page = inWindow.slice(Number(body.offset), Number(body.offset) + Number(body.limit));
        return {
          body:
            page.length === 0
              ? { retCode: "1", retMsg: "No data is found." }
              : { retCode: "0", retMsg: "", result: { callInfo: page } },
        };
      }),
    );
    const client = openClient({
      providers: [huaweiCec({ appKey: "key", appSecret: "secret-of-huawei", endpoint, rate })],
      clock: new ManualClock(),
    });
    const stream = client.records(range);
    expect(await stream.toArray({ max: 1000 })).toHaveLength(150);
    // After pages with rows, the code for no data does not verify the end.
    expect(stream.report().accounts[0]).toMatchObject({
      status: "complete",
      gaps: [],
      coverage: [],
      unsettled: [{ from: range.from.toISOString(), to: range.to.toISOString() }],
    });
  });

  it("with rows that are repeated on a later page is unsettled, because others may have been skipped", async () => {
    const all = rows(450, (index) => ({
      keyId: index + 1,
      callStartTime: "2026-11-01 00:00:00",
      callType: 3,
      hangupReason: 0,
    }));
    const endpoint = await serve(({ body }) => {
      const offset = (Number(body.current) - 1) * Number(body.size);
      const from = offset === 200 ? 170 : offset;
      return {
        body: { status: 0, data: { records: all.slice(from, offset === 200 ? 270 : from + Number(body.size)) } },
      };
    });
    const client = openClient({
      providers: [itniotech({ apiKey: "key", apiSecret: "secret-of-itniotech", endpoint, rate })],
      clock: new ManualClock(),
    });
    const stream = client.records(range);
    expect(await stream.toArray({ max: 1000 })).toHaveLength(420);
    expect(stream.report().accounts[0]).toMatchObject({ coverage: [] });
  });

  it("that reports a total only on its second page is read to its end", async () => {
    const all = rows(450, (index) => ({
      callSerialNo: `${index}`,
      startTime: start + index,
      endTime: start + index + 1,
      state: 3,
      reasonCode: 5,
    }));
    const endpoint = await serve(
      huaweiResponding(({ body }) => {
        const own = body.taskType === "0" ? all : [];
        const page = own.slice(Number(body.offset), Number(body.offset) + Number(body.limit));
        const total = body.offset === "100" || own.length === 0 ? { total: own.length } : {};
        return { body: { retCode: "0", retMsg: "", result: { ...total, callInfo: page } } };
      }),
    );
    const client = openClient({
      providers: [huaweiCec({ appKey: "key", appSecret: "secret-of-huawei", endpoint, rate })],
      clock: new ManualClock(),
    });
    const stream = client.records(range);
    expect(await stream.toArray({ max: 1000 })).toHaveLength(450);
    expect(stream.report().accounts[0]).toMatchObject({ status: "complete", gaps: [] });
  });

  it("is verified at Huawei by the code for no data on its first page, received twice", async () => {
    let lists = 0;
    const endpoint = await serve(
      huaweiResponding(() => ((lists += 1), { body: { retCode: "1", retMsg: "No data is found." } })),
    );
    const client = openClient({
      providers: [huaweiCec({ appKey: "key", appSecret: "secret-of-huawei", endpoint, rate })],
      clock: new ManualClock(),
    });
    const stream = client.records(range);
    expect(await stream.toArray({ max: 10 })).toEqual([]);
    expect(stream.report().accounts[0]).toMatchObject({
      status: "complete",
      coverage: [{ from: range.from.toISOString(), to: range.to.toISOString() }],
    });
    expect(lists).toBe(4);
  });

  it.each([true, false])(
    "with an empty page in the middle is read to its end, and is unsettled (the code for no data: %s)",
    async (isCode) => {
      const all = rows(450, (index) => ({
        callSerialNo: `${index}`,
        startTime: start + index,
        endTime: start + index + 1,
        state: 3,
        reasonCode: 5,
      }));
      let hidden = true;
      const endpoint = await serve(
        huaweiResponding(({ body }) => {
          const page =
            body.taskType === "0" ? all.slice(Number(body.offset), Number(body.offset) + Number(body.limit)) : [];
          const isHidden = hidden && Number(body.offset) === 200;
          if (isHidden) hidden = false;
          if (page.length === 0 || (isHidden && isCode)) return { body: { retCode: "1", retMsg: "No data is found." } };
          return { body: { retCode: "0", retMsg: "", result: { callInfo: isHidden ? [] : page } } };
        }),
      );
      const client = openClient({
        providers: [huaweiCec({ appKey: "key", appSecret: "secret-of-huawei", endpoint, rate })],
        clock: new ManualClock(),
      });
      const stream = client.records(range);
      expect(await stream.toArray({ max: 1000 })).toHaveLength(450);
      expect(stream.report().accounts[0]?.coverage).toEqual([]);
    },
  );

  it("is read to its end at Itniotech, where a page without data marks the end", async () => {
    const all = rows(150, (index) => ({
      keyId: index + 1,
      callStartTime: "2026-11-01 00:00:00",
      callType: 3,
      hangupReason: 0,
    }));
    const endpoint = await serve(({ body }) => {
      const offset = (Number(body.current) - 1) * Number(body.size);
      const page = all.slice(offset, offset + Number(body.size));
      return { body: { status: 0, reason: "success", data: page.length === 0 ? null : { records: page } } };
    });
    const client = openClient({
      providers: [itniotech({ apiKey: "key", apiSecret: "secret-of-itniotech", endpoint, rate })],
      clock: new ManualClock(),
    });
    expect(await client.records(range).toArray({ max: 1000 })).toHaveLength(150);
  });
});

describe("a vendor that quotes a secret from the request", () => {
  async function expectRedacted(
    make: (endpoint: string) => Parameters<typeof openClient>[0]["providers"],
    response: (header: string) => Responder,
    header: string,
  ) {
    let secret = "";
    const endpoint = await serve((request) => {
      const value = String(request.headers[header] ?? "");
      if (value !== "") secret = value.split(/[= ]/).at(-1) ?? value;
      return response(value)(request);
    });
    const events: ClientEvent[] = [];
    const client = openClient({
      providers: make(endpoint),
      clock: new ManualClock(),
      tokenStore: new MemoryTokenStore(),
      retry: { attempts: 1 },
      onEvent: (event) => events.push(event),
    });
    const error = await rejectionOf(client.records(range).toArray({ max: 1 }));
    expect(error).toBeInstanceOf(CallRecordsError);
    expect(secret.length).toBeGreaterThan(15);
    for (const text of [error.message, error.stack, JSON.stringify(error), JSON.stringify(events)])
      expect(text).not.toContain(secret);
    expect(error.message).toContain("[redacted]");
  }

  it("causes an error without Itniotech's signature", async () => {
    await expectRedacted(
      (endpoint) => [itniotech({ apiKey: "key", apiSecret: "secret-of-itniotech", endpoint, rate })],
      (sign) => () => ({ body: { status: -1, reason: `wrong sign ${sign}` } }),
      "sign",
    );
  });

  it("causes an error without Tencent's signature", async () => {
    await expectRedacted(
      (endpoint) => [tencentCcc({ secretId: "id", secretKey: "secret-of-tencent", sdkAppIds: [1], endpoint, rate })],
      (authorization) => () => ({
        body: {
          Response: {
            Error: { Code: "AuthFailure.SignatureFailure", Message: `bad ${authorization}` },
            RequestId: "r",
          },
        },
      }),
      "authorization",
    );
  });

  it("causes an error without Huawei's token", async () => {
    await expectRedacted(
      (endpoint) => [huaweiCec({ appKey: "key", appSecret: "secret-of-huawei", endpoint, rate })],
      (authorization) => huaweiResponding(() => ({ body: { retCode: "9", retMsg: `bad ${authorization}` } })),
      "authorization",
    );
  });
});

describe("a response that exceeds `maxResponseBytes`", () => {
  it("fails its account, and becomes a gap if failures are isolated", async () => {
    const endpoint = await serve(() => ({
      body: { status: 0, data: { total: 1, records: [{ remark: "x".repeat(5000) }] } },
    }));
    const client = openClient({
      providers: [itniotech({ apiKey: "key", apiSecret: "secret-of-itniotech", endpoint, rate })],
      clock: new ManualClock(),
      maxResponseBytes: 1000,
    });
    expect(await rejectionOf(client.records(range).toArray({ max: 1 }))).toMatchObject({
      code: "response",
      account: "itniotech",
      provider: "itniotech",
      operation: "/v3/cc/record/query",
      attempts: 1,
    });
    const stream = client.records({ ...range, isolateFailures: true });
    expect(await stream.toArray({ max: 1 })).toEqual([]);
    expect(stream.report().accounts).toMatchObject([
      {
        status: "failed",
        error: { code: "response", account: "itniotech" },
        coverage: [],
        gaps: [{ reason: "failed" }],
      },
    ]);
  });
});

describe("one key with two contents", () => {
  it("is distinguished from a repeated row", async () => {
    const row = { keyId: 7, callStartTime: "2026-11-01 00:00:00", callType: 3, hangupReason: 0 };
    const records = [row, { ...row, hangupReason: 1 }, { ...row, keyId: 8 }];
    const at = Date.parse("2026-11-01T00:00:00+08:00");
    const endpoint = await serve(({ body }) => {
      const { startTime, endTime } = body.params as Record<string, string>;
      const isListed = Date.parse(startTime ?? "") <= at && at <= Date.parse(endTime ?? "");
      return { body: { status: 0, data: isListed ? { total: 3, records } : { total: 0, records: [] } } };
    });
    const events: ClientEvent[] = [];
    const client = openClient({
      providers: [itniotech({ apiKey: "key", apiSecret: "secret-of-itniotech", endpoint, rate })],
      clock: new ManualClock(),
      onEvent: (event) => events.push(event),
    });
    const error = await rejectionOf(client.records(range).toArray({ max: 10 }));
    expect(error).toBeInstanceOf(IncompleteError);
    expect(error.message).toContain("another content");
    expect(events).toContainEqual(
      expect.objectContaining({
        type: "duplicate",
        account: "itniotech",
        operation: "/v3/cc/record/query",
        key: "7",
        sameContent: false,
      }),
    );
  });
});

describe("a call that the vendor never closed", () => {
  it("is not active if it began before the longest call's duration", async () => {
    const starts: number[] = [];
    const row = (id: string, began: number) => ({ callSerialNo: id, startTime: began, state: 2 });
    const endpoint = await serve(
      huaweiResponding(({ body }) => {
        starts.push(Number(body.startTime));
        const callInfo = body.taskType === "0" ? [row("old", NOW - 12.5 * HOUR), row("new", NOW - HOUR)] : [];
        return { body: { retCode: "0", retMsg: "", result: { total: callInfo.length, callInfo } } };
      }),
    );
    const client = openClient({
      providers: [huaweiCec({ appKey: "key", appSecret: "secret-of-huawei", endpoint, rate })],
      clock: new ManualClock(),
    });
    const { calls } = await client.activeCalls();
    expect(calls.map(({ id }) => id)).toEqual(["new"]);
    expect(Math.min(...starts)).toBeGreaterThanOrEqual(NOW - 12 * HOUR - 1);
  });
});

describe("a body of the wrong shape", () => {
  it.each([null, [], "text", 7, {}])("%j causes a ResponseError that names the field", async (body) => {
    const endpoint = await serve(() => ({ body }));
    const client = openClient({
      providers: [tencentCcc({ secretId: "id", secretKey: "key", sdkAppIds: [1], endpoint, rate })],
      clock: new ManualClock(),
    });
    const error = await rejectionOf(client.records(range).toArray({ max: 1 }));
    expect(error).toBeInstanceOf(ResponseError);
    expect(error.message).toMatch(/field `Response`|as a whole/);
  });
});

describe("a report", () => {
  it("counts every row when it is delivered", async () => {
    const records = Array.from({ length: 80 }, (_, index) => ({ keyId: index, callStartTime: "2026-11-01 00:00:00" }));
    const endpoint = await serve(() => ({ body: { status: 0, data: [{ total: 80, records }] } }));
    const client = openClient({
      providers: [itniotech({ apiKey: "key", apiSecret: "secret-of-itniotech", endpoint, rate })],
      clock: new ManualClock(),
    });
    const stream = client.records(range);
    let taken = 0;
    for await (const { id } of stream) {
      taken += 1;
      expect(id).not.toBe("");
      expect(stream.report().accounts[0]?.rows).toBe(taken);
      if (taken === 50) break;
    }
    expect(stream.report().accounts[0]).toMatchObject({ rows: 50, status: "partial" });
  });
});

describe("a vendor whose clock is a few minutes ahead", () => {
  it("receives no request for calls older than its retention", async () => {
    const DAYS_KEPT = 180;
    const ahead = 200_000;
    const endpoint = await serve(({ body }) => {
      const tooOld = Number(body.StartTimeStamp) * 1000 < NOW + ahead - DAYS_KEPT * DAY;
      return {
        body: {
          Response: tooOld
            ? { Error: { Code: "InvalidParameter", Message: "too old" }, RequestId: "r" }
            : { TotalCount: 0, TelCdrList: [], RequestId: "r" },
        },
      };
    });
    const client = openClient({
      providers: [
        tencentCcc({
          secretId: "id",
          secretKey: "secret-of-tencent",
          sdkAppIds: [1],
          endpoint,
          rate,
          sessionLookup: false,
        }),
      ],
      clock: new ManualClock(),
    });
    expect(await client.findCall({ account: "tencent-ccc", sessionId: "none" })).toBeNull();
    const stream = client.records({
      from: new Date(NOW - 200 * DAY),
      to: new Date(NOW - 100 * DAY),
      beforeRetention: "clip",
    });
    expect(await stream.toArray({ max: 1 })).toEqual([]);
    expect(stream.report().accounts[0]?.gaps).toMatchObject([{ reason: "retention" }]);
  });
});
