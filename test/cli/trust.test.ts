import { execFileSync } from "node:child_process";
import { chmod, chown, mkdir, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startVendorEmulator, type VendorEmulator } from "call-records/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { refuseUntrustedFile } from "../../src/cli/accounts-file-trust.js";
import { newFolder, run } from "./command.js";
import { expectNoSecret } from "./secrets.js";
import { shell } from "./shell.js";

const NOBODY = 65_534;
const FILE = "call-records.config.json";
const isRoot = process.platform === "linux" && process.getuid?.() === 0;

let emulator: VendorEmulator;
beforeAll(async () => {
  emulator = await startVendorEmulator({ days: 2, callsPerDay: 5, activeCalls: 0 });
});
afterAll(() => emulator.close());
beforeEach(() => {
  emulator.clearRequests();
});

const text = () =>
  JSON.stringify({
    accounts: [
      {
        provider: "itniotech",
        apiKey: { env: "ITNIOTECH_API_KEY" },
        apiSecret: { env: "ITNIOTECH_API_SECRET" },
        endpoint: emulator.endpoints.itniotech,
      },
    ],
  });

async function folderWith(mode: number): Promise<string> {
  const cwd = await newFolder();
  await writeFile(join(cwd, FILE), text());
  await chmod(join(cwd, FILE), mode);
  return cwd;
}

async function records(cwd: string, ...args: string[]) {
  const outcome = await run(["records", "--from", "1d", ...args], { cwd, env: emulator.environment() });
  expectNoSecret(emulator, outcome);
  return outcome;
}

async function expectRefused(cwd: string, rule: string, ...args: string[]): Promise<void> {
  const { code, stdout, stderr } = await records(cwd, ...args);
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toContain(`${FILE} is not used: ${rule}`);
  expect(stderr).toContain("This file sets the endpoints that receive your keys.");
  expect(emulator.requests).toEqual([]);
}

describe.skipIf(process.platform === "win32")("an accounts file that another user can modify", () => {
  it.each([0o620, 0o602, 0o666, 0o664, 0o777])(
    "by its mode %o is refused, also with --config, and nothing is sent",
    async (mode) => {
      const cwd = await folderWith(mode);
      const rule = `its group or other users can write it (mode 0${mode.toString(8)})`;
      await expectRefused(cwd, rule);
      await expectRefused(cwd, rule, "--config", FILE);
      for (const command of ["doctor", "providers"])
        expect((await run([command], { cwd, env: emulator.environment() })).code).toBe(2);
    },
  );

  it.each([0o600, 0o644, 0o640, 0o755])("is not one with mode %o, which is accepted", async (mode) => {
    expect((await records(await folderWith(mode))).code).toBe(0);
  });

  it("by the mode of its folder is refused, unless the folder has the sticky bit", async () => {
    const cwd = await folderWith(0o600);
    await chmod(cwd, 0o777);
    await expectRefused(cwd, `other users can replace it in its folder ${cwd} (mode 0777, without the sticky bit)`);
    await chmod(cwd, 0o1777);
    expect((await records(cwd)).code).toBe(0);
  });

  it("is refused also through a link", async () => {
    const elsewhere = await folderWith(0o622);
    const cwd = await newFolder();
    await symlink(join(elsewhere, FILE), join(cwd, FILE));
    await expectRefused(cwd, "its group or other users can write it");
    await chmod(join(elsewhere, FILE), 0o600);
    await chmod(elsewhere, 0o777);
    await expectRefused(cwd, `other users can replace it in its folder ${elsewhere}`);
  });

  it.skipIf(!isRoot)("as its owner is refused in the working folder, and accepted with --config", async () => {
    const cwd = await folderWith(0o600);
    await chown(join(cwd, FILE), NOBODY, NOBODY);
    await expectRefused(
      cwd,
      `it belongs to another user (uid ${NOBODY}), and a file in the working folder must belong to you or to root`,
    );
    expect((await records(cwd, "--config", FILE)).code).toBe(0);
  });

  it.skipIf(!isRoot)("is not one that belongs to root, which is accepted", async () => {
    process.seteuid?.(NOBODY);
    try {
      await expect(refuseUntrustedFile("/etc/passwd", await stat("/etc/passwd"), false)).resolves.toBeUndefined();
    } finally {
      process.seteuid?.(0);
    }
  });
});

