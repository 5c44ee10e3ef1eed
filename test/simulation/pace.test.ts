import { describe, expect, it } from "vitest";
import { day } from "../../src/index.js";
import { openVirtualStage } from "./virtual-stage.js";

const DAY = 86_400_000;
const range = (clock: { now(): number }, fromDays: number, toDays: number) => ({
  from: new Date(clock.now() - fromDays * DAY),
  to: new Date(clock.now() - toDays * DAY),
});

describe("the pace that Tencent declares", () => {
  it.each([0, 50, 150, 300, 600])(
    "draws no refusal from a vendor that counts twenty in any one second, and wastes little, %i ms away",
    async (latencyMs) => {
      const emulator = { days: 20, callsPerDay: 420, sdkAppIds: [1_400_000_000] };
      const { client, clock, network, truth } = await openVirtualStage({ emulator, latencyMs });
      const stream = client.records({ ...range(clock, 19, 4), accounts: ["tencent-ccc"], raw: false });
      const expected = truth["tencent-ccc"].calls.filter(
        ({ startedAt }) => startedAt >= range(clock, 19, 4).from && startedAt < range(clock, 19, 4).to,
      ).length;
      const records = await clock.run(stream.toArray({ max: 100_000 }));
      expect(records).toHaveLength(expected);
      expect(stream.report().accounts).toMatchObject([{ throttles: 0, retries: 0, status: "complete" }]);
      const requests = network.sent.length;
      expect(requests).toBeGreaterThan(50);
      // Twenty at once, then twenty a second; and the round trips of the first page, of the window behind it, and of the last page.
      expect(clock.elapsed()).toBeLessThanOrEqual((requests / 20) * 1020 + 4 * latencyMs);
    },
  );

  it("lets the first request go alone, and then up to twenty be under way at once", async () => {
    const { client, clock, network } = await openVirtualStage({
      emulator: { days: 30, callsPerDay: 200, sdkAppIds: [1_400_000_000] },
      latencyMs: 2000,
    });
    await clock.run(
      client.records({ ...range(clock, 29, 3), accounts: ["tencent-ccc"], raw: false }).toArray({ max: 100_000 }),
    );
    const [first, second] = network.sent;
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(2000);
    expect(Math.max(...network.sent.map(({ underWay }) => underWay))).toBe(20);
  });

  it("is one second's allowance for all that a client does at the same time", async () => {
    const { client, clock, network } = await openVirtualStage({ emulator: { days: 2, callsPerDay: 5 }, latencyMs: 80 });
    const yesterday = day(new Date(clock.now() - DAY).toISOString().slice(0, 10), "Asia/Shanghai");
    const usages = Array.from({ length: 14 }, () =>
      client.usage({ ...yesterday, source: "vendor", accounts: ["tencent-ccc"] }),
    );
    const answered = await clock.run(Promise.all(usages));
    expect(network.sent).toHaveLength(28);
    expect(answered.flatMap(({ accounts }) => accounts.map(({ throttles }) => throttles))).toEqual(
      Array.from({ length: 14 }, () => 0),
    );
  });
});

describe("a vendor that refuses for want of allowance", () => {
  it("is asked more slowly, and in the end nothing is missing", async () => {
    const emulator = {
      days: 12,
      callsPerDay: 100,
      sdkAppIds: [1_400_000_000],
      requestsPerSecond: { "tencent-ccc": 4 },
    };
    const { client, clock, network, truth, events } = await openVirtualStage({
      emulator,
      latencyMs: 40,
      tencent: { rate: { requestsPerSecond: 20, concurrency: 6 } },
      client: { retry: { attempts: 12 } },
    });
    const { from, to } = range(clock, 11, 3);
    const expected = truth["tencent-ccc"].calls.filter(({ startedAt }) => startedAt >= from && startedAt < to).length;
    const stream = client.records({ from, to, accounts: ["tencent-ccc"] });
    expect(await clock.run(stream.toArray({ max: 10_000 }))).toHaveLength(expected);
    const [report] = stream.report().accounts;
    const throttled = events.filter(({ type }) => type === "throttle").length;
    expect(throttled).toBeGreaterThan(0);
    expect(report).toMatchObject({
      status: "complete",
      throttles: throttled,
      retries: throttled,
      requests: network.sent.length,
    });
    expect(report?.waitedMs).toBeGreaterThanOrEqual(throttled * 1000);
  });

  it("is asked as fast as before, step by step, once it refuses no more", async () => {
    const emulator = { days: 30, callsPerDay: 350, sdkAppIds: [1_400_000_000] };
    const { client, clock, network, plan, events } = await openVirtualStage({
      emulator,
      latencyMs: 50,
      tencent: { rate: { requestsPerSecond: 8 } },
    });
    plan.inject("throttled", { vendor: "tencent-ccc", after: 14 });
    await clock.run(
      client.records({ ...range(clock, 29, 3), accounts: ["tencent-ccc"], raw: false }).toArray({ max: 100_000 }),
    );
    expect(events.filter(({ type }) => type === "throttle")).toHaveLength(1);
    const began = network.sent[0]?.at ?? 0;
    const inSecond = (second: number) =>
      network.sent.filter(({ at }) => Math.floor((at - began) / 1020) === second).length;
    expect(Math.min(inSecond(2), inSecond(3), inSecond(4))).toBeLessThanOrEqual(5);
    expect([inSecond(9), inSecond(10)]).toEqual([8, 8]);
  });
});
