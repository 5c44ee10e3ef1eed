import { PGlite } from "@electric-sql/pglite";
import { PGLiteSocketServer } from "@electric-sql/pglite-socket";
import { Client } from "pg";

export interface Postgres {
  /** The connection for `pg`, which uses the wire protocol. */
  database: { connectionString: string };
  /** Whether each connection is a separate session, so that locks exclude other connections. */
  hasSessions: boolean;
  query(sql: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
  /** Acquires a lock in another session, and returns a function that releases it. @param key an SQL expression. */
  holdLock(key: string): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

/** Opens the server in `TEST_DATABASE_URL`, where tests drop tables of their names, or by default PostgreSQL in WebAssembly in this process. */
export function openPostgres(): Promise<Postgres> {
  const { TEST_DATABASE_URL } = process.env;
  return TEST_DATABASE_URL === undefined ? startEmbedded() : connect(TEST_DATABASE_URL);
}

async function connect(connectionString: string): Promise<Postgres> {
  const client = new Client({ connectionString });
  await client.connect();
  return {
    database: { connectionString },
    hasSessions: true,
    query: async (sql, values) => (await client.query<Record<string, unknown>>(sql, values)).rows,
    async holdLock(key) {
      const other = new Client({ connectionString });
      await other.connect();
      await other.query(`SELECT pg_advisory_lock(${key})`);
      return () => other.end();
    },
    close: () => client.end(),
  };
}

async function startEmbedded(): Promise<Postgres> {
  const db = await PGlite.create({ postgresqlconf: ["max_prepared_transactions = 2"] });
  const server = new PGLiteSocketServer({ db, port: 0, maxConnections: 10 });
  await server.start();
  return {
    database: { connectionString: `postgres://postgres@${server.getServerConn()}/postgres` },
    hasSessions: false,
    query: async (sql, values) => (await db.query<Record<string, unknown>>(sql, values)).rows,
    // All connections share one session, whose locks do not exclude it. A prepared transaction belongs to no session.
    async holdLock(key) {
      await db.exec(
        `SELECT pg_advisory_unlock_all(); BEGIN; SELECT pg_advisory_xact_lock(${key}); PREPARE TRANSACTION 'another'`,
      );
      return async () => {
        await db.exec("ROLLBACK PREPARED 'another'");
      };
    },
    async close() {
      await server.stop();
      await db.close();
    },
  };
}
