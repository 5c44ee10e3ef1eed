import type { CallRecord, CheckpointParts, DestinationReader, ReadCall, StoredCallSelection } from "../../index.js";
import { escapeId } from "../../columns/storable-text.js";
import { CallReader } from "./call-reader.js";
import { toParts } from "./checkpoint-text.js";
import type { Database } from "./database.js";
import type { StoredForm } from "./stored-form.js";
import { withRetries } from "./with-retries.js";

/** The stored calls and the checkpoint of one account. Needs no lease. */
export class SqlReader implements DestinationReader {
  constructor(
    private readonly database: Database,
    private readonly account: string,
    private readonly form: StoredForm,
  ) {}

  load(): Promise<CheckpointParts> {
    return withRetries(this.account, async () => {
      const rows = await this.database.db
        .selectFrom("call_sync_checkpoints")
        .select(["name", "value"])
        .where("account", "=", escapeId(this.account))
        .execute();
      return toParts(rows);
    });
  }

  readCalls(selection: StoredCallSelection): AsyncIterable<ReadCall> {
    const reader = new CallReader(this.database, this.account, (query) => withRetries(this.account, query));
    return reader.read(selection);
  }

  asStored(calls: readonly CallRecord[]): Promise<(CallRecord | null)[]> {
    return withRetries(this.account, () => this.form.of(this.database.db, calls));
  }

  /** Each query returns its connection to the pool. */
  close(): Promise<void> {
    return Promise.resolve();
  }
}
