import { describe, expect, it } from "vitest";
import { MemoryCheckpointStore, RetentionError } from "call-records";
import type { CustomCall, VendorId } from "call-records/testing";
import { DAY, daysAgo, NOW, openStage, type StageOptions, thrownBy } from "./stage.js";

const VENDORS: VendorId[] = ["tencent-ccc", "huawei-cec", "itniotech"];
const [from, to] = [daysAgo(130), daysAgo(3)];
/** One call every half day, for longer than the requested range. */
const calls = Array.from({ length: 300 }, (_, place): CustomCall => ({
  startedAt: new Date(NOW - 3 * DAY - place * (DAY / 2)),
}));
const keptSeconds = (days: number) => Object.fromEntries(VENDORS.map((vendor) => [vendor, days * 86_400]));

/** Opens vendors with one call every half day. They keep calls for `keptDays`. */
function openWithRetention(
  keptDays: number,
  options: Pick<StageOptions, "huawei" | "itniotech" | "tencent">,
  own: readonly CustomCall[] = calls,
) {
  const emulator = {
    callsPerDay: 0,
    activeCalls: 0,
    calls: { "tencent-ccc": own, "huawei-cec": own, itniotech: own },
    retentionSeconds: keptSeconds(keptDays),
  };
  return openStage({ emulator, ...options });
}

function warningsOf({ events }: Awaited<ReturnType<typeof openStage>>): { account: string; message: string }[] {
  return events.flatMap((event) =>
    event.type === "warning" ? [{ account: event.account, message: event.message }] : [],
  );
}

const suspected = {
  huawei: { suspectedRetentionSeconds: 90 * 86_400 },
  itniotech: { suspectedRetentionSeconds: 90 * 86_400 },
};
const accounts = ["huawei-cec", "itniotech"];

describe("a vendor that is suspected to keep calls for a limited time", () => {
  it.each(["arrival", "time", "newest"] as const)(
    "causes one warning for each account whose oldest windows are empty, in %s order",
    async (order) => {
      const stage = await openWithRetention(90, suspected);
      const stream = stage.client.records({ accounts, from, to, order });
      const read = await stream.toArray({ max: 10_000 });
      expect(stream.report().accounts.map(({ status, gaps }) => ({ status, gaps }))).toEqual([
        { status: "complete", gaps: [] },
        { status: "complete", gaps: [] },
      ]);
      const warnings = warningsOf(stage);
      expect(warnings.map(({ account }) => account).sort()).toEqual(accounts);
      for (const { account, message } of warnings) {
        const oldest = Math.min(
          ...read.filter((call) => call.account === account).map(({ startedAt }) => startedAt.getTime()),
        );
        expect(message).toContain(
          `no call that started between ${from.toISOString()} and ${new Date(oldest).toISOString()}`,
        );
        expect(message).toContain("`retentionSeconds`");
        expect(message).toContain("`client.probe`");
      }
    },
  );

  it("causes the same warning if nothing was listed, in `usage`, and in the first pass of a sync", async () => {
    const stage = await openWithRetention(90, suspected);
    await stage.client.records({ accounts, from, to: daysAgo(110) }).toArray({ max: 1 });
    expect(
      warningsOf(stage)
        .map(({ account }) => account)
        .sort(),
    ).toEqual(accounts);
    await stage.client.usage({ accounts, from, to, source: "records" });
    expect(warningsOf(stage)).toHaveLength(4);
    const store = new MemoryCheckpointStore();
    const pass = () => stage.client.sync({ accounts, from, store }).forEach(() => undefined);
    await pass();
    expect(warningsOf(stage)).toHaveLength(6);
    // The next pass does not read the oldest windows.
    await pass();
    expect(warningsOf(stage)).toHaveLength(6);
  });

  it("causes no warning if calls reach back, if a single day is empty, or if the range begins later", async () => {
    const reaching = await openWithRetention(1000, suspected);
    await reaching.client.records({ accounts, from, to }).toArray({ max: 10_000 });
    expect(warningsOf(reaching)).toEqual([]);
    const stage = await openWithRetention(90, suspected);
    await stage.client.records({ accounts, from: daysAgo(90.9), to }).toArray({ max: 10_000 });
    await stage.client.records({ accounts, from: daysAgo(60), to }).toArray({ max: 10_000 });
    expect(warningsOf(stage)).toEqual([]);
  });

  it("causes no warning if the option is not set, because an account may be young", async () => {
    const stage = await openWithRetention(90, {});
    await stage.client.records({ accounts, from, to }).toArray({ max: 10_000 });
    expect(warningsOf(stage)).toEqual([]);
  });

  it("causes no warning if the oldest windows were not read", async () => {
    const stage = await openWithRetention(90, suspected);
    stage.emulator.inject("wrong-shape", { vendor: "itniotech", times: 1 });
    const stream = stage.client.records({ accounts: ["itniotech"], from, to, isolateFailures: true });
    await stream.toArray({ max: 10_000 });
    expect(stream.report().accounts[0]?.status).not.toBe("complete");
    expect(warningsOf(stage)).toEqual([]);
  });
});

describe("a configured retention", () => {
  const known = {
    tencent: { retentionSeconds: 90 * 86_400 },
    huawei: { retentionSeconds: 90 * 86_400 },
    itniotech: { retentionSeconds: 90 * 86_400 },
  };

  it("is a limit, like one that the vendor declares", async () => {
    const stage = await openWithRetention(90, known);
    for (const account of VENDORS) {
      const error = thrownBy(() => stage.client.records({ accounts: [account], from, to }));
      expect(error).toBeInstanceOf(RetentionError);
      expect(error.message).toContain(daysAgo(90).toISOString());
      expect(stage.client.capabilities(account).records.retentionSeconds).toBe(90 * 86_400);
    }
    expect(stage.emulator.requests).toEqual([]);
    const stream = stage.client.records({ from, to, beforeRetention: "clip" });
    await stream.toArray({ max: 10_000 });
    for (const { status, gaps } of stream.report().accounts) {
      expect(status).toBe("partial");
      expect(gaps).toMatchObject([{ reason: "retention", from: from.toISOString() }]);
      expect(Date.parse(gaps[0]?.to ?? "")).toBeGreaterThanOrEqual(NOW - 90 * DAY);
    }
    expect(warningsOf(stage)).toEqual([]);
  });

  it("becomes a gap of a sync, and is reported as lost", async () => {
    const stage = await openWithRetention(90, known);
    const store = new MemoryCheckpointStore();
    const stream = stage.client.sync({ accounts: ["huawei-cec"], from, store, beforeRetention: "clip" });
    await stream.forEach(() => undefined);
    expect(stream.report().accounts[0]?.gaps).toMatchObject([{ reason: "retention", from: from.toISOString() }]);
    expect(await stage.client.coverage(store, { accounts: ["huawei-cec"] })).toMatchObject([
      { lost: [{ from: from.toISOString() }] },
    ]);
  });
});