describe.skipIf(process.platform === "win32")("a pipe or a device", () => {
  const pipe = (cwd: string, name: string) => execFileSync("mkfifo", [join(cwd, name)]);

  it("instead of the accounts file is an error", async () => {
    const cwd = await newFolder();
    pipe(cwd, FILE);
    const found = await records(cwd);
    expect([found.code, found.stderr]).toEqual([
      2,
      `error: ${FILE} is a named pipe, not a file. --config must name a file.\n`,
    ]);
    const named = await records(cwd, "--config", "/dev/zero");
    expect([named.code, named.stderr]).toEqual([
      2,
      "error: /dev/zero is a device, not a file. --config must name a file.\n",
    ]);
  });

  it("that the shell opened is read, also after its writer has ended", async () => {
    const cwd = await newFolder();
    await writeFile(join(cwd, "accounts"), text());
    for (const line of [
      "call-records records --from 1d --config <(cat accounts)",
      "cat accounts | call-records records --from 1d --config /dev/stdin",
      "call-records records --from 1d --config /dev/stdin < accounts",
    ]) {
      const { code, stderr } = await shell(line, { cwd, env: emulator.environment() });
      expect(code, stderr).toBe(0);
    }
  });

  it.each(["calls.state", "calls.state.lock"])("instead of %s is an error", async (name) => {
    const cwd = await newFolder();
    pipe(cwd, name);
    const { code, stdout, stderr } = await run(["sync", "--state", "calls.state", "--from", "1d"], {
      cwd,
      env: emulator.environment(),
    });
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(
      new RegExp(
        `[\\w-]+: \\S*/${name} is a named pipe, not a file\\. Remove it, or use another path for the store\\.`,
      ),
    );
    expect(emulator.requests).toEqual([]);
  });

  it.each(["/dev/null", "/dev/zero", "/dev/tty"])("%s as the state is an error", async (device) => {
    const { code, stderr } = await run(["sync", "--state", device, "--from", "1d"], {
      cwd: await newFolder(),
      env: emulator.environment(),
    });
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/: \/dev\/\w+ is (a socket, a pipe or )?a device, not a file\./),
    ]);
    expect(emulator.requests).toEqual([]);
  });
});

describe("an accounts file in another encoding", () => {
  const utf16 = (value: string, bigEndian: boolean) => {
    const bytes = Buffer.from(value, "utf16le");
    return bigEndian ? bytes.swap16() : bytes;
  };

  it.each<[string, (value: string) => Buffer, RegExp]>([
    [
      "UTF-16 LE with a byte order mark",
      (value) => utf16(`\ufeff${value}`, false),
      /is encoded in UTF-16\. Save it as UTF-8/,
    ],
    [
      "UTF-16 BE with a byte order mark",
      (value) => utf16(`\ufeff${value}`, true),
      /is encoded in UTF-16\. Save it as UTF-8/,
    ],
    ["UTF-16 LE", (value) => utf16(value, false), /is encoded in UTF-16\. Save it as UTF-8/],
    ["UTF-16 BE", (value) => utf16(value, true), /is encoded in UTF-16\. Save it as UTF-8/],
    [
      "GBK",
      (value) => Buffer.concat([Buffer.from(value.slice(0, -1)), Buffer.from([0xc4, 0xe3])]),
      /is not encoded in UTF-8\. Save it as UTF-8/,
    ],
  ])("(%s) causes an error that names the encoding", async (_, encode, message) => {
    const cwd = await newFolder();
    await writeFile(join(cwd, FILE), encode(text()), { mode: 0o600 });
    const { code, stdout, stderr } = await records(cwd);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(message);
  });
});

describe("an accounts file with text that is quoted twice", () => {
  const credentials = () => emulator.credentials.itniotech;
  it.each<[string, () => string, RegExp]>([
    ["in a name", () => text().replace('"apiKey"', '"\\"apiKey\\""'), /the name "apiKey" is quoted twice/],
    [
      "in the first name",
      () => text().replace('"accounts"', '"\\"accounts\\""'),
      /the name "accounts" is quoted twice/,
    ],
    [
      "with doubled quotation marks",
      () => text().replace('"apiKey"', '""apiKey""'),
      /is not JSON: it contains names or values that are quoted twice/,
    ],
    [
      "around the whole file",
      () => JSON.stringify(text()),
      /contains its JSON as a string: the whole file is quoted twice/,
    ],
    [
      "in a value",
      () =>
        JSON.stringify({
          accounts: [
            { provider: "itniotech", apiKey: `"${credentials().apiKey}"`, apiSecret: credentials().apiSecret },
          ],
        }),
      /apiKey.*must not begin and end with a quotation mark: it is quoted twice/,
    ],
  ])("%s causes an error that states it", async (_, content, message) => {
    const cwd = await newFolder();
    await mkdir(join(cwd, "x"));
    await writeFile(join(cwd, FILE), content(), { mode: 0o600 });
    const { code, stdout, stderr } = await records(cwd);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(message);
    expect(emulator.requests).toEqual([]);
  });

  it("causes the same error as an environment variable that is quoted twice", async () => {
    const env = { ...emulator.environment(), ITNIOTECH_API_SECRET: `"${credentials().apiSecret}"` };
    const { code, stderr } = await run(["records", "--from", "1d", "--account", "itniotech"], { env });
    expect([code, stderr]).toEqual([2, expect.stringContaining("it is quoted twice")]);
    expect(stderr).not.toContain(credentials().apiSecret);
  });
});
