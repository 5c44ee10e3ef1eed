import { describe, expect, it } from "vitest";
import {
  auditDestination,
  callKey,
  CheckpointError,
  type Destination,
  RequestError,
  UnsupportedError,
} from "call-records";
import { DAY, daysAgo, HOUR, NOW, openStage, rejectionOf } from "../client/stage.js";
import { emptyStorage, MemoryDestination } from "../destinations/memory-destination.js";
import { differencesIn, openAudited, query } from "./audited-vendors.js";

async function openSynced() {
  const stage = await openAudited();
  const storage = emptyStorage();
  const destination = new MemoryDestination(storage);
  await stage.client.syncTo(destination, query);
  stage.emulator.clearRequests();
  const storedAs = (id: string) => [...storage.calls].find(([, call]) => call.id === id) ?? [];
  return { ...stage, storage, destination, storedAs };
}

const iso = (at: number) => new Date(at).toISOString();

describe("auditDestination", () => {
  it("finds no difference in an exact copy, and compares the whole settled range", async () => {
    const { client, destination, storage, emulator } = await openSynced();
    const report = await auditDestination(client, destination, query);
    expect(differencesIn(report)).toEqual([]);
    for (const { account, ...audit } of report.accounts) {
      const calls = [...storage.calls.values()].filter((call) => call.account === account).length;
      expect(calls).toBeGreaterThan(20);
      expect(audit).toMatchObject({
        status: "complete",
        calls,
        missing: 0,
        changed: 0,
        delisted: 0,
        repaired: 0,
        compared: [{ from: query.from.toISOString(), to: query.to.toISOString() }],
        notCompared: [],
      });
    }
    expect(report.accounts.map(({ account }) => account)).toEqual(query.accounts);
    const requests = report.accounts.reduce((sum, one) => sum + one.requests, 0);
    expect(emulator.requests).toHaveLength(requests);
    expect(storage.leases.size).toBe(0);
  });

  it("reports calls that are missing, changed and no longer listed, and changes nothing", async () => {
    const { client, destination, storage, changing, later, storedAs } = await openSynced();
    changing.remark = "after";
    storage.calls.delete(storedAs("900003")[0] ?? "");
    later();
    const before = structuredClone(storage);
    const report = await auditDestination(client, destination, query);
    expect(differencesIn(report)).toEqual([
      "changed itniotech 900001 remark",
      "delisted itniotech 900002",
      "missing itniotech 900003",
    ]);
    expect(report.accounts[0]).toMatchObject({ missing: 1, changed: 1, delisted: 1, repaired: 0, status: "complete" });
    expect(report.accounts[0]?.differences.map(({ startedAt }) => startedAt)).toEqual(
      [6, 4, 5].map((days) => daysAgo(days).toISOString()),
    );
    expect({ ...storage, tokens: 0 }).toEqual({ ...before, tokens: 0 });
  });

  it("repairs them, marks but never deletes, and leaves the sync as it is", async () => {
    const { client, destination, storage, changing, later, storedAs, emulator } = await openSynced();
    changing.remark = "after";
    const [missing = ""] = storedAs("900003");
    storage.calls.delete(missing);
    later();
    const parts = structuredClone(storage.parts);
    const report = await auditDestination(client, destination, { ...query, repair: true });
    expect(report.accounts[0]).toMatchObject({ missing: 1, changed: 1, delisted: 1, repaired: 3 });
    expect(storage.calls.get(missing)?.id).toBe("900003");
    expect(storedAs("900001")[1]?.remark).toBe("after");
    expect([...storage.delisted.keys()]).toEqual([storedAs("900002")[0]]);
    expect(storage.parts).toEqual(parts);
    expect(differencesIn(await auditDestination(client, destination, query))).toEqual([]);
    emulator.clearRequests();
    expect(await client.syncTo(destination, query)).toMatchObject({ inserted: 0, updated: 0 });
    expect(emulator.requests.filter(({ operation }) => operation.includes("record"))).toEqual([]);
  });

  it("reports a marked call that is listed again as changed, and a repair removes the mark", async () => {
    const { client, destination, storage, storedAs } = await openSynced();
    const [key = ""] = storedAs("900001");
    storage.delisted.set(key, new Date(NOW));
    const report = await auditDestination(client, destination, { ...query, repair: true });
    expect(differencesIn(report)).toEqual(["changed itniotech 900001 delistedAt"]);
    expect(storage.delisted.size).toBe(0);
  });

  it("finds a call that is stored with another start, before or after the listed one", async () => {
    const { client, destination, storage, storedAs } = await openSynced();
    for (const [id, days] of [
      ["900001", 4],
      ["900003", 8],
    ] as const) {
      const [key = "", call] = storedAs(id);
      if (call !== undefined) storage.calls.set(key, { ...call, startedAt: daysAgo(days) });
    }
    const starts = { ...query, from: daysAgo(8.5) };
    expect(differencesIn(await auditDestination(client, destination, starts))).toContain(
      "changed itniotech 900001 startedAt",
    );
    await auditDestination(client, destination, { ...starts, repair: true });
    expect(storage.delisted.size).toBe(0);
    expect(differencesIn(await auditDestination(client, destination, starts))).toEqual([]);
  });

  it("lets an update arrive that the vendor makes after a repair", async () => {
    const ends = { startedAt: new Date(NOW - HOUR), answeredAt: new Date(NOW - HOUR), endedAt: new Date(NOW + HOUR) };
    const { client, clock } = await openStage({
      emulator: {
        callsPerDay: 0,
        activeCalls: 0,
        calls: {
          "huawei-cec": [
            { id: "ends", ...ends },
            { id: "settled", startedAt: daysAgo(5) },
          ],
        },
      },
    });
    const destination = new MemoryDestination();
    const { calls } = destination.storage;
    const all = { from: daysAgo(9), accounts: ["huawei-cec"] };
    await client.syncTo(destination, all);
    destination.storage.calls = new Map([...calls].filter(([, { id }]) => id !== "settled"));
    const report = await auditDestination(client, destination, { ...all, to: new Date(NOW), repair: true });
    expect(differencesIn(report)).toEqual(["missing huawei-cec settled"]);
    expect(report.accounts[0]).toMatchObject({
      status: "complete",
      compared: [{ from: daysAgo(9).toISOString(), to: iso(NOW - 2.5 * DAY) }],
      notCompared: [{ from: iso(NOW - 2.5 * DAY), to: iso(NOW), reason: "unsettled" }],
    });
    clock.advance(2 * HOUR);
    expect(await client.syncTo(destination, all)).toMatchObject({ inserted: 0, updated: 1 });
    expect([...destination.storage.calls.values()].map(({ id, state }) => `${id} ${state}`).sort()).toEqual([
      "ends ended",
      "settled ended",
    ]);
  });

  it("calls nothing delisted where the vendor's list is not verified", async () => {
    const { client, destination, storage, changing, storedAs, later } = await openSynced();
    later();
    const { start } = changing;
    changing.start = "broken";
    const report = await auditDestination(client, destination, {
      ...query,
      accounts: ["itniotech"],
      repair: true,
      unreadableRows: "report",
    });
    const [audit] = report.accounts;
    expect(audit?.status).toBe("partial");
    expect(audit?.notCompared.map(({ reason }) => reason)).toEqual(["unreadable"]);
    // The window of the row that cannot be parsed contains the removed call.
    const [gap] = audit?.notCompared ?? [];
    for (const days of [5, 6])
      expect(gap?.from && gap.from <= daysAgo(days).toISOString() && daysAgo(days).toISOString() < gap.to).toBe(true);
    expect(audit?.delisted).toBe(0);
    expect(storage.delisted.size).toBe(0);
    // The list is complete again.
    changing.start = start;
    const again = await auditDestination(client, destination, { ...query, repair: true });
    expect(differencesIn(again)).toEqual(["delisted itniotech 900002"]);
    expect([...storage.delisted.keys()]).toEqual([storedAs("900002")[0]]);
  });

  it("does not read what the sync has not completed", async () => {
    const { client, destination, emulator } = await openSynced();
    const audited = await auditDestination(client, destination, {
      from: daysAgo(12),
      to: daysAgo(8),
      accounts: ["itniotech", "huawei-cec"],
    });
    const [synced, unsynced] = audited.accounts;
    expect(synced).toMatchObject({
      status: "partial",
      compared: [{ from: daysAgo(9).toISOString(), to: daysAgo(8).toISOString() }],
      notCompared: [{ from: daysAgo(12).toISOString(), to: daysAgo(9).toISOString(), reason: "unsynced" }],
    });
    expect(unsynced).toMatchObject({ status: "partial", compared: [], requests: 0 });
    expect(emulator.requests.some(({ vendor }) => vendor === "huawei-cec")).toBe(false);
  });

  it("holds no lease without a repair, so that a sync can run meanwhile", async () => {
    const { client, destination, storage } = await openSynced();
    const held = await destination.open({ provider: "itniotech", account: "itniotech" });
    const passes: Promise<boolean>[] = [];
    // Several passes exclude each other.
    const pass = () =>
      client.syncTo(destination, { ...query, accounts: ["tencent-ccc"] }).then(
        () => true,
        () => false,
      );
    const { accounts } = await auditDestination(client, destination, {
      ...query,
      onProgress: () => passes.push(pass()),
    });
    expect(accounts.map(({ status }) => status)).toEqual(["complete", "complete"]);
    expect(await Promise.all(passes)).toContain(true);
    await held.close();
    expect(storage.leases.size).toBe(0);
  });

  it("holds the lease of a destination without a reader, as a repair does", async () => {
    const { client, destination, storage } = await openSynced();
    const withoutReader: Destination = { open: (account) => destination.open(account) };
    for (const [audited, repair] of [
      [withoutReader, false],
      [destination, true],
    ] as const) {
      const held = await destination.open({ provider: "itniotech", account: "itniotech" });
      const error = await rejectionOf(auditDestination(client, audited, { ...query, repair }));
      expect(error).toBeInstanceOf(CheckpointError);
      await held.close();
    }
    expect(storage.leases.size).toBe(0);
  });

  it("holds the lease during a repair, and releases it also after a failure", async () => {
    const { client, destination, storage } = await openSynced();
    const refusals: unknown[] = [];
    await auditDestination(client, destination, {
      ...query,
      repair: true,
      onProgress: ({ accounts }) => {
        if (accounts[1]?.calls === 0)
          refusals.push(
            destination.open({ provider: "itniotech", account: "itniotech" }).catch((error: unknown) => error),
          );
      },
    });
    expect(refusals.length).toBeGreaterThan(0);
    for (const refusal of await Promise.all(refusals)) expect(refusal).toBeInstanceOf(CheckpointError);
    const failure = new Error("The progress cannot be shown.");
    const onProgress = () => {
      throw failure;
    };
    expect(await rejectionOf(auditDestination(client, destination, { ...query, repair: true, onProgress }))).toBe(
      failure,
    );
    expect(storage.leases.size).toBe(0);
  });

  it("isolates the failure of an account, with `isolateFailures`", async () => {
    const { client, destination } = await openSynced();
    const held = await destination.open({ provider: "itniotech", account: "itniotech" });
    const repair = { ...query, repair: true };
    expect(await rejectionOf(auditDestination(client, destination, repair))).toBeInstanceOf(CheckpointError);
    const { accounts } = await auditDestination(client, destination, { ...repair, isolateFailures: true });
    expect(accounts).toMatchObject([
      {
        account: "itniotech",
        status: "failed",
        error: { code: "checkpoint" },
        compared: [],
        notCompared: [{ reason: "stopped" }],
      },
      { account: "tencent-ccc", status: "complete" },
    ]);
    await held.close();
  });

  it("refuses a destination whose sessions cannot read stored calls, or mark them", async () => {
    const { client, destination, storage } = await openSynced();
    const without = (name: "readCalls" | "markDelisted"): Destination => ({
      open: async (account) => ({ ...(await destination.open(account)), [name]: undefined }),
    });
    const error = await rejectionOf(auditDestination(client, without("readCalls"), query));
    expect(error).toBeInstanceOf(UnsupportedError);
    expect(error.message).toContain("`readCalls`");
    const repairing = auditDestination(client, without("markDelisted"), { ...query, repair: true });
    expect((await rejectionOf(repairing)).message).toContain("`markDelisted`");
    expect(storage.leases.size).toBe(0);
    expect(differencesIn(await auditDestination(client, without("markDelisted"), query))).toEqual([]);
  });

  it("compares more calls than it holds at once, each once", { tags: ["slow"] }, async () => {
    const started = (index: number) => new Date(daysAgo(6).getTime() + Math.floor(index / 4) * 1000);
    const calls = Array.from({ length: 2_300 }, (_, index) => ({
      id: `${100_000 + index}`,
      startedAt: started(index),
    }));
    const { client } = await openStage({ emulator: { callsPerDay: 0, activeCalls: 0, calls: { itniotech: calls } } });
    const destination = new MemoryDestination();
    const only = { from: daysAgo(9), to: daysAgo(3), accounts: ["itniotech"] };
    await client.syncTo(destination, only);
    const { storage } = destination;
    const removed = [...storage.calls.values()].filter((_, index) => index % 500 === 7);
    for (const call of removed) storage.calls.delete(callKey(call));
    const report = await auditDestination(client, destination, only);
    expect(report.accounts[0]).toMatchObject({ calls: 2_300, missing: 5, changed: 0, delisted: 0 });
    expect(differencesIn(report)).toEqual(removed.map(({ id }) => `missing itniotech ${id}`).sort());
  });

  it.each([
    [{ ...query, from: "yesterday" }, "from"],
    [{ ...query, to: query.from }, "to"],
    [{ ...query, repair: 1 }, "repair"],
    [{ ...query, onProgress: true }, "onProgress"],
    [{ ...query, store: null }, "store"],
    [{ ...query, accounts: ["other"] }, "other"],
  ])("rejects %o", async (options, named) => {
    const { client } = await openStage();
    const error = await rejectionOf(auditDestination(client, new MemoryDestination(), options as never));
    expect(error).toBeInstanceOf(RequestError);
    expect(error.message).toContain(`\`${named}\``);
    expect(error.message).toMatch(/^auditDestination: /);
  });

  it("rejects what is no client or no destination", async () => {
    const { client } = await openStage();
    const wrong = [
      auditDestination(null as never, new MemoryDestination(), query),
      auditDestination(client, {} as never, query),
    ];
    for (const attempt of wrong) expect(await rejectionOf(attempt)).toBeInstanceOf(RequestError);
  });
});
