import { beforeEach, describe, expect, it } from "vitest";
import { callKey, type CallRecord, type CallRecordsClient, callRecordSchema } from "call-records";
import type { CustomCall, VendorEmulator, VendorId } from "call-records/testing";
import { factsOf, truthOf, within } from "../client/truth.js";
import { daysAgo, HOUR, NOW, openStage } from "../client/stage.js";

/** A row of `call_records`, with times as ISO 8601 and the parsed record. */
export type TableRow = Record<string, unknown> & { record: CallRecord };

/** The table of an example, and the faults that a test can cause. */
export interface TableUnderTest {
  sync(client: CallRecordsClient, from: Date): Promise<number>;
  rows(): Promise<TableRow[]>;
  checkpoints(): Promise<unknown>;
  /** Makes every transaction fail that would leave more than this number of calls in the table. */
  failBeyond(calls: number): Promise<void>;
  /** Ends the effect of `failBeyond`. */
  mend(): Promise<void>;
  /** Acquires the lock as another job, and returns a function that releases it. */
  occupy(): Promise<() => Promise<void>>;
  /** Removes the tables. */
  clear(): Promise<void>;
}

const VENDORS: VendorId[] = ["tencent-ccc", "huawei-cec", "itniotech"];
const from = daysAgo(3);
const minutes = (count: number) => new Date(NOW + count * 60_000);
const late: CustomCall = {
  id: "7000000000000000001",
  startedAt: minutes(-120),
  endedAt: minutes(-60),
  listedFrom: minutes(30),
};
const longer: CustomCall = {
  id: "7000000000000000002",
  startedAt: minutes(-5),
  answeredAt: minutes(-4),
  endedAt: minutes(10),
};
/** A call with text that PostgreSQL does not accept in any column. */
const strange: CustomCall = { startedAt: minutes(-300), row: { calledInfo: "NUL \u0000, half of a pair \ud83d" } };

async function openScene() {
  const calls = { "tencent-ccc": [late], "huawei-cec": [longer], itniotech: [late, strange] };
  return openStage({ emulator: { days: 4, callsPerDay: 60, calls } });
}

/** Returns the calls of each account separately, because several accounts may contain the same id. */
const factsByAccount = (records: readonly CallRecord[]) =>
  VENDORS.map((vendor) => factsOf(records.filter(({ account }) => account === vendor)));
const truth = (emulator: VendorEmulator, now: number) =>
  VENDORS.map((vendor) => truthOf(within(emulator.truth[vendor].calls, from, new Date(now))));
const iso = (date: Date | null) => date?.toISOString() ?? null;

/** Returns the expected row of a record. */
function columnsOf({ record }: TableRow): TableRow {
  return {
    account: record.account,
    id: record.id,
    provider: record.provider,
    application: record.application ?? "",
    direction: record.direction,
    state: record.state,
    outcome: record.outcome,
    started_at: iso(record.startedAt),
    answered_at: iso(record.answeredAt),
    ended_at: iso(record.endedAt),
    talk_seconds: record.talkSeconds,
    caller: record.caller?.number ?? null,
    callee: record.callee?.number ?? null,
    agent: record.agent?.name ?? null,
    record,
  };
}

export function readRecord(json: unknown): CallRecord {
  return callRecordSchema.parse(json);
}

/** Defines the tests that the example of every database must pass. */
export function describeTableInStep(name: string, table: TableUnderTest): void {
  describe(name, () => {
    beforeEach(() => table.clear());

    const snapshot = async () => ({ rows: await table.rows(), checkpoints: await table.checkpoints() });

    it("contains exactly the vendors' calls, also in its columns, and a second pass changes nothing", async () => {
      const { emulator, client } = await openScene();
      const changed = await table.sync(client, from);
      const rows = await table.rows();
      expect(factsByAccount(rows.map(({ record }) => record))).toEqual(truth(emulator, NOW));
      expect(rows).toEqual(rows.map(columnsOf));
      expect(changed).toBe(rows.length);
      expect(rows.length).toBeGreaterThan(400);

      expect(await table.sync(client, from)).toBe(0);
      expect(await table.rows()).toEqual(rows);
    });

    it("contains two calls of two applications that have the same id", async () => {
      const twins = [1_400_000_000, 1_400_000_001].map((application, index): CustomCall => ({
        id: "9000000000000000001",
        application,
        startedAt: minutes(-200 - index),
      }));
      const { client } = await openStage({
        emulator: { callsPerDay: 0, activeCalls: 0, calls: { "tencent-ccc": twins } },
      });
      expect(await table.sync(client, from)).toBe(2);
      const rows = await table.rows();
      expect(rows.map(({ record }) => callKey(record))).toEqual([
        "tencent-ccc/1400000000/9000000000000000001",
        "tencent-ccc/1400000001/9000000000000000001",
      ]);
      expect(rows).toEqual(rows.map(columnsOf));
    });

    it("receives a row that is listed late, and one that has changed", async () => {
      const { emulator, client, clock } = await openScene();
      await table.sync(client, from);
      const before = await table.rows();
      expect(before.find(({ id }) => id === longer.id)).toMatchObject({ state: "in-progress", ended_at: null });
      clock.advance(HOUR);

      expect(await table.sync(client, from)).toBe(3);
      const after = await table.rows();
      expect(after.length - before.length).toBe(2);
      expect(after.filter(({ id }) => id === late.id)).toHaveLength(2);
      expect(after.find(({ id }) => id === longer.id)).toMatchObject({
        state: "ended",
        ended_at: longer.endedAt?.toISOString(),
      });
      expect(factsByAccount(after.map(({ record }) => record))).toEqual(truth(emulator, clock.now()));
    });

    it("is unchanged after a pass that fails before its COMMIT, and the next pass completes it", async () => {
      const { emulator, client, clock } = await openScene();
      await table.sync(client, from);
      const before = await snapshot();
      clock.advance(HOUR);

      await table.failBeyond(0);
      await expect(table.sync(client, from)).rejects.toThrow("no room for more calls");
      expect(await snapshot()).toEqual(before);

      await table.mend();
      expect(await table.sync(client, from)).toBe(3);
      expect(factsByAccount((await table.rows()).map(({ record }) => record))).toEqual(truth(emulator, clock.now()));
    });

    it("receives only the missing calls after a first pass that failed half-way", async () => {
      const { emulator, client } = await openScene();
      await table.failBeyond(250);
      await expect(table.sync(client, from)).rejects.toThrow("no room for more calls");
      const before = await table.rows();
      expect(before.length).toBeGreaterThan(0);

      await table.mend();
      const rest = await table.sync(client, from);
      const rows = await table.rows();
      expect(before.length + rest).toBe(rows.length);
      expect(factsByAccount(rows.map(({ record }) => record))).toEqual(truth(emulator, NOW));
    });

    it("is written by one job at a time", async () => {
      const { emulator, client } = await openScene();
      const release = await table.occupy();
      await expect(table.sync(client, from)).rejects.toThrow(/another job|is being synced/i);
      expect(emulator.requests).toEqual([]);
      await release();
      expect(await table.sync(client, from)).toBeGreaterThan(0);
    });
  });
}
