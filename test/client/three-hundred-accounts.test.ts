import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { Socket } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { type CallRecord, itniotech } from "call-records";
import { createTestClock, startVendorEmulator } from "call-records/testing";
import { closeWithFile } from "../closing.js";
import { DAY, HOUR, NOW, openClient } from "./stage.js";
import { within } from "./truth.js";

const ACCOUNTS = 300;
const PAGE = 3;
const labels = Array.from({ length: ACCOUNTS }, (_, index) => `tenant-${index + 1}`);
/** For some accounts, the calls of this range need more requests than a second allows. */
const range = { from: new Date(NOW - 4 * DAY), to: new Date(NOW - 4 * DAY + 9 * HOUR) };
/** For no account, the calls of this range do. */
const part = { from: range.from, to: new Date(NOW - 4 * DAY + 2 * HOUR) };
const rate = { requestsPerSecond: 2, concurrency: 1 };
const clock = createTestClock({ now: NOW });

const emulator = await startVendorEmulator({
  clock,
  vendors: ["itniotech"],
  accounts: { itniotech: labels },
  days: 6,
  callsPerDay: 5,
  activeCalls: 0,
  requestsPerSecond: { itniotech: rate.requestsPerSecond },
  pageCap: { itniotech: PAGE },
});
closeWithFile(() => emulator.close());

/** Returns the provider of an account. Its windows need no margin. */
function providerOf(account: string) {
  const credentials = emulator.accounts.get(account)?.credentials;
  if (credentials === undefined) throw new TypeError(`There is no account ${account}.`);
  return itniotech({ ...credentials, account, endpoint: emulator.endpoints.itniotech, rate, filtersOn: "start" });
}

/** Returns the keys of the calls in a range that the vendor has for these accounts. */
function expectedOf(accounts: readonly string[], { from, to }: typeof range): string[] {
  return accounts
    .flatMap((account) =>
      within(emulator.accounts.get(account)?.truth.calls ?? [], from, to).map(({ id }) => `${account} ${id}`),
    )
    .sort();
}

const keysOf = (calls: readonly CallRecord[]) => calls.map(({ account, id }) => `${account} ${id}`).sort();

/** Counts the connections that this process opens until the test has finished. */
function watchSockets(): { peak: () => number } {
  let [open, peak] = [0, 0];
  const opened = (message: unknown) => {
    open += 1;
    peak = Math.max(peak, open);
    (message as { socket: Socket }).socket.once("close", () => (open -= 1));
  };
  subscribe("net.client.socket", opened);
  onTestFinished(() => void unsubscribe("net.client.socket", opened));
  return { peak: () => peak };
}

describe(`a client of ${ACCOUNTS} accounts`, () => {
  it(
    "reads every call once, at the rate limit of each account, with one connection for each at most",
    { tags: ["slow"] },
    async () => {
      const client = openClient({ providers: labels.map(providerOf), clock });
      const sockets = watchSockets();
      const began = clock.now();
      const stream = client.records(range);
      const calls = await stream.toArray({ max: 100_000 });
      expect(calls.length).toBeGreaterThan(ACCOUNTS);
      expect(keysOf(calls)).toEqual(expectedOf(labels, range));
      const reports = stream.report().accounts;
      expect(reports.map(({ account, status, throttles, gaps }) => [account, status, throttles, gaps])).toEqual(
        labels.map((account) => [account, "complete", 0, []]),
      );
      expect(emulator.requests.filter(({ refusal }) => refusal !== null)).toEqual([]);
      // Each account waits for its own limit only.
      const most = Math.max(...reports.map(({ requests }) => requests));
      expect(most).toBeGreaterThan(rate.requestsPerSecond);
      expect(clock.now() - began).toBeLessThan(most * 1000);
      expect(sockets.peak()).toBeGreaterThan(1);
      expect(sockets.peak()).toBeLessThanOrEqual(ACCOUNTS);
    },
  );

  it(
    "is not delayed by an account that hangs or fails, and accounts are added and removed meanwhile",
    { tags: ["slow"] },
    async () => {
      const [hanging = "", failing = "", added = "", ...others] = labels;
      const client = openClient({
        providers: [hanging, failing, ...others].map(providerOf),
        clock,
        timeoutMs: 600_000,
        defaults: { isolateFailures: true },
      });
      // The clock stands still while a request hangs, so no account may have to wait for its rate limit.
      await clock.advance(10_000);
      emulator.inject("stalled-header", { account: hanging });
      emulator.inject("unauthorized", { account: failing, times: Infinity });
      const expected = expectedOf(others, part);
      const calls: CallRecord[] = [];
      const stream = client.records(part);
      for await (const call of stream) {
        calls.push(call);
        if (calls.length === 1) client.addProvider(providerOf(added));
        // All other accounts are complete while one hangs.
        if (calls.length === expected.length) await client.removeProvider(hanging);
      }
      expect(keysOf(calls)).toEqual(expected);
      expect(stream.report().accounts.map(({ account, status, error }) => [account, status, error?.code])).toEqual([
        [hanging, "failed", "aborted"],
        [failing, "failed", "vendor"],
        ...others.map((account) => [account, "complete", undefined]),
      ]);
      const later = await client.records({ ...range, accounts: [added] }).toArray({ max: 100 });
      expect(keysOf(later)).toEqual(expectedOf([added], range));
      expect(client.capabilities().map(({ account }) => account)).toEqual([failing, ...others, added]);
    },
  );
});
