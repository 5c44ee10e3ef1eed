/** What a cell of CSV or of a table may hold. */
export type Cell = string | number | boolean | Date | null;

/** One column, of rows of one kind. */
export interface Column<Row> {
  /** The path of the field: the name in CSV, for `--columns`, and in the documentation. */
  name: string;
  value: (row: Row) => Cell;
  /** How a table shows it, where that differs from its value. */
  show?: (row: Row) => string;
  /** Over the column in a table; default its name. */
  heading?: string;
  /** Characters in a table; a Chinese one counts two. Default that of the heading. A time needs 16, and shows its seconds from 19 on. */
  width?: number;
  /** Up to which it grows where there is room, the first columns before the last; default its width. */
  most?: number;
  /** Whether it goes on in the next line where it does not fit, rather than being cut. */
  wraps?: boolean;
  /** Numbers stand to the right. */
  align?: "right";
}

/** What can be shown of one kind of row. */
export interface Columns<Row> {
  all: readonly Column<Row>[];
  /** Names of those that a table shows, the most important first: on a narrow terminal the last are left out. */
  table: readonly string[];
}

/** Lists such as tags, in one cell. */
export function joined(values: readonly (string | null)[]): string | null {
  const present = values.filter((value) => value !== null);
  return present.length === 0 ? null : present.join(" ");
}

/** Seconds as `1:05` or `1:02:03`. */
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
