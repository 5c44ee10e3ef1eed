import { describe, expect, it } from "vitest";
import { MemoryCheckpointStore, RequestError, type SyncArguments } from "call-records";
import type { CustomCall } from "call-records/testing";
import { DAY, daysAgo, HOUR, NOW, openStage, SECOND, thrownBy } from "../client/stage.js";
import { huaweiWindows, named, passOf } from "./pass.js";
import { extent, share } from "../search.js";

const DAYS = extent(6, 11);
const calls = Array.from({ length: DAYS * 24 }, (_, hour): CustomCall => ({
  id: `${hour}`,
  startedAt: new Date(NOW - DAYS * DAY + hour * HOUR + 600_000),
}));
const brokenAt = NOW - (DAYS - 1.7) * DAY;
const accounts = ["huawei-cec"];
const holds = ({ from, to }: { from: string; to: string }, at: number) => Date.parse(from) <= at && at < Date.parse(to);

/** Syncs until the gap around the failing second is as short as possible. */
async function openWithShortestGap(options: { filtersOn?: "start" | "unknown" }) {
  const stage = await openStage({
    emulator: {
      callsPerDay: 0,
      activeCalls: 0,
      calls: { "huawei-cec": calls },
      corruptAt: { "huawei-cec": [new Date(brokenAt)] },
    },
    huawei: options,
    client: { retry: { attempts: 1 } },
  });
  const store = new MemoryCheckpointStore();
  const query = { from: daysAgo(DAYS), store, isolateFailures: true, accounts };
  const seen: string[] = [];
  for (let pass = 0; pass < 8; pass += 1) {
    seen.push(...named((await passOf(stage.client, query)).changes));
    stage.clock.advance(300 * SECOND);
  }
  const { report, changes } = await passOf(stage.client, query);
  expect(changes).toEqual([]);
  const gaps = report.accounts[0]?.gaps ?? [];
  expect(gaps.map(({ reason }) => reason)).toEqual(["failed"]);
  return { ...stage, store, query, seen, abandon: gaps.map(({ from, to }) => ({ from, to })) };
}

describe("an abandoned interval", () => {
  it.each(share([{ filtersOn: "start" }, { filtersOn: "unknown" }] as const, 1))(
    "is not read again, is reported as abandoned, and does not make the pass partial: filtersOn $filtersOn",
    { tags: ["slow"] },
    async (options) => {
      const { emulator, client, clock, store, query, seen, abandon } = await openWithShortestGap(options);
      for (const again of [{ abandon }, {}, { abandon }]) {
        emulator.clearRequests();
        const { report, changes } = await passOf(client, { ...query, ...again });
        expect(changes).toEqual([]);
        expect(report.accounts[0]).toMatchObject({
          status: "complete",
          gaps: abandon.map((interval) => ({ ...interval, reason: "abandoned" })),
        });
        expect(report.accounts[0]?.coverage.some((interval) => holds(interval, brokenAt))).toBe(false);
        expect(huaweiWindows(emulator).filter(({ from, to }) => from <= brokenAt && brokenAt <= to)).toEqual([]);
        const [coverage] = await client.coverage(store, { accounts });
        expect(coverage?.abandoned).toEqual(abandon);
        expect(
          [...(coverage?.coverage ?? []), ...(coverage?.missing ?? []), ...(coverage?.lost ?? [])].filter((interval) =>
            holds(interval, brokenAt),
          ),
        ).toEqual([]);
        clock.advance(300 * SECOND);
      }
      expect(new Set(seen).size).toBe(seen.length);
      expect(seen.length).toBeGreaterThan(calls.length - 2);
    },
  );

  it("excludes intervals that are complete or were never requested", async () => {
    const { client, store, query } = await openWithShortestGap({});
    await passOf(client, { ...query, abandon: [{ from: daysAgo(40), to: daysAgo(DAYS - 3) }] });
    const [coverage] = await client.coverage(store, { accounts });
    expect(coverage?.abandoned).toHaveLength(1);
    expect(
      coverage?.abandoned?.every(
        ({ from, to }) => Date.parse(from) > brokenAt - DAY && Date.parse(to) < brokenAt + DAY,
      ),
    ).toBe(true);
    expect(coverage?.coverage[0]?.from).toBe(daysAgo(DAYS).toISOString());
  });

  it.each([
    ["that is reversed", { from: daysAgo(3), to: daysAgo(4) }, "`abandon.0.to` must be later than its `from`"],
    ["that has not passed", { from: daysAgo(3), to: new Date(NOW + 1) }, "`abandon.0.to` must not be later than now"],
    ["without an offset", { from: "2026-11-01T00:00:00", to: daysAgo(3) }, "`abandon.0.from`"],
    ["without an end", { from: daysAgo(3) }, "`abandon.0.to`"],
    ["with an unknown field", { from: daysAgo(4), to: daysAgo(3), account: "huawei-cec" }, "abandon"],
  ])("is rejected immediately when it is invalid: %s", async (_case, interval, rule) => {
    const { client } = await openStage({ emulator: { callsPerDay: 0 } });
    const query = {
      from: daysAgo(5),
      store: new MemoryCheckpointStore(),
      abandon: [interval],
    } as unknown as SyncArguments;
    const error = thrownBy(() => client.sync(query));
    expect(error).toBeInstanceOf(RequestError);
    expect(error.message).toContain(rule);
  });
});
