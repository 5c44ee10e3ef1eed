import type { Zone } from "../contract/zone.js";
import type { Cell, Column, ColumnType } from "./column.js";

/** Prints rows as lines of CSV. Each line ends with CRLF. */
export interface CsvPrinter<Row> {
  /** The line of the names. */
  readonly header: string;
  line: (row: Row) => string;
}

/**
 * Matches the start of a formula in a spreadsheet. Strangers can write remarks, names and displayed numbers. A sign that is followed only by digits is a
 * telephone number.
 */
const FORMULA_AT_START = /^[ \u00A0\u3000"]*(?:[=@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]|[+-](?!\d+(?:[;\t\r\n]|$)))/;
/** Matches the start of a formula for programs that separate cells by semicolons, as in many countries, or by tabs, and ignore the quotation marks. */
const FORMULA_INSIDE =
  /(\r\n|[;\t\r\n])(?=[ \u00A0\u3000"]*(?:[=@\uFF1D\uFF0B\uFF0D\uFF20]|[+-](?!\d+(?:[;\t\r\n]|$))))/g;
/** Matches text that needs quotation marks: by RFC 4180, or because another program may split or trim it. */
const TO_QUOTE = /[",;\t\r\n\uFEFF]|^[' ]| $/;
/** Matches text that a spreadsheet may read as a number, a date or a time, in any language. A formula may contain a text of at most 255 characters. */
const LIKE_NUMBER = /^(?=.*\d)[^";\t\r\n]{1,255}$/;
/** Matches a number, which is no formula, although it may be negative. */
const DECIMAL = /^-?\d+(?:\.\d+)?$/;
const BYTE_ORDER_MARK = "\uFEFF";

/**
 * Returns a printer of CSV by RFC 4180: commas, CRLF, and quotation marks where they are required. An apostrophe precedes every formula. Times are ISO 8601 in UTC.
 * @param zone for a spreadsheet: times are local times of this zone, text that looks like a number stays text, and the file starts with a byte order mark. Null
 * for data.
 */
export function csvPrinter<Row>(columns: readonly Column<Row>[], zone: Zone | null): CsvPrinter<Row> {
  const print = (type: ColumnType, cell: Cell): string => {
    if (cell === null) return "";
    if (typeof cell === "string")
      return type === "decimal" && DECIMAL.test(cell) ? cell : printText(cell, zone !== null);
    if (typeof cell === "object") return zone === null ? cell.toISOString() : zone.print(cell.getTime());
    return String(cell);
  };
  return {
    header: `${zone === null ? "" : BYTE_ORDER_MARK}${columns.map(({ name }) => name).join(",")}\r\n`,
    line: (row) => `${columns.map(({ type, toCell }) => print(type, toCell(row))).join(",")}\r\n`,
  };
}

function printText(text: string, staysText: boolean): string {
  const harmless = `${FORMULA_AT_START.test(text) ? "'" : ""}${text.replace(FORMULA_INSIDE, "$1'")}`;
  // A formula of a text is the only form in which spreadsheets keep the leading zeros and all digits of a number.
  if (staysText && harmless === text && LIKE_NUMBER.test(text)) return `"=""${text}"""`;
  return TO_QUOTE.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
