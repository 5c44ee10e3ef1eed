/** A value in a cell of CSV or of a table. */
export type Cell = string | number | boolean | Date | null;

/** A column of rows of one type. */
export interface Column<Row> {
  /** The path of the field: its name in CSV, in `--columns` and in the documentation. */
  name: string;
  value: (row: Row) => Cell;
  /** Formats the value for a table; default its text. */
  show?: (row: Row) => string;
  /** The heading in a table; default the name. */
  heading?: string;
  /** The minimum width in a table, in characters; a Chinese character counts as two. Default the width of the heading. A time needs 16, or 19 with seconds. */
  width?: number;
  /** The maximum width, if there is room; the first columns grow first. Default `width`. */
  maxWidth?: number;
  /** Whether a longer value continues on the next line, instead of being truncated. */
  wraps?: boolean;
  /** The alignment; default left. */
  align?: "right";
}

/** The columns of rows of one type. */
export interface Columns<Row> {
  all: readonly Column<Row>[];
  /** The names of the columns of a table, the most important first. A narrow terminal omits the last ones. */
  table: readonly string[];
}

/** Prints rows of one type batch by batch, without keeping them. */
export interface Printer<Row> {
  /** Returns the text before the first row. */
  begin(): string;
  rows(rows: readonly Row[]): string;
  /** Returns the text after the last row. */
  end(): string;
}

/** Joins a list, such as tags, in one cell. */
export function joined(values: readonly (string | null)[]): string | null {
  const present = values.filter((value) => value !== null);
  return present.length === 0 ? null : present.join(" ");
}

/** Formats seconds as `1:05` or `1:02:03`. */
export function clockTime(seconds: number | null): string {
  if (seconds === null) return "";
  const whole = Math.round(seconds);
  const [hours, minutes, rest] = [
    Math.floor(whole / 3600),
    Math.floor(whole / 60) % 60,
    String(whole % 60).padStart(2, "0"),
  ];
  return hours === 0 ? `${minutes}:${rest}` : `${hours}:${String(minutes).padStart(2, "0")}:${rest}`;
}
