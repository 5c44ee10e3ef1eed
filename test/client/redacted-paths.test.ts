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

/** Everything that is told of an error. */
const tellAll = (error: Error) =>
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
  "a URL twice": encodeURIComponent(encodeURIComponent(SECRET)),
  "its beginning": SECRET.slice(0, 10),
};

describe.each(Object.keys(FORMS))("a secret that the vendor quotes as %s", (form) => {
  const quoted = FORMS[form] ?? "";
  // Of base64, the characters that also hold a piece of what stands before and behind it.
  const hidden = form === "base64" ? quoted.slice(8, -4) : quoted;

  it.each([
    ["its words", { status: -99, reason: `bad ${quoted}` }],
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
  ])("in %s is in no error, event or report", async (_, body) => {
    const endpoint = await serve(() => ({ body }));
    const events: ClientEvent[] = [];
    const client = openClient({
      providers: [itniotech({ apiKey: "key", apiSecret: SECRET, endpoint, rate })],
      clock: new ManualClock(),
      onEvent: (event) => events.push(event),
    });
    expect(tellAll(await rejectionOf(client.records(range).toArray({ max: 1 })))).not.toContain(hidden);
    const stream = client.records({ ...range, unreadableRows: "report", isolateFailures: true });
    await stream.toArray({ max: 1 });
    expect(JSON.stringify([events, stream.report()])).not.toContain(JSON.stringify(hidden).slice(1, -1));
  });
});

it("has a token of few characters taken out of the vendor's words", async () => {
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
  expect(tellAll(error)).not.toContain("t0k3n");
  expect(error.message).toContain("bad token [redacted].");
});

describe("an id that holds a secret", () => {
  const row = (id: string, remark: string) => ({
    keyId: id,
    callStartTime: "2026-11-01 00:00:00",
    callType: 3,
    hangupReason: 0,
    remark,
  });

  it("is in no checkpoint, and its call is told from others and known again", async () => {
    const rows = [row(`${SECRET}-1`, "a"), row(`${SECRET}-2`, "b"), row(SECRET, "c"), row("call-4", "d")];
    const endpoint = await serve(() => ({ body: { status: 0, data: { total: rows.length, records: rows } } }));
    const store = new MemoryCheckpointStore();
    // What may still change is kept call by call.
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

  it("is in no warning of an impossible time", async () => {
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

  it("is in no event of a row that comes twice", async () => {
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

describe("the reason with which a client of Tencent's SDK rejects", () => {
  const rejecting = (error: Error, more: object = {}): TencentCccClient => ({
    ...more,
    request: () => Promise.reject(error),
  });
  const failureThrough = async (client: TencentCccClient) => {
    const events: ClientEvent[] = [];
    const made = openClient({
      providers: [tencentCcc({ client, sdkAppIds: [1], rate })],
      clock: new HastyClock(),
      timeoutMs,
      retry: { attempts: 2 },
      onEvent: (event) => events.push(event),
    });
    const error = await rejectionOf(made.records(range).toArray({ max: 1 }));
    return `${tellAll(error)}\n${JSON.stringify(events)}`;
  };
  const fields = (secret: string) => ({ code: `AuthFailure.${secret}`, requestId: secret, cause: new Error(secret) });

  it.each(Object.values(FORMS))("shows nothing of credentials that the client holds: %s", async (quoted) => {
    const hidden = quoted === FORMS.base64 ? quoted.slice(8, -4) : quoted;
    const error = Object.assign(new Error(`bad ${quoted}`), fields(quoted));
    expect(
      await failureThrough(rejecting(error, { credential: { secretId: "AKID", secretKey: SECRET } })),
    ).not.toContain(hidden);
  });

  it("shows nothing of credentials that the client took for the request", async () => {
    const client = {
      credential: { secretId: "", secretKey: "" },
      request() {
        client.credential = { secretId: "AKID", secretKey: SECRET };
        return Promise.reject(Object.assign(new Error(`bad ${SECRET}`), fields(SECRET)));
      },
    };
    expect(await failureThrough(client)).not.toContain(SECRET);
  });

  it("shows nothing that may be a credential where the client's are not known", async () => {
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

  it("shows nothing where it is no refusal", async () => {
    expect(
      await failureThrough(rejecting(new Error(`connect failed with ${SECRET}`, { cause: new Error(SECRET) }))),
    ).not.toContain(SECRET);
  });
});
