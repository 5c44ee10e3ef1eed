import type { Kysely } from "kysely";
import type { Database, Tables } from "./database.js";
import { detectDialect } from "./detect-dialect.js";

/** Returns a database with its dialect. @param schema of the tables; null for the default one. */
export async function describeDatabase<Schema>(db: Kysely<Schema>, schema: string | null): Promise<Database> {
  // The tables of a Kysely instance exist only in its type, and the caller's type does not contain these.
  const plain = db.withoutPlugins() as unknown as Kysely<Tables>;
  const dialect = await detectDialect(plain);
  return { db: schema === null ? plain : plain.withSchema(schema), dialect, schema };
}
