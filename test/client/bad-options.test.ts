import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { CallRecordsClient, ConfigurationError, huaweiCec, itniotech, tencentCcc } from "call-records";
import { thrownBy } from "./stage.js";

const SECRET = "s3cret-that-must-not-be-shown";
const tencent = { secretId: "AKIDexample", secretKey: SECRET, sdkAppIds: [1_400_000_000] };
const huawei = { appKey: "app-key", appSecret: SECRET };
const itnio = { apiKey: "api-key", apiSecret: SECRET };
/** The factory without types, as plain JavaScript calls it. */
type Factory = (options: unknown) => unknown;
const factories = {
  tencentCcc: tencentCcc as Factory,
  huaweiCec: huaweiCec as Factory,
  itniotech: itniotech as Factory,
};
const good = { tencentCcc: tencent, huaweiCec: huawei, itniotech: itnio };
type Name = keyof typeof factories;

function refusal(name: Name, options: object | undefined): Error {
  return thrownBy(() => factories[name](options));
}

const refused: Error[] = [];
function expectRefusal(name: Name, options: object | undefined, option: string, rule: RegExp): void {
  const error = refusal(name, options);
  expect(error).toBeInstanceOf(ConfigurationError);
  expect(error.message.startsWith(`${name}: `)).toBe(true);
  expect(error.message).toContain(`\`${option}\``);
  expect(error.message).toMatch(rule);
  refused.push(error);
}

describe("a credential", () => {
  const credentials: [Name, string][] = [
    ["tencentCcc", "secretId"],
    ["tencentCcc", "secretKey"],
    ["huaweiCec", "appKey"],
    ["huaweiCec", "appSecret"],
    ["itniotech", "apiKey"],
    ["itniotech", "apiSecret"],
  ];

  it.each(credentials)("of %s that is missing is rejected with its name: %s", (name, option) => {
    expectRefusal(name, { ...good[name], [option]: undefined }, option, /missing/);
    expectRefusal(
      name,
      Object.fromEntries(Object.entries(good[name]).filter(([key]) => key !== option)),
      option,
      /missing/,
    );
  });

  it.each(credentials)("of %s that is empty or not a credential is rejected with its name: %s", (name, option) => {
    for (const value of ["", " ", "with space", "line\nbreak", "密钥"])
      expectRefusal(name, { ...good[name], [option]: value }, option, /must not be empty/);
    for (const value of [null, 7, {}]) expectRefusal(name, { ...good[name], [option]: value }, option, /must be text/);
  });

  it("token of Tencent must not be empty", () => {
    expectRefusal("tencentCcc", { ...tencent, token: "" }, "token", /must not be empty/);
  });

  it("is reported as missing, with all other required options, if there are no options", () => {
    for (const name of Object.keys(factories) as Name[])
      expect(refusal(name, undefined)).toBeInstanceOf(ConfigurationError);
    const { message } = refusal("tencentCcc", {});
    for (const option of ["secretId", "secretKey", "sdkAppIds"]) expect(message).toContain(`\`${option}\``);
  });
});

describe("an option", () => {
  it.each<Name>(["tencentCcc", "huaweiCec", "itniotech"])(
    "of %s that does not exist is rejected with its name",
    (name) => {
      expectRefusal(name, { ...good[name], regoin: "cn" }, "regoin", /unknown option/);
      expectRefusal(name, { ...good[name], rate: { perSecond: 5 } }, "rate.perSecond", /unknown option/);
    },
  );

  it.each<[Name, string, unknown, RegExp]>([
    ["tencentCcc", "sdkAppIds", [], /at least one/],
    ["tencentCcc", "sdkAppIds", [1, 1], /twice/],
    ["tencentCcc", "sdkAppIds.0", ["1400000000"], /number/],
    ["tencentCcc", "sdkAppIds.0", [1.5], /whole/],
    ["tencentCcc", "sdkAppIds.0", [-1], /positive/],
    ["tencentCcc", "sdkAppIds", 1_400_000_000, /must be a list/],
    ["tencentCcc", "site", "us", /cn/],
    ["tencentCcc", "client", {}, /request/],
    ["huaweiCec", "tokenTtlSeconds", 3601, /3600/],
    ["huaweiCec", "tokenTtlSeconds", 0, /must be at least 60/],
    ["itniotech", "timeFormat", "iso", /local/],
    ["itniotech", "account", "", /must not be empty/],
    ["itniotech", "timeZone", "Asia/Nowhere", /IANA/],
    ["itniotech", "longestCallSeconds", -1, /must be at least/],
    ["itniotech", "settleSeconds", 1.5, /int/],
    ["itniotech", "rate.requestsPerSecond", { requestsPerSecond: 0 }, /must be (?:more than 0|at least 1)/],
    ["itniotech", "rate.concurrency", { concurrency: 1.5 }, /int/],
    ["tencentCcc", "filtersOn", "end", /start/],
    ["huaweiCec", "filtersOn", true, /unknown/],
    ["itniotech", "filtersOn", "", /start/],
    ["tencentCcc", "windowEnd", "closed", /inclusive/],
    ["huaweiCec", "windowEnd", 1, /exclusive/],
    ["itniotech", "windowEnd", null, /unknown/],
    ["huaweiCec", "headers.Authorization", { Authorization: "Bearer x" }, /set by the library/],
    ["huaweiCec", "headers.x-app-key", { "x-app-key": "x" }, /set by the library/],
    ["huaweiCec", "headers.bad name", { "bad name": "x" }, /not a valid header name/],
  ])("of %s, %s, is rejected with its rule if it is %o", (name, option, value, rule) => {
    const key = option.split(".")[0] ?? option;
    expectRefusal(name, { ...good[name], [key]: value }, option, rule);
  });
});

