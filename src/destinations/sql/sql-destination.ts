import type { Kysely } from "kysely";
import { z } from "zod";
import {
  ConfigurationError,
  type Destination,
  type DestinationReader,
  type DestinationSession,
  type MaskOptions,
} from "../../index.js";
import { forgottenIdentities, maskKeySchema, maskOptionsSchema } from "../../privacy/index.js";
import { escapeId } from "../../columns/storable-text.js";
import { parseOptions } from "../../adapter.js";
import type { Database } from "./database.js";
import { describeDatabase } from "./describe-database.js";
import { Lease, leaseHeld } from "./lease.js";
import { checkVersion, migrate } from "./migrate.js";
import { SqlReader } from "./sql-reader.js";
import { forgetCustomer } from "./forget-customer.js";
import { type PrivacyKeys, StoredForm } from "./stored-form.js";
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
  /** Masks the numbers of each call that is stored, as `maskNumbers` does. With another key, every call counts as changed in an audit. Default: not masked. */
  mask?: MaskOptions | undefined;
  /**
   * The key with which `forget` hashes numbers: a text, which is used in UTF-8, or bytes. At least 16 bytes. It must stay the same: once customers were forgotten,
   * every writer and every audit of the database needs it. Default: the key of `mask`.
   */
  forgetKey?: string | Uint8Array | undefined;
}

/** Calls and checkpoints in the tables of a database. `sqlDestination` creates it. */
export interface SqlDestination extends Destination {
  /**
   * Creates the tables and views, or upgrades those of an earlier version. Existing tables of the current version stay unchanged. Several processes may run it
   * at once.
   * @throws CheckpointError when a newer version of call-records created the tables, or for a failure of the database.
   */
  migrate(): Promise<void>;
  /**
   * Deletes all calls of a customer of all accounts, with their legs, recordings and vendor's rows, and stores a keyed hash of the number. No later write, update or
   * repair stores a call of this customer again. This cannot be undone.
   *
   * Numbers are compared as by the argument `number` of `records`, with the customer of each call: for the directions `internal` and `unknown` with both parties, and
   * with the legs of customers. Other calls that only mention the number, such as in a remark, stay. Writers wait until the deletion has ended, and may lose their
   * lease if it takes longer than `leaseSeconds`.
   * @param number in any format, best with its country code. Without one, it is the number of each country in which these digits are a number.
   * @returns the number of deleted calls; 0 if there were none. The hash is stored also then.
   * @throws RequestError when `number` is not a telephone number; ConfigurationError when the destination has no key; CheckpointError when customers were forgotten with
   * another key, or for a failure of the database.
   */
  forget(number: string, options?: ForgetOptions): Promise<number>;
}

/** The options of `forget`. */
export interface ForgetOptions {
  /** ISO 3166 code of the number's country, such as `CN`, if the number has no country code. Default: any country. */
  country?: string | undefined;
}

const optionsSchema = z.strictObject({
  schema: z.string().min(1, "must not be empty").optional(),
  raw: z.boolean().default(true),
  leaseSeconds: z
    .int("must be a whole number")
    .min(1, "must be at least 1")
    .max(3_600, "must be at most 3,600")
    .default(15),
  mask: maskOptionsSchema.optional(),
  forgetKey: maskKeySchema.optional(),
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
  private readonly keys: PrivacyKeys;

  constructor(
    private readonly db: Kysely<Schema>,
    private readonly settings: Settings,
  ) {
    const mask = settings.mask?.key ?? null;
    this.keys = { mask, forget: settings.forgetKey ?? mask };
  }

  async migrate(): Promise<void> {
    await withRetries(null, async () => migrate(await this.connect()));
  }

  async open({ account }: { provider: string; account: string }): Promise<DestinationSession> {
    const { leaseSeconds } = this.settings;
    return withRetries(account, async () => {
      const database = await this.connectChecked();
      const lease = await Lease.acquire(database, escapeId(account), leaseSeconds * 1000);
      if (lease === null) throw leaseHeld(account);
      return new SqlSession(database, account, lease, { ...this.settings, keys: this.keys });
    });
  }

  openReader({ account }: { provider: string; account: string }): Promise<DestinationReader> {
    const form = new StoredForm(this.keys);
    return withRetries(account, async () => new SqlReader(await this.connectChecked(), account, form));
  }

  async forget(number: string, options: ForgetOptions = {}): Promise<number> {
    const identities = forgottenIdentities(number, options);
    const { mask, forget } = this.keys;
    if (forget === null)
      throw new ConfigurationError(
        "forget: the destination has no key for the hash of the number. Set the option `forgetKey` of `sqlDestination`.",
      );
    return withRetries(null, async () => forgetCustomer(await this.connectChecked(), identities, { mask, forget }));
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
