import { performance } from "node:perf_hooks";
import { clearInterval, setInterval } from "node:timers";
import { sql, type Transaction } from "kysely";
import type {
  CallKeyParts,
  CallRecord,
  CheckpointParts,
  DestinationSession,
  JsonValue,
  ReadCall,
  StoredCallSelection,
  SyncChange,
} from "../../index.js";
import { escapeId } from "../../columns/storable-text.js";
import { CallWriter } from "./call-writer.js";
import { toCheckpointText } from "./checkpoint-text.js";
import type { Database, Tables } from "./database.js";
import { type Lease, leaseLost } from "./lease.js";
import { markDelisted } from "./mark-delisted.js";
import { type PrivacyKeys, StoredForm } from "./stored-form.js";
import { SqlReader } from "./sql-reader.js";
import { withRetries } from "./with-retries.js";

/** A lease is renewed three times in its duration, so that one failure does not end it. */
const RENEWALS_PER_LEASE = 3;
/** The number of checkpoint parts in one statement. */
const MAX_PARTS = 100;

export interface SessionSettings {
  leaseSeconds: number;
  /** Whether the vendor's rows are stored. */
  raw: boolean;
  keys: PrivacyKeys;
}

/** The lease of one account in the database. */
export class SqlSession implements DestinationSession {
  private readonly timer: NodeJS.Timeout;
  private readonly key: string;
  private readonly form: StoredForm;
  private readonly reader: SqlReader;
  private readonly leaseMs: number;
  private readonly renewalMs: number;
  private renewedAt = performance.now();
  private isWriting = false;
  private renewal: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly database: Database,
    private readonly account: string,
    private readonly lease: Lease,
    private readonly settings: SessionSettings,
  ) {
    this.key = escapeId(account);
    this.form = new StoredForm(settings.keys);
    this.reader = new SqlReader(database, account, this.form);
    this.leaseMs = settings.leaseSeconds * 1000;
    this.renewalMs = this.leaseMs / RENEWALS_PER_LEASE;
    this.timer = setInterval(() => {
      this.renewInBackground();
    }, this.renewalMs);
    // A lease does not keep a process running.
    this.timer.unref();
  }

  load(): Promise<CheckpointParts> {
    return this.reader.load();
  }

  async write(
    changes: readonly SyncChange[],
    checkpointChanges: Readonly<Record<string, JsonValue | null>>,
  ): Promise<void> {
    await this.inTransaction(async (transaction) => {
      const calls = new CallWriter(this.database, this.form, this.settings.raw, () => this.renewIfDue(transaction));
      await calls.write(
        transaction,
        changes.map(({ record }) => record),
      );
      await this.saveParts(transaction, checkpointChanges);
    });
  }

  readCalls(selection: StoredCallSelection): AsyncIterable<ReadCall> {
    return this.reader.readCalls(selection);
  }

  asStored(calls: readonly CallRecord[]): Promise<(CallRecord | null)[]> {
    return this.reader.asStored(calls);
  }

  async markDelisted(calls: readonly CallKeyParts[]): Promise<void> {
    await this.inTransaction((transaction) =>
      markDelisted(transaction, this.database, this.account, calls, () => this.renewIfDue(transaction)),
    );
  }

  /** Does work in a transaction, which is committed only if this session holds the lease at both of its ends. */
  private async inTransaction(work: (transaction: Transaction<Tables>) => Promise<void>): Promise<void> {
    this.isWriting = true;
    try {
      await withRetries(this.account, () =>
        this.database.db.transaction().execute(async (transaction) => {
          // A process that sleeps in its transaction holds the lock of the lease. Another writer must not wait for it.
          const { limitIdle } = this.database.dialect;
          if (limitIdle !== null) await sql.raw(limitIdle(this.leaseMs)).execute(transaction);
          await this.renew(transaction);
          await work(transaction);
          // A process that slept during the transaction does not commit.
          await this.renew(transaction);
        }),
      );
    } finally {
      this.isWriting = false;
    }
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.renewal;
    await withRetries(this.account, () => this.lease.release());
  }

  private async saveParts(
    transaction: Transaction<Tables>,
    changes: Readonly<Record<string, JsonValue | null>>,
  ): Promise<void> {
    const parts = Object.entries(changes);
    for (let start = 0; start < parts.length; start += MAX_PARTS) {
      const some = parts.slice(start, start + MAX_PARTS).map(([name, part]) => ({ name: escapeId(name), part }));
      await transaction
        .deleteFrom("call_sync_checkpoints")
        .where("account", "=", this.key)
        .where(
          "name",
          "in",
          some.map(({ name }) => name),
        )
        .execute();
      const kept = some.flatMap(({ name, part }) =>
        part === null ? [] : [{ account: this.key, name, value: toCheckpointText(part) }],
      );
      if (kept.length > 0) await transaction.insertInto("call_sync_checkpoints").values(kept).execute();
      await this.renewIfDue(transaction);
    }
  }

  /** Renews the lease in a transaction. @throws CheckpointError when it has ended. */
  private async renew(transaction: Transaction<Tables>): Promise<void> {
    if (!(await this.lease.renew(transaction))) throw leaseLost(this.account, this.settings.leaseSeconds);
    this.renewedAt = performance.now();
  }

  private async renewIfDue(transaction: Transaction<Tables>): Promise<void> {
    if (performance.now() - this.renewedAt >= this.renewalMs) await this.renew(transaction);
  }

  /** Renews the lease while nothing is written. A write renews it itself: its transaction locks the row, and it may hold the only connection of the pool. */
  private renewInBackground(): void {
    if (this.isWriting) return;
    // If this fails, the next renewal may succeed. If the lease has ended, the next write reports it.
    this.renewal = this.lease.renew(this.database.db).catch(() => false);
  }
}
