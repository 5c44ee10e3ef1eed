import { type Kysely, sql } from "kysely";
import { CheckpointError } from "../../index.js";
import type { Database, Tables } from "./database.js";

/** The lease of an account: one row, with a fencing token that grows with each holder. All times are those of the database's clock. */
export class Lease {
  private constructor(
    private readonly database: Database,
    private readonly key: string,
    private readonly token: number,
    private readonly leaseMs: number,
  ) {}

  /**
   * Acquires the lease of an account.
   * @param key the account, as it is stored.
   * @returns null if another writer holds the lease.
   */
  static async acquire(database: Database, key: string, leaseMs: number): Promise<Lease | null> {
    const token = await database.db.transaction().execute(async (transaction) => {
      const now = nowMs(database);
      const { numUpdatedRows } = await transaction
        .updateTable("call_sync_locks")
        .set((eb) => ({ fencing_token: eb("fencing_token", "+", 1), expires_at: sql<number>`${now} + ${leaseMs}` }))
        .where("account", "=", key)
        .where((eb) => eb.or([eb("expires_at", "is", null), eb("expires_at", "<=", now)]))
        .executeTakeFirst();
      const row = await transaction
        .selectFrom("call_sync_locks")
        .select("fencing_token")
        .where("account", "=", key)
        .executeTakeFirst();
      if (row !== undefined) return numUpdatedRows === 0n ? null : Number(row.fencing_token);
      // If two writers insert the first lease of an account, the primary key refuses one of them, which then tries again.
      await transaction
        .insertInto("call_sync_locks")
        .values({ account: key, fencing_token: 1, expires_at: sql<number>`${now} + ${leaseMs}` })
        .execute();
      return 1;
    });
    return token === null ? null : new Lease(database, key, token, leaseMs);
  }

  /**
   * Extends the lease. In a transaction, it also locks the row, so that no other writer can acquire the lease before the transaction ends.
   * @returns false if the lease has expired or belongs to another writer.
   */
  async renew(db: Kysely<Tables>): Promise<boolean> {
    const now = nowMs(this.database);
    const { numUpdatedRows } = await db
      .updateTable("call_sync_locks")
      .set({ expires_at: sql<number>`${now} + ${this.leaseMs}` })
      .where("account", "=", this.key)
      .where("fencing_token", "=", this.token)
      .where("expires_at", ">", now)
      .executeTakeFirst();
    return numUpdatedRows === 1n;
  }

  /** Ends the lease, if this writer still holds it. */
  async release(): Promise<void> {
    await this.database.db
      .updateTable("call_sync_locks")
      .set({ expires_at: null })
      .where("account", "=", this.key)
      .where("fencing_token", "=", this.token)
      .execute();
  }
}

/** The error of a writer whose lease has ended. */
export function leaseLost(account: string, leaseSeconds: number): CheckpointError {
  return new CheckpointError(
    `${account}: the lease of this account has expired or another writer holds it, so nothing was written. It expires after ${leaseSeconds} seconds without renewal (option \`leaseSeconds\`), for example while the process sleeps. The next pass continues from the last write.`,
    { account, retryable: true },
  );
}

/** The error for an account that another writer holds. */
export function leaseHeld(account: string): CheckpointError {
  return new CheckpointError(
    `${account}: another writer holds the lease of this account in the database. Wait for it to end, or stop it. If it was killed, its lease expires within its \`leaseSeconds\`.`,
    { account, retryable: true },
  );
}

function nowMs({ dialect }: Database) {
  return sql<number>`${sql.raw(dialect.nowMs)}`;
}
