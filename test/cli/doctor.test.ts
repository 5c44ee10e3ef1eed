import { writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { startVendorEmulator, type EmulatorOptions, type VendorEmulator } from "call-records/testing";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Check } from "../../src/cli/doctor/check-account.js";
import { newFolder, run } from "./command.js";
import { linesOf } from "./lines.js";
import { expectNoSecret } from "./secrets.js";

async function start(options: EmulatorOptions = {}): Promise<VendorEmulator> {
  const emulator = await startVendorEmulator({ days: 3, callsPerDay: 300, activeCalls: 0, ...options });
  onTestFinished(() => emulator.close());
  return emulator;
}

/** Returns the checks of doctor, and verifies that it requested at most one page and one token of each vendor. */
async function examine(
  emulator: VendorEmulator,
  env: Readonly<Record<string, string>> = {},
  args: readonly string[] = [],
) {
  const outcome = await run(["doctor", ...args], { env: { ...emulator.environment(), ...env } });
  expectNoSecret(emulator, outcome);
  const requested = emulator.requests.map(({ vendor, operation }) => `${vendor} ${operation}`);
  const once = requested.filter((one) => one !== "tencent-ccc DescribeCCCBuyInfoList");
  expect([...new Set(once)].sort()).toEqual([...once].sort());
  for (const one of requested)
    expect([
      "tencent-ccc DescribeTelCdr",
      "tencent-ccc DescribeCCCBuyInfoList",
      "huawei-cec tokenByAkSk",
      "huawei-cec queryCallDetailRecord",
      "itniotech v3/cc/record/query",
    ]).toContain(one);
  const checks = linesOf(outcome.stdout) as Check[];
  // Every failure and every warning has advice.
  for (const { status, advice } of checks) expect(advice !== null).toBe(status === "failed" || status === "warning");
  const of = (account: string) =>
    Object.fromEntries(checks.filter((one) => one.account === account).map(({ check, status }) => [check, status]));
  const find = (account: string, check: string) => checks.find((one) => one.account === account && one.check === check);
  return { ...outcome, of, find, requested };
}

const ALL_OK = {
  configuration: "ok",
  network: "ok",
  clock: "ok",
  credentials: "ok",
  permission: "ok",
  response: "ok",
  latency: "ok",
};
/** Tencent alone has applications. */
const expectedOf = (account: string) => ({ ...ALL_OK, ...(account === "tencent-ccc" && { applications: "ok" }) });
const AFTER_CREDENTIALS = { ...ALL_OK, credentials: "failed", permission: "skipped", response: "skipped" };
const UNREACHABLE = {
  configuration: "ok",
  network: "failed",
  clock: "skipped",
  credentials: "skipped",
  permission: "skipped",
  response: "skipped",
};
const NO_KEYS = {
  TENCENTCLOUD_SECRET_KEY: "wrong-one",
  HUAWEI_CEC_APP_SECRET: "wrong-two",
  ITNIOTECH_API_SECRET: "wrong-three",
};

