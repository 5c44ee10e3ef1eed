import { type Kysely, sql } from "kysely";
import type { SqlDialect } from "./dialect.js";
import { mysql } from "./mysql.js";
import { postgres } from "./postgres.js";
import { sqlite } from "./sqlite.js";

/** Returns the dialect of a database, by what its Kysely dialect supports: a package may contain several copies of Kysely, each with its own classes. */
export async function detectDialect<Tables>(db: Kysely<Tables>): Promise<SqlDialect> {
  const { supportsTransactionalDdl, supportsReturning } = db.getExecutor().adapter;
  if (supportsTransactionalDdl) return postgres;
  if (supportsReturning) return sqlite;
  const { rows } = await sql<{ version: string }>`select version() as version`.execute(db);
  return mysql(rows[0]?.version ?? "");
}
