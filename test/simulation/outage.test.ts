import { describe, expect, it } from "vitest";
import { AuthenticationError, CallRecordsError, NetworkError } from "../../src/index.js";
import type { VendorId } from "../../src/testing/index.js";
import { HOSTS, openVirtualStage } from "./virtual-stage.js";

const DAY = 86_400_000;
const HOUR = 3_600_000;
const forever = Number.POSITIVE_INFINITY;
const accounts: VendorId[] = ["tencent-ccc", "huawei-cec", "itniotech"];

const rangeOf = (clock: { now(): number }) => ({
  from: new Date(clock.now() - 28 * DAY),
  to: new Date(clock.now() - 3 * DAY),
});

async function errorOf(promise: Promise<unknown>): Promise<CallRecordsError> {
  const error = await promise.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (error instanceof CallRecordsError) return error;
  throw new TypeError("This did not fail with an error of the library.");
}

describe("a vendor that is down", () => {
  it.each(accounts)("fails a call after five attempts if it is down from the beginning: %s", async (account) => {
    const { client, clock, network } = await openVirtualStage({
      emulator: { days: 30, callsPerDay: 20 },
      outage: { from: 0, to: forever },
    });
    const error = await clock.run(
      errorOf(client.records({ ...rangeOf(clock), accounts: [account] }).toArray({ max: 10_000 })),
    );
    expect(error).toBeInstanceOf(NetworkError);
    expect(error).toMatchObject({ attempts: 5, retryable: true, vendorCode: "ECONNREFUSED" });
    expect(network.sent).toHaveLength(5);
  });

  it.each(accounts)("causes at most three windows of five attempts if failures are isolated: %s", async (account) => {
    const { client, clock, network } = await openVirtualStage({
      emulator: { days: 30, callsPerDay: 20 },
      outage: { from: 0, to: forever },
    });
    const stream = client.records({ ...rangeOf(clock), accounts: [account], isolateFailures: true });
    expect(await clock.run(stream.toArray({ max: 10_000 }))).toEqual([]);
    expect(stream.report().accounts).toMatchObject([{ status: "failed", error: { code: "network" }, coverage: [] }]);
    expect(network.sent.length).toBeLessThanOrEqual(15);
  });

  it("does not receive retries of all twenty requests that were in flight", { tags: ["slow"] }, async () => {
    const outage = { from: 1500, to: forever };
    const { client, clock, network, events } = await openVirtualStage({
      emulator: { days: 30, callsPerDay: 900, sdkAppIds: [1_400_000_000] },
      latencyMs: 900,
      outage,
    });
    const error = await clock.run(
      errorOf(client.records({ ...rangeOf(clock), accounts: ["tencent-ccc"] }).toArray({ max: 100_000 })),
    );
    expect(error).toMatchObject({ code: "network", retryable: true });
    const afterIt = network.sent.filter(({ at }) => at - (network.sent[0]?.at ?? 0) >= outage.from);
    // 20 requests in flight, and the account's budget of 50 retries, which successful responses do not raise above 50.
    expect(afterIt.length).toBeLessThanOrEqual(20 + 50 + 5);
    expect(afterIt.length).toBeGreaterThan(20);
    expect(events.length).toBeLessThan(1000);
  });

  it(
    "causes fewer and fewer requests per call during a long outage, and is read immediately after it",
    { tags: ["slow"] },
    async () => {
      const outage = { from: 0, to: 2 * HOUR };
      const { client, clock, network, events } = await openVirtualStage({
        emulator: { days: 30, callsPerDay: 20 },
        outage,
      });
      const range = rangeOf(clock);
      const tries = async () => {
        for (let time = 0; time < 600; time += 1) {
          await client
            .records({ ...range, accounts: ["itniotech"] })
            .toArray({ max: 10_000 })
            .catch(() => undefined);
          await clock.sleep(1000);
        }
      };
      await clock.run(tries());
      const [before, seconds] = [network.sent.length, clock.elapsed() / 1000];
      // One request for each call, the fifty retries, and half a retry a second.
      expect(before).toBeLessThanOrEqual(600 + 50 + seconds / 2 + 1);
      expect(before).toBeLessThan(600 * 5 - 1000);
      expect(events.filter(({ type }) => type === "warning").length).toBeGreaterThan(100);
      await clock.runOn(2 * HOUR);
      const stream = client.records({ ...range, accounts: ["itniotech"] });
      expect((await clock.run(stream.toArray({ max: 10_000 }))).length).toBeGreaterThan(300);
      expect(stream.report().accounts).toMatchObject([{ status: "complete", retries: 0 }]);
    },
  );
});

describe("refused credentials", () => {
  it.each(accounts)("cause at most two requests for each operation: %s", async (account) => {
    const wrong = {
      tencent: { secretKey: "a-wrong-secret-key" },
      huawei: { appSecret: "a-wrong-app-secret" },
      itniotech: { apiSecret: "a-wrong-api-secret" },
    };
    const { client, clock, network } = await openVirtualStage({ emulator: { days: 30, callsPerDay: 20 }, ...wrong });
    const operations = [
      () => client.records({ ...rangeOf(clock), accounts: [account] }).toArray({ max: 10_000 }),
      () => client.usage({ ...rangeOf(clock), accounts: [account] }),
      ...(account === "itniotech" ? [] : [() => client.activeCalls({ accounts: [account] })]),
    ];
    for (const operation of operations) {
      const before = network.sent.length;
      expect(await clock.run(errorOf(operation()))).toBeInstanceOf(AuthenticationError);
      expect(network.sent.length - before).toBeLessThanOrEqual(2);
    }
  });

  it("of one account do not affect the others if failures are isolated", async () => {
    const { client, clock, network } = await openVirtualStage({
      emulator: { days: 30, callsPerDay: 20 },
      huawei: { appSecret: "a-wrong-app-secret" },
    });
    const stream = client.records({ ...rangeOf(clock), isolateFailures: true });
    await clock.run(stream.toArray({ max: 10_000 }));
    expect(stream.report().accounts.map(({ status }) => status)).toEqual(["complete", "failed", "complete"]);
    expect(network.sent.filter(({ host }) => host === HOSTS["huawei-cec"])).toHaveLength(1);
  });
});
