import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { CheckpointError } from "call-records";
import { PostgresCheckpointStore } from "../../examples/sync-postgres/postgres-checkpoint-store.js";
import { syncCalls } from "../../examples/sync-postgres/sync-calls.js";
import { daysAgo, HOUR, openEmulator, openStage } from "../client/stage.js";
import { idsOf } from "../client/truth.js";
import { runExample } from "./example-process.js";
import { openPostgres, type Postgres } from "./postgres.js";
import { describeTableInStep, readRecord } from "./table-under-test.js";

let postgres: Postgres;
beforeAll(async () => {
  postgres = await openPostgres();
}, 60_000);
afterAll(() => postgres.close());

/** The key of the lock in `sync-calls.ts`. */
const LOCK = "20261101";
const dropTables = () => postgres.query("DROP TABLE IF EXISTS call_records, call_sync, call_checkpoints");

describeTableInStep("a table in PostgreSQL", {
  sync: (client, from) => syncCalls(client, postgres.database, { from }),
  async rows() {
    const rows = await postgres.query("SELECT * FROM call_records ORDER BY account, application, id");
    return rows.map((row) => {
      const columns = Object.fromEntries(
        Object.entries(row).map(([name, value]) => [name, value instanceof Date ? value.toISOString() : value]),
      );
      return { ...columns, record: readRecord(row.record) };
    });
  },
  checkpoints: () => postgres.query("SELECT * FROM call_sync ORDER BY account"),
  /** The constraint is deferred, so the COMMIT fails. */
  async failBeyond(calls) {
    await postgres.query("CREATE TABLE IF NOT EXISTS call_sync (account text PRIMARY KEY, checkpoint jsonb NOT NULL)");
    await postgres.query(`
      CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF (SELECT count(*) FROM call_records) > ${calls} THEN RAISE 'no room for more calls'; END IF;
        RETURN NULL;
      END $$`);
    await postgres.query(
      "CREATE CONSTRAINT TRIGGER refuse AFTER INSERT OR UPDATE ON call_sync DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse()",
    );
  },
  async mend() {
    await postgres.query("DROP TRIGGER refuse ON call_sync");
  },
  occupy: () => postgres.holdLock(LOCK),
  async clear() {
    await dropTables();
  },
});

describe("a table in PostgreSQL where each connection is a session", () => {
  it("accepts one of two concurrent passes", async ({ skip }) => {
    skip(!postgres.hasSessions, "TEST_DATABASE_URL is not set");
    await dropTables();
    const { client } = await openStage({ emulator: { days: 1 } });
    const outcomes = await Promise.allSettled(
      [1, 2].map(() => syncCalls(client, postgres.database, { from: daysAgo(1) })),
    );
    expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  });
});

describe("checkpoints in PostgreSQL", () => {
  const from = daysAgo(3);
  let store: PostgresCheckpointStore;
  beforeEach(async () => {
    await dropTables();
    store = new PostgresCheckpointStore(postgres.database);
  });

  it("continue where the last pass ended, with the same coverage as in a transaction", async () => {
    const { client, clock } = await openStage({ emulator: { days: 4, callsPerDay: 60 } });
    const pass = async () => {
      let changed = 0;
      await client.sync({ from, store }).forEach(({ changes }) => (changed += changes.length));
      return changed;
    };
    expect(await pass()).toBeGreaterThan(300);
    expect(await pass()).toBe(0);
    clock.advance(72 * HOUR);
    await pass();
    const settled = new Date(clock.now() - 60 * HOUR).toISOString();
    expect((await client.coverage(store)).map(({ coverage }) => coverage)).toEqual(
      [1, 2, 3].map(() => [{ from: from.toISOString(), to: settled }]),
    );
  });

  it("save changed parts, remove parts that are null, and do not change other accounts", async () => {
    const unlock = [await store.lock("one"), await store.lock("two")];
    await store.save("one", { head: { version: 1 }, a: ["x"], b: ["y"] });
    await store.save("two", { a: ["z"] });
    await store.save("one", { a: null, b: ["y", "y"] });
    expect(await store.load("one")).toEqual({ head: { version: 1 }, b: ["y", "y"] });
    for (const release of unlock) await release();
    expect(await new PostgresCheckpointStore(postgres.database).load("two")).toEqual({ a: ["z"] });
    expect(await store.load("three")).toEqual({});
  });

  it("are written by one sync at a time, and never without the lock", async () => {
    const release = await postgres.holdLock("hashtextextended('call_checkpoints one', 0)");
    await expect(store.lock("one")).rejects.toBeInstanceOf(CheckpointError);
    await release();
    await (
      await store.lock("one")
    )();
    await expect(store.save("one", { a: 1 })).rejects.toBeInstanceOf(CheckpointError);
  });
});

describe("the example", () => {
  it("fills the table, and prints the number of new calls", { timeout: 60_000 }, async () => {
    await dropTables();
    const emulator = await openEmulator({ now: Date.now, days: 9, callsPerDay: 20, activeCalls: 0 });
    const { code, stdout, stderr } = await runExample("sync-postgres", [], {
      ...emulator.environment(),
      DATABASE_URL: postgres.database.connectionString,
    });
    expect(code, stderr).toBe(0);
    const rows = await postgres.query("SELECT id FROM call_records");
    expect(stdout).toBe(`${rows.length} calls were new or had changed.\n`);
    expect(idsOf(rows.map(({ id }) => ({ id: id as string })))).toEqual(
      idsOf(Object.values(emulator.truth).flatMap((vendor) => vendor.calls)),
    );
  });
});
