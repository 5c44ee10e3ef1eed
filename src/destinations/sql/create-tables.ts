import { type Kysely, sql } from "kysely";
import { type Database, qualified, type Tables } from "./database.js";
import type { StoredType, Table, TableColumn } from "./table.js";
import { callTable, legTable, recordingTable } from "./call-tables.js";

const column = (name: string, type: StoredType, nullable = false): TableColumn => ({ name, type, nullable });

const checkpointTable: Table = {
  name: "call_sync_checkpoints",
  columns: [column("account", "key"), column("name", "key"), column("value", "text")],
  primaryKey: ["account", "name"],
  indexes: [],
  hasSyncTimes: false,
};

const lockTable: Table = {
  name: "call_sync_locks",
  columns: [column("account", "key"), column("fencing_token", "bigint"), column("expires_at", "bigint", true)],
  primaryKey: ["account"],
  indexes: [],
  hasSyncTimes: false,
};

/** The keyed hashes of the numbers of forgotten customers. */
const forgottenTable: Table = {
  name: "call_forgotten",
  columns: [column("hash", "key"), column("key_check", "key"), column("forgotten_at", "time")],
  primaryKey: ["hash"],
  indexes: [],
  hasSyncTimes: false,
};

/** Creates the table of forgotten customers, if it does not exist. */
export function createForgottenTable(db: Kysely<Tables>, database: Database): Promise<void> {
  return createTable(db, database, forgottenTable);
}

/** Creates the tables that do not exist. */
export async function createTables(db: Kysely<Tables>, database: Database): Promise<void> {
  for (const table of [callTable, legTable, recordingTable, checkpointTable, lockTable])
    await createTable(db, database, table);
}

/** Creates a table with its indexes. MySQL has no `create index if not exists`, so that indexes are part of the table there. */
async function createTable(db: Kysely<Tables>, database: Database, table: Table): Promise<void> {
  const { dialect } = database;
  const { types } = dialect;
  const quote = (name: string) => dialect.quote(name);
  const syncTimes = table.hasSyncTimes ? [column("synced_at", "time"), column("delisted_at", "time", true)] : [];
  const all = [...table.columns, ...syncTimes];
  const typeOf = (name: string) => all.find((one) => one.name === name)?.type ?? "text";
  const indexes = table.indexes.map((names) => ({
    name: `${table.name}_${names.join("_")}`,
    columns: names.map((name) => dialect.indexed(name, typeOf(name))).join(", "),
  }));
  const isMySql = dialect.tableOptions !== "";
  const lines = [
    ...all.map(({ name, type, nullable }) => `${quote(name)} ${types[type]}${nullable ? "" : " not null"}`),
    ...(table.primaryKey.length > 0 ? [`primary key (${table.primaryKey.map(quote).join(", ")})`] : []),
    ...(isMySql ? indexes.map(({ name, columns }) => `index ${quote(name)} (${columns})`) : []),
  ];
  const target = qualified(database, table.name);
  await sql
    .raw(`create table if not exists ${target} (\n  ${lines.join(",\n  ")}\n)${dialect.tableOptions}`)
    .execute(db);
  if (isMySql) return;
  // SQLite names the schema of an index before the index, and PostgreSQL before its table.
  const isSqlite = dialect.name === "SQLite";
  for (const { name, columns } of indexes) {
    const place = isSqlite ? `${qualified(database, name)} on ${quote(table.name)}` : `${quote(name)} on ${target}`;
    await sql.raw(`create index if not exists ${place} (${columns})`).execute(db);
  }
}
