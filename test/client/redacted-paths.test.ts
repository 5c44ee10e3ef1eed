import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import {
  type ClientEvent,
  huaweiCec,
  itniotech,
  MemoryCheckpointStore,
  tencentCcc,
  type TencentCccClient,
} from "call-records";
import { HastyClock, TIMEOUT_MS as timeoutMs } from "../hostile/hasty-clock.js";
import { serve } from "./scripted-vendor.js";
import { DAY, ManualClock, NOW, openClient, RATE as rate, rejectionOf } from "./stage.js";

const SECRET = "kX9v/Q2mZ7p+L4tR8w==";
const range = { from: new Date(NOW - 20 * DAY), to: new Date(NOW - 19 * DAY) };

/** Returns everything that an error can print. */
const printed = (error: Error) =>
  [
    error.message,
    error.stack ?? "",
    JSON.stringify(error),
    inspect(error, { depth: Infinity, showHidden: true }),
    inspect(error.cause),
  ].join("\n");

const FORMS: Record<string, string> = {
  "JSON with slashes escaped": SECRET.replaceAll("/", "\\/"),
  HTML: SECRET.replaceAll("/", "&#x2F;").replaceAll("+", "&plus;").replaceAll("=", "&#61;"),
  capitals: SECRET.toUpperCase(),
  base64: Buffer.from(`key:${SECRET}`).toString("base64"),
  hex: Buffer.from(SECRET).toString("hex"),
  "a URL component encoded twice": encodeURIComponent(encodeURIComponent(SECRET)),
  "its first ten characters": SECRET.slice(0, 10),
};

describe.each(Object.keys(FORMS))("a secret that the vendor quotes as %s", (form) => {
  const quoted = FORMS[form] ?? "";
  // The first and last characters of the base64 text also encode its surroundings.
  const hidden = form === "base64" ? quoted.slice(8, -4) : quoted;

  it.each([
    ["its message", { status: -99, reason: `bad ${quoted}` }],
    ["its code", { status: quoted, reason: "bad" }],
    [
      "a row that cannot be read",
      { status: 0, data: { total: 1, records: [{ keyId: `call ${quoted}`, callStartTime: "never" }] } },
    ],
    [
      "a field that cannot be read",
      {
        status: 0,
        data: {
          total: 1,
          records: [
            {
              keyId: "7",
              callStartTime: "2026-11-01 00:00:00",
              [quoted]: JSON.parse(`${"[".repeat(200)}${"]".repeat(200)}`) as unknown,
            },
          ],
        },
      },
    ],
  ])("in %s is absent from errors, events and reports", async (_, body) => {
    const endpoint = await serve(() => ({ body }));
    const events: ClientEvent[] = [];
    const client = openClient({
      providers: [itniotech({ apiKey: "key", apiSecret: SECRET, endpoint, rate })],
      clock: new ManualClock(),
      onEvent: (event) => events.push(event),
    });
    expect(printed(await rejectionOf(client.records(range).toArray({ max: 1 })))).not.toContain(hidden);
    const stream = client.records({ ...range, unreadableRows: "report", isolateFailures: true });
    await stream.toArray({ max: 1 });
    expect(JSON.stringify([events, stream.report()])).not.toContain(JSON.stringify(hidden).slice(1, -1));
  });
});

it("removes a short token from the vendor's message", async () => {
  const endpoint = await serve(({ path }) => ({
    body: path.endsWith("tokenByAkSk")
      ? { AccessToken: "t0k3n", Expires: "600" }
      : { retCode: "9", retMsg: "bad token t0k3n." },
  }));
  const client = openClient({
    providers: [huaweiCec({ appKey: "key", appSecret: "secret-of-huawei", endpoint, rate })],
    clock: new ManualClock(),
  });
  const error = await rejectionOf(client.records(range).toArray({ max: 1 }));
  expect(printed(error)).not.toContain("t0k3n");
  expect(error.message).toContain("bad token [redacted].");
});

