import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startVendorEmulator, type VendorEmulator } from "call-records/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newFolder, run } from "./command.js";

let emulator: VendorEmulator;
beforeAll(async () => {
  emulator = await startVendorEmulator({ days: 2, callsPerDay: 0, activeCalls: 0 });
});
afterAll(() => emulator.close());

/** Runs a command for two accounts with different time zones, so that the machine's applies. */
async function runWithZones(TZ: string, args: readonly string[]) {
  const cwd = await newFolder();
  const itniotech = {
    provider: "itniotech",
    ...emulator.credentials.itniotech,
    endpoint: emulator.endpoints.itniotech,
  };
  const accounts = [
    { ...itniotech, account: "north" },
    { ...itniotech, account: "south", timeZone: "Asia/Jakarta" },
  ];
  await writeFile(join(cwd, "call-records.config.json"), JSON.stringify({ accounts }), { mode: 0o600 });
  return run(args, { cwd, env: { TZ } });
}
const records = (TZ: string, ...args: string[]) => runWithZones(TZ, ["records", "--from", "1d", ...args]);
const dayOf = (TZ: string) => runWithZones(TZ, ["records", "--from", "2026-11-01", "--to", "2026-10-01"]);
const because = "because the accounts have different time zones (north: Asia/Shanghai, south: Asia/Jakarta).";

describe("the time zone of the machine", () => {
  it.each([
    ["", "UTC"],
    [":", "UTC"],
    ["UTC", "UTC"],
    ["Asia/Shanghai", "Asia/Shanghai"],
    [":Asia/Shanghai", "Asia/Shanghai"],
    ["America/New_York", "America/New_York"],
    ["UTC0", "UTC"],
  ])("with TZ=%j is %s", async (TZ, zone) => {
    const { code, stderr } = await records(TZ);
    expect(code, stderr).toBe(0);
    expect(stderr).toContain(`Times are in ${zone}, the machine's time zone, ${because}\n`);
    if (TZ !== "UTC0") expect(stderr).not.toContain("warning");
  });

  it.each([
    ["GMT+8", "Etc/GMT+8", "UTC-08:00", "2026-11-01T08:00:00.000Z"],
    ["CST-8", "Etc/GMT-8", "UTC+08:00", "2026-10-31T16:00:00.000Z"],
    ["UTC+3", "Etc/GMT+3", "UTC-03:00", "2026-11-01T03:00:00.000Z"],
  ])("with TZ=%s is the system's interpretation, with a warning", async (TZ, zone, offset, midnight) => {
    const { code, stderr } = await records(TZ);
    expect(code, stderr).toBe(0);
    expect(stderr).toContain(`warning: The system interprets TZ=${TZ} as ${offset}.`);
    expect(stderr).toContain(`Times are in ${zone}, the machine's time zone, ${because}\n`);
    expect((await dayOf(TZ)).stderr).toContain(`${midnight} is not earlier than`);
    const named = await records(TZ, "--time-zone", "Asia/Shanghai");
    expect([named.code, named.stderr.includes("warning")]).toEqual([0, false]);
  });

  it.each(["Asia/Beijing", "nonsense", "+8", "/nowhere/at/all"])(
    "with TZ=%s is unknown, and the error names the variable",
    async (TZ) => {
      const { code, stdout, stderr } = await records(TZ);
      expect([code, stdout]).toEqual([2, ""]);
      expect(stderr).toContain(
        `error: The environment variable TZ must be an IANA time zone such as Asia/Shanghai, not "${TZ}". Correct it, or use --time-zone.`,
      );
      expect(stderr).not.toContain("undefined");
      expect((await records(TZ, "--time-zone", "Asia/Shanghai")).code).toBe(0);
    },
  );

  it("is refused with a list of the zones in the same area if it does not exist", async () => {
    for (const { stderr } of [await records("Asia/Beijing"), await records("UTC", "--time-zone", "Asia/Beijing")])
      expect(stderr).toMatch(/ Known zones: Asia\/Aden, .*Asia\/Shanghai, /);
  });
});
