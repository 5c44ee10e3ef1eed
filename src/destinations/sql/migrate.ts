import { type Kysely, sql } from "kysely";
import { CheckpointError } from "../../index.js";
import { createForgottenTable, createTables } from "./create-tables.js";
import { createViews } from "./create-views.js";
import { type Database, qualified, type Tables } from "./database.js";

/** The steps from an empty database to the current version of the tables. Each may be run again after a failure. */
type Migration = (db: Kysely<Tables>, database: Database) => Promise<void>;
const MIGRATIONS: readonly Migration[] = [
  async (db, database) => {
    await createTables(db, database);
    await createViews(db, database);
  },
  createForgottenTable,
];

/** The time that a second process waits for the first one, in seconds. */
const LOCK_SECONDS = 60;
/** The key of an advisory lock: any number that other programs do not use. */
const LOCK_KEY = 7_242_011_977;

/** Creates or upgrades the tables. While it runs, other processes wait. @throws CheckpointError when the tables have a newer version. */
export async function migrate(database: Database): Promise<void> {
  // Current tables need no lock and no right to create tables. Whatever prevents this is reported below.
  if ((await readVersion(database.db).catch(() => null)) === MIGRATIONS.length) return;
  await withMigrationLock(database, async (db) => {
    if (database.schema !== null && database.dialect.name === "PostgreSQL") await createSchema(db, database.schema);
    const table = qualified(database, "call_sync_schema");
    await sql.raw(`create table if not exists ${table} (version integer not null)`).execute(db);
    const version = await readVersion(db);
    refuseNewer(version, MIGRATIONS.length);
    if (version === MIGRATIONS.length) return;
    for (const migration of MIGRATIONS.slice(version)) await migration(db, database);
    await db.deleteFrom("call_sync_schema").execute();
    await db.insertInto("call_sync_schema").values({ version: MIGRATIONS.length }).execute();
  });
}

/** Checks that the tables have the current version. @throws CheckpointError when they have not. The error of the database when there are no tables. */
export async function checkVersion({ db }: Database): Promise<void> {
  const version = await readVersion(db);
  refuseNewer(version, MIGRATIONS.length);
  if (version < MIGRATIONS.length)
    throw new CheckpointError(
      `The tables have version ${version}, and this version of call-records needs version ${MIGRATIONS.length}. Run \`await destination.migrate()\` first.`,
    );
}

async function readVersion(db: Kysely<Tables>): Promise<number> {
  const row = await db.selectFrom("call_sync_schema").select("version").executeTakeFirst();
  return row?.version ?? 0;
}

function refuseNewer(version: number, known: number): void {
  if (version > known)
    throw new CheckpointError(
      `The tables have version ${version}, and this version of call-records knows versions up to ${known}. Install the version of call-records that created them, or a newer one.`,
    );
}

/** Existing schemas need no right to create one. */
async function createSchema(db: Kysely<Tables>, schema: string): Promise<void> {
  const { rows } = await sql`select 1 from information_schema.schemata where schema_name = ${schema}`.execute(db);
  if (rows.length === 0) await sql`create schema ${sql.id(schema)}`.execute(db);
}

/** Does work that only one process may do at a time. Where the database supports it, all of the work is one transaction. */
async function withMigrationLock(
  { db, dialect, schema }: Database,
  work: (db: Kysely<Tables>) => Promise<void>,
): Promise<void> {
  if (dialect.name === "PostgreSQL")
    return db.transaction().execute(async (transaction) => {
      await sql`select pg_advisory_xact_lock(${sql.lit(LOCK_KEY)})`.execute(transaction);
      await work(transaction);
    });
  return db.connection().execute(async (connection) => {
    if (dialect.name === "SQLite") return inImmediateTransaction(connection, work);
    // A name may have 64 characters, as many as that of a database. A connection without a database has only the schema.
    const lock = sql`concat('call-records ', md5(coalesce(${schema}, database(), '')))`;
    const { rows } = await sql<{
      acquired: number | null;
    }>`select get_lock(${lock}, ${LOCK_SECONDS}) as acquired`.execute(connection);
    if (Number(rows[0]?.acquired) !== 1)
      throw new CheckpointError(`Another process has been creating the tables for ${LOCK_SECONDS} seconds.`);
    try {
      await work(connection);
    } finally {
      await sql`do release_lock(${lock})`.execute(connection);
    }
  });
}

/** Runs work in a transaction that locks the file from its beginning, so that two processes do not both read first and then wait for each other. */
async function inImmediateTransaction(
  connection: Kysely<Tables>,
  work: (db: Kysely<Tables>) => Promise<void>,
): Promise<void> {
  await sql`begin immediate`.execute(connection);
  try {
    await work(connection);
    await sql`commit`.execute(connection);
  } catch (error) {
    await sql`rollback`.execute(connection).catch(() => undefined);
    throw error;
  }
}
