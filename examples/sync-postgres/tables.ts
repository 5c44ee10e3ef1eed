import type { CallRecord, SyncCheckpoint } from "call-records";
import type { Client } from "pg";

/** Creates the tables. The key of a call is (account, application, id). A key column cannot be null, so `application` is empty if a call has none. */
export async function makeTables(connection: Client): Promise<void> {
  await connection.query(`
    CREATE TABLE IF NOT EXISTS call_records (
      account text NOT NULL,
      application text NOT NULL,
      id text NOT NULL,
      provider text NOT NULL,
      direction text NOT NULL,
      state text NOT NULL,
      outcome text,
      started_at timestamptz NOT NULL,
      answered_at timestamptz,
      ended_at timestamptz,
      talk_seconds double precision,
      caller text,
      callee text,
      agent text,
      record jsonb NOT NULL,
      PRIMARY KEY (account, application, id)
    );
    CREATE INDEX IF NOT EXISTS call_records_started_at ON call_records (started_at);
    CREATE TABLE IF NOT EXISTS call_sync (account text PRIMARY KEY, checkpoint jsonb NOT NULL);
  `);
}

/** Upserts the calls with one statement. */
export async function saveCalls(connection: Client, records: readonly CallRecord[]): Promise<void> {
  await connection.query(
    `INSERT INTO call_records
     SELECT call ->> 'account', coalesce(call ->> 'application', ''), call ->> 'id', call ->> 'provider', call ->> 'direction', call ->> 'state', call ->> 'outcome',
       (call ->> 'startedAt')::timestamptz, (call ->> 'answeredAt')::timestamptz, (call ->> 'endedAt')::timestamptz, (call ->> 'talkSeconds')::float8,
       call -> 'caller' ->> 'number', call -> 'callee' ->> 'number', call -> 'agent' ->> 'name', call
     FROM jsonb_array_elements($1::jsonb) AS call
     ON CONFLICT (account, application, id) DO UPDATE SET
       (provider, direction, state, outcome, started_at, answered_at, ended_at, talk_seconds, caller, callee, agent, record)
       = (excluded.provider, excluded.direction, excluded.state, excluded.outcome, excluded.started_at, excluded.answered_at,
          excluded.ended_at, excluded.talk_seconds, excluded.caller, excluded.callee, excluded.agent, excluded.record)`,
    [storable(records)],
  );
}

export async function saveCheckpoint(connection: Client, checkpoint: SyncCheckpoint): Promise<void> {
  await connection.query(
    "INSERT INTO call_sync VALUES ($1, $2) ON CONFLICT (account) DO UPDATE SET checkpoint = excluded.checkpoint",
    [checkpoint.account, storable(checkpoint)],
  );
}

export async function readCheckpoints(connection: Client): Promise<SyncCheckpoint[]> {
  const { rows } = await connection.query<{ checkpoint: SyncCheckpoint }>("SELECT checkpoint FROM call_sync");
  return rows.map(({ checkpoint }) => checkpoint);
}

/** Returns JSON that PostgreSQL accepts. It refuses NUL and lone surrogates, which vendors may send, so they become U+FFFD. */
function storable(value: unknown): string {
  return JSON.stringify(value, (_, field: unknown) =>
    typeof field === "string" ? field.replaceAll("\u0000", "\ufffd").replace(/\p{Surrogate}/gu, "\ufffd") : field,
  );
}
