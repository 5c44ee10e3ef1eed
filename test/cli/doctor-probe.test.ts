import { startVendorEmulator, type EmulatorOptions } from "call-records/testing";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Check } from "../../src/cli/doctor/check-account.js";
import { run } from "./command.js";

async function probe(options: EmulatorOptions): Promise<{ code: number | null; checks: Check[]; requests: number }> {
  const emulator = await startVendorEmulator({ days: 10, callsPerDay: 60, ...options });
  onTestFinished(() => emulator.close());
  const { code, stdout } = await run(["doctor", "--probe", "--account", "huawei-cec", "--format", "json"], {
    env: emulator.environment(),
  });
  return {
    code,
    checks: (JSON.parse(stdout) as Check[]).filter(({ check }) => check === "probe"),
    requests: emulator.requests.length,
  };
}

describe("doctor --probe", () => {
  it("measures the list of calls with few requests, and recommends options", async () => {
    const { code, checks, requests } = await probe({
      filterTime: "start",
      windowEdges: { start: "inclusive", end: "exclusive" },
      order: "ascending",
      pageCap: { "huawei-cec": 30 },
    });
    expect(code).toBe(0);
    const findings = checks.map(({ detail }) => detail.split(". ")[0]);
    expect(findings.slice(0, 8)).toEqual([
      "windows filter on: start",
      "window start: inclusive",
      "window end: exclusive",
      "row order: ascending by start",
      "rows per page of 100: 30",
      "total minus number of rows: 0",
      expect.stringMatching(/^age of the oldest call, in days: (9|10)$/),
      "number filter: not usable",
    ]);
    expect(checks[8]?.detail).toMatch(
      /^recommended options: "filtersOn":"start", "windowEnd":"exclusive", "suspectedRetentionSeconds":\d+ \(\d+ requests, taskType 0\)$/,
    );
    expect(checks[8]?.advice).toContain('"filtersOn":"start", "windowEnd":"exclusive"');
    // The checks before the probe request a token and a page.
    expect(requests).toBeLessThanOrEqual(2 + 22);
  });

  it("reports nothing if there is no call", async () => {
    const { code, checks } = await probe({ callsPerDay: 0, activeCalls: 0 });
    expect(code).toBe(0);
    expect(checks.slice(0, 8).every(({ status, detail }) => status === "skipped" && detail.includes("unknown"))).toBe(
      true,
    );
    expect(checks[8]).toMatchObject({
      detail: expect.stringContaining("no recommended options") as string,
      advice: null,
    });
  });
});
