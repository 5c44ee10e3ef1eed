import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startVendorEmulator, type VendorEmulator } from "call-records/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { newFolder, run } from "./command.js";
import { callsOf } from "./lines.js";
import { expectNoSecret } from "./secrets.js";

let emulator: VendorEmulator;
beforeAll(async () => {
  emulator = await startVendorEmulator({ days: 3, callsPerDay: 10, activeCalls: 0 });
});
afterAll(() => emulator.close());
beforeEach(() => {
  emulator.clearRequests();
});

const RECORDS = ["records", "--from", "2d"];
const huawei = () => ({
  provider: "huawei-cec",
  appKey: emulator.credentials["huawei-cec"].appKey,
  appSecret: emulator.credentials["huawei-cec"].appSecret,
  endpoint: emulator.endpoints["huawei-cec"],
});
const itniotech = () => ({
  provider: "itniotech",
  apiKey: emulator.credentials.itniotech.apiKey,
  apiSecret: emulator.credentials.itniotech.apiSecret,
  endpoint: emulator.endpoints.itniotech,
});
const asJson = (...accounts: object[]) => JSON.stringify({ accounts });

/** Runs a command in a folder that contains this file. */
async function withFile(
  text: string,
  args: readonly string[],
  {
    name = "call-records.config.json",
    mode = 0o600,
    env = {},
  }: { name?: string; mode?: number; env?: Record<string, string> } = {},
) {
  const cwd = await newFolder();
  await writeFile(join(cwd, name), text);
  await chmod(join(cwd, name), mode);
  const outcome = await run(args, { cwd, env });
  expectNoSecret(emulator, outcome);
  return outcome;
}

describe("call-records.config.json", () => {
  it("in the working folder is used instead of the environment, with several accounts of one vendor", async () => {
    const text = asJson({ ...huawei(), account: "north" }, { ...huawei(), account: "south" }, itniotech());
    const { code, stdout, stderr } = await withFile(text, RECORDS, { env: { ITNIOTECH_API_KEY: "half" } });
    expect(code, stderr).toBe(0);
    expect(new Set(callsOf(stdout).map(({ account, provider }) => `${account} ${provider}`))).toEqual(
      new Set(["north huawei-cec", "south huawei-cec", "itniotech itniotech"]),
    );
    const one = await withFile(text, [...RECORDS, "--account", "south", "--quiet"]);
    expect([one.code, one.stderr]).toEqual([0, ""]);
    expect(new Set(callsOf(one.stdout).map(({ account }) => account))).toEqual(new Set(["south"]));
  });

  it("can have another name, which --config specifies", async () => {
    const { code, stdout, stderr } = await withFile(
      asJson({ ...itniotech(), account: "emea" }),
      [...RECORDS, "--config", "other.json"],
      { name: "other.json" },
    );
    expect(code, stderr).toBe(0);
    expect(callsOf(stdout)[0]?.account).toBe("emea");
  });

  it("can refer to environment variables, and can begin with a byte order mark", async () => {
    const text = `\uFEFF${asJson({ ...huawei(), account: "hotline", appSecret: { env: "HOTLINE_SECRET" } })}`;
    const { code, stderr } = await withFile(text, RECORDS, {
      env: { HOTLINE_SECRET: emulator.credentials["huawei-cec"].appSecret },
      mode: 0o644,
    });
    expect([code, stderr.includes("warning")]).toEqual([0, false]);
    const missing = await withFile(text, RECORDS);
    expect([missing.code, missing.stdout]).toEqual([2, ""]);
    expect(missing.stderr).toBe(
      "error: call-records.config.json: hotline: option `appSecret`: the environment variable `HOTLINE_SECRET` is not set.\n",
    );
  });

  it.each([0o640, 0o604])("with a secret and mode %o causes a warning", async (mode) => {
    const { code, stderr } = await withFile(asJson(itniotech()), [...RECORDS, "--quiet"], { mode });
    expect([code, stderr]).toEqual([
      0,
      'warning: call-records.config.json contains a secret of itniotech, and other users can read it. Run chmod 600 call-records.config.json, or replace the secret with {"env": "NAME"}.\n',
    ]);
  });

  it.each([0o600, 0o700])("with a secret and mode %o causes no warning", async (mode) => {
    const { code, stderr } = await withFile(asJson(itniotech()), [...RECORDS, "--quiet"], { mode });
    expect([code, stderr]).toEqual([0, ""]);
  });
});

