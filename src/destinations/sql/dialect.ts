import type { ColumnType } from "../../columns/column.js";
import type { StoredValue } from "./encode.js";
import type { Row, StoredType, Table, TableColumn } from "./table.js";

/** A statement with its parameters, in the notation of one database. */
export interface Statement {
  text: string;
  parameters: readonly unknown[];
}

/** The differences between databases. */
export interface SqlDialect {
  readonly name: "PostgreSQL" | "MySQL" | "MariaDB" | "SQLite";
  /** The name of each type in `create table`. */
  readonly types: Readonly<Record<StoredType, string>>;
  /** The options after the columns in `create table`. */
  readonly tableOptions: string;
  /** The current time of the database, in epoch milliseconds. */
  readonly nowMs: string;
  /** The current time of the database, for a column of the type `time`. */
  readonly now: string;
  /** The maximum number of rows in one statement. */
  readonly maxRows: number;
  /** Returns the statement that makes the server end a transaction whose client sends nothing for this long; null if there is none. */
  readonly limitIdle: ((ms: number) => string) | null;
  /** Returns the statement that waits for the transactions of all writers, and makes others wait. @param target the quoted name of the table of leases. */
  lockLeases(target: string): string;
  /** Returns a quoted name. */
  quote(name: string): string;
  /** Returns a column of an index. Some databases index only the beginning of a long text. */
  indexed(column: string, type: StoredType): string;
  /** Returns a value as the database receives it. */
  encode(type: ColumnType, value: unknown): StoredValue;
  /** Returns the expression of a text: the values of columns as one JSON array, which no driver converts. Times are in ISO 8601, and decimals are texts. */
  jsonOf(columns: readonly Pick<TableColumn, "name" | "type">[]): string;
  /** Returns the statement that inserts rows. A row with the same primary key is replaced. @param target the quoted name of the table. */
  insert(target: string, table: Table, rows: readonly Row[]): Statement;
  /**
   * Returns the statement that deletes the rows of some calls.
   * @param columns the names of the account, the application and the id.
   * @param keys the values of these columns.
   */
  deleteByKeys(target: string, columns: readonly string[], keys: readonly Row[]): Statement;
}
