import type { Kysely } from "kysely";
import { z } from "zod";
import { ConfigurationError, type Destination, type DestinationReader, type DestinationSession } from "../../index.js";
import { escapeId } from "../../columns/storable-text.js";
import { parseOptions } from "../../adapter.js";
import type { Database } from "./database.js";
import { describeDatabase } from "./describe-database.js";
import { Lease, leaseHeld } from "./lease.js";
import { checkVersion, migrate } from "./migrate.js";
import { SqlReader } from "./sql-reader.js";
import { SqlSession } from "./sql-session.js";
import { withRetries } from "./with-retries.js";

/** The options of `sqlDestination`. */
export interface SqlDestinationOptions {
  /** The schema of the tables: a schema of PostgreSQL, a database of MySQL, or an attached database of SQLite. Default: that of the connection. */
  schema?: string | undefined;
  /** Whether the vendor's own row of each call is stored in the column `raw`. Default true. */
  raw?: boolean | undefined;
  /**
   * The time after which another writer may replace one that was killed, in seconds: 1 to 3,600. The session renews its lease three times in this time. A
   * process that sleeps for longer can no longer write. Default 15.
   */
  leaseSeconds?: number | undefined;
}

/** Calls and checkpoints in the tables of a database. `sqlDestination` creates it. */
export interface SqlDestination extends Destination {
  /**
   * Creates the tables and views, or upgrades those of an earlier version. Existing tables of the current version stay unchanged. Several processes may run it
   * at once.
   * @throws CheckpointError when a newer version of call-records created the tables, or for a failure of the database.
   */
  migrate(): Promise<void>;
}

const optionsSchema = z.strictObject({
  schema: z.string().min(1, "must not be empty").optional(),
  raw: z.boolean().default(true),
  leaseSeconds: z
    .int("must be a whole number")
    .min(1, "must be at least 1")
    .max(3_600, "must be at most 3,600")
    .default(15),
});

/**
 * Returns a destination that stores calls, legs, recordings and checkpoints in a database. Run `migrate()` before the first `syncTo`. The caller closes the
 * Kysely instance afterwards.
 * @param db a Kysely instance for PostgreSQL 12+, MySQL 8 or MariaDB 10.6+, or SQLite 3.35+. Its plugins are not used.
 * @throws ConfigurationError when an option is invalid, or `db` is not a Kysely instance.
 */
export function sqlDestination<Schema>(db: Kysely<Schema>, options: SqlDestinationOptions = {}): SqlDestination {
  const settings = parseOptions("sqlDestination", optionsSchema, options);
  if (!isKysely(db))
    throw new ConfigurationError(
      "sqlDestination: argument `db`: must be a Kysely instance of the version 0.28 or later.",
    );
  return new KyselyDestination(db, settings);
}

type Settings = z.output<typeof optionsSchema>;

class KyselyDestination<Schema> implements SqlDestination {
  private database: Promise<Database> | null = null;
  private checked: Promise<void> | null = null;

  constructor(
    private readonly db: Kysely<Schema>,
    private readonly settings: Settings,
  ) {}

  async migrate(): Promise<void> {
    await withRetries(null, async () => migrate(await this.connect()));
  }

  async open({ account }: { provider: string; account: string }): Promise<DestinationSession> {
    const { leaseSeconds } = this.settings;
    return withRetries(account, async () => {
      const database = await this.connectChecked();
      const lease = await Lease.acquire(database, escapeId(account), leaseSeconds * 1000);
      if (lease === null) throw leaseHeld(account);
      return new SqlSession(database, account, lease, this.settings);
    });
  }

  openReader({ account }: { provider: string; account: string }): Promise<DestinationReader> {
    return withRetries(account, async () => new SqlReader(await this.connectChecked(), account));
  }

  /** Returns the database, whose tables have the current version. */
  private async connectChecked(): Promise<Database> {
    const database = await this.connect();
    this.checked ??= checkVersion(database).catch((error: unknown) => {
      this.checked = null;
      throw error;
    });
    await this.checked;
    return database;
  }

  /** Returns the database with its dialect. A failure is not remembered. */
  private async connect(): Promise<Database> {
    this.database ??= describeDatabase(this.db, this.settings.schema ?? null).catch((error: unknown) => {
      this.database = null;
      throw error;
    });
    return this.database;
  }
}

/** A caller in plain JavaScript may pass anything, such as the pool of a driver. */
function isKysely(value: unknown): boolean {
  return typeof value === "object" && value !== null && "withoutPlugins" in value && "getExecutor" in value;
}