describe("an id that contains a secret", () => {
  const row = (id: string, remark: string) => ({
    keyId: id,
    callStartTime: "2026-11-01 00:00:00",
    callType: 3,
    hangupReason: 0,
    remark,
  });

  it("is absent from checkpoints, and its call is still recognised in the next pass", async () => {
    const rows = [row(`${SECRET}-1`, "a"), row(`${SECRET}-2`, "b"), row(SECRET, "c"), row("call-4", "d")];
    const endpoint = await serve(() => ({ body: { status: 0, data: { total: rows.length, records: rows } } }));
    const store = new MemoryCheckpointStore();
    // Calls that may still change are stored one by one.
    const client = openClient({
      providers: [itniotech({ apiKey: "key", apiSecret: SECRET, endpoint, rate, settleSeconds: 60 * 86_400 })],
      clock: new ManualClock(),
    });
    const pass = async () => {
      const ids: string[] = [];
      await client.sync({ from: range.from, store }).forEach(({ changes }) => {
        for (const { record } of changes) ids.push(record.id);
      });
      return ids;
    };
    expect(new Set(await pass())).toEqual(new Set(rows.map(({ keyId }) => keyId)));
    const kept = JSON.stringify(await store.load("itniotech"));
    expect(kept).toContain("call-4");
    expect(kept).toContain("[redacted]-1~");
    expect(kept).not.toContain(SECRET);
    expect(await pass()).toEqual([]);
  });

  it("is absent from a warning about an impossible time", async () => {
    const endpoint = await serve(() => ({
      body: {
        status: 0,
        data: { total: 1, records: [{ ...row(`${SECRET}-1`, "a"), calledAnswerTime: "1970-01-01 08:00:00" }] },
      },
    }));
    const events: ClientEvent[] = [];
    const client = openClient({
      providers: [itniotech({ apiKey: "key", apiSecret: SECRET, endpoint, rate })],
      clock: new ManualClock(),
      onEvent: (event) => events.push(event),
    });
    expect(await client.records(range).toArray({ max: 10 })).toHaveLength(1);
    expect(events).toContainEqual(
      expect.objectContaining({ type: "warning", key: "[redacted]-1", field: "calledAnswerTime" }),
    );
    expect(JSON.stringify(events)).not.toContain(SECRET);
  });

  it("is absent from events about a repeated row", async () => {
    const rows = [row(`${SECRET}-1`, "a"), row(`${SECRET}-1`, "a")];
    const endpoint = await serve(() => ({ body: { status: 0, data: { records: rows } } }));
    const events: ClientEvent[] = [];
    const client = openClient({
      providers: [itniotech({ apiKey: "key", apiSecret: SECRET, endpoint, rate })],
      clock: new ManualClock(),
      onEvent: (event) => events.push(event),
    });
    await client.records({ ...range, isolateFailures: true }).toArray({ max: 10 });
    expect(JSON.stringify(events)).not.toContain(SECRET);
  });
});

describe("the rejection of a client of Tencent's SDK", () => {
  const rejecting = (error: Error, more: object = {}): TencentCccClient => ({
    ...more,
    request: () => Promise.reject(error),
  });
  const failureThrough = async (client: TencentCccClient) => {
    const events: ClientEvent[] = [];
    const recordsClient = openClient({
      providers: [tencentCcc({ client, sdkAppIds: [1], rate })],
      clock: new HastyClock(),
      timeoutMs,
      retry: { attempts: 2 },
      onEvent: (event) => events.push(event),
    });
    const error = await rejectionOf(recordsClient.records(range).toArray({ max: 1 }));
    return `${printed(error)}\n${JSON.stringify(events)}`;
  };
  const fields = (secret: string) => ({ code: `AuthFailure.${secret}`, requestId: secret, cause: new Error(secret) });

  it.each(Object.values(FORMS))("exposes no credentials that the client contains: %s", async (quoted) => {
    const hidden = quoted === FORMS.base64 ? quoted.slice(8, -4) : quoted;
    const error = Object.assign(new Error(`bad ${quoted}`), fields(quoted));
    expect(
      await failureThrough(rejecting(error, { credential: { secretId: "AKID", secretKey: SECRET } })),
    ).not.toContain(hidden);
  });

  it("exposes no credentials that the client set during the request", async () => {
    const client = {
      credential: { secretId: "", secretKey: "" },
      request() {
        client.credential = { secretId: "AKID", secretKey: SECRET };
        return Promise.reject(Object.assign(new Error(`bad ${SECRET}`), fields(SECRET)));
      },
    };
    expect(await failureThrough(client)).not.toContain(SECRET);
  });

  it("exposes no possible credentials if those of the client are unknown", async () => {
    const text = await failureThrough(
      rejecting(
        Object.assign(
          new Error(`No such instance: signed by ${SECRET} of AKIDz8krbsJ5yKBZQpn74WFkmLPx3`),
          fields(SECRET),
        ),
      ),
    );
    expect(text).not.toContain(SECRET);
    expect(text).not.toContain("AKIDz8krbsJ5yKBZQpn74WFkmLPx3");
    expect(text).toContain("No such instance: signed by");
  });

  it("exposes nothing of its message if it is not a refusal", async () => {
    expect(
      await failureThrough(rejecting(new Error(`connect failed with ${SECRET}`, { cause: new Error(SECRET) }))),
    ).not.toContain(SECRET);
  });
});
