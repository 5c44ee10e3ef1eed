import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Kysely, SqliteDialect } from "kysely";
import sqlite, { type SQLiteValue } from "node-sqlite3-wasm";
import { wasmSqlite } from "../../../src/cli/databases/wasm-sqlite.js";
import { type BulkDatabase, TABLES } from "./bulk-database.js";

/** SQLite with prepared inserts. Both use the same connection. */
export function openSqlite(): Promise<BulkDatabase> {
  const path = join(tmpdir(), `bench-${randomBytes(4).toString("hex")}.db`);
  const database = new sqlite.Database(path);
  // As a program must open it that may crash.
  database.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
  const db = new Kysely<unknown>({ dialect: new SqliteDialect({ database: wasmSqlite(database) }) });
  return Promise.resolve({
    db,
    empty: () => {
      for (const table of TABLES) database.exec(`delete from ${table}`);
      return Promise.resolve();
    },
    storedRows: () => {
      const tables = TABLES.map((table) => {
        const records = database.all(`select * from ${table}`) as Record<string, SQLiteValue>[];
        const rows = records.map((record) => Object.values(record));
        return { table, rows };
      });
      return Promise.resolve(() => {
        database.exec("begin");
        for (const { table, rows } of tables) {
          const statement = database.prepare(
            `insert into ${table} values (${(rows[0] ?? []).map(() => "?").join(", ")})`,
          );
          for (const row of rows) statement.run(row);
          statement.finalize();
        }
        database.exec("commit");
        return Promise.resolve();
      });
    },
    drop: async () => {
      await db.destroy();
      for (const suffix of ["", "-wal"]) rmSync(`${path}${suffix}`, { force: true });
    },
  });
}
