import type { Printer } from "./columns.js";

/** Prints one JSON value per line. */
export const ndjsonPrinter: Printer<unknown> = {
  begin: () => "",
  rows: (rows) => rows.map((row) => `${JSON.stringify(row)}\n`).join(""),
  end: () => "",
};

/** Prints one JSON array. */
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
