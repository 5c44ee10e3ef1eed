import { describe, expect, it } from "vitest";
import {
  auditDestination,
  CheckpointError,
  type CheckpointStore,
  type ClientEvent,
  FileCheckpointStore,
  importCheckpoints,
  MemoryCheckpointStore,
  RequestError,
} from "call-records";
import {
  bodyOf,
  DAY,
  daysAgo,
  HISTORY,
  HOUR,
  huaweiAt,
  ManualClock,
  NOW,
  openClient,
  openEmulator,
  rejectionOf,
} from "../client/stage.js";
import { emptyStorage, MemoryDestination } from "../destinations/memory-destination.js";
import { newPath } from "./folder.js";
import { passOf } from "./pass.js";

const from = daysAgo(9);
/** The start of what the first pass reads again: what was not settled, with the margin of windows. */
const REREAD_FROM = NOW - 2.5 * DAY - DAY;

/** Syncs a vendor into a file. A call is added and another one changes before the next pass. */
async function openFile(account = "huawei-cec") {
  const clock = new ManualClock();
  const ends = { startedAt: new Date(NOW - HOUR), answeredAt: new Date(NOW - HOUR), endedAt: new Date(NOW + HOUR) };
  const late = { id: "late", startedAt: new Date(NOW + HOUR) };
  const unchanged = { id: "unchanged", startedAt: new Date(NOW - DAY) };
  const settled = Array.from({ length: 20 }, (_, index) => ({ id: `${index}`, startedAt: daysAgo(8 - index / 4) }));
  const emulator = await openEmulator({
    now: clock.now,
    callsPerDay: 0,
    activeCalls: 0,
    calls: { "huawei-cec": [...settled, unchanged, { id: "ends", ...ends }, late] },
  });
  const events: ClientEvent[] = [];
  const clientOf = (label: string, options: Parameters<typeof huaweiAt>[1] = {}) =>
    openClient({
      providers: [huaweiAt(emulator, { account: label, ...options })],
      clock,
      onEvent: (event) => events.push(event),
    });
  const path = await newPath();
  const { changes } = await passOf(clientOf(account), { from, store: new FileCheckpointStore(path) });
  expect(changes).toHaveLength(22);
  emulator.clearRequests();
  const storage = emptyStorage();
  const warnings = () => events.flatMap((event) => (event.type === "warning" ? [event.message] : []));
  return {
    emulator,
    clientOf,
    path,
    storage,
    destination: new MemoryDestination(storage),
    warnings,
    later: () => {
      clock.advance(2 * HOUR);
    },
  };
}

/** Returns a store with the checkpoint of a file, whose last pass used another key. */
async function withOtherKey(path: string, account: string): Promise<MemoryCheckpointStore> {
  const parts = await new FileCheckpointStore(path).load(account);
  const text = JSON.stringify(parts).replace(/"publicKeyHash":"[^"]+"/, '"publicKeyHash":"0123456789abcdefghijkl"');
  expect(text).not.toBe(JSON.stringify(parts));
  const store = new MemoryCheckpointStore();
  await store.save(account, JSON.parse(text) as typeof parts);
  return store;
}

/** Runs the next pass, and checks that it reads only what was not settled, and writes all of it, because the destination does not contain it. */
async function expectContinued(stage: Awaited<ReturnType<typeof openFile>>, client: ReturnType<typeof stage.clientOf>) {
  stage.later();
  expect(await client.syncTo(stage.destination, { from })).toMatchObject({ inserted: 1, updated: 2 });
  const starts = stage.emulator.requests.flatMap((request) =>
    request.operation === HISTORY["huawei-cec"] ? [Number(bodyOf(request).startTime)] : [],
  );
  expect(starts.length).toBeGreaterThan(0);
  for (const start of starts) expect(start).toBeGreaterThanOrEqual(REREAD_FROM);
  expect([...stage.storage.calls.values()].map(({ id }) => id).sort()).toEqual(["ends", "late", "unchanged"]);
  expect(await client.syncTo(stage.destination, { from })).toMatchObject({ inserted: 0, updated: 0 });
}

