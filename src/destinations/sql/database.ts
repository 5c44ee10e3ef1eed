import { CompiledQuery, type Kysely, type Transaction } from "kysely";
import type { SqlDialect, Statement } from "./dialect.js";

/** The tables that are read and written one row at a time. */
export interface Tables {
  call_sync_checkpoints: { account: string; name: string; value: string };
  /** Some drivers return a `bigint` as text. */
  call_sync_locks: { account: string; fencing_token: number | string; expires_at: number | null };
  call_forgotten: { hash: string; key_check: string };
  call_sync_schema: { version: number };
}

/** A database whose dialect is known. */
export interface Database {
  readonly db: Kysely<Tables>;
  readonly dialect: SqlDialect;
  /** The schema of the tables; null for the default one. */
  readonly schema: string | null;
}

/** Returns the quoted name of a table with its schema. */
export function qualified({ dialect, schema }: Pick<Database, "dialect" | "schema">, table: string): string {
  return schema === null ? dialect.quote(table) : `${dialect.quote(schema)}.${dialect.quote(table)}`;
}

/** Executes a statement in the notation of the database. */
export async function execute(
  transaction: Transaction<Tables> | Kysely<Tables>,
  { text, parameters }: Statement,
): Promise<void> {
  await transaction.executeQuery(CompiledQuery.raw(text, [...parameters]));
}
