import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { sql } from "kysely";
import pg from "pg";
import { from as copyFrom, to as copyTo } from "pg-copy-streams";
import { postgresServer } from "../../destinations/sql/databases.js";
import { POSTGRES } from "../../destinations/sql/dialects.js";
import { type BulkDatabase, TABLES } from "./bulk-database.js";

/** PostgreSQL with `COPY`. */
export async function openPostgres(): Promise<BulkDatabase> {
  const database = await postgresServer();
  const db = database.connect();
  const client = new pg.Client({ ...POSTGRES, database: database.location });
  await client.connect();
  return {
    db,
    empty: async () => {
      await sql.raw(`truncate ${TABLES.join(", ")}`).execute(db);
    },
    storedRows: async () => {
      const texts: { table: string; text: Buffer }[] = [];
      for (const table of TABLES)
        texts.push({ table, text: await buffer(client.query(copyTo(`copy ${table} to stdout`))) });
      return async () => {
        await client.query("begin");
        for (const { table, text } of texts)
          await pipeline(Readable.from([text]), client.query(copyFrom(`copy ${table} from stdin`)));
        await client.query("commit");
      };
    },
    drop: async () => {
      await client.end();
      await database.drop();
    },
  };
}