describe("doctor", () => {
  it("reports no failure, with one page and one token for each account", async () => {
    const emulator = await start();
    const { code, stderr, of, requested } = await examine(emulator);
    expect([code, stderr]).toEqual([0, "Configuration: environment variables.\n"]);
    for (const account of ["tencent-ccc", "huawei-cec", "itniotech"]) expect(of(account)).toEqual(expectedOf(account));
    expect([...requested].sort()).toEqual([
      "huawei-cec queryCallDetailRecord",
      "huawei-cec tokenByAkSk",
      "itniotech v3/cc/record/query",
      "tencent-ccc DescribeCCCBuyInfoList",
      "tencent-ccc DescribeTelCdr",
    ]);
  });

  it("identifies wrong keys, and its exit code shows whether all accounts have them", async () => {
    const emulator = await start();
    const all = await examine(emulator, NO_KEYS);
    expect(all.code).toBe(1);
    for (const account of ["tencent-ccc", "huawei-cec", "itniotech"])
      expect(all.of(account)).toEqual(AFTER_CREDENTIALS);
    expect(all.find("itniotech", "credentials")?.advice).toBe(
      "Compare the keys with the vendor's console: ITNIOTECH_API_KEY, ITNIOTECH_API_SECRET, or the configuration file.",
    );
    expect(all.stdout).not.toContain("wrong-");
    emulator.clearRequests();
    const one = await examine(emulator, { ITNIOTECH_API_SECRET: "wrong-three" });
    expect([one.code, one.of("tencent-ccc"), one.of("itniotech")]).toEqual([
      3,
      expectedOf("tencent-ccc"),
      AFTER_CREDENTIALS,
    ]);
    emulator.clearRequests();
    const other = await examine(emulator, { ITNIOTECH_API_SECRET: "wrong-three" }, [
      "--account",
      "huawei-cec",
      "--quiet",
    ]);
    expect([other.code, other.stderr, other.requested]).toEqual([
      0,
      "",
      ["huawei-cec tokenByAkSk", "huawei-cec queryCallDetailRecord"],
    ]);
  });

  it("prints advice below the table", async () => {
    const emulator = await start();
    const { code, stdout, stderr } = await run(["doctor", "--format", "table", "--account", "itniotech"], {
      env: { ...emulator.environment(), ...NO_KEYS },
    });
    expect(code).toBe(1);
    expect(stdout).toMatch(/^account +check +status +detail\n/);
    expect(stdout).toMatch(/^itniotech +credentials +failed +/m);
    expect(stderr).toMatch(/^itniotech, credentials: Compare the keys with the vendor's console: ITNIOTECH_API_KEY/m);
  });

  it("names the applications that the configuration leaves out", async () => {
    const emulator = await start();
    const { code, find } = await examine(emulator, { TENCENT_CCC_SDK_APP_IDS: "1400000001" });
    expect(code).toBe(0);
    expect(find("tencent-ccc", "applications")).toMatchObject({
      status: "warning",
      detail: "not read: 1400000000 (Application 1400000000)",
    });
    emulator.clearRequests();
    const all = await examine(emulator, { TENCENT_CCC_SDK_APP_IDS: "all" });
    expect(all.find("tencent-ccc", "applications")).toMatchObject({ detail: "all 2 applications are read" });
  });

  it("reports a host that does not respond", async () => {
    const emulator = await start();
    const { code, of, find } = await examine(emulator, { ITNIOTECH_ENDPOINT: "http://127.0.0.1:1" });
    expect([code, of("itniotech")]).toEqual([3, UNREACHABLE]);
    expect(find("itniotech", "network")).toMatchObject({
      detail: expect.stringContaining("127.0.0.1:1 (ECONNREFUSED)") as unknown,
      advice:
        "Check that this machine can reach the host (firewall, DNS, HTTPS_PROXY, NODE_EXTRA_CA_CERTS), and that the endpoint is correct.",
    });
  });

  it("reports an invalid configuration beside valid accounts", async () => {
    const emulator = await start();
    const { code, of, find } = await examine(emulator, { HUAWEI_CEC_APP_SECRET: "" });
    expect([code, of("huawei-cec"), of("itniotech")]).toEqual([3, { configuration: "failed" }, ALL_OK]);
    expect(find("huawei-cec", "configuration")?.detail).toContain("`HUAWEI_CEC_APP_SECRET` must be set too.");
    const none = await run(["doctor"]);
    expect([none.code, none.stdout]).toEqual([2, ""]);
    expect(none.stderr).toBe(
      "error: No account is configured. Run call-records providers to see which variables are missing.\n",
    );
  });

  it("warns of a clock that differs, if the vendors accept it", async () => {
    const { code, of, find } = await examine(await start({ now: () => Date.now() + 120_000 }));
    expect(code).toBe(0);
    for (const account of ["tencent-ccc", "huawei-cec", "itniotech"])
      expect(of(account)).toEqual({ ...expectedOf(account), clock: "warning" });
    expect(find("huawei-cec", "clock")?.detail).toMatch(/^the vendor's clock is 1(19|20|21) s ahead$/);
  });

  it("reports a clock that differs too much, instead of the keys", async () => {
    const { code, of, find } = await examine(await start({ now: () => Date.now() - 900_000 }));
    expect(code).toBe(1);
    expect(of("huawei-cec")).toEqual({ ...ALL_OK, clock: "failed" });
    expect(of("tencent-ccc")).toEqual({ ...AFTER_CREDENTIALS, clock: "failed" });
    expect(find("tencent-ccc", "clock")?.detail).toMatch(/^the vendor's clock is (899|900|901) s behind$/);
    expect(find("tencent-ccc", "credentials")?.advice).toBe(
      "Synchronize this machine's clock with a time server, then try again.",
    );
  });

  it("reports a refusal, even if the client would retry", async () => {
    const emulator = await start();
    emulator.inject("clock-refused", { vendor: "tencent-ccc" });
    emulator.inject("unauthorized", { vendor: "huawei-cec" });
    emulator.inject("clock-refused", { vendor: "itniotech" });
    const { code, of } = await examine(emulator);
    expect(code).toBe(1);
    for (const account of ["tencent-ccc", "huawei-cec", "itniotech"]) expect(of(account)).toEqual(AFTER_CREDENTIALS);
  });

  it("reports an invalid response, a rate limit and a missing token", async () => {
    const emulator = await start();
    emulator.inject("redirect", { vendor: "tencent-ccc" });
    emulator.inject("throttled", { vendor: "itniotech" });
    emulator.inject("no-token", { vendor: "huawei-cec" });
    const { code, of, find } = await examine(emulator);
    expect(code).toBe(1);
    expect(of("tencent-ccc")).toEqual({ ...ALL_OK, response: "failed" });
    expect(find("tencent-ccc", "response")?.advice).toBe(
      "The endpoint may be another service, or a proxy that responds in its place.",
    );
    expect(of("itniotech")).toEqual({ ...ALL_OK, response: "failed" });
    expect(find("itniotech", "response")?.advice).toBe(
      "Another client uses this account's rate limit: wait, or lower the option rate.",
    );
    expect(of("huawei-cec")).toEqual(AFTER_CREDENTIALS);
  });

  it("reports a key that has no permission for the list", async () => {
    const emulator = await start();
    const refusal = {
      Response: {
        Error: { Code: "UnauthorizedOperation", Message: "You are not authorized to perform this operation." },
        RequestId: "one-request",
      },
    };
    const endpoint = await respondWith(refusal);
    const { code, of, find } = await examine(emulator, { TENCENT_CCC_ENDPOINT: endpoint }, [
      "--account",
      "tencent-ccc",
    ]);
    expect([code, of("tencent-ccc")]).toEqual([1, { ...ALL_OK, permission: "failed", response: "skipped" }]);
    expect(find("tencent-ccc", "permission")?.advice).toBe(
      "Allow this key to call DescribeTelCdr in the vendor's console.",
    );
  });
});

/** Starts a vendor that returns this response to every request, and returns its URL. */
async function respondWith(body: unknown): Promise<string> {
  const server: Server = createServer((request, response) => {
    request.resume();
    response.setHeader("Content-Type", "application/json");
    response.end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server has no port.");
  return `http://127.0.0.1:${address.port}`;
}

describe("doctor on a machine without MD5", () => {
  it("reports the account that cannot sign, and the others", async () => {
    const preload = join(await newFolder(), "without-md5.cjs");
    await writeFile(
      preload,
      `const crypto = require("node:crypto");
      const { createHash } = crypto;
      crypto.createHash = (name, options) => {
        if (name === "md5") throw new Error("error:0308010C:digital envelope routines::unsupported");
        return createHash(name, options);
      };
      require("node:module").syncBuiltinESMExports();`,
    );
    const { code, of, find } = await examine(await start(), { NODE_OPTIONS: `--require ${preload}` });
    expect(code).toBe(3);
    expect([of("tencent-ccc"), of("huawei-cec")]).toEqual([expectedOf("tencent-ccc"), ALL_OK]);
    expect(of("itniotech")).toEqual({
      configuration: "ok",
      network: "skipped",
      clock: "skipped",
      credentials: "failed",
      permission: "skipped",
      response: "skipped",
    });
    expect(find("itniotech", "credentials")?.detail).toContain("could not be signed");
  });
});
