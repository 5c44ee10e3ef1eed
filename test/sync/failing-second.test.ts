import { describe, expect, it } from "vitest";
import { MemoryCheckpointStore, type SyncStream } from "call-records";
import { type CustomCall, type EmulatorOptions } from "call-records/testing";
import { DAY, daysAgo, HOUR, NOW, openStage } from "../client/stage.js";
import { idsOf } from "../client/truth.js";
import { passOf } from "./pass.js";

const VENDORS = ["tencent-ccc", "huawei-cec", "itniotech"] as const;
const PASSES = 12;
const calls = Array.from({ length: 24 * (20 + PASSES) }, (_, hour): CustomCall => ({ id: `${hour}`, startedAt: new Date(NOW - 20 * DAY + hour * HOUR + 600_000) }));
const holds = (gap: { from: string; to: string }, at: number) => Date.parse(gap.from) <= at && at < Date.parse(gap.to);
const openBroken = (brokenAt: EmulatorOptions["brokenAt"] = {}) =>
  openStage({
    emulator: { callsPerDay: 0, activeCalls: 0, calls: { "tencent-ccc": calls, "huawei-cec": calls, itniotech: calls }, brokenAt },
    tencent: { sdkAppIds: [1_400_000_000] },
    client: { retry: { attempts: 1 } },
  });

describe("a second of the vendor's list that always fails", () => {
  it.each(VENDORS.flatMap((vendor) => [10.2, 0.1].map((days) => [vendor, days] as const)))("holds back no new call of %s, %f days before the first pass", async (vendor, days) => {
    const brokenAt = NOW - days * DAY;
    const { client, clock } = await openBroken({ [vendor]: [new Date(brokenAt)] });
    const store = new MemoryCheckpointStore();
    const seen = new Set<string>();
    let report: ReturnType<SyncStream["report"]>["accounts"][number] | undefined;
    const lengths: number[] = [];
    for (let pass = 0; pass < PASSES; pass += 1) {
      const outcome = await passOf(client, { from: daysAgo(20), store, isolateFailures: true, unreadableRows: "report", accounts: [vendor] });
      for (const { record } of outcome.changes) seen.add(record.id);
      report = outcome.report.accounts[0];
      const failed = report?.gaps.filter(({ reason }) => reason === "failed") ?? [];
      expect(report?.status).toBe("partial");
      expect(failed.some((gap) => holds(gap, brokenAt))).toBe(true);
      expect(report?.gaps.filter(({ reason }) => reason !== "failed")).toEqual([]);
      const due = calls.filter(({ startedAt }) => startedAt.getTime() <= clock.now() && !failed.some((gap) => holds(gap, startedAt.getTime())));
      expect(due.filter(({ id }) => !seen.has(String(id)))).toEqual([]);
      lengths.push(failed.reduce((sum, gap) => sum + Date.parse(gap.to) - Date.parse(gap.from), 0));
      clock.advance(DAY);
    }
    // At last it is the second, one on either side of it, and half a day around it in which its calls may have started.
    expect(lengths.at(-1)).toBeLessThanOrEqual(DAY + 3000);
    const due = calls.filter(({ startedAt }) => startedAt.getTime() <= clock.now() - DAY);
    expect(idsOf([...seen].map((id) => ({ id }))).length).toBeGreaterThan(due.length - 2);
  });
});
