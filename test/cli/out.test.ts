import { chmod, mkdir, readdir, readFile, readlink, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { startVendorEmulator, type VendorEmulator } from "call-records/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newFolder, run } from "./command.js";
import { expectNoSecret } from "./secrets.js";
import { shell } from "./shell.js";

const DAY_MS = 86_400_000;
const RECORDS = [
  "records",
  "--from",
  new Date(Date.now() - 6 * DAY_MS).toISOString(),
  "--to",
  new Date(Date.now() - 3 * DAY_MS).toISOString(),
  "--account",
  "itniotech",
  "--order",
  "time",
];

let emulator: VendorEmulator;
beforeAll(async () => {
  emulator = await startVendorEmulator({ days: 7, callsPerDay: 30, activeCalls: 0 });
});
afterAll(() => emulator.close());

const records = async (cwd: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
  const outcome = await run([...RECORDS, ...args], { cwd, env: { ...emulator.environment(), ...env } });
  expectNoSecret(emulator, outcome);
  return outcome;
};
const WRONG_KEY = { ITNIOTECH_API_SECRET: "wrong-key" };

describe("--out", () => {
  it("writes the same text as standard output, compressed if the name ends in .gz", async () => {
    const cwd = await newFolder();
    const [piped, plain, packed] = await Promise.all([
      records(cwd, ["--format", "csv"]),
      records(cwd, ["--format", "csv", "--out", "calls.csv"]),
      records(cwd, ["--format", "csv", "--out", "calls.csv.gz"]),
    ]);
    expect([piped.code, plain.code, packed.code]).toEqual([0, 0, 0]);
    expect(plain.stdout + packed.stdout).toBe("");
    expect(plain.stderr).toMatch(
      /^itniotech {2}complete {5}\d+ calls, \d requests?\nWritten to calls\.csv\. Times are in Asia\/Shanghai\.\n$/,
    );
    expect(piped.stdout.split("\r\n").length).toBeGreaterThan(30);
    expect(await readFile(join(cwd, "calls.csv"), "utf8")).toBe(piped.stdout);
    expect(gunzipSync(await readFile(join(cwd, "calls.csv.gz"))).toString()).toBe(piped.stdout);
    expect((await readdir(cwd)).sort()).toEqual(["calls.csv", "calls.csv.gz"]);
  });

  it("does not change the file, and leaves no temporary file, when all accounts fail", async () => {
    const cwd = await newFolder();
    await writeFile(join(cwd, "calls.json"), "before");
    for (const out of ["calls.json", "new.json"]) {
      const { code, stdout, stderr } = await records(cwd, ["--format", "json", "--out", out], WRONG_KEY);
      expect([code, stdout]).toEqual([1, ""]);
      expect(stderr).toContain("itniotech  failed ");
      expect(stderr).toContain("Nothing was written.");
    }
    expect(await readFile(join(cwd, "calls.json"), "utf8")).toBe("before");
    expect(await readdir(cwd)).toEqual(["calls.json"]);
  });

  it.each(["usage", "active"])("of %s does not change the file either when all accounts fail", async (command) => {
    const cwd = await newFolder();
    await writeFile(join(cwd, "x.json"), "before");
    const range = command === "usage" ? ["--from", "1d"] : [];
    const account = command === "usage" ? "itniotech" : "huawei-cec";
    const { code, stdout } = await run([command, ...range, "--account", account, "--out", "x.json"], {
      cwd,
      env: { ...emulator.environment(), ...WRONG_KEY, HUAWEI_CEC_APP_SECRET: "wrong-key" },
    });
    expect([code, stdout]).toEqual([1, ""]);
    expect(await readFile(join(cwd, "x.json"), "utf8")).toBe("before");
    expect(await readdir(cwd)).toEqual(["x.json"]);
  });

  it("keeps links and the permissions of an existing file", async () => {
    const cwd = await newFolder();
    await mkdir(join(cwd, "elsewhere"));
    await writeFile(join(cwd, "elsewhere", "calls.ndjson"), "before");
    await chmod(join(cwd, "elsewhere", "calls.ndjson"), 0o640);
    await symlink("elsewhere/calls.ndjson", join(cwd, "link.ndjson"));
    await symlink("elsewhere/later.ndjson", join(cwd, "dangling.ndjson"));
    for (const out of ["link.ndjson", "dangling.ndjson"]) {
      const { code, stderr } = await records(cwd, ["--out", out]);
      expect(code, stderr).toBe(0);
    }
    expect(await readlink(join(cwd, "link.ndjson"))).toBe("elsewhere/calls.ndjson");
    expect(await readlink(join(cwd, "dangling.ndjson"))).toBe("elsewhere/later.ndjson");
    expect((await stat(join(cwd, "elsewhere", "calls.ndjson"))).mode & 0o777).toBe(0o640);
    const [first, second] = await Promise.all(
      ["calls", "later"].map((name) => readFile(join(cwd, "elsewhere", `${name}.ndjson`), "utf8")),
    );
    expect(first).toMatch(/^\{"provider":"itniotech"/);
    expect(second).toBe(first);
    expect((await readdir(join(cwd, "elsewhere"))).sort()).toEqual(["calls.ndjson", "later.ndjson"]);
  });

  it("names the file when the disk is full", async () => {
    const { code, stdout, stderr } = await records(await newFolder(), ["--out", "/dev/full"]);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toContain("error: /dev/full: ENOSPC: no space left on device");
  });

  it("determines the format from the file extension", async () => {
    const cwd = await newFolder();
    for (const [out, begins] of [
      ["calls.csv", "account,provider,"],
      ["CALLS.CSV", "account,provider,"],
      ["Calls.Json", "[\n{"],
      ["calls.json", "[\n{"],
      ["calls.ndjson", '{"provider"'],
    ] as const) {
      const { code, stderr } = await records(cwd, ["--out", out]);
      expect(code, stderr).toBe(0);
      expect((await readFile(join(cwd, out), "utf8")).startsWith(begins)).toBe(true);
    }
  });

  it("compresses a file whose name ends in .GZ", async () => {
    const cwd = await newFolder();
    const { code, stderr } = await records(cwd, ["--out", "CALLS.CSV.GZ"]);
    expect(code, stderr).toBe(0);
    expect(gunzipSync(await readFile(join(cwd, "CALLS.CSV.GZ"))).toString()).toMatch(/^account,provider,/);
  });

  it("does not overwrite the configuration or the checkpoint of a sync", async () => {
    const cwd = await newFolder();
    await writeFile(
      join(cwd, "c.json"),
      JSON.stringify({ accounts: [{ provider: "itniotech", apiKey: "k", apiSecret: { env: "HOME" } }] }),
    );
    const configuration = await run(["providers", "--config", "c.json", "--out", "c.json"], { cwd });
    expect([configuration.code, configuration.stderr]).toEqual([
      2,
      "error: --out: c.json is the file that configures the accounts. Choose another file.\n",
    ]);
    await writeFile(join(cwd, "state"), '{"format":"call-records/checkpoints","version":1}\n');
    const state = await records(cwd, ["--out", "state"]);
    expect([state.code, state.stderr]).toEqual([
      2,
      "error: --out: state contains the checkpoint of a sync. Choose another file.\n",
    ]);
  });

  it("writes to /dev/stdout", async () => {
    const { stdout } = await shell(`call-records ${RECORDS.join(" ")} --out /dev/stdout --limit 2 | cat`, {
      env: emulator.environment(),
    });
    expect(stdout.trimEnd().split("\n")).toHaveLength(2);
  });

  it("waits for the reader of a named pipe", async () => {
    const { code, stdout, stderr } = await shell(
      `mkfifo pipe.gz; call-records ${RECORDS.join(" ")} --out pipe.gz & gunzip < pipe.gz; wait $!`,
      { env: emulator.environment() },
    );
    expect(code, stderr).toBe(0);
    const { stdout: piped } = await records(await newFolder(), []);
    expect(stdout).toBe(piped);
    expect(stderr).toContain("Written to pipe.gz.");
  });

  it.each([
    ["absent/calls.csv", 1, /^error: ENOENT: no such file or directory, open '[^']*absent\/calls\.csv'\n$/],
    ["/etc/passwd/calls.csv", 1, /^error: ENOTDIR: not a directory/],
    [".", 2, /^error: --out: \. is a folder\. Name a file\.\n$/],
    ["calls/", 2, /^error: --out: calls\/ is a folder\. Name a file\.\n$/],
  ])("refuses %s before a request is sent", async (out, expected, message) => {
    emulator.clearRequests();
    const { code, stdout, stderr } = await records(await newFolder(), ["--out", out]);
    expect([code, stdout]).toEqual([expected, ""]);
    expect(stderr).toMatch(message);
    expect(emulator.requests).toEqual([]);
  });
});
