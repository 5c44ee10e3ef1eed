import { mkdir, readdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { replayCapture, startVendorEmulator } from "call-records/testing";
import { describe, expect, it, onTestFinished } from "vitest";
import { captureAccounts } from "../../src/cli/doctor/capture-accounts.js";
import { newFolder, run } from "./command.js";
import { linesOf } from "./lines.js";
import { expectNoSecret } from "./secrets.js";

async function start() {
  const emulator = await startVendorEmulator({ days: 3, callsPerDay: 100, activeCalls: 4 });
  onTestFinished(() => emulator.close());
  return emulator;
}

/** Fields of the vendors' rows with data of an account. */
const DATA = new Set([
  ...["Caller", "Callee", "Name", "Mail", "Phone", "SkillGroup", "CallerLocation", "UUI", "Remark", "SessionId"],
  ...["RecordURL", "called", "caller", "callData", "callSerialNo", "encryptCalled", "seatName", "sipGroupName"],
  ...["remark", "region", "voiceUrl", "callSessionId", "callId"],
]);

/** Returns the texts in these fields, at any depth. */
function dataIn(value: unknown, field = ""): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => dataIn(item, field));
  if (typeof value === "object" && value !== null)
    return Object.entries(value).flatMap(([name, item]) => dataIn(item, name));
  return DATA.has(field) && typeof value === "string" && value.length > 1 ? [value] : [];
}

describe("doctor --capture", () => {
  it("writes a file without secrets, numbers, names and texts, which only its owner can read", async () => {
    const emulator = await start();
    const cwd = await newFolder();
    const env = emulator.environment();
    const outcome = await run(["doctor", "--capture", "capture.json"], { env, cwd });
    expect(outcome.code).toBe(0);
    expect(await readdir(cwd)).toEqual(["capture.json"]);
    expect((await stat(join(cwd, "capture.json"))).mode & 0o777).toBe(0o600);
    const written = await readFile(join(cwd, "capture.json"), "utf8");
    expectNoSecret(emulator, { ...outcome, stdout: written });
    expect(written).not.toContain(emulator.credentials["huawei-cec"].appKey);
    const rows = await run(["records", "--from", "4d", "--raw"], { env });
    const data = new Set(dataIn(linesOf(rows.stdout)));
    expect(data.size).toBeGreaterThan(300);
    // A short text of digits may also be a part of a time, which the file keeps.
    const times = /"?(?:\w*time\w*|from|to|capturedAt)"?: "?[\d\w :.-]+"?/gi;
    const searched = written.replace(times, "");
    expect([...data].filter((text) => searched.includes(JSON.stringify(text).slice(1, -1)))).toEqual([]);
    const checks = linesOf(outcome.stdout) as { account: string; check: string; detail: string }[];
    expect(checks.filter(({ check }) => check === "capture").map(({ account }) => account)).toEqual([
      "tencent-ccc",
      "huawei-cec",
      "itniotech",
    ]);
    const replay = await replayCapture(join(cwd, "capture.json"));
    expect(replay.accounts.map(({ account }) => account)).toEqual(["tencent-ccc-1", "huawei-cec-1", "itniotech-1"]);
    expect(outcome.stderr).toContain("Read it before you send it.");
  });

  it("replaces a file as a whole, follows links, and refuses folders and the configuration before it sends anything", async () => {
    const emulator = await start();
    const cwd = await newFolder();
    const env = emulator.environment();
    await mkdir(join(cwd, "folder"));
    await writeFile(join(cwd, "folder", "old.json"), "old", { mode: 0o644 });
    await symlink(join("folder", "old.json"), join(cwd, "link.json"));
    for (const path of ["folder", "absent/capture.json"]) {
      const refused = await run(["doctor", "--capture", path], { env, cwd });
      expect([refused.code, refused.stdout]).toEqual([2, ""]);
      expect(refused.stderr).toMatch(/^error: --capture: /);
    }
    expect(emulator.requests).toEqual([]);
    const linked = await run(["doctor", "--account", "itniotech", "--capture", "link.json"], { env, cwd });
    expect(linked.code).toBe(0);
    expect(await readdir(join(cwd, "folder"))).toEqual(["old.json"]);
    expect((await stat(join(cwd, "folder", "old.json"))).mode & 0o777).toBe(0o600);
    expect((await replayCapture(join(cwd, "link.json"))).accounts).toHaveLength(1);
  });

  it("sends at most ten requests for each account, and keeps the file small with a note of what it left out", async () => {
    const emulator = await startVendorEmulator({ days: 3, callsPerDay: 3000, activeCalls: 60 });
    onTestFinished(() => emulator.close());
    const capture = await captureAccounts(emulator.providers(), {
      now: Date.now(),
      signal: new AbortController().signal,
    });
    expect(JSON.stringify(capture, null, 2).length).toBeLessThan(300_000);
    const counts = capture.accounts.map(({ operations }) => operations.flatMap(({ exchanges }) => exchanges).length);
    expect(Math.max(...counts)).toBeLessThanOrEqual(10);
    expect(emulator.requests).toHaveLength(counts.reduce((sum, count) => sum + count, 0));
    for (const { operations } of capture.accounts) {
      expect(operations[0]?.exchanges.filter(({ response }) => response === null)).toEqual([]);
      expect(operations[0]).toMatchObject({ name: "records", result: "limited" });
      expect(operations[0]?.omittedRows).toBeGreaterThanOrEqual(80);
    }
    const [{ operations } = { operations: [] }] = capture.accounts;
    expect(operations.map(({ name }) => name)).toEqual(["records", "usage", "activeCalls", "findCall"]);
    expect(operations.at(-1)).toMatchObject({ result: "complete", omittedRows: 0 });
  });

  it("labels a list that was read to its end as complete, however many rows it has", async () => {
    const now = Date.now();
    const calls = Array.from({ length: 250 }, (_, index) => ({ startedAt: new Date(now - (index + 1) * 300_000) }));
    const emulator = await startVendorEmulator({
      vendors: ["itniotech"],
      callsPerDay: 0,
      activeCalls: 0,
      calls: { itniotech: calls },
    });
    onTestFinished(() => emulator.close());
    const capture = await captureAccounts(emulator.providers(), { now, signal: new AbortController().signal });
    const [operation] = capture.accounts[0]?.operations ?? [];
    expect(operation).toMatchObject({ name: "records", result: "complete" });
    expect(operation?.omittedRows).toBeGreaterThanOrEqual(80);
  });

  it("captures the responses to an account that is refused", async () => {
    const emulator = await start();
    const cwd = await newFolder();
    const env = { ...emulator.environment(), ITNIOTECH_API_SECRET: "wrong-secret" };
    const outcome = await run(["doctor", "--account", "itniotech", "--capture", "capture.json"], { env, cwd });
    expect(outcome.code).toBe(1);
    const written = await readFile(join(cwd, "capture.json"), "utf8");
    expect(written).not.toContain("wrong-secret");
    const [account] = (await replayCapture(join(cwd, "capture.json"))).accounts;
    expect(account?.operations.map(({ name, result }) => [name, result])).toEqual([["records", "authentication"]]);
    expect(written).toContain('"status": -1');
  });
});
