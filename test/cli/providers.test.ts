import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startVendorEmulator } from "call-records/testing";
import { expect, it, onTestFinished } from "vitest";
import { newFolder, run } from "./command.js";
import { linesOf } from "./lines.js";
import { expectNoSecret } from "./secrets.js";

interface Row {
  provider: string;
  account: string | null;
  status: string;
  missing: string | null;
  capabilities: { records: { filters: string[] } } | null;
}
const ITNIOTECH = { ITNIOTECH_API_KEY: "some-key", ITNIOTECH_API_SECRET: "some-secret-9" };

it("lists the missing variables if nothing is configured", async () => {
  const { code, stdout, stderr } = await run(["providers"]);
  expect([code, stderr]).toEqual([0, "Nothing is configured.\n"]);
  expect(linesOf(stdout)).toEqual([
    {
      provider: "tencent-ccc",
      account: null,
      status: "not configured",
      missing: "set TENCENTCLOUD_SECRET_ID, TENCENTCLOUD_SECRET_KEY, TENCENT_CCC_SDK_APP_IDS",
      capabilities: null,
    },
    {
      provider: "huawei-cec",
      account: null,
      status: "not configured",
      missing: "set HUAWEI_CEC_APP_KEY, HUAWEI_CEC_APP_SECRET",
      capabilities: null,
    },
    {
      provider: "itniotech",
      account: null,
      status: "not configured",
      missing: "set ITNIOTECH_API_KEY, ITNIOTECH_API_SECRET",
      capabilities: null,
    },
  ]);
});

it("prints the capabilities of each account in every format, and sends nothing", async () => {
  const emulator = await startVendorEmulator({ days: 1, callsPerDay: 0, activeCalls: 0 });
  onTestFinished(() => emulator.close());
  const env = emulator.environment();
  const [json, csv, table] = await Promise.all([
    run(["providers", "--format", "json"], { env }),
    run(["providers", "--format", "csv"], { env }),
    run(["providers", "--format", "table"], { env }),
  ]);
  const note = "Not shown for lack of room: filters. --columns selects columns.\n";
  for (const outcome of [json, csv, table]) {
    expect([outcome.code, outcome.stderr]).toEqual([
      0,
      `${outcome === table ? note : ""}Configuration: environment variables.\n`,
    ]);
    expectNoSecret(emulator, outcome);
  }
  const rows = JSON.parse(json.stdout) as Row[];
  expect(rows.map(({ provider, account, status }) => [provider, account, status])).toEqual(
    ["tencent-ccc", "huawei-cec", "itniotech"].map((id) => [id, id, "ready"]),
  );
  expect(rows.map(({ capabilities }) => capabilities?.records.filters)).toEqual([
    expect.arrayContaining(["phones"]),
    ["taskType", "caller"],
    expect.arrayContaining(["callType", "ccode"]),
  ]);
  expect(csv.stdout.split("\r\n")[0]).toBe(
    "provider,account,status,rateLimit,window,retention,usage,active,findCallBy,timeZone,filters,missing",
  );
  expect(csv.stdout).toContain(
    '\r\nhuawei-cec,huawei-cec,ready,"5/s, 4 at once",7 d,unknown,records,records,"callSerialNo; callId, userId, tenantId, agentId",Asia/Shanghai,taskType caller,\r\n',
  );
  expect(table.stdout).toMatch(
    /^provider +account +status +rate limit +window +retention +usage +active +find call by/,
  );
  expect(emulator.requests).toEqual([]);
});

it("reports what is wrong with an incomplete account, and ends with exit code 2", async () => {
  const { code, stdout, stderr } = await run(["providers", "--format", "table"], {
    env: { ITNIOTECH_API_KEY: "some-key", HUAWEI_CEC_APP_KEY: "k", HUAWEI_CEC_APP_SECRET: "some-secret-9" },
  });
  expect(code).toBe(2);
  expect(stdout).toMatch(
    /^huawei-cec +huawei-cec +ready .*\nitniotech +itniotech +wrong\ntencent-ccc +not configured\n$/m,
  );
  expect(stderr).toMatch(/^itniotech: .*`ITNIOTECH_API_SECRET` must be set too\.$/m);
  expect(stderr).toMatch(/^tencent-ccc: set TENCENTCLOUD_SECRET_ID, /m);
  expect(stdout + stderr).not.toContain("some-");
});

it("reads the configuration file", async () => {
  const cwd = await newFolder();
  const accounts = [
    { provider: "itniotech", account: "emea", apiKey: "k", apiSecret: { env: "EMEA_SECRET" } },
    { provider: "itniotech", account: "apac", apiKey: "k", apiSecret: { env: "APAC_SECRET" } },
  ];
  await writeFile(join(cwd, "call-records.config.json"), JSON.stringify({ accounts }));
  const { code, stdout, stderr } = await run(["providers"], {
    cwd,
    env: { ...ITNIOTECH, EMEA_SECRET: "some-secret-9" },
  });
  expect(code).toBe(2);
  expect(
    (linesOf(stdout) as Row[]).map(({ provider, account, status, missing }) => [provider, account, status, missing]),
  ).toEqual([
    ["itniotech", "emea", "ready", null],
    [
      "itniotech",
      "apac",
      "wrong",
      "call-records.config.json: apac: option `apiSecret`: the environment variable `APAC_SECRET` is not set.",
    ],
    [
      "tencent-ccc",
      null,
      "not configured",
      "add an entry to call-records.config.json with provider tencent-ccc, secretId, secretKey, sdkAppIds",
    ],
    [
      "huawei-cec",
      null,
      "not configured",
      "add an entry to call-records.config.json with provider huawei-cec, appKey, appSecret",
    ],
  ]);
  expect(stderr).toBe("Configuration: call-records.config.json.\n");
});
