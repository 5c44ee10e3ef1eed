import Table from "cli-table3";
import stringWidth from "string-width";
import type { Zone } from "../../contract/zone.js";
import { oneLine } from "../terminal/sanitize.js";
import type { Column, Printer } from "./columns.js";

/** The settings of a table. */
export interface TableSettings {
  /** The width of a line, in characters. */
  width: number;
  /** Whether columns that do not fit are omitted, the last first. Requested columns are always shown, so lines may be longer. */
  omitColumns: boolean;
  /** The time zone of the times. */
  zone: Zone;
  bold: (text: string) => string;
  /** The text after the last row. */
  end: string;
}

const NO_BORDER = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
};
const NO_LINES = { left: "", "left-mid": "", mid: "", "mid-mid": "", right: "", "right-mid": "", middle: " " };

/**
 * Prints a table whose column widths are fixed before the rows are read, so that it can be printed row by row.
 * @param all all rows, if they are known: no column is then wider than its content.
 */
export function tablePrinter<Row>(
  columns: readonly Column<Row>[],
  { width, omitColumns, zone, bold, end }: TableSettings,
  all?: readonly Row[],
): Printer<Row> {
  const fitting = fit(
    columns.map((column) => boundsOf(column, zone, all)),
    width,
    omitColumns,
  );
  const print = (rows: string[][]) => {
    if (rows.length === 0) return "";
    const table = new Table({
      chars: { ...NO_BORDER, ...NO_LINES },
      style: { "padding-left": 0, "padding-right": 0, head: [], border: [] },
      colWidths: fitting.map(({ width: ofColumn }) => ofColumn),
      wordWrap: fitting.some(({ column }) => column.wraps),
      colAligns: fitting.map(({ column }) => column.align ?? "left"),
    });
    table.push(...rows);
    return `${table
      .toString()
      .split("\n")
      .map((line) => line.trimEnd())
      .join("\n")}\n`;
  };
  return {
    begin: () => bold(print([fitting.map(({ column }) => headingOf(column))])),
    rows: (rows) =>
      print(rows.map((row) => fitting.map(({ column, width: ofColumn }) => show(column, row, zone, ofColumn)))),
    end: () => end,
  };
}

interface Fitting<Row> {
  column: Column<Row>;
  width: number;
  /** The maximum width. */
  maxWidth: number;
}

function boundsOf<Row>(column: Column<Row>, zone: Zone, rows: readonly Row[] | undefined): Fitting<Row> {
  const { width = 0, maxWidth = width } = column;
  const heading = headingOf(column).length;
  const widest =
    rows?.reduce((widest, row) => Math.max(widest, stringWidth(show(column, row, zone, maxWidth))), 0) ??
    Number.POSITIVE_INFINITY;
  return { column, width: Math.max(heading, Math.min(width, widest)), maxWidth: Math.min(maxWidth, widest) };
}

/** Returns as many columns as fit, from the first one. The remaining width goes to the first columns that can use it. */
function fit<Row>(columns: readonly Fitting<Row>[], room: number, omitColumns: boolean): Fitting<Row>[] {
  const fitting: Fitting<Row>[] = [];
  let left = room + 1;
  for (const column of columns) {
    if (omitColumns && column.width + 1 > left && fitting.length > 0) break;
    fitting.push(column);
    left -= column.width + 1;
  }
  return fitting.map((column) => {
    const more = Math.max(0, Math.min(left, column.maxWidth - column.width));
    left -= more;
    return { ...column, width: column.width + more };
  });
}

function headingOf<Row>({ heading, name }: Column<Row>): string {
  return heading ?? name;
}

const WITH_SECONDS = "yyyy-MM-dd HH:mm:ss".length;

function show<Row>({ value, show: shown }: Column<Row>, row: Row, zone: Zone, width: number): string {
  if (shown !== undefined) return shown(row);
  const cell = value(row);
  if (cell instanceof Date) {
    const time = zone.print(cell.getTime());
    return width < WITH_SECONDS ? time.slice(0, -":ss".length) : time;
  }
  if (typeof cell === "boolean") return cell ? "yes" : "no";
  return cell === null ? "" : oneLine(String(cell));
}
