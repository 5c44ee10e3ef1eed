import { type Dialect, MysqlDialect, PostgresDialect, SqliteDialect } from "kysely";
import { createPool } from "mysql2";
import sqlite from "node-sqlite3-wasm";
import pg from "pg";
import { wasmSqlite } from "../../../src/cli/databases/wasm-sqlite.js";

export const POSTGRES = { host: "127.0.0.1", port: 5432, user: "postgres" };
export const MARIADB = { host: "127.0.0.1", port: 3306, user: "root" };

/** Returns a connection pool to a database of the PostgreSQL server of this machine. */
export function postgresDialect(database: string): Dialect {
  const pool = new pg.Pool({ ...POSTGRES, database, max: 2 });
  // Without a listener, the loss of a connection ends the process: of an idle one here, of one in use at its client.
  pool.on("error", () => undefined);
  pool.on("connect", (client) => client.on("error", () => undefined));
  return new PostgresDialect({ pool });
}

/** Returns a connection pool to a database of the MariaDB server of this machine. @param database null for the server without a database. */
export function mariaDbDialect(database: string | null): Dialect {
  const ofDatabase = database === null ? {} : { database };
  return new MysqlDialect({ pool: createPool({ ...MARIADB, ...ofDatabase, connectionLimit: 2, timezone: "Z" }) });
}

/** Opens a file of SQLite. @param prepare statements that are executed first. */
export function sqliteDialect(path: string, prepare = ""): Dialect {
  return new SqliteDialect({
    database: () => {
      const database = new sqlite.Database(path);
      if (prepare !== "") database.exec(prepare);
      return Promise.resolve(wasmSqlite(database));
    },
  });
}
