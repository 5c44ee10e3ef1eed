import type { Kysely } from "kysely";
import { openMariaDb } from "./bulk-mariadb.js";
import { openPostgres } from "./bulk-postgres.js";
import { openSqlite } from "./bulk-sqlite.js";

/** The tables that a batch of calls fills. */
export const TABLES = ["call_records", "call_legs", "call_recordings"] as const;

/** A database with the fastest way to load rows that are already in its own format. */
export interface BulkDatabase {
  db: Kysely<unknown>;
  empty(): Promise<void>;
  /** Reads the stored rows, and returns a function that loads them in one transaction. */
  storedRows(): Promise<() => Promise<void>>;
  drop(): Promise<void>;
}

const OPEN = { PostgreSQL: openPostgres, MariaDB: openMariaDb, SQLite: openSqlite };
export type BulkDatabaseName = keyof typeof OPEN;

/** Creates an empty database. */
export function openBulkDatabase(name: BulkDatabaseName): Promise<BulkDatabase> {
  return OPEN[name]();
}
