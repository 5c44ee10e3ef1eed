import Table from "cli-table3";
import type { Zone } from "../../contract/zone.js";
import type { Column } from "./columns.js";
import type { Printer } from "./printer.js";

/** Where a table is shown. */
export interface TableSettings {
  /** Characters in a line. */
  width: number;
  /** Whether columns that do not fit are left out, from the last on. Those that somebody asked for are shown, and lines may break. */
  leaveOut: boolean;
  /** The zone in which times are shown. */
  zone: Zone;
  bold: (text: string) => string;
}

const NO_BORDER = { top: "", "top-mid": "", "top-left": "", "top-right": "", bottom: "", "bottom-mid": "", "bottom-left": "", "bottom-right": "" };
const NO_LINES = { left: "", "left-mid": "", mid: "", "mid-mid": "", right: "", "right-mid": "", middle: " " };

/** A table whose widths are known before its rows are, so that it can be shown while they come. */
export function tablePrinter<Row>(columns: readonly Column<Row>[], { width, leaveOut, zone, bold }: TableSettings): Printer<Row> {
  const fitting = fit(columns, width, leaveOut);
  const print = (rows: string[][]) => {
    if (rows.length === 0) return "";
    const table = new Table({
      chars: { ...NO_BORDER, ...NO_LINES },
      style: { "padding-left": 0, "padding-right": 0, head: [], border: [] },
      colWidths: fitting.map(({ width: ofColumn }) => ofColumn),
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
    rows: (rows) => print(rows.map((row) => fitting.map(({ column }) => show(column, row, zone)))),
    end: () => "",
  };
}

interface Fitting<Row> {
  column: Column<Row>;
  width: number;
}

/** As many of the columns, from the first on, as there is room for; what is left over goes to those that can use it. */
function fit<Row>(columns: readonly Column<Row>[], room: number, leaveOut: boolean): Fitting<Row>[] {
  const fitting: Fitting<Row>[] = [];
  let left = room + 1;
  for (const column of columns) {
    const width = Math.max(column.width ?? 0, headingOf(column).length);
    if (leaveOut && width + 1 > left && fitting.length > 0) break;
    fitting.push({ column, width });
    left -= width + 1;
  }
  for (;;) {
    const growing = fitting.filter(({ column, width }) => width < (column.most ?? 0));
    if (growing.length === 0 || left <= 0) return fitting;
    for (const one of growing.slice(0, left)) {
      one.width += 1;
      left -= 1;
    }
  }
}

function headingOf<Row>({ heading, name }: Column<Row>): string {
  return heading ?? name;
}

function show<Row>({ value, show: shown }: Column<Row>, row: Row, zone: Zone): string {
  if (shown !== undefined) return shown(row);
  const cell = value(row);
  if (cell instanceof Date) return zone.print(cell.getTime());
  if (typeof cell === "boolean") return cell ? "yes" : "no";
  // What a stranger wrote must neither break the line nor command the terminal.
  // eslint-disable-next-line no-control-regex -- these are meant
  return cell === null ? "" : String(cell).replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g, " ");
}
