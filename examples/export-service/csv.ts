export type Cell = string | number | Date | null | undefined;

/**
 * Matches text that a spreadsheet would run as a formula. Strangers can write names and displayed numbers. Full-width signs also start a formula. A sign that is
 * followed only by digits is a telephone number.
 */
const FORMULA_AT_START = /^[ \u00A0\u3000"]*(?:[=@＝＋－＠\t\r\n]|[+-](?!\d+(?:[;\t\r\n]|$)))/;
/** Matches a formula inside a cell, for programs that separate cells by semicolons, as in many countries, or by tabs. */
const FORMULA_INSIDE = /(\r\n|[;\t\r\n])(?=[ \u00A0\u3000"]*(?:[=@＝＋－＠]|[+-](?!\d+(?:[;\t\r\n]|$))))/g;

/** Returns a line of CSV by RFC 4180. */
export function csvLine(cells: readonly Cell[]): string {
  return `${cells.map(csvCell).join(",")}\r\n`;
}

function csvCell(cell: Cell): string {
  const text = cell instanceof Date ? cell.toISOString() : String(cell ?? "");
  const harmless = `${FORMULA_AT_START.test(text) ? "'" : ""}${text.replace(FORMULA_INSIDE, "$1'")}`;
  return /[",;\t\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
