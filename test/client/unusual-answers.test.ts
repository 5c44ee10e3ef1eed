import { createServer } from "node:http";
import { afterAll, describe, expect, it } from "vitest";
import { type ClientEvent, CallRecordsError, huaweiCec, IncompleteError, itniotech, MemoryTokenStore, ResponseError, tencentCcc } from "call-records";
import { DAY, HOUR, ManualClock, NOW, openClient, rejectionOf } from "./stage.js";

/** What a vendor of the test's own is asked, and answers. */
interface Asked {
  path: string;
  headers: NodeJS.Dict<string | string[]>;
  body: Record<string, unknown>;
}
type Answer = (asked: Asked) => { status?: number; body: unknown };

const servers: (() => void)[] = [];
afterAll(() => {
  for (const close of servers) close();
});

async function serve(answer: Answer): Promise<string> {
  const server = createServer((request, response) => {
    let text = "";
    request.setEncoding("utf8");
    request.on("data", (chunk: string) => (text += chunk));
    request.on("end", () => {
      const { status = 200, body } = answer({ path: request.url ?? "", headers: request.headers, body: JSON.parse(text) as Record<string, unknown> });
      response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  servers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("The server has no port.");
  return `http://127.0.0.1:${address.port}`;
}

const rate = { requestsPerSecond: 1_000_000 };
const token = { AccessToken: "a-token-that-must-not-show", Expires: "600" };
const huaweiAnswering = (list: Answer): Answer => (asked) => (asked.path.endsWith("tokenByAkSk") ? { body: token } : list(asked));
const range = { from: new Date(NOW - 20 * DAY), to: new Date(NOW - 19 * DAY) };
const start = NOW - 19.5 * DAY;

describe("a list without a total", () => {
  const rows = <Row>(count: number, row: (index: number) => Row) => Array.from({ length: count }, (_, index) => row(index));

  it("is read to its end at Huawei, where the end is the code for no data", async () => {
    const all = rows(150, (index) => ({ callSerialNo: `${index}`, startTime: start + index, endTime: start + index + 1, state: 3, reasonCode: 5 }));
    const endpoint = await serve(
      huaweiAnswering(({ body }) => {
        const inWindow = body.taskType === "0" ? all.filter(({ startTime }) => startTime >= Number(body.startTime) && startTime <= Number(body.endTime)) : [];
        const page = inWindow.slice(Number(body.offset), Number(body.offset) + Number(body.limit));
        return { body: page.length === 0 ? { retCode: "1", retMsg: "No data is found." } : { retCode: "0", retMsg: "", result: { callInfo: page } } };
      }),
    );
    const client = openClient({ providers: [huaweiCec({ appKey: "key", appSecret: "secret-of-huawei", endpoint, rate })], clock: new ManualClock() });
    const stream = client.records(range);
    expect(await stream.toArray({ max: 1000 })).toHaveLength(150);
    expect(stream.report().accounts[0]).toMatchObject({ status: "complete", gaps: [], unsettled: [] });
  });

  it("is read to its end at Itniotech, where the end has no data", async () => {
    const all = rows(150, (index) => ({ keyId: index + 1, callStartTime: "2026-11-01 00:00:00", callType: 3, hangupReason: 0 }));
    const endpoint = await serve(({ body }) => {
      const offset = (Number(body.current) - 1) * Number(body.size);
      const page = all.slice(offset, offset + Number(body.size));
      return { body: { status: 0, reason: "success", data: page.length === 0 ? null : { records: page } } };
    });
    const client = openClient({ providers: [itniotech({ apiKey: "key", apiSecret: "secret-of-itniotech", endpoint, rate })], clock: new ManualClock() });
    expect(await client.records(range).toArray({ max: 1000 })).toHaveLength(150);
  });
});

describe("a vendor that quotes what it was sent", () => {
  async function quoted(make: (endpoint: string) => Parameters<typeof openClient>[0]["providers"], answer: (header: string) => Answer, header: string) {
    let secret = "";
    const endpoint = await serve((asked) => {
      const value = String(asked.headers[header] ?? "");
      if (value !== "") secret = value.split(/[= ]/).at(-1) ?? value;
      return answer(value)(asked);
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
    for (const text of [error.message, error.stack, JSON.stringify(error), JSON.stringify(events)]) expect(text).not.toContain(secret);
    expect(error.message).toContain("[redacted]");
  }

  it("has Itniotech's signature taken out of its words", async () => {
    await quoted(
      (endpoint) => [itniotech({ apiKey: "key", apiSecret: "secret-of-itniotech", endpoint, rate })],
      (sign) => () => ({ body: { status: -1, reason: `wrong sign ${sign}` } }),
      "sign",
    );
  });

  it("has Tencent's signature taken out of its words", async () => {
    await quoted(
      (endpoint) => [tencentCcc({ secretId: "id", secretKey: "secret-of-tencent", sdkAppIds: [1], endpoint, rate })],
      (authorization) => () => ({ body: { Response: { Error: { Code: "AuthFailure.SignatureFailure", Message: `bad ${authorization}` }, RequestId: "r" } } }),
      "authorization",
    );
  });

  it("has Huawei's token taken out of its words", async () => {
    await quoted(
      (endpoint) => [huaweiCec({ appKey: "key", appSecret: "secret-of-huawei", endpoint, rate })],
      (authorization) => huaweiAnswering(() => ({ body: { retCode: "9", retMsg: `bad ${authorization}` } })),
      "authorization",
    );
  });
});

describe("an answer that is larger than allowed", () => {
  it("is its account's own failure: isolated, the account alone ends", async () => {
    const endpoint = await serve(() => ({ body: { status: 0, data: { total: 1, records: [{ remark: "x".repeat(5000) }] } } }));
    const client = openClient({
      providers: [itniotech({ apiKey: "key", apiSecret: "secret-of-itniotech", endpoint, rate })],
      clock: new ManualClock(),
      maxResponseBytes: 1000,
    });
    expect(await rejectionOf(client.records(range).toArray({ max: 1 }))).toMatchObject({ code: "response", account: "itniotech", provider: "itniotech", operation: "/v3/cc/record/query", attempts: 1 });
    const stream = client.records({ ...range, isolateFailures: true });
    expect(await stream.toArray({ max: 1 })).toEqual([]);
    expect(stream.report().accounts).toMatchObject([{ status: "failed", error: { code: "response" } }]);
  });
});

describe("one key with two contents", () => {
  it("is told apart from a row that comes twice", async () => {
    const row = { keyId: 7, callStartTime: "2026-11-01 00:00:00", callType: 3, hangupReason: 0 };
    const records = [row, { ...row, hangupReason: 1 }, { ...row, keyId: 8 }];
    const endpoint = await serve(() => ({ body: { status: 0, data: { total: 3, records } } }));
    const events: ClientEvent[] = [];
    const client = openClient({
      providers: [itniotech({ apiKey: "key", apiSecret: "secret-of-itniotech", endpoint, rate })],
      clock: new ManualClock(),
      onEvent: (event) => events.push(event),
    });
    const error = await rejectionOf(client.records(range).toArray({ max: 10 }));
    expect(error).toBeInstanceOf(IncompleteError);
    expect(error.message).toContain("another content");
    expect(events).toContainEqual({ type: "duplicate", account: "itniotech", operation: "/v3/cc/record/query", key: "7", sameContent: false });
  });
});

describe("a call that was never closed in the vendor's books", () => {
  it("is not going on any more after the longest call's time", async () => {
    const starts: number[] = [];
    const row = (id: string, began: number) => ({ callSerialNo: id, startTime: began, state: 2 });
    const endpoint = await serve(
      huaweiAnswering(({ body }) => {
        starts.push(Number(body.startTime));
        const callInfo = body.taskType === "0" ? [row("old", NOW - 12.5 * HOUR), row("new", NOW - HOUR)] : [];
        return { body: { retCode: "0", retMsg: "", result: { total: callInfo.length, callInfo } } };
      }),
    );
    const client = openClient({ providers: [huaweiCec({ appKey: "key", appSecret: "secret-of-huawei", endpoint, rate })], clock: new ManualClock() });
    const { calls } = await client.activeCalls();
    expect(calls.map(({ id }) => id)).toEqual(["new"]);
    expect(Math.min(...starts)).toBeGreaterThanOrEqual(NOW - 12 * HOUR - 1);
  });
});

describe("a body of the wrong shape", () => {
  it.each([null, [], "text", 7, {}])("%j is a ResponseError that names the field", async (body) => {
    const endpoint = await serve(() => ({ body }));
    const client = openClient({ providers: [tencentCcc({ secretId: "id", secretKey: "key", sdkAppIds: [1], endpoint, rate })], clock: new ManualClock() });
    const error = await rejectionOf(client.records(range).toArray({ max: 1 }));
    expect(error).toBeInstanceOf(ResponseError);
    expect(error.message).toMatch(/field `Response`|as a whole/);
  });
});
