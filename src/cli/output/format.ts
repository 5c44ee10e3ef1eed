import type { Zone } from "../../contract/zone.js";
import { stdoutColors } from "../terminal/colors.js";
import { isDisplayed, sanitizingPrinter } from "../terminal/sanitize.js";
import { UsageError } from "../exit-code.js";
import type { Column, Columns, Printer } from "./columns.js";
import { jsonPrinter, ndjsonPrinter } from "./json.js";

export const formats = ["table", "ndjson", "json", "csv"] as const;
export type Format = (typeof formats)[number];

/** The output options. */
export interface FormatOptions {
  format?: Format | undefined;
  /** Names, separated by commas. */
  columns?: string | undefined;
  out?: string | undefined;
  /** Whether to include the vendor's rows. */
  raw?: boolean | undefined;
}

/** The width of a table that is not shown on a terminal. */
const WIDTH_ELSEWHERE = 120;

/** Returns the format that was requested, else the format of the file name, else a table on a terminal, else ndjson. */
export function formatOf({ format, out }: FormatOptions): Format {
  const [, ending] = /\.(csv|json)(?:\.gz)?$/.exec(out?.toLowerCase() ?? "") ?? [];
  return (
    format ?? (ending as "csv" | "json" | undefined) ?? (out === undefined && process.stdout.isTTY ? "table" : "ndjson")
  );
}

/**
 * Opens a printer for the requested format.
 * @param rows all rows, if they are known: a table then fits their widths.
 * @throws UsageError if a column does not exist, or the format has no columns.
 */
export async function openPrinter<Row>(
  options: FormatOptions,
  columns: Columns<Row>,
  zone: Zone,
  rows?: readonly Row[],
): Promise<Printer<Row>> {
  const format = formatOf(options);
  if (options.columns !== undefined && format !== "table" && format !== "csv")
    throw new UsageError(`--columns requires --format table or csv: ${format} contains every field.`);
  if (options.raw === true && (format === "table" || format === "csv"))
    throw new UsageError(`--raw requires --format ndjson or json: ${format} cannot contain a vendor's row.`);
  const names = options.columns?.split(",").map((name) => name.trim());
  if (format !== "table") {
    const printer = await openDataPrinter(format, names === undefined ? columns.all : choose(columns, names));
    // Data in pipes and files is not changed.
    return isDisplayed(options.out) ? sanitizingPrinter(printer) : printer;
  }
  const { tablePrinter } = await import("./table.js");
  const isOnScreen = options.out === undefined && process.stdout.isTTY;
  const settings = {
    width: isOnScreen ? process.stdout.columns : WIDTH_ELSEWHERE,
    omitColumns: names === undefined,
    zone,
    bold: isOnScreen ? stdoutColors().bold : (text: string) => text,
    // The report follows on the same screen.
    end: isOnScreen ? "\n" : "",
  };
  return tablePrinter(choose(columns, names ?? columns.table), settings, rows);
}

async function openDataPrinter<Row>(
  format: "ndjson" | "json" | "csv",
  columns: readonly Column<Row>[],
): Promise<Printer<Row>> {
  if (format === "ndjson") return ndjsonPrinter;
  if (format === "json") return jsonPrinter();
  const { csvPrinter } = await import("./csv.js");
  return csvPrinter(columns);
}

function choose<Row>({ all }: Columns<Row>, names: readonly string[]): Column<Row>[] {
  return names.map((name) => {
    const column = all.find((one) => one.name === name);
    if (column !== undefined) return column;
    throw new UsageError(
      `--columns: there is no column "${name}". The columns are ${all.map((one) => one.name).join(", ")}.`,
    );
  });
}