describe("an endpoint", () => {
  it.each<[Name, string]>([
    ["tencentCcc", "endpoint"],
    ["huaweiCec", "endpoint"],
    ["huaweiCec", "authEndpoint"],
    ["itniotech", "endpoint"],
  ])("of %s (%s) is https:, or plain http: to a loopback host", (name, option) => {
    for (const url of [
      "http://api.example.com",
      "http://10.0.0.1:8080",
      "http://localhost.example.com",
      "http://127.0.0.1.example.com",
      "http://0.0.0.0",
      "http://[::2]",
      "HTTP://EXAMPLE.COM",
    ]) {
      expectRefusal(name, { ...good[name], [option]: url }, option, /loopback/);
    }
    for (const url of ["", "api.example.com", "/path", "ftp://example.com", "ws://127.0.0.1", "file:///etc/passwd"])
      expectRefusal(name, { ...good[name], [option]: url }, option, /https:/);
    for (const url of [`https://user:${SECRET}@example.com`, "https://example.com/?a=1", "https://example.com/#x"])
      expectRefusal(name, { ...good[name], [option]: url }, option, /must not hold/);
    for (const url of [
      "https://api.example.com",
      "http://localhost:8080",
      "http://127.0.0.1:9",
      "http://127.8.8.8",
      "http://[::1]:9000",
    ]) {
      expect(() => factories[name]({ ...good[name], [option]: url })).not.toThrow();
    }
  });
});

describe("an option of the client", () => {
  const providers = [itniotech(itnio)];
  const make = (options: object | undefined) => thrownBy(() => new CallRecordsClient(options as never));

  // The title omits the options, because printing a provider breaks zod's schemas.
  it.each<[string, RegExp, object | undefined]>([
    ["providers", /missing/, undefined],
    ["providers", /missing/, {}],
    ["providers.0.contract", /version of the contract/, { providers: [{}] }],
    ["providers.0", /object|provider/, { providers: [null] }],
    ["providers.0.contract", /must be 1/, { providers: [{ ...providers[0], contract: 2 }] }],
    ["timeoutMs", /must be (?:more than 0|at least 1)/, { providers, timeoutMs: 0 }],
    ["timeoutMs", /number/, { providers, timeoutMs: "1000" }],
    ["retry.attempts", /must be (?:more than 0|at least 1)/, { providers, retry: { attempts: 0 } }],
    ["retry.tries", /unknown option/, { providers, retry: { tries: 3 } }],
    ["retries", /unknown option/, { providers, retries: 3 }],
    ["defaults.isolateFailures", /must be true or false/, { providers, defaults: { isolateFailures: "yes" } }],
    ["defaults.signal", /unknown option/, { providers, defaults: { signal: AbortSignal.timeout(1) } }],
    ["onEvent", /function/, { providers, onEvent: "log" }],
    ["clock", /now and sleep/, { providers, clock: { now: () => 0 } }],
    ["rateLimiter", /take and slowDown/, { providers, rateLimiter: {} }],
    ["tokenStore", /get and set/, { providers, tokenStore: 1 }],
    ["maxResponseBytes", /must be (?:more than 0|at least 1)/, { providers, maxResponseBytes: -1 }],
    ["maxInFlightBytes", /must be (?:more than 0|at least 1)/, { providers, maxInFlightBytes: 0 }],
  ])("%s that is wrong is rejected with its name and rule: %s", (option, rule, options) => {
    const error = make(options);
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error.message).toContain(`\`${option}\``);
    expect(error.message).toMatch(rule);
  });

  it("is rejected if two providers have the same label", () => {
    const error = make({ providers: [itniotech(itnio), huaweiCec({ ...huawei, account: "itniotech" })] });
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error.message).toContain("`itniotech`");
    expect(error.message).toContain("label");
    expect(error).toMatchObject({ account: "itniotech" });
  });
});

// Last in the file: `inspect` with getters breaks zod's schemas, and no schema works after it.
describe("a secret", () => {
  it("is absent from every error, however it is printed", () => {
    expect(refused.length).toBeGreaterThan(100);
    for (const error of refused) {
      for (const text of [
        error.message,
        error.stack ?? "",
        JSON.stringify(error),
        inspect(error, { depth: null, showHidden: true }),
      ])
        expect(text).not.toContain(SECRET);
    }
  });

  it("is not shown by a provider or a client that is printed", () => {
    const providers = [
      tencentCcc({ ...tencent, token: `${SECRET}-token` }),
      huaweiCec({ ...huawei, headers: { "X-Gateway-Key": `${SECRET}-header` } }),
      itniotech(itnio),
    ];
    const client = new CallRecordsClient({ providers });
    for (const shown of [...providers, client]) {
      expect(JSON.stringify(shown)).not.toContain(SECRET);
      expect(inspect(shown, { depth: null, showHidden: true, getters: true })).not.toContain(SECRET);
    }
  });
});
