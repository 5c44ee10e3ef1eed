import { hostname } from "node:os";
import { describe, expect, it } from "vitest";
import { type CallRecord, CheckpointError, FileCheckpointStore } from "call-records";
import { DAY, NOW, openEmulator, rejectionOf } from "../client/stage.js";
import { newPath, openFolder } from "./folder.js";
import { clockFrom, openClient } from "./kill/account.js";
import { consumeAtLeastOnce, readRows, storeIn } from "./kill/at-least-once.js";
import type { Pass } from "./kill/pass.js";
import { classify } from "./kill/promises.js";
import { start } from "./process.js";
import type { HeldPass } from "./processes/syncing.js";

const FROM = new Date(NOW - 6 * DAY).toISOString();
/** That the other process has in hand, and has not kept. */
const HELD = 4;

async function openVendors() {
  const clock = clockFrom(NOW);
  const { endpoints, credentials } = await openEmulator({
    now: () => clock.now(),
    days: 6,
    callsPerDay: 20,
    activeCalls: 0,
  });
  return { endpoints, credentials, now: NOW };
}

async function openPass(): Promise<Pass> {
  return { vendors: await openVendors(), consumer: "at-least-once", folder: await openFolder(), from: FROM, run: 0 };
}

describe("two processes that sync with one file", () => {
  it("do so one at a time: the second is told by whom it is taken, and goes on from the last commit once the first is killed", async () => {
    const first = await openPass();
    const other = await start("syncing");
    expect(await other.ask({ ...first, batches: HELD } satisfies HeldPass)).toEqual({ value: null });
    const kept = await readRows(first.folder);
    expect(new Set(kept.map(({ batch }) => batch))).toEqual(new Set([1, 2, 3]));

    const client = openClient(first.vendors);
    const second = { ...first, run: 1 };
    const error = await rejectionOf(consumeAtLeastOnce(client, second, () => undefined));
    expect(error).toBeInstanceOf(CheckpointError);
    expect(error).toMatchObject({ retryable: true });
    expect(error.message).toMatch(
      new RegExp(
        `^(huawei-cec|itniotech): .*checkpoints is being synced by process ${other.pid} on ${hostname()}, since .*Z\\. Wait for it to end`,
      ),
    );
    expect(await readRows(first.folder)).toEqual(kept);

    await other.kill();
    await consumeAtLeastOnce(client, second, () => undefined);
    const truth: CallRecord[] = [];
    for await (const record of client.records({ from: FROM, to: new Date(NOW) })) truth.push(record);
    const rows = await readRows(first.folder);
    expect(classify(rows, truth, [HELD], true)).toEqual({ rows: truth.length, repeats: 0, broken: [] });
    expect(rows.length).toBe(truth.length);
    expect(kept.length).toBeGreaterThan(0);
    expect(kept.length).toBeLessThan(rows.length);
    await client.close();
  });

  it("may look how far the other has come", async () => {
    const pass = await openPass();
    const other = await start("syncing");
    await other.ask({ ...pass, batches: HELD } satisfies HeldPass);
    const client = openClient(pass.vendors);
    const claimed = await client.coverage(storeIn(pass.folder));
    // What is complete by the start of calls needs the windows around it, and those come in any order.
    expect(claimed.some(({ coverage, unsettled }) => coverage.length + unsettled.length > 0)).toBe(true);
    expect(claimed.some(({ missing }) => missing.length > 0)).toBe(true);
    await other.kill();
    await client.close();
  });
});

describe("two syncs of one process with one file", () => {
  it("do so one at a time, and the second can go on when the first has been left", async () => {
    const client = openClient(await openVendors());
    const path = await newPath();
    const store = new FileCheckpointStore(path);
    const sync = (by: FileCheckpointStore) =>
      client.sync({ from: FROM, store: by, accounts: ["itniotech"] })[Symbol.asyncIterator]();
    const first = sync(store);
    const held = (await first.next()).value;
    const refused = await rejectionOf(sync(store).next());
    expect(refused).toBeInstanceOf(CheckpointError);
    expect(refused.message).toContain("itniotech: another sync of this account is running with the same store");
    expect((await rejectionOf(sync(new FileCheckpointStore(path)).next())).message).toContain(
      `is being synced by process ${process.pid} on`,
    );
    await first.return();
    const second = sync(new FileCheckpointStore(path));
    const again = (await second.next()).value;
    // It was not committed.
    expect(again?.changes.map(({ record }) => record.id)).toEqual(held?.changes.map(({ record }) => record.id));
    await second.return();
    await client.close();
  });
});
