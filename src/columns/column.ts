/**
 * The type of the values of a column. `id`: a text in which every character counts; `text`: any other text, also a telephone number; `seconds`: a duration in
 * seconds; `number`: any other number; `decimal`: a decimal number as text, with every digit; `time`: a `Date`; `json`: a list or an object.
 */
export type ColumnType = "id" | "text" | "seconds" | "number" | "decimal" | "boolean" | "time" | "json";

/** The value of a cell in CSV or in a table. */
export type Cell = string | number | boolean | Date | null;

/** A column of rows of one type, for CSV, tables and databases. */
export interface Column<Row, Name extends string = string, Value = unknown> {
  /** The path of the field, such as `caller.number`. It is the name in CSV. */
  readonly name: Name;
  /** The name in databases: `name` in snake_case, such as `caller_number`. */
  readonly sqlName: string;
  /** The heading in a table for people, in lower case. */
  readonly heading: string;
  /** The type of the values. */
  readonly type: ColumnType;
  /** Returns the value of a row; null where it is unknown. */
  readonly read: (row: Row) => Value | null;
  /** Returns the value as one cell. It differs from the value only for `json`: there it is a text, empty for an empty list. */
  readonly toCell: (row: Row) => Cell;
}

/** Creates a column of single values. @param read returns the value; undefined becomes null. */
export function column<Row, const Name extends string, Value extends Cell>(
  name: Name,
  heading: string,
  type: Exclude<ColumnType, "json">,
  read: (row: Row) => Value | null | undefined,
): Column<Row, Name, Value> {
  const value = (row: Row) => read(row) ?? null;
  return { name, sqlName: toSnakeCase(name), heading, type, read: value, toCell: value };
}

/** Creates a column of lists or objects. @param toText returns the text of one in CSV and tables. */
export function jsonColumn<Row, const Name extends string, Value>(
  name: Name,
  heading: string,
  read: (row: Row) => Value,
  toText: (value: Value) => string,
): Column<Row, Name, Value> {
  return { name, sqlName: toSnakeCase(name), heading, type: "json", read, toCell: (row) => toText(read(row)) };
}

/** Returns the same columns for rows that contain such a row. */
export function columnsWithin<Row, Outer>(
  columns: readonly Column<Row>[],
  pick: (outer: Outer) => Row,
): Column<Outer>[] {
  return columns.map((inner) => ({
    ...inner,
    read: (outer) => inner.read(pick(outer)),
    toCell: (outer) => inner.toCell(pick(outer)),
  }));
}

function toSnakeCase(name: string): string {
  return name.replaceAll(".", "_").replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
