import { Kysely, MysqlDialect, PostgresDialect, sql } from "kysely";
import { createPool } from "mysql2";
import pg from "pg";
import { afterAll, describe, expect, it, onTestFinished } from "vitest";
import { CheckpointError } from "call-records";
import { sqlDestination } from "call-records/sql";
import { callRecord } from "call-records/testing";
import { mariaDbServer, postgresServer } from "../destinations/sql/databases.js";

const TABLES = ["call_records", "call_legs", "call_recordings", "call_sync_checkpoints", "call_sync_locks"];
const forgetKey = "a key of the tests with 32 bytes";
const account = { provider: "tencent-ccc", account: "rights" };

/** The statements that give the rights of `docs/sql.md` to a user. */
const servers = [
  {
    database: await postgresServer(),
    connect: (database: string, user: string) =>
      new Kysely<unknown>({
        dialect: new PostgresDialect({ pool: new pg.Pool({ host: "127.0.0.1", port: 5432, user, database }) }),
      }),
    create: (user: string) => [`create role ${user} login`],
    forMigration: (user: string) => [`grant usage, create on schema public to ${user}`],
    forPasses: (user: string) => [
      `grant usage on schema public to ${user}`,
      `grant select on call_sync_schema, call_forgotten to ${user}`,
      ...TABLES.map((table) => `grant select, insert, update, delete on ${table} to ${user}`),
    ],
    forForget: (user: string) => [`grant insert on call_forgotten to ${user}`],
    remove: (user: string) => [`drop owned by ${user} cascade`, `drop role ${user}`],
  },
  {
    database: await mariaDbServer(),
    connect: (database: string, user: string) =>
      new Kysely<unknown>({ dialect: new MysqlDialect({ pool: createPool({ host: "127.0.0.1", user, database }) }) }),
    create: (user: string) => [`create user '${user}'@'127.0.0.1'`],
    forMigration: (user: string, database: string) => [
      `grant create, create view, select, insert, delete on ${database}.* to '${user}'@'127.0.0.1'`,
    ],
    forPasses: (user: string, database: string) => [
      ...["call_sync_schema", "call_forgotten"].map(
        (table) => `grant select on ${database}.${table} to '${user}'@'127.0.0.1'`,
      ),
      ...TABLES.map((table) => `grant select, insert, update, delete on ${database}.${table} to '${user}'@'127.0.0.1'`),
    ],
    forForget: (user: string, database: string) => [
      `grant insert on ${database}.call_forgotten to '${user}'@'127.0.0.1'`,
    ],
    remove: (user: string) => [`drop user '${user}'@'127.0.0.1'`],
  },
] as const;

afterAll(async () => {
  for (const { database } of servers) await database.drop();
});

describe.each(servers)("$database.name", ({ database, connect, create, remove, ...rights }) => {
  const { location } = database;
  const admin = database.connect();
  const run = async (statements: readonly string[]) => {
    for (const statement of statements) await sql.raw(statement).execute(admin);
  };
  /** Creates a user with rights, who is removed after the test, and connects as this user. */
  const connectAs = async (prefix: string, granted: (user: string, database: string) => string[]) => {
    const user = `${prefix}_${location.slice(-8)}`;
    await run([...create(user), ...granted(user, location)]);
    const db = connect(location, user);
    onTestFinished(async () => {
      await db.destroy();
      await run(remove(user));
    });
    return db;
  };

  it("needs only the documented rights for the first run, and for the passes after it", async () => {
    const creator = await connectAs("creator", rights.forMigration);
    await sqlDestination(creator).migrate();
    const writer = await connectAs("writer", rights.forPasses);
    const destination = sqlDestination(writer);
    await destination.migrate();
    const session = await destination.open(account);
    const record = callRecord({ ...account, id: "1" });
    await session.write([{ type: "new", record }], { head: 1 });
    await session.write([{ type: "updated", record: { ...record, remark: "changed" } }], { head: null });
    await session.close();
    const { rows } = await sql`select id, remark from call_records`.execute(admin);
    expect(rows).toEqual([{ id: "1", remark: "changed" }]);
    const forgetting = sqlDestination(
      await connectAs("eraser", (...owner) => [...rights.forPasses(...owner), ...rights.forForget(...owner)]),
      { forgetKey },
    );
    expect(await forgetting.forget(record.customer?.number ?? "")).toBe(1);
  });
});

// PostgreSQL has no such setting of a whole server: its standby servers refuse writes, as a read-only session does.
describe("a MariaDB server with read_only", () => {
  const [, { database, connect, create, remove, forPasses }] = servers;
  const { location } = database;
  const admin = database.connect();
  const setReadOnly = (value: 0 | 1) => sql`set global read_only = ${sql.lit(value)}`.execute(admin);

  it("refuses a pass that it interrupts, with a clear error, and the next pass continues", async () => {
    const user = `reader_${location.slice(-8)}`;
    await sqlDestination(admin).migrate();
    for (const statement of [...create(user), ...forPasses(user, location)]) await sql.raw(statement).execute(admin);
    const db = connect(location, user);
    onTestFinished(async () => {
      await setReadOnly(0);
      await db.destroy();
      for (const statement of remove(user)) await sql.raw(statement).execute(admin);
    });
    const standby = { ...account, account: "standby" };
    // The test above has forgotten a customer of this database.
    const destination = sqlDestination(db, { forgetKey });
    const session = await destination.open(standby);
    const change = (id: string) => ({
      type: "new" as const,
      record: callRecord({ ...standby, id, customer: { number: "10010" } }),
    });
    await session.write([change("1")], { head: 1 });

    await setReadOnly(1);
    for (const refused of [
      session.write([change("2")], { head: 2 }),
      destination.open({ ...standby, account: "other" }),
    ]) {
      const failure: unknown = await refused.catch((thrown: unknown) => thrown);
      expect(failure).toBeInstanceOf(CheckpointError);
      expect(failure).toMatchObject({ retryable: false });
      expect(String(failure)).toContain("The database is read-only. Connect to the primary server");
    }
    await session.close().catch(() => undefined);

    await setReadOnly(0);
    const later = await destination.open({ ...standby, account: "later" });
    expect(await later.load()).toEqual({});
    await later.close();
    const { rows } = await sql`select id from call_records where account = 'standby'`.execute(admin);
    expect(rows).toEqual([{ id: "1" }]);
  });
});
