import { Readable } from "node:stream";
import { sql } from "kysely";
import { createConnection } from "mysql2/promise";
import { mariaDbServer } from "../../destinations/sql/databases.js";
import { MARIADB } from "../../destinations/sql/dialects.js";
import { type BulkDatabase, TABLES } from "./bulk-database.js";

/** MariaDB with `LOAD DATA LOCAL`. */
export async function openMariaDb(): Promise<BulkDatabase> {
  const database = await mariaDbServer();
  const db = database.connect();
  const client = await createConnection({
    ...MARIADB,
    database: database.location,
    charset: "utf8mb4",
    flags: ["+LOCAL_FILES"],
    dateStrings: true,
    rowsAsArray: true,
  });
  return {
    db,
    empty: async () => {
      for (const table of TABLES) await sql.raw(`truncate table ${table}`).execute(db);
    },
    storedRows: async () => {
      const texts: { table: string; text: Buffer }[] = [];
      for (const table of TABLES) {
        const [rows] = await client.query(`select * from ${table}`);
        texts.push({ table, text: Buffer.from((rows as Value[][]).map(lineOf).join("")) });
      }
      return async () => {
        await client.query("begin");
        for (const { table, text } of texts)
          await client.query({
            sql: `load data local infile 'rows' into table ${table} character set utf8mb4`,
            infileStreamFactory: () => Readable.from([text]),
          });
        await client.query("commit");
      };
    },
    drop: async () => {
      await client.end();
      await database.drop();
    },
  };
}

/** `dateStrings` returns times as texts. */
type Value = string | number | null;

function lineOf(row: readonly Value[]): string {
  return `${row.map((value) => (value === null ? "\\N" : String(value).replace(/[\\\t\n]/g, "\\$&"))).join("\t")}\n`;
}
