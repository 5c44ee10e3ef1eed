import { hostname } from "node:os";
import { describe, expect, it } from "vitest";
import { type CallRecord, CheckpointError, FileCheckpointStore } from "call-records";
import { DAY, NOW, openEmulator, rejectionOf } from "../client/stage.js";
import { newPath, openFolder } from "./folder.js";
import { clockFrom, openClient } from "./kill/account.js";
import { consumeAtLeastOnce, readRows, storeIn } from "./kill/at-least-once.js";
import type { Pass } from "./kill/pass.js";
import { checkDeliveries } from "./kill/guarantees.js";
import { start } from "./process.js";
import type { HeldPass } from "./processes/syncing.js";

const FROM = new Date(NOW - 6 * DAY).toISOString();
/** The number of the batch that the other process has received but not stored. */
const HELD_BATCH = 4;

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
  it(
    "run one at a time: the second fails with the owner of the file, and continues from the last commit after the first is killed",
    { tags: ["slow"] },
    async () => {
      const first = await openPass();
      const other = await start("syncing");
      expect(await other.send({ ...first, batches: HELD_BATCH } satisfies HeldPass)).toEqual({ value: null });
      const storedRows = await readRows(first.folder);
      expect(new Set(storedRows.map(({ batch }) => batch))).toEqual(new Set([1, 2, 3]));

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
      expect(await readRows(first.folder)).toEqual(storedRows);

      await other.kill();
      await consumeAtLeastOnce(client, second, () => undefined);
      const truth: CallRecord[] = [];
      for await (const record of client.records({ from: FROM, to: new Date(NOW) })) truth.push(record);
      const rows = await readRows(first.folder);
      expect(checkDeliveries(rows, truth, [HELD_BATCH], "at-least-once")).toEqual({
        rows: truth.length,
        repeats: 0,
        violations: [],
      });
      expect(rows.length).toBe(truth.length);
      expect(storedRows.length).toBeGreaterThan(0);
      expect(storedRows.length).toBeLessThan(rows.length);
      await client.close();
    },
  );

  it("can read each other's coverage", { tags: ["slow"] }, async () => {
    const pass = await openPass();
    const other = await start("syncing");
    await other.send({ ...pass, batches: HELD_BATCH } satisfies HeldPass);
    const client = openClient(pass.vendors);
    const accounts = await client.coverage(storeIn(pass.folder));
    // An interval is complete only when the windows around it are read too, and windows end in any order.
    expect(accounts.some(({ coverage, unsettled }) => coverage.length + unsettled.length > 0)).toBe(true);
    expect(accounts.some(({ missing }) => missing.length > 0)).toBe(true);
    await other.kill();
    await client.close();
  });
});

describe("two syncs of one process with one file", () => {
  it("run one at a time, and the second can start when the first has been left", async () => {
    const client = openClient(await openVendors());
    const path = await newPath();
    const store = new FileCheckpointStore(path);
    const sync = (by: FileCheckpointStore) =>
      client.sync({ from: FROM, store: by, accounts: ["itniotech"] })[Symbol.asyncIterator]();
    const first = sync(store);
    const held = (await first.next()).value;
    const error = await rejectionOf(sync(store).next());
    expect(error).toBeInstanceOf(CheckpointError);
    expect(error.message).toContain("itniotech: another sync of this account is running with the same store");
    expect((await rejectionOf(sync(new FileCheckpointStore(path)).next())).message).toContain(
      `is being synced by process ${process.pid} on`,
    );
    await first.return();
    const second = sync(new FileCheckpointStore(path));
    const again = (await second.next()).value;
    // The first batch was not committed, so it is delivered again.
    expect(again?.changes.map(({ record }) => record.id)).toEqual(held?.changes.map(({ record }) => record.id));
    await second.return();
    await client.close();
  });
});
