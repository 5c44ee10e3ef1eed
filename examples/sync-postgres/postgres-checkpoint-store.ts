import { CheckpointError, type CheckpointParts, type CheckpointStore, type JsonValue } from "call-records";
import { Client, type ClientConfig } from "pg";

/**
 * Keeps the checkpoints of `sync` in PostgreSQL, and writes of each only what has changed. For who writes calls elsewhere: with the calls in the
 * same database, a transaction for both is better (`sync-calls.ts`).
 */
export class PostgresCheckpointStore implements CheckpointStore {
  /** That holds the account's lock. What it saves goes the same way: who loses the lock can write no more. */
  private readonly locked = new Map<string, Client>();

  /** @param database nothing: what the environment says (`PGHOST`, …). */
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
      throw new CheckpointError(`${account}: nothing is saved without the lock.`, { account });
    const parts = Object.keys(changes);
    const values = Object.values(changes).map((value) => (value === null ? null : JSON.stringify(value)));
    // One statement is one transaction. As text: `jsonb` refuses a NUL, which an id may hold.
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
      // Its lock ends with it.
      await connection.end();
    };
  }

  private async connect(): Promise<Client> {
    const connection = new Client(this.database);
    // Its end is told by the query that comes next; without a listener it would end the process.
    connection.on("error", () => undefined);
    await connection.connect();
    try {
      // Accounts are locked at the same time, and two that make one table at once disturb each other.
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
