import Table from "cli-table3";
import stringWidth from "string-width";
import type { Column, ColumnType } from "../../columns/column.js";
import type { Zone } from "../../contract/zone.js";
import { oneLine } from "../terminal/sanitize.js";
import type { Columns, Printer } from "./columns.js";

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

/** The widths of columns of a type: the minimum and the maximum. */
const WIDTHS: Record<ColumnType, readonly [least: number, most: number]> = {
  id: [10, 24],
  text: [10, 24],
  json: [12, 30],
  time: ["yyyy-MM-dd HH:mm".length, "yyyy-MM-dd HH:mm:ss".length],
  seconds: [7, 7],
  number: [8, 8],
  decimal: [9, 9],
  boolean: [8, 8],
};

/**
 * Prints a table whose column widths are fixed before the rows are read, so that it can be printed row by row.
 * @param all all rows, if they are known: no column is then wider than its content.
 */
export function tablePrinter<Row>(
  columns: readonly Column<Row>[],
  { widths, wraps }: Columns<Row>,
  { width, omitColumns, zone, bold, end }: TableSettings,
  all?: readonly Row[],
): Printer<Row> {
  const fitting = fit(
    columns.map((column) => fittingOf(column, widths[column.name] ?? WIDTHS[column.type], zone, all)),
    width,
    omitColumns,
  );
  const omitted = columns.slice(fitting.length).map(({ heading }) => heading);
  const print = (rows: string[][]) => {
    if (rows.length === 0) return "";
    const table = new Table({
      chars: { ...NO_BORDER, ...NO_LINES },
      style: { "padding-left": 0, "padding-right": 0, head: [], border: [] },
      colWidths: fitting.map(({ width: ofColumn }) => ofColumn),
      wordWrap: fitting.some(({ column }) => column.name === wraps),
      colAligns: fitting.map(({ column }) => (isNumeric(column) ? "right" : "left")),
    });
    table.push(...rows);
    return `${table
      .toString()
      .split("\n")
      .map((line) => line.trimEnd())
      .join("\n")}\n`;
  };
  return {
    begin: () => bold(print([fitting.map(({ column }) => column.heading)])),
    rows: (rows) =>
      print(rows.map((row) => fitting.map(({ column, width: ofColumn }) => show(column, row, zone, ofColumn)))),
    end: () => end,
    ...(omitted.length === 0
      ? {}
      : {
          note: wrap(`Not shown for lack of room: ${omitted.join(", ")}. --columns selects columns.`, width),
        }),
  };
}

interface Fitting<Row> {
  column: Column<Row>;
  width: number;
  /** The maximum width. */
  maxWidth: number;
}

function fittingOf<Row>(
  column: Column<Row>,
  [least, most]: readonly [number, number],
  zone: Zone,
  rows: readonly Row[] | undefined,
): Fitting<Row> {
  const widest =
    rows?.reduce((widest, row) => Math.max(widest, stringWidth(show(column, row, zone, most))), 0) ??
    Number.POSITIVE_INFINITY;
  const width = Math.max(column.heading.length, Math.min(least, widest));
  return { column, width, maxWidth: Math.min(most, widest) };
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

function isNumeric({ type }: Column<never>): boolean {
  return type === "number" || type === "decimal" || type === "seconds";
}

function show<Row>({ type, toCell }: Column<Row>, row: Row, zone: Zone, width: number): string {
  const cell = toCell(row);
  if (cell === null) return "";
  if (typeof cell === "object") {
    const time = zone.print(cell.getTime());
    return width < WIDTHS.time[1] ? time.slice(0, WIDTHS.time[0]) : time;
  }
  if (typeof cell === "boolean") return cell ? "yes" : "no";
  return type === "seconds" ? clockTime(Number(cell)) : oneLine(String(cell));
}

/** Breaks a text into lines at spaces. A longer word stays whole. */
function wrap(text: string, width: number): string {
  return text.replace(new RegExp(`(.{1,${width}}|\\S+)(?: |$)`, "g"), "$1\n").trimEnd();
}

/** Formats seconds as `1:05` or `1:02:03`. */
function clockTime(seconds: number): string {
  const whole = Math.round(seconds);
  const [hours, minutes, rest] = [
    Math.floor(whole / 3600),
    Math.floor(whole / 60) % 60,
    String(whole % 60).padStart(2, "0"),
  ];
  return hours === 0 ? `${minutes}:${rest}` : `${hours}:${String(minutes).padStart(2, "0")}:${rest}`;
}