describe("an invalid file", () => {
  const wrong: readonly (readonly [string, () => string, RegExp])[] = [
    ["text that is not JSON", () => `${asJson(itniotech())},`, /^error: call-records\.config\.json is not JSON\.\n$/],
    ["no content", () => "", /^error: call-records\.config\.json is not JSON\.\n$/],
    ["another form", () => JSON.stringify([itniotech()]), /^error: call-records\.config\.json: /],
    ["no accounts", () => asJson(), /^error: call-records\.config\.json: .*accounts.*at least one account/],
    [
      "another field",
      () => JSON.stringify({ accounts: [itniotech()], secret: itniotech().apiSecret }),
      /^error: call-records\.config\.json: .*secret/,
    ],
    [
      "an unknown vendor",
      () => asJson({ ...itniotech(), provider: "twilio" }),
      /^error: call-records\.config\.json: .*accounts\.0\.provider.*tencent-ccc.*huawei-cec.*itniotech/,
    ],
    [
      "an unknown option",
      () => asJson({ ...itniotech(), apiSecrets: itniotech().apiSecret }),
      /^error: itniotech: .*apiSecrets/,
    ],
    ["a missing option", () => asJson({ provider: "itniotech", apiKey: "k" }), /^error: itniotech: .*apiSecret/],
    [
      "a secret of another type",
      () => asJson({ ...itniotech(), apiSecret: [itniotech().apiSecret] }),
      /^error: itniotech: .*apiSecret/,
    ],
    [
      "two equal labels",
      () => asJson(itniotech(), { ...huawei(), account: "itniotech" }),
      /^error: call-records\.config\.json: two accounts have the label `itniotech`\. Give each a different `account`\.\n$/,
    ],
  ];

  it.each(wrong)("with %s causes exit code 2, and nothing is sent", async (_, text, message) => {
    const { code, stdout, stderr } = await withFile(text(), RECORDS);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(message);
    expect(emulator.requests).toEqual([]);
  });

  it("is reported by doctor and providers too", async () => {
    const twice = asJson(itniotech(), itniotech());
    for (const command of ["doctor", "providers"]) {
      const { code, stdout, stderr } = await withFile(twice, [command]);
      expect([code, stdout]).toEqual([2, ""]);
      expect(stderr).toContain("two accounts have the label `itniotech`");
    }
    const { code, stdout } = await withFile(asJson({ ...itniotech(), apiSecrets: "x" }), ["doctor"]);
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^\{"account":"itniotech","check":"configuration","status":"failed","detail":"[^"]*apiSecrets/,
    );
  });

  it("that does not exist, or is a folder, is a usage error", async () => {
    const cwd = await newFolder();
    const absent = await run([...RECORDS, "--config", "absent.json"], { cwd });
    expect([absent.code, absent.stderr]).toEqual([
      2,
      "error: --config: ENOENT: no such file or directory, stat 'absent.json'\n",
    ]);
    await mkdir(join(cwd, "folder"));
    const folder = await run([...RECORDS, "--config", "folder"], { cwd });
    expect([folder.code, folder.stderr]).toEqual([
      2,
      "error: folder cannot be read: EISDIR: illegal operation on a directory, read\n",
    ]);
  });
});

describe("the environment", () => {
  it("without any account causes an error that lists the variables", async () => {
    for (const args of [RECORDS, ["usage", "--from", "1d"], ["active"], ["sync", "--state", "s", "--from", "1d"]]) {
      const { code, stdout, stderr } = await run(args);
      expect([code, stdout]).toEqual([2, ""]);
      expect(stderr).toBe(
        [
          "error: No account is configured. Set the variables of at least one vendor, or create call-records.config.json:",
          "  tencent-ccc: TENCENTCLOUD_SECRET_ID, TENCENTCLOUD_SECRET_KEY, TENCENT_CCC_SDK_APP_IDS",
          "  huawei-cec: HUAWEI_CEC_APP_KEY, HUAWEI_CEC_APP_SECRET",
          "  itniotech: ITNIOTECH_API_KEY, ITNIOTECH_API_SECRET",
          "",
        ].join("\n"),
      );
    }
  });

  it("with an incomplete account causes an error that names the missing variable", async () => {
    const { code, stdout, stderr } = await run(RECORDS, {
      env: { ...emulator.environment(), HUAWEI_CEC_APP_SECRET: " " },
    });
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain("`HUAWEI_CEC_APP_SECRET` must be set too.");
    expect(emulator.requests).toEqual([]);
  });

  it("with an incomplete account can still be used for the other accounts by name", async () => {
    const { code, stderr } = await run([...RECORDS, "--account", "itniotech"], {
      env: { ...emulator.environment(), HUAWEI_CEC_APP_SECRET: "" },
    });
    expect(code, stderr).toBe(0);
    expect(emulator.requests.every(({ vendor }) => vendor === "itniotech")).toBe(true);
    emulator.clearRequests();
  });

  it("an account that does not exist is a usage error", async () => {
    for (const args of [
      RECORDS,
      ["usage", "--from", "1d"],
      ["active"],
      ["doctor"],
      ["sync", "--state", "s", "--from", "1d"],
    ]) {
      const { code, stdout, stderr } = await run([...args, "--account", "nobody"], { env: emulator.environment() });
      expect([code, stdout]).toEqual([2, ""]);
      expect(stderr).toMatch(/^error: .*there is no account ["`]nobody["`]\. .*tencent-ccc.*huawei-cec.*itniotech/);
    }
    expect(emulator.requests).toEqual([]);
  });
});
