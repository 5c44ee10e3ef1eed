import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import {
  type Dialect,
  Kysely,
  MysqlDialect,
  PostgresDialect,
  type PostgresPoolClient,
  sql,
  SqliteDialect,
} from "kysely";
import { createPool } from "mysql2";
import sqlite from "node-sqlite3-wasm";
import pg from "pg";
import { wasmSqlite } from "../../../src/cli/databases/wasm-sqlite.js";
import { type FailingStatement, failing } from "./failing-dialect.js";

/** A database for a test. Several processes or pools may connect to it. */
export interface TestDatabase {
  name: string;
  /** Returns a new connection pool, like that of another process. */
  connect(): Kysely<unknown>;
  /** A pool in which the n-th statement can be made to fail. */
  connectFailing(failure: FailingStatement): Kysely<unknown>;
  /** Closes all pools, and removes the database. */
  drop(): Promise<void>;
}

function databaseOf(name: string, dialect: () => Dialect, remove: () => Promise<void> | void): TestDatabase {
  const pools: Kysely<unknown>[] = [];
  const open = (created: Dialect) => {
    const pool = new Kysely<unknown>({ dialect: created });
    pools.push(pool);
    return pool;
  };
  return {
    name,
    connect: () => open(dialect()),
    connectFailing: (failure) => open(failing(dialect(), failure)),
    drop: async () => {
      for (const pool of pools) await pool.destroy();
      await remove();
    },
  };
}

const uniqueName = () => `call_records_${process.pid}_${randomBytes(4).toString("hex")}`;

/** PostgreSQL in this process. It has one connection, which all pools share. */
export function pglite(): TestDatabase {
  const database = new PGlite();
  let queue = Promise.resolve();
  const connect = async (): Promise<PostgresPoolClient> => {
    const before = queue;
    let release = (): void => undefined;
    queue = new Promise((resolve) => {
      release = resolve;
    });
    await before;
    return {
      query: async (text: string, parameters: readonly unknown[]) => {
        const { rows, affectedRows } = await database.query(text, [...parameters]);
        return { command: (/^\s*(\w+)/.exec(text)?.[1] ?? "").toUpperCase(), rowCount: affectedRows ?? 0, rows };
      },
      release: () => {
        release();
      },
    } as PostgresPoolClient;
  };
  return databaseOf(
    "PGlite",
    () => new PostgresDialect({ pool: { connect, end: () => Promise.resolve() } }),
    () => database.close(),
  );
}

/** A file of SQLite. Each pool opens it. */
export function sqliteFile(): TestDatabase {
  const path = join(tmpdir(), `${uniqueName()}.db`);
  return databaseOf(
    "SQLite",
    () => new SqliteDialect({ database: () => Promise.resolve(wasmSqlite(new sqlite.Database(path))) }),
    () => {
      rmSync(path, { force: true });
    },
  );
}

const POSTGRES = { host: "127.0.0.1", port: 5432, user: "postgres" };

/** A new database of the PostgreSQL server of this machine. */
export async function postgresServer(): Promise<TestDatabase> {
  const name = uniqueName();
  const admin = new pg.Pool({ ...POSTGRES, database: "postgres", max: 1 });
  await admin.query(`create database ${name}`);
  return databaseOf(
    "PostgreSQL",
    () => new PostgresDialect({ pool: new pg.Pool({ ...POSTGRES, database: name, max: 2 }) }),
    async () => {
      await admin.query(`drop database ${name} with (force)`);
      await admin.end();
    },
  );
}

const MARIADB = { host: "127.0.0.1", port: 3306, user: "root" };

/** A new database of the MariaDB server of this machine. */
export async function mariaDbServer(): Promise<TestDatabase> {
  const name = uniqueName();
  const admin = new Kysely<unknown>({
    dialect: new MysqlDialect({ pool: createPool({ ...MARIADB, connectionLimit: 1 }) }),
  });
  await sql`create database ${sql.id(name)}`.execute(admin);
  return databaseOf(
    "MariaDB",
    () => new MysqlDialect({ pool: createPool({ ...MARIADB, database: name, connectionLimit: 2, timezone: "Z" }) }),
    async () => {
      await sql`drop database ${sql.id(name)}`.execute(admin);
      await admin.destroy();
    },
  );
}
