import type { CallRecord, SyncCheckpoint } from "call-records";
import type { Database } from "node-sqlite3-wasm";

/** Creates the tables. The key of a call is (account, application, id). A key column cannot be null, so `application` is empty if a call has none. */
export function makeTables(database: Database): void {
  database.exec(`
    CREATE TABLE IF NOT EXISTS call_records (
      account TEXT NOT NULL,
      application TEXT NOT NULL,
      id TEXT NOT NULL,
      provider TEXT NOT NULL,
      direction TEXT NOT NULL,
      state TEXT NOT NULL,
      outcome TEXT,
      started_at TEXT NOT NULL,
      answered_at TEXT,
      ended_at TEXT,
      talk_seconds REAL,
      caller TEXT,
      callee TEXT,
      agent TEXT,
      record TEXT NOT NULL,
      PRIMARY KEY (account, application, id)
    );
    CREATE INDEX IF NOT EXISTS call_records_started_at ON call_records (started_at);
    CREATE TABLE IF NOT EXISTS call_sync (account TEXT PRIMARY KEY, checkpoint TEXT NOT NULL);
  `);
}

/** Upserts the calls with one statement. */
export function saveCalls(database: Database, records: readonly CallRecord[]): void {
  database.run(
    `INSERT OR REPLACE INTO call_records
     SELECT value ->> 'account', coalesce(value ->> 'application', ''), value ->> 'id', value ->> 'provider', value ->> 'direction', value ->> 'state', value ->> 'outcome',
       value ->> 'startedAt', value ->> 'answeredAt', value ->> 'endedAt', value ->> 'talkSeconds',
       value ->> '$.caller.number', value ->> '$.callee.number', value ->> '$.agent.name', value
     FROM json_each(?)`,
    [JSON.stringify(records)],
  );
}

export function saveCheckpoint(database: Database, checkpoint: SyncCheckpoint): void {
  database.run("INSERT OR REPLACE INTO call_sync VALUES (?, ?)", [checkpoint.account, JSON.stringify(checkpoint)]);
}

export function readCheckpoints(database: Database): SyncCheckpoint[] {
  return database
    .all("SELECT checkpoint FROM call_sync")
    .map(({ checkpoint }) => JSON.parse(checkpoint as string) as SyncCheckpoint);
}
