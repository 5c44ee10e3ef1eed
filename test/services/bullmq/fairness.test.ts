import { expect, it, onTestFinished } from "vitest";
import { scheduleSyncs, startSyncWorker } from "call-records/bullmq";
import { MemoryDestination } from "../../destinations/memory-destination.js";
import { Fleet, FROM, providersOf, startVendors, until } from "./fleet.js";

const slow = Array.from({ length: 40 }, (_, index) => `slow-${index}`);
const others = Array.from({ length: 40 }, (_, index) => `other-${index}`);

/**
 * Syncs forty accounts of each of two vendors with one worker. Returns the time until those of Itniotech are complete, and the largest number of accounts of
 * Tencent that ran at once meanwhile.
 * @param stallMs how long each request to Tencent takes in addition.
 */
async function syncOthers(stallMs: number): Promise<{ seconds: number; most: number }> {
  const emulator = await startVendors({ "tencent-ccc": slow, itniotech: others }, { latencyMs: 20, callsPerDay: 4 });
  if (stallMs > 0) emulator.inject("stalled-header", { vendor: "tencent-ccc", times: Number.POSITIVE_INFINITY });
  const fleet = await Fleet.open();
  const running = new Set<string>();
  let most = 0;
  class CountingDestination extends MemoryDestination {
    override async open(account: { provider: string; account: string }) {
      const session = await super.open(account);
      if (account.provider === "tencent-ccc") running.add(account.account);
      most = Math.max(most, running.size);
      return {
        ...session,
        close: async () => {
          running.delete(account.account);
          await session.close();
        },
      };
    }
  }
  // The accounts of the vendor that stalls are due first.
  await scheduleSyncs({ ...fleet.options, accounts: [...slow, ...others], from: FROM, everyMs: 120_000 });
  const startedAt = performance.now();
  const worker = startSyncWorker({
    ...fleet.options,
    destination: new CountingDestination(),
    provider: providersOf(emulator),
    concurrency: 10,
    clientOptions: { timeoutMs: stallMs + 1000, retry: { attempts: 1 } },
    onError: () => undefined,
  });
  onTestFinished(() => worker.close(), 30_000);
  await until(
    "all jobs of the other vendor",
    async () => {
      const jobs = await fleet.queue.getCompleted();
      return jobs.filter(({ data }) => data.account.startsWith("other-")).length === others.length ? true : undefined;
    },
    60_000,
  );
  return { seconds: (performance.now() - startedAt) / 1000, most };
}

it("syncs the accounts of a vendor as fast although all requests to another vendor stall for 30 seconds", async () => {
  const usual = await syncOthers(0);
  const stalled = await syncOthers(30_000);
  expect(stalled.most).toBe(5);
  expect(stalled.seconds).toBeLessThanOrEqual(1.2 * usual.seconds);
});

it("uses the whole concurrency of a worker if all accounts are of one vendor", async () => {
  const emulator = await startVendors({ itniotech: others.slice(0, 8) });
  emulator.inject("stalled-header", { times: Number.POSITIVE_INFINITY });
  const fleet = await Fleet.open();
  await scheduleSyncs({ ...fleet.options, accounts: others.slice(0, 8), from: FROM, everyMs: 120_000 });
  const worker = startSyncWorker({
    ...fleet.options,
    destination: new MemoryDestination(),
    provider: providersOf(emulator),
    concurrency: 4,
  });
  onTestFinished(() => worker.close(), 30_000);
  await until("four requests", () => (emulator.requests.length === 4 ? true : undefined));
  expect(await fleet.queue.getActiveCount()).toBe(4);
});