describe("importCheckpoints", () => {
  it("lets syncTo continue where the sync into a file has ended", async () => {
    const stage = await openFile();
    const store = new FileCheckpointStore(stage.path);
    const parts = await store.load("huawei-cec");
    const imported = { from: "huawei-cec", account: "huawei-cec", provider: "huawei-cec" };
    expect(await importCheckpoints(store, stage.destination)).toEqual([{ ...imported, isNew: true }]);
    expect(await importCheckpoints(store, stage.destination)).toEqual([{ ...imported, isNew: false }]);
    expect(await store.load("huawei-cec")).toEqual(parts);
    expect(stage.emulator.requests).toEqual([]);
    await expectContinued(stage, stage.clientOf("huawei-cec"));
    expect(stage.warnings()).toEqual([]);
    expect(stage.storage.leases.size).toBe(0);
  });

  it("continues under a new label, without a comparison of the account", async () => {
    const stage = await openFile("old");
    const store = new FileCheckpointStore(stage.path);
    expect(await importCheckpoints(store, stage.destination, { renamed: { old: "new" } })).toEqual([
      { from: "old", account: "new", provider: "huawei-cec", isNew: true },
    ]);
    await expectContinued(stage, stage.clientOf("new"));
    expect(stage.warnings()).toEqual([]);
    expect([...stage.storage.parts.keys()]).toEqual(["new"]);
    // The hash is saved under the new label.
    expect(JSON.stringify([...(stage.storage.parts.get("new") ?? [])])).not.toContain("old");
  });

  it("still compares a renamed account whose key differs", async () => {
    const stage = await openFile("old");
    await importCheckpoints(await withOtherKey(stage.path, "old"), stage.destination, { renamed: { old: "new" } });
    await stage.clientOf("new").syncTo(stage.destination, { from });
    expect(stage.warnings()).toEqual([expect.stringContaining("the key of the credentials differs")]);
  });

  it("continues after the keys were replaced, without a comparison of the account", async () => {
    const stage = await openFile();
    const store = await withOtherKey(stage.path, "huawei-cec");
    await importCheckpoints(store, stage.destination, { rotatedKeys: ["huawei-cec"] });
    await expectContinued(stage, stage.clientOf("huawei-cec"));
    expect(stage.warnings()).toEqual([]);
  });

  it("lets an audit write the calls that the destination lacks", async () => {
    const stage = await openFile();
    await importCheckpoints(new FileCheckpointStore(stage.path), stage.destination);
    const client = stage.clientOf("huawei-cec");
    const { accounts } = await auditDestination(client, stage.destination, {
      from,
      to: new Date(NOW),
      repair: true,
    });
    expect(accounts).toMatchObject([{ status: "complete", missing: 20, repaired: 20 }]);
    stage.later();
    expect(await client.syncTo(stage.destination, { from })).toMatchObject({ inserted: 1, updated: 2 });
    expect(stage.storage.calls.size).toBe(23);
  });

  it("refuses to overwrite a checkpoint, and calls under the former label", async () => {
    const stage = await openFile("old");
    const store = new FileCheckpointStore(stage.path);
    const { destination, storage } = stage;
    await stage.clientOf("old").syncTo(destination, { from: daysAgo(3) });
    const before = structuredClone(storage);
    const refusals = [
      await rejectionOf(importCheckpoints(store, destination)),
      await rejectionOf(importCheckpoints(store, destination, { renamed: { old: "new" } })),
    ];
    expect(refusals.map(({ message }) => message)).toEqual([
      expect.stringContaining("already has a checkpoint of this account"),
      expect.stringContaining("calls or a checkpoint under the former label `old`"),
    ]);
    for (const refusal of refusals) expect(refusal).toBeInstanceOf(CheckpointError);
    storage.parts.clear();
    expect((await rejectionOf(importCheckpoints(store, destination, { renamed: { old: "new" } }))).message).toContain(
      "former label `old`",
    );
    expect(storage.calls).toEqual(before.calls);
    expect(storage.parts.size).toBe(0);
    expect(storage.leases.size).toBe(0);
    // The lock of the store is free again.
    await (
      await store.lock("old")
    )();
  });

  it("refuses a store that is in use, and one without a checkpoint of the account", async () => {
    const stage = await openFile();
    const store = new FileCheckpointStore(stage.path);
    const missing = await rejectionOf(importCheckpoints(store, stage.destination, { accounts: ["other"] }));
    expect(missing).toBeInstanceOf(CheckpointError);
    expect(missing.message).toContain("the store has no checkpoint of this account");
    const unlock = await store.lock("huawei-cec");
    expect(await rejectionOf(importCheckpoints(store, stage.destination))).toBeInstanceOf(CheckpointError);
    await unlock();
    expect(stage.storage.parts.size).toBe(0);
  });

  it.each([
    [{ accounts: [] }, "accounts"],
    [{ renamed: { other: "new" } }, "renamed"],
    [{ rotatedKeys: ["other"] }, "rotatedKeys"],
    [{ renamed: { "huawei-cec": "" } }, "renamed.huawei-cec"],
    [{ rename: {} }, "rename"],
  ])("rejects %o", async (options, named) => {
    const store = new MemoryCheckpointStore();
    await store.save("huawei-cec", { head: 1 });
    const error = await rejectionOf(importCheckpoints(store, new MemoryDestination(), options as never));
    expect(error).toBeInstanceOf(RequestError);
    expect(error.message).toContain(`\`${named}\``);
  });

  it("needs the labels of a store that does not list its accounts, and gives each account its own label", async () => {
    const memory = new MemoryCheckpointStore();
    const store: CheckpointStore = {
      load: (account) => memory.load(account),
      save: (account, changes) => memory.save(account, changes),
      lock: (account) => memory.lock(account),
    };
    const destination = new MemoryDestination();
    expect((await rejectionOf(importCheckpoints(store, destination))).message).toContain("`accounts`");
    const twice = importCheckpoints(store, destination, { accounts: ["a", "b"], renamed: { a: "b" } });
    expect((await rejectionOf(twice)).message).toContain("two accounts would have the label `b`");
  });
});
