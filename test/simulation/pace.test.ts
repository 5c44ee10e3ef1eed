import { describe, expect, it } from "vitest";
import { day } from "../../src/index.js";
import { openVirtualStage } from "./virtual-stage.js";
import { share } from "../search.js";

const DAY = 86_400_000;
const range = (clock: { now(): number }, fromDays: number, toDays: number) => ({
  from: new Date(clock.now() - fromDays * DAY),
  to: new Date(clock.now() - toDays * DAY),
});

describe("the pace that Tencent declares", () => {
  it.each(share([0, 50, 150, 300, 600], 1, 2))(
    "causes no refusals by a vendor that allows 20 requests per second, and wastes little time, with %i ms latency",
    async (latencyMs) => {
      const emulator = { days: 20, callsPerDay: 105, sdkAppIds: [1_400_000_000], pageCap: { "tencent-ccc": 25 } };
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
      // 20 immediately, then 20 per second. The round trips of the first page, of the next window and of the last page are added.
      expect(clock.elapsed()).toBeLessThanOrEqual((requests / 20) * 1020 + 4 * latencyMs);
    },
  );

  it("sends the first request alone, and then up to 20 concurrently", { tags: ["slow"] }, async () => {
    const { client, clock, network } = await openVirtualStage({
      emulator: { days: 30, callsPerDay: 120, sdkAppIds: [1_400_000_000] },
      latencyMs: 2000,
    });
    await clock.run(
      client.records({ ...range(clock, 29, 3), accounts: ["tencent-ccc"], raw: false }).toArray({ max: 100_000 }),
    );
    const [first, second] = network.sent;
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(2000);
    expect(Math.max(...network.sent.map(({ inFlight }) => inFlight))).toBe(20);
  });

  it("is shared by all concurrent operations of a client", async () => {
    const { client, clock, network } = await openVirtualStage({ emulator: { days: 2, callsPerDay: 5 }, latencyMs: 80 });
    const yesterday = day(new Date(clock.now() - DAY).toISOString().slice(0, 10), "Asia/Shanghai");
    const usages = Array.from({ length: 14 }, () =>
      client.usage({ ...yesterday, source: "vendor", accounts: ["tencent-ccc"] }),
    );
    const results = await clock.run(Promise.all(usages));
    expect(network.sent).toHaveLength(28);
    expect(results.flatMap(({ accounts }) => accounts.map(({ throttles }) => throttles))).toEqual(
      Array.from({ length: 14 }, () => 0),
    );
  });
});

describe("a vendor that refuses requests because of their rate", () => {
  it("receives requests at a lower rate, and all calls are read", async () => {
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

  it("receives requests at the original rate again, step by step, when it no longer refuses", async () => {
    const emulator = { days: 30, callsPerDay: 88, sdkAppIds: [1_400_000_000], pageCap: { "tencent-ccc": 25 } };
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
