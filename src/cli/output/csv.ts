import Papa from "papaparse";
import type { Cell, Column } from "./columns.js";
import type { Printer } from "./printer.js";

/**
 * What a spreadsheet would take for a formula gets an apostrophe before it: vendors' remarks, names and displayed numbers are written by strangers.
 * A sign with nothing but digits behind it is a telephone number, and stays as it is.
 */
const FORMULA = /^(?:[=@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]|[+-](?!\d+$))/;

/** CSV as RFC 4180 has it: commas, CRLF, quotes where they are needed. Times are ISO 8601 in UTC. */
export function csvPrinter<Row>(columns: readonly Column<Row>[]): Printer<Row> {
  const print = (rows: (string | number | boolean | null)[][]) => (rows.length === 0 ? "" : `${Papa.unparse(rows, { newline: "\r\n", escapeFormulae: FORMULA })}\r\n`);
  return {
    begin: () => print([columns.map(({ name }) => name)]),
    rows: (rows) => print(rows.map((row) => columns.map(({ value }) => plain(value(row))))),
    end: () => "",
  };
}

function plain(cell: Cell): string | number | boolean | null {
  return cell instanceof Date ? cell.toISOString() : cell;
}
