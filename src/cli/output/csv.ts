import Papa from "papaparse";
import type { Cell, Column } from "./columns.js";
import type { Printer } from "./printer.js";

/**
 * A spreadsheet would begin a formula here: vendors' remarks, names and displayed numbers are written by strangers. A sign with nothing but digits
 * behind it is a telephone number.
 */
const FORMULA_AT_START = /^[ \u00A0\u3000"]*(?:[=@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]|[+-](?!\d+(?:[;\t\r\n]|$)))/;
/** And here, where cells are divided by semicolons, as in many countries, or by tabulations: there, the quotation marks around a cell do not count. */
const FORMULA_INSIDE =
  /(\r\n|[;\t\r\n])(?=[ \u00A0\u3000"]*(?:[=@\uFF1D\uFF0B\uFF0D\uFF20]|[+-](?!\d+(?:[;\t\r\n]|$))))/g;
/** Another program may divide cells here, or has an apostrophe to show. */
const TO_QUOTE = /[;\t]|^'/;

/** CSV as RFC 4180 has it: commas, CRLF, quotes where they are needed. Times are ISO 8601 in UTC. An apostrophe stands before every formula. */
export function csvPrinter<Row>(columns: readonly Column<Row>[]): Printer<Row> {
  const quotes = (cell: unknown) => typeof cell === "string" && TO_QUOTE.test(cell);
  const print = (rows: (string | number | boolean | null)[][]) =>
    rows.length === 0 ? "" : `${Papa.unparse(rows, { newline: "\r\n", quotes })}\r\n`;
  return {
    begin: () => print([columns.map(({ name }) => name)]),
    rows: (rows) => print(rows.map((row) => columns.map(({ value }) => plain(value(row))))),
    end: () => "",
  };
}

function plain(cell: Cell): string | number | boolean | null {
  if (cell instanceof Date) return cell.toISOString();
  if (typeof cell !== "string") return cell;
  return `${FORMULA_AT_START.test(cell) ? "'" : ""}${cell.replace(FORMULA_INSIDE, "$1'")}`;
}
