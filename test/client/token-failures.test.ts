import { describe, expect, it } from "vitest";
import {
  AuthenticationError,
  type ClientEvent,
  huaweiCec,
  MemoryTokenStore,
  NetworkError,
  PermissionError,
  type TokenStore,
  TimeoutError,
  VendorError,
} from "call-records";
import { HastyClock, TIMEOUT_MS } from "../hostile/hasty-clock.js";
import { type Responder, serve, type VendorRequest } from "./scripted-vendor.js";
import { daysAgo, huaweiAt, NOW, openClient, openEmulator, RATE, rejectionOf, requestsFor } from "./stage.js";
import { idsOf, within } from "./truth.js";

const range = { from: daysAgo(20), to: daysAgo(4) };
const few = { days: 25, callsPerDay: 4 };
const TOKEN = { AccessToken: "a-token-that-must-not-show", Expires: "600" };
const SECRET = "app-secret-that-must-not-show";

/** Opens a client of a Huawei vendor with the given token service and list. By default the list is empty. */
async function open(
  token: (count: number) => ReturnType<Responder>,
  list: (request: VendorRequest, count: number) => ReturnType<Responder> = () => ({ body: { retCode: "1" } }),
  options: object = {},
) {
  let [tokens, lists] = [0, 0];
  const endpoint = await serve((request) =>
    request.path.endsWith("tokenByAkSk") ? token((tokens += 1)) : list(request, (lists += 1)),
  );
  const events: ClientEvent[] = [];
  const clock = new HastyClock();
  const provider = huaweiCec({
    appKey: "app-key",
    appSecret: SECRET,
    endpoint,
    rate: { ...RATE, concurrency: 4 },
    ...options,
  });
  const client = openClient({
    providers: [provider],
    clock,
    timeoutMs: TIMEOUT_MS,
    onEvent: (event) => events.push(event),
  });
  return {
    client,
    clock,
    events,
    read: () => client.records(range).toArray({ max: 100 }),
    requestCounts: () => ({ tokens, lists }),
  };
}

describe("a new token that is accepted after a delay", () => {
  it.each([300, 900])("of %i ms costs one attempt, and no call is lost", async (tokenDelayMs) => {
    const clock = new HastyClock();
    const emulator = await openEmulator({ ...few, now: clock.now, tokenDelayMs });
    const events: ClientEvent[] = [];
    const client = openClient({
      providers: [huaweiAt(emulator)],
      clock,
      timeoutMs: TIMEOUT_MS,
      onEvent: (event) => events.push(event),
    });
    const calls = await client.records(range).toArray({ max: 1000 });
    expect(idsOf(calls)).toEqual(idsOf(within(emulator.truth["huawei-cec"].calls, range.from, range.to)));
    expect(requestsFor(emulator, "tokenByAkSk")).toHaveLength(2);
    expect(requestsFor(emulator, "queryCallDetailRecord").filter(({ refusal }) => refusal === "401")).toHaveLength(2);
    expect(events.filter(({ type }) => type === "retry")).toMatchObject([{ error: "authentication" }]);
  });

  it("is fetched once for twenty requests with a revoked token", async () => {
    const clock = new HastyClock();
    const emulator = await openEmulator({ ...few, days: 160, now: clock.now, latencyMs: 2 });
    const client = openClient({
      providers: [huaweiAt(emulator, { rate: { ...RATE, concurrency: 20 } })],
      clock,
      timeoutMs: TIMEOUT_MS,
    });
    const wide = { from: daysAgo(150), to: daysAgo(4) };
    await client.records(wide).toArray({ max: 10_000 });
    emulator.revokeTokens();
    emulator.clearRequests();
    const calls = await client.records(wide).toArray({ max: 10_000 });
    expect(idsOf(calls)).toEqual(idsOf(within(emulator.truth["huawei-cec"].calls, wide.from, wide.to)));
    expect(requestsFor(emulator, "tokenByAkSk")).toHaveLength(1);
  });
});

