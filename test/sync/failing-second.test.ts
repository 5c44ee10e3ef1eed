import { describe, expect, it } from "vitest";
import { CallRecordsClient, MemoryCheckpointStore, type Provider, type SyncStream } from "call-records";
import { type CustomCall, type EmulatorOptions } from "call-records/testing";
import { DAY, daysAgo, HOUR, huaweiAt, IN_TURN, ManualClock, NOW, openEmulator, openStage } from "../client/stage.js";
import { idsOf } from "../client/truth.js";
import { extent, SEARCH, share } from "../search.js";
import { inDailyWindows } from "./daily-windows.js";
import { huaweiWindows, passOf } from "./pass.js";

const VENDORS = ["tencent-ccc", "huawei-cec", "itniotech"] as const;
const PASSES = SEARCH.failingPasses;
/** The number of days before the first pass. */
const DAYS = extent(6, 20);
const calls = Array.from({ length: 24 * (DAYS + PASSES) }, (_, hour): CustomCall => ({
  id: `${hour}`,
  startedAt: new Date(NOW - DAYS * DAY + hour * HOUR + 600_000),
}));
const holds = (gap: { from: string; to: string }, at: number) => Date.parse(gap.from) <= at && at < Date.parse(gap.to);
const openBroken = (brokenAt: EmulatorOptions["corruptAt"] = {}) =>
  openStage({
    emulator: {
      callsPerDay: 0,
      activeCalls: 0,
      calls: { "tencent-ccc": calls, "huawei-cec": calls, itniotech: calls },
      corruptAt: brokenAt,
    },
    tencent: { sdkAppIds: [1_400_000_000] },
    client: { retry: { attempts: 1 } },
  });

describe("a second of the vendor's list that always fails", () => {
  it.each(
    share(
      VENDORS.flatMap((vendor) => [DAYS / 2 + 0.2, 0.1].map((days) => [vendor, days] as const)),
      1,
    ),
  )("does not delay new calls of %s when it is %f days before the first pass", async (vendor, days) => {
    const brokenAt = NOW - days * DAY;
    const { client, clock } = await openBroken({ [vendor]: [new Date(brokenAt)] });
    const store = new MemoryCheckpointStore();
    const seen = new Set<string>();
    let report: ReturnType<SyncStream["report"]>["accounts"][number] | undefined;
    const lengths: number[] = [];
    for (let pass = 0; pass < PASSES; pass += 1) {
      const outcome = await passOf(client, {
        from: daysAgo(DAYS),
        store,
        isolateFailures: true,
        unreadableRows: "report",
        accounts: [vendor],
      });
      for (const { record } of outcome.changes) seen.add(record.id);
      report = outcome.report.accounts[0];
      const failed = report?.gaps.filter(({ reason }) => reason === "failed") ?? [];
      expect(report?.status).toBe("partial");
      expect(failed.some((gap) => holds(gap, brokenAt))).toBe(true);
      expect(report?.gaps.filter(({ reason }) => reason !== "failed")).toEqual([]);
      const due = calls.filter(
        ({ startedAt }) => startedAt.getTime() <= clock.now() && !failed.some((gap) => holds(gap, startedAt.getTime())),
      );
      expect(due.filter(({ id }) => !seen.has(String(id)))).toEqual([]);
      lengths.push(failed.reduce((sum, gap) => sum + Date.parse(gap.to) - Date.parse(gap.from), 0));
      clock.advance(DAY);
    }
    // In the end, the gap is that second, the seconds next to it, and half a day on each side in which its calls may have started.
    expect(lengths.at(-1)).toBeLessThanOrEqual(DAY + 3000);
    const due = calls.filter(({ startedAt }) => startedAt.getTime() <= clock.now() - DAY);
    expect(idsOf([...seen].map((id) => ({ id }))).length).toBeGreaterThan(due.length - 2);
  });
});

describe("seconds of the vendor's list that always fail, each in its own window", () => {
  const NEAR_MS = 5000;

  /** Runs daily passes over windows of one day. Returns the readable calls that were not delivered, and the number of windows of each pass. */
  const passesOver = async (brokenAt: readonly number[], passes: number) => {
    const clock = new ManualClock();
    const emulator = await openEmulator({
      now: clock.now,
      callsPerDay: 0,
      activeCalls: 0,
      calls: { "huawei-cec": calls },
      corruptAt: { "huawei-cec": brokenAt.map((at) => new Date(at)) },
    });
    const client = new CallRecordsClient<Provider>({
      providers: [inDailyWindows(huaweiAt(emulator, { filtersOn: "start", rate: IN_TURN }))],
      clock,
      retry: { attempts: 1 },
    });
    const query = { from: daysAgo(DAYS), store: new MemoryCheckpointStore(), isolateFailures: true };
    const seen = new Set<string>();
    const windows: number[] = [];
    for (let pass = 0; pass < passes; pass += 1) {
      emulator.clearRequests();
      const { changes, report } = await passOf(client, query);
      for (const { record } of changes) seen.add(record.id);
      expect(report.accounts[0]?.status).toBe("partial");
      windows.push(huaweiWindows(emulator).length);
      clock.advance(DAY);
    }
    const missing = (until: number) =>
      calls.filter(
        ({ id, startedAt }) =>
          startedAt.getTime() < until &&
          !brokenAt.some((at) => Math.abs(at - startedAt.getTime()) < NEAR_MS) &&
          !seen.has(String(id)),
      );
    await client.close();
    return { missing, windows };
  };

  it.each(share([3, 6, 9], 1))(
    "do not delay calls in other seconds: %i failing seconds",
    { tags: ["slow"] },
    async (count) => {
      const { missing } = await passesOver(
        Array.from({ length: count }, (_, index) => NOW - (DAYS - 2) * DAY + index * 1.5 * DAY),
        extent(4, 8),
      );
      expect(missing(NOW)).toEqual([]);
    },
  );

  it(
    "do not delay calls in other seconds when each day has one, and need a bounded number of windows",
    { tags: ["slow"] },
    async () => {
      const { missing, windows } = await passesOver(
        Array.from({ length: 2 * DAYS }, (_, day) => NOW - DAYS * DAY + day * DAY + 5 * HOUR),
        extent(3, PASSES),
      );
      expect(missing(NOW)).toEqual([]);
      expect(Math.max(...windows)).toBeLessThan(200);
    },
  );
});
