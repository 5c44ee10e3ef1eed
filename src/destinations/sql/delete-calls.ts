import type { Kysely } from "kysely";
import { callTable, legTable, recordingTable } from "./call-tables.js";
import { type Database, execute, qualified, type Tables } from "./database.js";
import type { Row } from "./table.js";

/** Deletes the legs and recordings of calls. @param keys the stored account, application and id of each. @param onStatement is called between two statements. */
export async function deleteParts(
  db: Kysely<Tables>,
  database: Database,
  keys: readonly Row[],
  onStatement?: () => Promise<void>,
): Promise<void> {
  for (const { name } of [legTable, recordingTable]) await deleteRows(db, database, name, "call_id", keys, onStatement);
}

/** Deletes calls with their legs and recordings. @param keys as above. */
export async function deleteCalls(
  db: Kysely<Tables>,
  database: Database,
  keys: readonly Row[],
  onStatement?: () => Promise<void>,
): Promise<void> {
  await deleteParts(db, database, keys, onStatement);
  await deleteRows(db, database, callTable.name, "id", keys, onStatement);
}

async function deleteRows(
  db: Kysely<Tables>,
  database: Database,
  table: string,
  idName: string,
  keys: readonly Row[],
  onStatement?: () => Promise<void>,
): Promise<void> {
  const { dialect } = database;
  const target = qualified(database, table);
  for (let start = 0; start < keys.length; start += dialect.maxRows) {
    const some = keys.slice(start, start + dialect.maxRows);
    await execute(db, dialect.deleteByKeys(target, ["account", "application", idName], some));
    await onStatement?.();
  }
}
