export type Cell = string | number | Date | null | undefined;

/**
 * What a spreadsheet takes for a formula: names and displayed numbers are written by strangers. The full-width signs of a Chinese keyboard count as well. A sign
 * before digits alone is a telephone number.
 */
const FORMULA_AT_START = /^[ \u00A0\u3000"]*(?:[=@＝＋－＠\t\r\n]|[+-](?!\d+(?:[;\t\r\n]|$)))/;
/** Where cells are divided by semicolons, as in many countries, or by tabulations, a formula may begin inside of a cell. */
const FORMULA_INSIDE = /(\r\n|[;\t\r\n])(?=[ \u00A0\u3000"]*(?:[=@＝＋－＠]|[+-](?!\d+(?:[;\t\r\n]|$))))/g;

/** A line as RFC 4180 has it. */
export function csvLine(cells: readonly Cell[]): string {
  return `${cells.map(csvCell).join(",")}\r\n`;
}

function csvCell(cell: Cell): string {
  const text = cell instanceof Date ? cell.toISOString() : String(cell ?? "");
  const harmless = `${FORMULA_AT_START.test(text) ? "'" : ""}${text.replace(FORMULA_INSIDE, "$1'")}`;
  return /[",;\t\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