describe("a token service that returns HTTP 200 without a token", () => {
  it.each([
    [{ retCode: "40312", retMsg: "The application is not authorized." }, "40312", "The application is not authorized."],
    [
      { error_code: "APIGW.0301", error_msg: "Incorrect IAM authentication information." },
      "APIGW.0301",
      "Incorrect IAM authentication information.",
    ],
    [{ error: "invalid_client", error_description: "Unknown client." }, "invalid_client", "Unknown client."],
    [{ error: { code: 17, message: "Frozen." } }, "17", "Frozen."],
    [{ resp_code: "50001", resp_desc: "The tenant is not open." }, "50001", "The tenant is not open."],
    [{ rspCode: "E-7", rspDescription: "No such key." }, "E-7", "No such key."],
  ])("(%j) causes an AuthenticationError with its code and its message", async (body, code, message) => {
    const { read, requestCounts } = await open(() => ({ body }));
    const error = await rejectionOf(read());
    expect(error).toBeInstanceOf(AuthenticationError);
    expect(error).toMatchObject({ vendorCode: code, operation: "token", account: "huawei-cec", retryable: false });
    expect(error.message).toContain(message);
    expect(error.message).toContain(code);
    expect(requestCounts()).toEqual({ tokens: 1, lists: 0 });
  });

  it("causes an error without the secrets that it quotes", async () => {
    const { read } = await open(() => ({ body: { retCode: `E-${SECRET}`, retMsg: `app_secret ${SECRET} is wrong` } }));
    const error = await rejectionOf(read());
    expect(JSON.stringify(error) + error.message).not.toContain(SECRET);
    expect(error.message).toContain("[redacted]");
  });

  it.each([
    { retCode: "503", retMsg: "System busy, please try again later." },
    { errorCode: "SERVER_BUSY" },
    { resp_code: "50001", resp_desc: "system busy" },
    { error: { code: "E1", message: "Too many requests" } },
    { retMsg: "系统繁忙" },
  ])("because it is busy (%j) is called again", async (body) => {
    const { read, requestCounts, events } = await open((count) => ({ body: count <= 2 ? body : TOKEN }));
    expect(await read()).toEqual([]);
    expect(requestCounts().tokens).toBe(3);
    expect(events.filter(({ type }) => type === "retry")).toHaveLength(2);
  });

  it("because it is permanently busy causes a retryable VendorError", async () => {
    const { read, requestCounts } = await open(() => ({ body: { retCode: "9", retMsg: "System busy" } }));
    const error = await rejectionOf(read());
    expect(error).toBeInstanceOf(VendorError);
    expect(error).toMatchObject({ retryable: true, vendorCode: "9", attempts: 5 });
    expect(requestCounts().tokens).toBe(5);
  });
});

describe("an invalid token lifetime", () => {
  it.each(["soon", "600s", "NaN", "-1", "0", "", null, {}, true, "2026-11-20T04:10:00Z"])(
    "(%j) is replaced by the requested lifetime",
    async (Expires) => {
      const { read, events, requestCounts } = await open(
        () => ({ body: { AccessToken: "abc-def-ghi", Expires } }),
        undefined,
        {
          tokenTtlSeconds: 900,
        },
      );
      await read();
      await read();
      expect(requestCounts().tokens).toBe(1);
      const [event] = events.filter((entry) => entry.type === "token");
      expect(Date.parse(event?.expiresAt ?? "") - NOW).toBeGreaterThanOrEqual(900_000);
      expect(Date.parse(event?.expiresAt ?? "") - NOW).toBeLessThan(902_000);
    },
  );
});

