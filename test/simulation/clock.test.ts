import { describe, expect, it } from "vitest";
import { AuthenticationError } from "../../src/index.js";
import type { Clock } from "../../src/index.js";
import { openVirtualStage } from "./virtual-stage.js";
import { share } from "../search.js";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Opens a client whose clock is wrong by this time. */
async function openWithClock(aheadMs: number, emulator = {}) {
  const wrong: { clock: Clock | null } = { clock: null };
  const clock: Clock = {
    now: () => (wrong.clock?.now() ?? 0) + aheadMs,
    sleep: (ms, signal) => wrong.clock?.sleep(ms, signal) ?? Promise.resolve(),
  };
  const stage = await openVirtualStage({ emulator: { days: 12, callsPerDay: 40, ...emulator }, client: { clock } });
  wrong.clock = stage.clock;
  return stage;
}

describe("this machine's clock", () => {
  it.each(share([-72 * HOUR, -5 * HOUR, -20 * 60_000, 20 * 60_000, 5 * HOUR, 72 * HOUR], 2))(
    "that is %i ms ahead does not cause intervals with later calls to be reported as complete",
    async (aheadMs) => {
      for (const account of ["tencent-ccc", "huawei-cec", "itniotech"] as const) {
        const { client, clock, truth } = await openWithClock(aheadMs);
        const now = clock.now();
        const stream = client.records({ from: new Date(now - 10 * DAY), to: new Date(now), accounts: [account] });
        const ids = new Set((await clock.run(stream.toArray({ max: 10_000 }))).map(({ id }) => id));
        const { coverage = [], unsettled = [] } = stream.report().accounts[0] ?? {};
        for (const { to } of coverage) expect(Date.parse(to)).toBeLessThanOrEqual(now - 47 * HOUR);
        const covered = truth[account].calls.filter(({ startedAt }) =>
          coverage.some(({ from, to }) => startedAt.toISOString() >= from && startedAt.toISOString() < to),
        );
        expect(covered.length).toBeGreaterThan(50);
        expect(covered.filter(({ id }) => !ids.has(id))).toEqual([]);
        expect(unsettled.length).toBeGreaterThan(0);
      }
    },
  );

  it("causes one warning if it differs from the vendor's, and the vendor accepts it", async () => {
    const { client, clock, events } = await openWithClock(-3 * HOUR);
    const now = clock.now();
    const range = { from: new Date(now - 10 * DAY), to: new Date(now - 5 * DAY), accounts: ["huawei-cec"] };
    await clock.run(client.records(range).toArray({ max: 10_000 }));
    await clock.run(client.records(range).toArray({ max: 10_000 }));
    const warnings = events.filter(({ type }) => type === "warning");
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatchObject({
      account: "huawei-cec",
      message: expect.stringContaining("Correct the clock") as string,
    });
  });

  it.each([-HOUR, 0, HOUR])(
    "that is %i ms ahead does not affect the wait for a Retry-After with a date, which is on the vendor's clock",
    async (aheadMs) => {
      const { client, clock, plan, events } = await openWithClock(aheadMs);
      const now = clock.now();
      plan.inject("http-503", {
        vendor: "huawei-cec",
        operation: "queryCallDetailRecord",
        retryAfter: new Date(now + 10_000),
      });
      await clock.run(
        client
          .records({ from: new Date(now - 10 * DAY), to: new Date(now - 5 * DAY), accounts: ["huawei-cec"] })
          .toArray({ max: 10_000 }),
      );
      const waits = events.flatMap((event) => (event.type === "retry" ? [event.waitMs] : []));
      expect(waits).toHaveLength(1);
      expect(waits[0]).toBeGreaterThanOrEqual(9_000);
      expect(waits[0]).toBeLessThanOrEqual(10_000);
    },
  );

  it("is not corrected permanently by one response of the vendor with a wrong date", async () => {
    const far = new Date(Date.UTC(2027, 11, 6)).toUTCString();
    const stage = await openVirtualStage({ emulator: { days: 12, callsPerDay: 40 } });
    const { network, plan, clock } = stage;
    const send = network.send.bind(network);
    let responses = 0;
    network.send = async (request, signal) => {
      const response = await send(request, signal);
      return (responses += 1) === 1 ? { ...response, headers: { ...response.headers, date: far } } : response;
    };
    plan.inject("clock-refused", { vendor: "tencent-ccc" });
    const range = {
      from: new Date(clock.now() - 10 * DAY),
      to: new Date(clock.now() - 5 * DAY),
      accounts: ["tencent-ccc"],
    };
    const first = await clock.run(
      stage.client
        .records(range)
        .toArray({ max: 10_000 })
        .then(
          () => null,
          (error: unknown) => error,
        ),
    );
    expect(first).toBeInstanceOf(AuthenticationError);
    expect((await clock.run(stage.client.records(range).toArray({ max: 10_000 }))).length).toBeGreaterThan(100);
  });
});
