import type { Column } from "../../columns/column.js";

/** The columns of rows of one type, and their layout in a table. */
export interface Columns<Row> {
  all: readonly Column<Row>[];
  /** The names of the columns of a table, the most important first. A narrow terminal omits the last ones. */
  table: readonly string[];
  /**
   * The widths of columns in a table, in characters, by name: the minimum, and the maximum if there is room. A Chinese character counts as two. A time without
   * seconds needs 16. Default by type.
   */
  widths: Readonly<Record<string, readonly [least: number, most: number]>>;
  /** The column whose longer values continue on the next line, instead of being truncated. */
  wraps?: string;
}

/** Prints rows of one type batch by batch, as text or bytes. */
export interface Printer<Row, Output extends string | Uint8Array = string> {
  /** Returns the output before the first row. */
  begin(): Output;
  rows(rows: readonly Row[]): Output;
  /** Returns the output after the last row. */
  end(): Output;
  /** A message about the output, for standard error: the columns that a table omits. */
  note?: string;
}
