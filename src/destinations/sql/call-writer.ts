import { setImmediate } from "node:timers/promises";
import type { Transaction } from "kysely";
import { callKey, type CallRecord, CheckpointError } from "../../index.js";
import { escapeId } from "../../columns/storable-text.js";
import { type Database, execute, qualified, type Tables } from "./database.js";
import { callTable, legsOf, legTable, recordingsOf, recordingTable, type SourceTable } from "./call-tables.js";
import { deleteCalls, deleteParts } from "./delete-calls.js";
import type { StoredForm } from "./stored-form.js";
import type { Row } from "./table.js";

/** The maximum number of characters of an account, an application and an id, which the primary key of every database can contain. */
const MAX_KEY_LENGTH = 191;
/** The maximum number of characters of one statement. A server limits its size. */
const MAX_STATEMENT_LENGTH = 2_000_000;
const KEY_LENGTH = 3;

/** Writes calls with their legs and recordings. */
export class CallWriter {
  /** @param raw whether the vendor's rows are stored. @param onStatement is called between two statements of a transaction. */
  constructor(
    private readonly database: Database,
    private readonly form: StoredForm,
    private readonly raw: boolean,
    private readonly onStatement: () => Promise<void>,
  ) {}

  /** Inserts or replaces calls. Of two calls with the same key, the last is stored. A call that must not be stored is deleted. */
  async write(transaction: Transaction<Tables>, changed: readonly CallRecord[]): Promise<void> {
    const unique = [...new Map(changed.map((call) => [callKey(call), call])).values()];
    const forms = await this.form.of(transaction, unique);
    const calls = forms.filter((call) => call !== null).map((call) => (this.raw ? call : { ...call, raw: null }));
    const removed = unique.filter((_, index) => forms[index] === null);
    await deleteCalls(transaction, this.database, removed.map(storedKeyOf), this.onStatement);
    const keys = await this.insert(transaction, callTable, calls);
    await deleteParts(transaction, this.database, keys, this.onStatement);
    await this.insert(transaction, legTable, legsOf(calls));
    await this.insert(transaction, recordingTable, recordingsOf(calls));
  }

  /** Inserts rows, and returns the keys of their calls. While the database executes a statement, the next one is prepared. */
  private async insert<Source>(
    transaction: Transaction<Tables>,
    table: SourceTable<Source>,
    sources: readonly Source[],
  ): Promise<Row[]> {
    const { dialect } = this.database;
    const target = qualified(this.database, table.name);
    const keys: Row[] = [];
    let running = Promise.resolve();
    for (const rows of this.chunksOf(table, sources)) {
      const statement = dialect.insert(target, table, rows);
      for (const row of rows) keys.push(row.slice(0, KEY_LENGTH));
      await running;
      running = execute(transaction, statement).then(this.onStatement);
      // The next statement, or the end, reports a failure.
      running.catch(() => undefined);
      // The driver sends the statement.
      await setImmediate();
    }
    await running;
    return keys;
  }

  /** Returns the rows of each statement. */
  private *chunksOf<Source>(table: SourceTable<Source>, sources: readonly Source[]): Generator<Row[]> {
    let rows: Row[] = [];
    let length = 0;
    for (const source of sources) {
      const row = this.rowOf(table, source);
      const rowLength = row.reduce((sum: number, value) => sum + (typeof value === "string" ? value.length : 0), 0);
      if (
        rows.length === this.database.dialect.maxRows ||
        (rows.length > 0 && length + rowLength > MAX_STATEMENT_LENGTH)
      ) {
        yield rows;
        rows = [];
        length = 0;
      }
      rows.push(row);
      length += rowLength;
    }
    if (rows.length > 0) yield rows;
  }

  private rowOf<Source>(table: SourceTable<Source>, source: Source): Row {
    return table.columns.map(({ name, type, read }) => {
      const value = read(source);
      if (type !== "key") return this.database.dialect.encode(type, value);
      const key = this.database.dialect.encode("id", value);
      if (String(key).length > MAX_KEY_LENGTH) throw tooLong(name, String(key));
      return key;
    });
  }
}

function storedKeyOf({ account, application, id }: CallRecord): Row {
  return [account, application ?? "", id].map(escapeId);
}

function tooLong(column: string, value: string): CheckpointError {
  return new CheckpointError(
    `The ${column === "call_id" ? "id" : column} ${JSON.stringify(`${value.slice(0, 40)}…`)} of a call has ${value.length} characters. The primary key of the tables contains at most ${MAX_KEY_LENGTH}.`,
  );
}
