export type Cell = string | number | Date | null | undefined;

/**
 * What a spreadsheet takes for a formula: names and displayed numbers are written by strangers. The full-width signs of a Chinese keyboard count as well. A sign
 * before digits alone is a telephone number.
 */
const FORMULA = /^(?:[=@＝＋－＠\t\r\n]|[+-](?!\d+$))/;

/** A line as RFC 4180 has it. */
export function csvLine(cells: readonly Cell[]): string {
  return `${cells.map(csvCell).join(",")}\r\n`;
}

function csvCell(cell: Cell): string {
  const text = cell instanceof Date ? cell.toISOString() : String(cell ?? "");
  const harmless = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
