import { describe, expect, it } from "vitest";
import {
  AbortedError,
  CheckpointError,
  type Destination,
  type DestinationSession,
  RequestError,
  type SyncToReport,
} from "call-records";
import { daysAgo, HOUR, NOW, openStage, rejectionOf } from "../client/stage.js";
import { idsOf, within } from "../client/truth.js";
import { emptyStorage, MemoryDestination } from "./memory-destination.js";

const range = { from: daysAgo(9), to: daysAgo(3) };
const VENDORS = ["tencent-ccc", "huawei-cec", "itniotech"] as const;

async function open() {
  const stage = await openStage({ emulator: { days: 12, callsPerDay: 8 } });
  const storage = emptyStorage();
  const { truth } = stage.emulator;
  const expected = VENDORS.flatMap((vendor) => within(truth[vendor].calls, range.from, range.to));
  return { ...stage, storage, destination: new MemoryDestination(storage), expected: idsOf(expected) };
}

/** A destination whose sessions are changed by a function. */
function wrapping(
  inner: Destination,
  change: (session: DestinationSession, account: string) => Partial<DestinationSession>,
) {
  return {
    open: async (account: { provider: string; account: string }) => {
      const session = await inner.open(account);
      return { ...session, ...change(session, account.account) };
    },
  };
}

describe("syncTo", () => {
  it("copies each call exactly once, and later passes only what has changed", async () => {
    const { client, storage, destination, expected } = await open();
    const first = await client.syncTo(destination, range);
    expect(idsOf([...storage.calls.values()])).toEqual(expected);
    expect(first).toMatchObject({ inserted: expected.length, updated: 0 });
    expect(first.accounts.map(({ account, status, rows }) => ({ account, status, rows }))).toEqual(
      VENDORS.map((account) => ({
        account,
        status: "complete",
        rows: [...storage.calls.values()].filter((call) => call.account === account).length,
      })),
    );
    expect(await client.syncTo(destination, range)).toMatchObject({ inserted: 0, updated: 0 });
    expect(storage.leases.size).toBe(0);
  });

  it("replaces a call that has changed, and counts it as updated", async () => {
    const [ends, stays] = [new Date(NOW - HOUR), new Date(NOW - 2 * HOUR)];
    const { client, clock } = await openStage({
      emulator: {
        callsPerDay: 0,
        activeCalls: 0,
        calls: {
          "huawei-cec": [
            { id: "ends", startedAt: ends, answeredAt: ends, endedAt: new Date(NOW + HOUR) },
            { id: "stays", startedAt: stays, answeredAt: stays, endedAt: new Date(NOW - HOUR) },
          ],
        },
      },
    });
    const destination = new MemoryDestination();
    const states = () => [...destination.storage.calls.values()].map(({ id, state }) => `${id} ${state}`).sort();
    const query = { from: daysAgo(2), accounts: ["huawei-cec"] };
    expect(await client.syncTo(destination, query)).toMatchObject({ inserted: 2, updated: 0 });
    expect(states()).not.toContain("ends ended");
    clock.advance(2 * HOUR);
    expect(await client.syncTo(destination, query)).toMatchObject({ inserted: 0, updated: 1 });
    expect(states()).toEqual(["ends ended", "stays ended"]);
  });

  it("resumes after a write that failed, and then has each call exactly once", async () => {
    const { client, storage, expected } = await open();
    let writes = 0;
    const failing = wrapping(new MemoryDestination(storage), (session) => ({
      write: (changes, parts) => {
        writes += 1;
        return changes.length > 0 && writes % 3 === 0
          ? Promise.reject(new Error("The disk is full."))
          : session.write(changes, parts);
      },
    }));
    let passes = 0;
    for (let done = false; !done && passes < 200; passes += 1) {
      done = await client.syncTo(failing, range).then(
        () => true,
        (error: unknown) => {
          expect(error).toEqual(new Error("The disk is full."));
          return false;
        },
      );
      expect(storage.leases.size).toBe(0);
    }
    expect(passes).toBeGreaterThan(2);
    expect(idsOf([...storage.calls.values()])).toEqual(expected);
  });

  it("ends only the account whose write fails, if failures are isolated", async () => {
    const { client, storage, expected } = await open();
    const lost = wrapping(new MemoryDestination(storage), (session, account) =>
      account === "huawei-cec"
        ? { write: () => Promise.reject(new CheckpointError("The lease has expired.", { account })) }
        : session,
    );
    const report = await client.syncTo(lost, { ...range, isolateFailures: true });
    expect(report.accounts.map(({ account, status, error }) => [account, status, error?.code])).toEqual([
      ["tencent-ccc", "complete", undefined],
      ["huawei-cec", "failed", "checkpoint"],
      ["itniotech", "complete", undefined],
    ]);
    const copied = [...storage.calls.values()];
    expect(copied.some(({ account }) => account === "huawei-cec")).toBe(false);
    expect(report.inserted).toBe(copied.length);
    await client.syncTo(new MemoryDestination(storage), range);
    expect(idsOf([...storage.calls.values()])).toEqual(expected);
  });

  it("stops when it is aborted, and releases its leases", async () => {
    const { client, storage, destination } = await open();
    const abort = new AbortController();
    const reports: SyncToReport[] = [];
    const error = await rejectionOf(
      client.syncTo(destination, {
        ...range,
        signal: abort.signal,
        onWrite: (report) => {
          reports.push(report);
          abort.abort();
        },
      }),
    );
    expect(error).toBeInstanceOf(AbortedError);
    expect(reports).toHaveLength(1);
    expect(reports[0]?.inserted).toBeGreaterThan(0);
    expect(storage.leases.size).toBe(0);
  });

  it("reports each write to `onWrite` and each request to `onEvent`", async () => {
    const { client, destination, events } = await open();
    const inserted: number[] = [];
    const { inserted: total } = await client.syncTo(destination, {
      ...range,
      onWrite: (report) => inserted.push(report.inserted),
    });
    expect(inserted.at(-1)).toBe(total);
    expect(inserted).toEqual([...inserted].sort((one, other) => one - other));
    expect(events.some(({ type }) => type === "request")).toBe(true);
  });

  it("passes the error of a destination that another writer holds", async () => {
    const { client, destination } = await open();
    const held = await destination.open({ provider: "itniotech", account: "itniotech" });
    expect(await rejectionOf(client.syncTo(destination, { ...range, accounts: ["itniotech"] }))).toBeInstanceOf(
      CheckpointError,
    );
    await held.close();
    await client.syncTo(destination, { ...range, accounts: ["itniotech"] });
  });

  it.each([
    [null, range, "destination"],
    [{}, range, "destination"],
    [{ open: () => Promise.resolve({}) }, range, "destination"],
    [new MemoryDestination(), { ...range, store: {} }, "store"],
    [new MemoryDestination(), { ...range, checkpoint: null }, "checkpoint"],
    [new MemoryDestination(), { from: "yesterday" }, "from"],
    [new MemoryDestination(), { ...range, onWrite: 1 }, "onWrite"],
    [new MemoryDestination(), { ...range, abandon: [{ from: range.to, to: range.from }] }, "abandon.0.to"],
  ])("rejects %o with %o", async (destination, query, argument) => {
    const { client } = await open();
    const error = await rejectionOf(client.syncTo(destination as never, query as never));
    expect(error).toBeInstanceOf(RequestError);
    expect(error.message).toContain(`\`${argument}\``);
  });
});
