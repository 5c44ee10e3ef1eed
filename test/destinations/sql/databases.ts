import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { type Dialect, Kysely, PostgresDialect, type PostgresPoolClient, sql } from "kysely";
import { mariaDbDialect, postgresDialect, sqliteDialect } from "./dialects.js";
import { type FailingStatement, failing } from "./failing-dialect.js";

/** A database for a test. Several processes or pools may connect to it. */
export interface TestDatabase {
  name: string;
  /** The name of the database at its server, or the path of its file; empty if it has none. */
  location: string;
  /** Returns a new connection pool, like that of another process. */
  connect(): Kysely<unknown>;
  /** A pool in which the n-th statement can be made to fail. */
  connectFailing(failure: FailingStatement): Kysely<unknown>;
  /** Closes all pools, and removes the database. */
  drop(): Promise<void>;
}

function databaseOf(
  name: string,
  location: string,
  dialect: () => Dialect,
  remove: () => Promise<void> | void,
): TestDatabase {
  const pools: Kysely<unknown>[] = [];
  const open = (created: Dialect) => {
    const pool = new Kysely<unknown>({ dialect: created });
    pools.push(pool);
    return pool;
  };
  return {
    name,
    location,
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
    "",
    () => new PostgresDialect({ pool: { connect, end: () => Promise.resolve() } }),
    () => database.close(),
  );
}

/** A file of SQLite. Each pool opens it. */
export function sqliteFile(): TestDatabase {
  const path = join(tmpdir(), `${uniqueName()}.db`);
  return databaseOf(
    "SQLite",
    path,
    () => sqliteDialect(path),
    () => {
      rmSync(path, { force: true });
    },
  );
}

/** A new database of the PostgreSQL server of this machine. */
export async function postgresServer(): Promise<TestDatabase> {
  const name = uniqueName();
  const admin = new Kysely<unknown>({ dialect: postgresDialect("postgres") });
  await sql`create database ${sql.id(name)}`.execute(admin);
  return databaseOf(
    "PostgreSQL",
    name,
    () => postgresDialect(name),
    async () => {
      await sql`drop database ${sql.id(name)} with (force)`.execute(admin);
      await admin.destroy();
    },
  );
}

/** A new database of the MariaDB server of this machine. */
export async function mariaDbServer(): Promise<TestDatabase> {
  const name = uniqueName();
  const admin = new Kysely<unknown>({ dialect: mariaDbDialect(null) });
  await sql`create database ${sql.id(name)}`.execute(admin);
  return databaseOf(
    "MariaDB",
    name,
    () => mariaDbDialect(name),
    async () => {
      await sql`drop database ${sql.id(name)}`.execute(admin);
      await admin.destroy();
    },
  );
}
