import { describe, expect, it } from "vitest";
import { ConfigurationError, providersFromEnvironment } from "call-records";
import { daysAgo, openClient, openEmulator, thrownBy } from "./stage.js";
import { HastyClock, TIMEOUT_MS } from "../hostile/hasty-clock.js";
import { idsOf, within } from "./truth.js";

const tencent = {
  TENCENTCLOUD_SECRET_ID: "AKIDexample",
  TENCENTCLOUD_SECRET_KEY: "key-that-is-secret",
  TENCENT_CCC_SDK_APP_IDS: "1400000000, 1400000001",
};
const huawei = { HUAWEI_CEC_APP_KEY: "app-key", HUAWEI_CEC_APP_SECRET: "secret-that-is-secret" };
const itnio = { ITNIOTECH_API_KEY: "api-key", ITNIOTECH_API_SECRET: "secret-that-is-secret" };
const idsFrom = (environment: Record<string, string>) => providersFromEnvironment(environment).map(({ id }) => id);

describe("providers from the environment", () => {
  it.each([{}, { PATH: "/bin", TENCENT_CCC_SITE: "", HUAWEI_CEC_APP_KEY: " ", ITNIOTECH_API_KEY: undefined }])(
    "cause a ConfigurationError that names the required variables if none is set (%o)",
    (environment) => {
      const error = thrownBy(() => providersFromEnvironment(environment));
      expect(error).toBeInstanceOf(ConfigurationError);
      expect(error.message).toBe(
        "providersFromEnvironment: no vendor is configured, because none of its environment variables is set. Set all variables of at least one vendor: " +
          "for tencent-ccc `TENCENTCLOUD_SECRET_ID`, `TENCENTCLOUD_SECRET_KEY`, `TENCENT_CCC_SDK_APP_IDS`; " +
          "for huawei-cec `HUAWEI_CEC_APP_KEY`, `HUAWEI_CEC_APP_SECRET`; " +
          "for itniotech `ITNIOTECH_API_KEY`, `ITNIOTECH_API_SECRET`.",
      );
    },
  );

  it("are those whose variables are set, in the order Tencent, Huawei, Itniotech", () => {
    expect(idsFrom({ ...itnio, ...huawei, ...tencent })).toEqual(["tencent-ccc", "huawei-cec", "itniotech"]);
    expect(idsFrom({ ...itnio, ...tencent })).toEqual(["tencent-ccc", "itniotech"]);
    expect(idsFrom(huawei)).toEqual(["huawei-cec"]);
  });

  it("split the applications at commas", () => {
    const [provider] = providersFromEnvironment(tencent);
    expect(provider?.operations.records.partitions({}).map(({ application }) => application)).toEqual([
      "1400000000",
      "1400000001",
    ]);
  });

  it("read all calls with the variables of the emulator", async () => {
    const emulator = await openEmulator({ days: 8, callsPerDay: 10, tencentToken: "temporary-token" });
    const providers = providersFromEnvironment(emulator.environment());
    const client = openClient({
      providers,
      clock: new HastyClock(),
      timeoutMs: TIMEOUT_MS,
      rateLimiter: {
        take: () => Promise.resolve({ responded: () => undefined, release: () => undefined }),
        slowDown: () => undefined,
      },
    });
    const [from, to] = [daysAgo(7), daysAgo(4)];
    const records = await client.records({ from, to }).toArray({ max: 10_000 });
    for (const vendor of ["tencent-ccc", "huawei-cec", "itniotech"] as const) {
      expect(
        records
          .filter(({ provider }) => provider === vendor)
          .map(({ id }) => id)
          .sort(),
      ).toEqual(idsOf(within(emulator.truth[vendor].calls, from, to)));
    }
    expect(emulator.requests.every(({ refusal }) => refusal === null)).toBe(true);
    expect(client.capabilities().map(({ account }) => account)).toEqual(["tencent-ccc", "huawei-cec", "itniotech"]);
  });

  it("send requests to Tencent's endpoint and Huawei's token service as the variables state", async () => {
    const tokens = await openEmulator({ days: 0 });
    const emulator = await openEmulator({ days: 1 });
    const providers = providersFromEnvironment({
      ...emulator.environment(),
      TENCENT_CCC_SITE: "intl",
      HUAWEI_CEC_AUTH_ENDPOINT: tokens.endpoints["huawei-cec"],
    });
    // The token is from another emulator. Requests with it are refused, and retried after a back-off.
    const client = openClient({
      providers,
      clock: new HastyClock(),
      timeoutMs: TIMEOUT_MS,
      rateLimiter: {
        take: () => Promise.resolve({ responded: () => undefined, release: () => undefined }),
        slowDown: () => undefined,
      },
    });
    await client.activeCalls({ isolateFailures: true });
    expect(emulator.requests.some(({ vendor }) => vendor === "tencent-ccc")).toBe(true);
    expect(tokens.requests.every(({ operation }) => operation === "tokenByAkSk")).toBe(true);
    expect(tokens.requests.length).toBeGreaterThan(0);
  });

  it.each<[Record<string, string>, string[]]>([
    [{ TENCENTCLOUD_SECRET_ID: "AKIDexample" }, ["TENCENTCLOUD_SECRET_KEY", "TENCENT_CCC_SDK_APP_IDS"]],
    [{ ...tencent, TENCENT_CCC_SDK_APP_IDS: "" }, ["TENCENT_CCC_SDK_APP_IDS"]],
    [{ TENCENTCLOUD_TOKEN: "t" }, ["TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY", "TENCENT_CCC_SDK_APP_IDS"]],
    [{ HUAWEI_CEC_APP_SECRET: "secret-that-is-secret" }, ["HUAWEI_CEC_APP_KEY"]],
    [{ HUAWEI_CEC_ENDPOINT: "https://example.com" }, ["HUAWEI_CEC_APP_KEY", "HUAWEI_CEC_APP_SECRET"]],
    [{ ...tencent, ...huawei, ITNIOTECH_API_KEY: "api-key" }, ["ITNIOTECH_API_SECRET"]],
  ])(
    "from incomplete variables (%o) cause a ConfigurationError that names the missing ones: %o",
    (environment, missing) => {
      const error = thrownBy(() => providersFromEnvironment(environment));
      expect(error).toBeInstanceOf(ConfigurationError);
      const named = [...error.message.matchAll(/`([A-Z_]+)`/g)].map(([, name]) => name);
      expect(named.sort()).toEqual([...missing].sort());
      expect(JSON.stringify(error)).not.toContain("secret-that-is-secret");
    },
  );

  it.each<[Record<string, string>, string]>([
    [{ TENCENT_CCC_SDK_APP_IDS: "abc" }, "TENCENT_CCC_SDK_APP_IDS"],
    [{ TENCENT_CCC_SDK_APP_IDS: "1400000000,," }, "TENCENT_CCC_SDK_APP_IDS"],
    [{ TENCENT_CCC_SDK_APP_IDS: "1e9" }, "TENCENT_CCC_SDK_APP_IDS"],
    [{ TENCENT_CCC_SDK_APP_IDS: "-5" }, "TENCENT_CCC_SDK_APP_IDS"],
    [{ TENCENT_CCC_SDK_APP_IDS: "1,1" }, "sdkAppIds"],
    [{ TENCENT_CCC_SITE: "us" }, "TENCENT_CCC_SITE"],
    [{ TENCENT_CCC_ENDPOINT: "http://example.com" }, "endpoint"],
  ])("from wrong variables (%o) cause a ConfigurationError that names %s", (wrong, name) => {
    const error = thrownBy(() => providersFromEnvironment({ ...tencent, ...wrong }));
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error.message).toContain(`\`${name}\``);
    expect(JSON.stringify(error)).not.toContain("key-that-is-secret");
  });
});