describe("a response that requires a new token", () => {
  const stale =
    (refusal: ReturnType<Responder>) =>
    ({ headers }: VendorRequest) =>
      headers.authorization === "Bearer token-number-1" ? refusal : { body: { retCode: "1" } };
  const numbered = (count: number) => ({ body: { AccessToken: `token-number-${count}`, Expires: "600" } });

  it.each([
    ["HTTP 403", { status: 403, body: { message: "The token has expired." } }],
    ["20015", { body: { retCode: "20015", retMsg: "The token has expired." } }],
  ])("(%s), as `renewTokenOn` states, costs only a new token", async (code, refusal) => {
    const { read, requestCounts } = await open(numbered, stale(refusal), { renewTokenOn: [code] });
    expect(await read()).toEqual([]);
    expect(requestCounts().tokens).toBe(2);
  });

  it("is only HTTP 401 by default", async () => {
    const forbidden = await open(numbered, stale({ status: 403, body: {} }));
    expect(await rejectionOf(forbidden.read())).toBeInstanceOf(PermissionError);
    expect(forbidden.requestCounts().tokens).toBe(1);
  });

  it("cannot be a success", () => {
    for (const code of ["0", "1", "HTTP 200", ""]) {
      expect(() => huaweiCec({ appKey: "k", appSecret: "s", renewTokenOn: [code] })).toThrow("renewTokenOn");
    }
  });
});

describe("a token store", () => {
  async function openWith(tokenStore: TokenStore) {
    const emulator = await openEmulator(few);
    return {
      emulator,
      client: openClient({ providers: [huaweiAt(emulator)], tokenStore, timeoutMs: 200, retry: { attempts: 1 } }),
    };
  }

  it.each(["get", "set"] as const)("whose %s does not complete causes a TimeoutError", async (method) => {
    const memory = new MemoryTokenStore();
    const hang = () => new Promise<never>(() => undefined);
    const { client } = await openWith({
      get: (key) => memory.get(key),
      set: (key, token) => memory.set(key, token),
      [method]: hang,
    });
    const error = await rejectionOf(client.records(range).toArray({ max: 1000 }));
    expect(error).toBeInstanceOf(TimeoutError);
    expect(error).toMatchObject({ account: "huawei-cec" });
    expect(error.message).toContain(`\`tokenStore\`: its \`${method}\``);
  });

  it.each([undefined, {}, { token: 5 }, { token: "abc", fetchedAt: Number.NaN, expiresAt: Number.NaN }, "text"])(
    "that returns %j is treated as empty",
    async (kept) => {
      const { client, emulator } = await openWith({
        get: () => Promise.resolve(kept as never),
        set: () => Promise.resolve(),
      });
      await client.records(range).toArray({ max: 1000 });
      expect(requestsFor(emulator, "tokenByAkSk").length).toBeGreaterThanOrEqual(1);
    },
  );
});

describe("two accounts with one token", () => {
  it("each report the failure to fetch it as their own error", async () => {
    const endpoint = await serve(() => ({ status: 401, body: {} }));
    const providers = ["one", "other"].map((account) =>
      huaweiCec({ account, appKey: "app-key", appSecret: SECRET, endpoint }),
    );
    const stream = openClient({ providers, clock: new HastyClock(), timeoutMs: TIMEOUT_MS }).records({
      ...range,
      isolateFailures: true,
    });
    await stream.toArray({ max: 10 });
    expect(stream.report().accounts).toMatchObject(
      ["one", "other"].map((account) => ({ account, status: "failed", error: { code: "authentication", account } })),
    );
  });
});

describe("a token service that cannot be reached", () => {
  it("causes a NetworkError", async () => {
    const emulator = await openEmulator({ days: 0 });
    const endpoint = emulator.endpoints["huawei-cec"];
    await emulator.close();
    const client = openClient({
      providers: [huaweiCec({ appKey: "k", appSecret: SECRET, endpoint })],
      clock: new HastyClock(),
      timeoutMs: TIMEOUT_MS,
    });
    expect(await rejectionOf(client.records(range).toArray({ max: 10 }))).toBeInstanceOf(NetworkError);
  });
});
