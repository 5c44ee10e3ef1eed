import { CheckpointError, type CheckpointParts, type CheckpointStore, type JsonValue } from "call-records";
import { Client, type ClientConfig } from "pg";

/**
 * Stores the checkpoints of `sync` in PostgreSQL, and writes only the changed parts. Use it if the calls are stored elsewhere. If they are in the same database,
 * one transaction for both is better (`sync-calls.ts`).
 */
export class PostgresCheckpointStore implements CheckpointStore {
  /** The connections that hold the locks, by account. An account is saved over the same connection, so a process that loses the lock can no longer write. */
  private readonly locked = new Map<string, Client>();

  /** @param database the connection. Default: the variables of the environment (`PGHOST`, …). */
  constructor(private readonly database: ClientConfig = {}) {}

  async load(account: string): Promise<CheckpointParts> {
    const connection = this.locked.get(account) ?? (await this.connect());
    try {
      const { rows } = await connection.query<{ part: string; value: string }>(
        "SELECT part, value FROM call_checkpoints WHERE account = $1",
        [account],
      );
      return Object.fromEntries(rows.map(({ part, value }) => [part, JSON.parse(value) as JsonValue]));
    } finally {
      if (connection !== this.locked.get(account)) await connection.end();
    }
  }

  async save(account: string, changes: Readonly<Record<string, JsonValue | null>>): Promise<void> {
    const connection = this.locked.get(account);
    if (connection === undefined)
      throw new CheckpointError(`${account}: the lock is required to save a checkpoint. Call \`lock\` first.`, {
        account,
      });
    const parts = Object.keys(changes);
    const values = Object.values(changes).map((value) => (value === null ? null : JSON.stringify(value)));
    // One statement is one transaction. The column is text because `jsonb` refuses NUL, which an id may contain.
    await connection.query(
      `WITH changes AS (SELECT * FROM unnest($2::text[], $3::text[]) AS change (part, value)),
         removed AS (DELETE FROM call_checkpoints WHERE account = $1 AND part IN (SELECT part FROM changes WHERE value IS NULL))
       INSERT INTO call_checkpoints SELECT $1, part, value FROM changes WHERE value IS NOT NULL
       ON CONFLICT (account, part) DO UPDATE SET value = excluded.value`,
      [account, parts, values],
    );
  }

  async lock(account: string): Promise<() => Promise<void>> {
    const connection = await this.connect();
    const { rows } = await connection.query<{ locked: boolean }>(
      "SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS locked",
      [`call_checkpoints ${account}`],
    );
    if (rows[0]?.locked !== true) {
      await connection.end();
      throw new CheckpointError(`${account}: another sync of this account is running.`, { account, retryable: true });
    }
    this.locked.set(account, connection);
    return async () => {
      this.locked.delete(account);
      // The lock ends with the connection.
      await connection.end();
    };
  }

  private async connect(): Promise<Client> {
    const connection = new Client(this.database);
    // A lost connection makes the next query fail. Without a listener, its `error` event would end the process.
    connection.on("error", () => undefined);
    await connection.connect();
    try {
      // Accounts are locked in parallel, and concurrent statements that create the same table can fail.
      await connection.query(`
        SELECT pg_advisory_xact_lock(hashtextextended('call_checkpoints', 0));
        CREATE TABLE IF NOT EXISTS call_checkpoints (account text, part text, value text NOT NULL, PRIMARY KEY (account, part));
      `);
      return connection;
    } catch (error) {
      await connection.end();
      throw error;
    }
  }
}
