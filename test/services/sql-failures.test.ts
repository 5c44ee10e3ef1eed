import { CamelCasePlugin, Kysely, MysqlDialect, PostgresDialect, sql } from "kysely";
import { createPool } from "mysql2";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { CheckpointError } from "call-records";
import { sqlDestination } from "call-records/sql";
import { callRecord } from "call-records/testing";
import { mariaDbServer, postgresServer, type TestDatabase } from "../destinations/sql/databases.js";

const postgresDatabase = await postgresServer();
const mariaDbDatabase = await mariaDbServer();
const pools: Kysely<unknown>[] = [];

afterAll(async () => {
  for (const pool of pools) await pool.destroy();
  for (const database of [postgresDatabase, mariaDbDatabase]) await database.drop();
});

const account = (name: string) => ({ provider: "tencent-ccc", account: name });
const changesOf = (name: string, count: number) =>
  Array.from({ length: count }, (_, index) => ({
    type: "new" as const,
    record: callRecord({ provider: "tencent-ccc", account: name, id: `call-${index}` }),
  }));

async function numberOf(db: Kysely<unknown>, query: ReturnType<typeof sql<{ value: number | string | null }>>) {
  const { rows } = await query.execute(db);
  return Number(rows[0]?.value);
}
const countOf = (db: Kysely<unknown>, name: string) =>
  numberOf(db, sql`select count(*) as value from call_records where account = ${name}`);
const expiryOf = (db: Kysely<unknown>, name: string) =>
  numberOf(db, sql`select expires_at as value from call_sync_locks where account = ${name}`);

/** The differences between the servers. */
interface Server {
  /** Opens a pool for a database, as a user or with a setting that refuses writes. */
  connect(database: string, options: { user?: string; readOnly?: boolean; max?: number }): Kysely<unknown>;
  databaseName: ReturnType<typeof sql<{ name: string }>>;
  /** Statements that create a user without rights, and remove it. */
  createUser: (user: string, database: string) => string[];
  dropUser: (user: string, database: string) => string[];
  connections: ReturnType<typeof sql<{ id: number }>>;
  kill: (id: number) => ReturnType<typeof sql>;
  /** Waits on the server for longer than a lease of one second. */
  sleep: string;
}

