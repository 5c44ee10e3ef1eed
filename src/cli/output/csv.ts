import Papa from "papaparse";
import type { Cell, Column, Printer } from "./columns.js";

/**
 * Matches the start of a formula in a spreadsheet. Strangers can write remarks, names and displayed numbers. A sign that is followed only by digits is a
 * telephone number.
 */
const FORMULA_AT_START = /^[ \u00A0\u3000"]*(?:[=@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]|[+-](?!\d+(?:[;\t\r\n]|$)))/;
/** Matches the start of a formula for programs that separate cells by semicolons, as in many countries, or by tabs, and ignore the quotation marks. */
const FORMULA_INSIDE =
  /(\r\n|[;\t\r\n])(?=[ \u00A0\u3000"]*(?:[=@\uFF1D\uFF0B\uFF0D\uFF20]|[+-](?!\d+(?:[;\t\r\n]|$))))/g;
/** Matches text that another program may split, and text that begins with an apostrophe. */
const TO_QUOTE = /[;\t]|^'/;

/** Prints CSV by RFC 4180: commas, CRLF, and quotation marks where they are required. Times are ISO 8601 in UTC. An apostrophe precedes every formula. */
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
