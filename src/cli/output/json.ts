import type { Printer } from "./printer.js";

/** One JSON value a line. */
export const ndjsonPrinter: Printer<unknown> = {
  begin: () => "",
  rows: (rows) => rows.map((row) => `${JSON.stringify(row)}\n`).join(""),
  end: () => "",
};

/** One array of all. */
export function jsonPrinter(): Printer<unknown> {
  let isFirst = true;
  return {
    begin: () => "[",
    rows: (rows) =>
      rows
        .map((row) => {
          const separator = isFirst ? "\n" : ",\n";
          isFirst = false;
          return `${separator}${JSON.stringify(row)}`;
        })
        .join(""),
    end: () => "\n]\n",
  };
}