const postgres: Server = {
  connect(database, { user = "postgres", readOnly = false, max = 2 }) {
    const options = readOnly ? { options: "-c default_transaction_read_only=on" } : {};
    const pool = new pg.Pool({ host: "127.0.0.1", port: 5432, user, database, max, ...options });
    pool.on("error", () => undefined);
    // A killed connection that is in use reports its end here, not to the pool.
    pool.on("connect", (client) => client.on("error", () => undefined));
    return new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
  },
  databaseName: sql`select current_database() as name`,
  createUser: (user) => [`create role ${user} login`, `grant select on call_sync_schema to ${user}`],
  dropUser: (user) => [`drop owned by ${user}`, `drop role ${user}`],
  connections: sql`select pid as id from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
  kill: (id) => sql`select pg_terminate_backend(${id})`,
  sleep: "select pg_sleep(1.5)",
};

const mariaDb: Server = {
  connect(database, { user = "root", readOnly = false, max = 2 }) {
    const pool = createPool({ host: "127.0.0.1", port: 3306, user, database, connectionLimit: max });
    if (readOnly) pool.on("connection", (connection) => connection.query("set session transaction read only"));
    return new Kysely<unknown>({ dialect: new MysqlDialect({ pool }) });
  },
  databaseName: sql`select database() as name`,
  // The rights to read make the database visible, as for a user of reports.
  createUser: (user, database) => [
    `create user '${user}'@'127.0.0.1'`,
    `grant select on ${database}.* to '${user}'@'127.0.0.1'`,
  ],
  dropUser: (user) => [`drop user '${user}'@'127.0.0.1'`],
  connections: sql`select id from information_schema.processlist where db = database() and id <> connection_id()`,
  kill: (id) => sql`kill ${sql.lit(id)}`,
  sleep: "select sleep(1.5)",
};

function describeFailures(database: TestDatabase, server: Server): void {
  describe(`a destination in ${database.name}`, () => {
    const db = database.connect();
    let name = "";
    const connect = (options: Parameters<Server["connect"]>[1]) => {
      const pool = server.connect(name, options);
      pools.push(pool);
      return pool;
    };
    /** Ends all connections except one, as a failover does. */
    const killOthers = () =>
      db.connection().execute(async (connection) => {
        const { rows } = await server.connections.execute(connection);
        for (const { id } of rows) await server.kill(id).execute(connection);
        return rows.length;
      });

    beforeAll(async () => {
      const { rows } = await server.databaseName.execute(db);
      name = rows[0]?.name ?? "";
    });

    it("creates its tables once, when several processes migrate at the same time", async () => {
      await Promise.all([1, 2, 3].map(() => sqlDestination(connect({})).migrate()));
      const { rows } = await sql`select version from call_sync_schema`.execute(db);
      expect(rows).toEqual([{ version: 2 }]);
    });

    it("loses nothing when its connections are killed between two writes", async () => {
      const session = await sqlDestination(connect({})).open(account("between"));
      await session.write(changesOf("between", 1), { head: 1 });
      expect(await killOthers()).toBeGreaterThan(0);
      await session.write(changesOf("between", 2), { head: 2 });
      expect(await session.load()).toEqual({ head: 2 });
      await session.close();
      expect(await countOf(db, "between")).toBe(2);
    });

    it("loses nothing when its connection is killed during a write", async () => {
      const session = await sqlDestination(connect({ max: 1 })).open(account("during"));
      let written: Promise<void> = Promise.resolve();
      // The lock on the lease holds the write in its transaction until it is killed.
      await db.transaction().execute(async (transaction) => {
        await sql`select * from call_sync_locks where account = 'during' for update`.execute(transaction);
        written = session.write(changesOf("during", 50), { head: 1 });
        await vi.waitFor(async () => {
          const { rows } = await server.connections.execute(transaction);
          expect(rows.length).toBeGreaterThan(0);
        });
        const { rows } = await server.connections.execute(transaction);
        for (const { id } of rows) await server.kill(id).execute(transaction);
      });
      await written;
      await session.close();
      expect(await countOf(db, "during")).toBe(50);
    });

    it("renews the lease of an idle session, with a pool of one connection", async () => {
      const session = await sqlDestination(connect({ max: 1 }), { leaseSeconds: 1 }).open(account("idle"));
      const first = await expiryOf(db, "idle");
      await vi.waitFor(async () => {
        expect(await expiryOf(db, "idle")).toBeGreaterThan(first + 1000);
      }, 20_000);
      await session.write(changesOf("idle", 1), {});
      await session.close();
      expect(await countOf(db, "idle")).toBe(1);
    });

    it("writes nothing if its lease expires in the middle of a transaction", async () => {
      const session = await sqlDestination(connect({}), { leaseSeconds: 1 }).open(account("asleep"));
      let written: Promise<unknown> = Promise.resolve(null);
      // The lock on the calls holds the write behind its first check of the lease, for longer than the lease.
      await session.write(changesOf("asleep", 1), { head: 1 });
      await db.transaction().execute(async (transaction) => {
        await sql`select * from call_records where account = 'asleep' for update`.execute(transaction);
        written = failureOf(session.write(changesOf("asleep", 2), { head: 2 }));
        await sql.raw(server.sleep).execute(transaction);
      });
      expect(String(await written)).toContain("the lease of this account has expired");
      expect(await session.load()).toEqual({ head: 1 });
      await session.close();
      expect(await countOf(db, "asleep")).toBe(1);
    });

    it("reports missing rights, and writes nothing", async () => {
      const user = `reader_${name.slice(-8)}`;
      for (const statement of server.createUser(user, name)) await sql.raw(statement).execute(db);
      const reader = server.connect(name, { user });
      const destination = sqlDestination(reader);
      // The tables are current, so that nothing must be created.
      await destination.migrate();
      const failures = [
        await failureOf(destination.open(account("reader"))),
        await failureOf(sqlDestination(reader, { schema: `${name}_new` }).migrate()),
      ];
      await reader.destroy();
      for (const statement of server.dropUser(user, name)) await sql.raw(statement).execute(db);
      for (const failure of failures) {
        expect(failure).toBeInstanceOf(CheckpointError);
        expect(failure).toMatchObject({ retryable: false });
        expect(String(failure)).toContain("The database user lacks the rights for these tables.");
      }
    });

    it("reports a database that does not exist", async () => {
      const pool = server.connect(`${name}_missing`, {});
      pools.push(pool);
      const failure = await failureOf(sqlDestination(pool).open(account("missing")));
      expect(failure).toBeInstanceOf(CheckpointError);
      expect(failure).toMatchObject({ retryable: false });
      expect(String(failure)).toContain("The database does not exist, or the user may not see it. Create it first.");
    });

    it("reports a read-only database", async () => {
      const failure = await failureOf(sqlDestination(connect({ readOnly: true })).open(account("standby")));
      expect(failure).toBeInstanceOf(CheckpointError);
      expect(failure).toMatchObject({ retryable: false });
      expect(String(failure)).toContain("The database is read-only.");
    });

    it("uses the schema of its option", async () => {
      // The longest name that both servers accept.
      const schema = name.padEnd(63, "_schema");
      if (database.name === "MariaDB") await sql`create database ${sql.id(schema)}`.execute(db);
      const destination = sqlDestination(connect({}), { schema });
      await destination.migrate();
      const session = await destination.open(account("schema"));
      await session.write(changesOf("schema", 2), { head: 1 });
      expect(await session.load()).toEqual({ head: 1 });
      await session.close();
      expect(await countOf(db, "schema")).toBe(0);
      expect(await numberOf(db, sql`select sum(answered) as value from ${sql.id(schema, "call_metrics_daily")}`)).toBe(
        2,
      );
      if (database.name === "MariaDB") await sql`drop database ${sql.id(schema)}`.execute(db);
    });

    it("ignores the plugins of the Kysely instance", async () => {
      const session = await sqlDestination(connect({}).withPlugin(new CamelCasePlugin())).open(account("plugins"));
      await session.write(changesOf("plugins", 1), { head: 1 });
      expect(await session.load()).toEqual({ head: 1 });
      await session.close();
    });
  });
}

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => null,
    (error: unknown) => error,
  );
}

describeFailures(postgresDatabase, postgres);
describeFailures(mariaDbDatabase, mariaDb);

it("lets another writer take over from a process that sleeps in a transaction of PostgreSQL", async () => {
  const db = postgresDatabase.connect();
  await sqlDestination(db).migrate();
  const { rows } = await postgres.databaseName.execute(db);
  const pool = new pg.Pool({ host: "127.0.0.1", port: 5432, user: "postgres", database: rows[0]?.name ?? "", max: 1 });
  let wake = (): void => undefined;
  const woken = new Promise<void>((resolve) => {
    wake = resolve;
  });
  pool.on("error", () => undefined);
  pool.on("connect", (client) => {
    client.on("error", () => undefined);
    const query = client.query.bind(client) as (text: string, values: unknown[]) => Promise<unknown>;
    client.query = (async (text: string, values: unknown[]) => {
      if (text.startsWith('insert into "call_records"')) await woken;
      return query(text, values);
    }) as never;
  });
  const sleeping = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
  pools.push(sleeping);
  const session = await sqlDestination(sleeping, { leaseSeconds: 1 }).open(account("sleeper"));
  const written = failureOf(session.write(changesOf("sleeper", 1), { head: "sleeper" }));
  const next = await vi.waitFor(() => sqlDestination(db).open(account("sleeper")), { timeout: 30_000 });
  await next.write(changesOf("sleeper", 2), { head: "next" });
  wake();
  const failure = await written;
  expect(failure).toBeInstanceOf(CheckpointError);
  expect(String(failure)).toContain("the lease of this account has expired or another writer holds it");
  expect(await next.load()).toEqual({ head: "next" });
  expect(await countOf(db, "sleeper")).toBe(2);
  await session.close();
  await next.close();
});
