import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type BuiltInProvider,
  type CallRecordsClient,
  MemoryCheckpointStore,
  type PushNotice,
  RequestError,
} from "call-records";
import { pushOf } from "../../examples/push/emulated-pushes.js";
import { bodyOf, DAY, daysAgo, HISTORY, HOUR, ManualClock, openStage, rejectionOf } from "../client/stage.js";
import { named, passOf } from "./pass.js";

const from = daysAgo(9);

/** Syncs three vendors once, and returns the notices of the calls that begin until the next pass. */
async function openSynced() {
  const clock = new ManualClock();
  const stage = await openStage({
    emulator: { days: 10, callsPerDay: 12, now: clock.now, activeCalls: 0 },
    client: { clock },
    // Without it, a range is wider by the longest call.
    tencent: { filtersOn: "start" },
  });
  const store = new MemoryCheckpointStore();
  await passOf(stage.client, { from, store });
  clock.advance(6 * HOUR);
  return { ...stage, clock, store };
}

/** Returns the notices of the unsettled calls of an account. */
async function noticesOf(client: CallRecordsClient<BuiltInProvider>, account: string): Promise<PushNotice[]> {
  const calls = await client
    .records({ from: daysAgo(1.5), to: daysAgo(1), accounts: [account] })
    .toArray({ max: 1000 });
  return calls.flatMap((call) => client.readPush(account, pushOf(call)).notices);
}

describe("a sync around notices", () => {
  it("first reads the ranges of the notices, in separate windows, and then everything else", async () => {
    const { client, emulator, store } = await openSynced();
    const accounts = ["tencent-ccc"];
    const [notice] = await noticesOf(client, "tencent-ccc");
    if (notice === undefined) throw new TypeError("There is no call.");
    // Forged notices of the future do not displace it.
    const forged = Array.from({ length: 80 }, (_, day) => ({
      account: "tencent-ccc",
      around: { from: daysAgo(-2 * day - 2), to: daysAgo(-2 * day - 3) },
    }));
    emulator.clearRequests();
    await passOf(client, { from, store, accounts, around: [notice, ...forged] });
    const windows = emulator.requests
      .filter(({ operation }) => operation === HISTORY["tencent-ccc"])
      .map((request) => [Number(bodyOf(request).StartTimeStamp), Number(bodyOf(request).EndTimeStamp)] as const);
    const [begin, end] = [notice.around.from.getTime() / 1000, notice.around.to.getTime() / 1000];
    const applications = 2;
    for (const [start, last] of windows.slice(0, applications)) {
      expect(start).toBeLessThanOrEqual(begin);
      expect(last).toBeGreaterThanOrEqual(end - 1);
      expect(last - start).toBeLessThan(HOUR / 1000);
    }
    expect(windows.length).toBeGreaterThan(applications);
  });

  it("delivers the same changes and the same coverage as without them, whatever the notices say", async () => {
    const expected = await openSynced();
    const plain = await passOf(expected.client, { from, store: expected.store });
    const own = await Promise.all(
      ["tencent-ccc", "huawei-cec", "itniotech"].map((vendor) => noticesOf(expected.client, vendor)),
    );
    const forged = fc.record({
      account: fc.constantFrom("tencent-ccc", "huawei-cec", "itniotech", "stranger"),
      around: fc
        .tuple(fc.integer({ min: -20 * DAY, max: 20 * DAY }), fc.integer({ min: 1, max: 5 * DAY }))
        .map(([at, length]) => ({
          from: new Date(daysAgo(0).getTime() + at),
          to: new Date(daysAgo(0).getTime() + at + length),
        })),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(forged, fc.constantFrom(...own.flat())), { maxLength: 60 }),
        async (around) => {
          const { client, store } = await openSynced();
          const pass = await passOf(client, { from, store, around });
          expect(named(pass.changes)).toEqual(named(plain.changes));
          const reports = [pass, plain].map(({ report }) =>
            report.accounts.map(({ account, status, coverage, gaps, unsettled }) => ({
              account,
              status,
              coverage,
              gaps,
              unsettled,
            })),
          );
          expect(reports[0]).toEqual(reports[1]);
        },
      ),
      { numRuns: 6 },
    );
  });

  it.each([
    [[{ account: "itniotech", around: { from: daysAgo(1), to: daysAgo(1) } }], "around.0.around.to"],
    [[{ account: "itniotech", around: { from: "yesterday", to: daysAgo(1) } }], "around.0.around.from"],
    [[{ around: { from: daysAgo(2), to: daysAgo(1) } }], "around.0.account"],
    ["notices", "around"],
  ])("rejects %o", async (around, argument) => {
    const { client } = await openStage();
    const error = await rejectionOf(
      (async () => passOf(client, { from, store: new MemoryCheckpointStore(), around: around as never }))(),
    );
    expect(error).toBeInstanceOf(RequestError);
    expect(error.message).toContain(`\`${argument}\``);
  });
});
