import { type Kysely, PostgresAdapter, type RawBuilder, sql, SqliteAdapter } from "kysely";
import type { CallRecord, Leg, Recording, StoredCall } from "call-records";
import { unescapeId } from "../../../src/columns/storable-text.js";

type Value = string | number | boolean | Date | null;
type Stored = Value | undefined;
type Row = Record<string, Value | undefined>;
type Part<Whole> = { [Property in keyof Whole]?: unknown };

const text = (value: Stored) => (value === null ? null : String(value));
const id = (value: Stored) => (value === null ? null : unescapeId(String(value)));
const whole = (value: Stored) => (value === null ? null : Number(value));
const flag = (value: Stored) => (value === null ? null : value === true || value === 1);
const json = (value: Stored): unknown => (typeof value === "string" ? JSON.parse(value) : value);
const time = (value: Stored) => (value === null ? null : new Date(value instanceof Date ? value : String(value)));
/** A decimal without the zeros that MySQL appends. */
const decimal = (value: Stored) => (value === null ? null : String(value).replace(/\.?0+$/, ""));

/** Returns an object, or null if all of its properties are null. */
const group = (properties: Row) => (Object.values(properties).every((value) => value === null) ? null : properties);
const party = (row: Row, side: string) =>
  group({ number: text(row[`${side}_number`]), e164: text(row[`${side}_e164`]) });
const agent = (row: Row) =>
  group({
    id: id(row.agent_id),
    name: text(row.agent_name),
    groupId: id(row.agent_group_id),
    groupName: text(row.agent_group_name),
  });

/** Returns all calls of the tables, with the fields that the tables contain. */
export async function readCalls(db: Kysely<unknown>): Promise<StoredCall[]> {
  const rowsOf = (table: string) => readRows(db, table);
  const [calls, legs, recordings] = [
    await rowsOf("call_records"),
    await rowsOf("call_legs"),
    await rowsOf("call_recordings"),
  ];
  const partsOf = (rows: readonly Row[]) => groupBy(rows, (row) => keyOf(row, "call_id"));
  const [legsByCall, recordingsByCall] = [partsOf(legs), partsOf(recordings)];
  return calls.map((row) => {
    const key = keyOf(row, "id");
    const own = [...(recordingsByCall.get(key) ?? [])].sort(byPosition);
    const recordingsAt = (leg: unknown) => own.filter((recording) => recording.leg_position === leg).map(recordingOf);
    const call: Part<CallRecord> = {
      account: id(row.account),
      application: row.application === "" ? null : id(row.application),
      id: id(row.id),
      provider: row.provider,
      direction: row.direction,
      kind: row.kind,
      state: row.state,
      outcome: row.outcome,
      caller: party(row, "caller"),
      callee: party(row, "callee"),
      customer: party(row, "customer"),
      line: party(row, "line"),
      agent: agent(row),
      queue: group({ id: id(row.queue_id), name: text(row.queue_name) }),
      startedAt: time(row.started_at),
      queuedAt: time(row.queued_at),
      ringingAt: time(row.ringing_at),
      answeredAt: time(row.answered_at),
      endedAt: time(row.ended_at),
      ringSeconds: whole(row.ring_seconds),
      waitSeconds: whole(row.wait_seconds),
      talkSeconds: whole(row.talk_seconds),
      ivrSeconds: whole(row.ivr_seconds),
      hangup: group({ by: text(row.hangup_by), code: text(row.hangup_code), reason: text(row.hangup_reason) }),
      transferred: flag(row.transferred),
      menuKeys: (json(row.menu_keys) as Row[]).map((key) => ({ ...key, at: time(key.at) })),
      satisfaction: group({ key: text(row.satisfaction_key), label: text(row.satisfaction_label) }),
      cost: group({ amount: decimal(row.cost_amount), currency: text(row.cost_currency) }),
      tags: json(row.tags),
      remark: row.remark,
      customData: row.custom_data,
      relatedIds: json(row.related_ids),
      updatedAt: time(row.updated_at),
      recordings: recordingsAt(null),
      legs: (legsByCall.get(key) ?? [])
        .sort(byPosition)
        .map((leg): Part<Leg> => ({ ...legOf(leg), recordings: recordingsAt(leg.position) })),
    };
    return call as StoredCall;
  });
}

/** Returns the rows of a table. The embedded databases drop a byte order mark at the beginning of a text, but return JSON and bytes unchanged. */
async function readRows(db: Kysely<unknown>, table: string): Promise<Row[]> {
  const { adapter } = db.getExecutor();
  if (adapter instanceof PostgresAdapter) {
    const { rows } = await sql<{
      row: string;
    }>`select cast(to_jsonb(one) as text) as row from ${sql.table(table)} as one`.execute(db);
    return rows.map(({ row }) => JSON.parse(row) as Row);
  }
  const columns = adapter instanceof SqliteAdapter ? await textsAsBytes(db, table) : sql`*`;
  const { rows } = await sql<Record<string, Value | Uint8Array>>`select ${columns} from ${sql.table(table)}`.execute(
    db,
  );
  const decode = (value: Value | Uint8Array | undefined): Value | undefined =>
    value instanceof Uint8Array ? Buffer.from(value).toString() : value;
  return rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, decode(value)])));
}

async function textsAsBytes(db: Kysely<unknown>, table: string): Promise<RawBuilder<unknown>> {
  const { rows } = await sql<{ name: string }>`select name from pragma_table_info(${table})`.execute(db);
  return sql.join(
    rows.map(
      ({ name }) =>
        sql`case typeof(${sql.ref(name)}) when 'text' then cast(${sql.ref(name)} as blob) else ${sql.ref(name)} end as ${sql.ref(name)}`,
    ),
  );
}

function groupBy(rows: readonly Row[], keyOf: (row: Row) => string): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return groups;
}

function keyOf(row: Row, idName: string): string {
  return JSON.stringify([row.account, row.application, row[idName]]);
}

function byPosition(one: Row, other: Row): number {
  return Number(one.position) - Number(other.position);
}

function legOf(row: Row): Part<Leg> {
  return {
    role: row.role,
    number: row.number,
    agent: agent(row),
    startedAt: time(row.started_at),
    ringingAt: time(row.ringing_at),
    answeredAt: time(row.answered_at),
    endedAt: time(row.ended_at),
    talkSeconds: whole(row.talk_seconds),
    transferredFrom: row.transferred_from,
    transferredTo: row.transferred_to,
  };
}

function recordingOf(row: Row): Part<Recording> {
  return { id: id(row.recording_id), url: row.url, kind: row.kind, transcriptUrl: row.transcript_url };
}
