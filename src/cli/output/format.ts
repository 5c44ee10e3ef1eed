import type { Column } from "../../columns/column.js";
import { csvPrinter } from "../../columns/csv.js";
import { findColumns } from "../../columns/find-columns.js";
import type { Zone } from "../../contract/zone.js";
import { RequestError } from "../../model/errors.js";
import { stdoutColors } from "../terminal/colors.js";
import { isDisplayed, sanitizingPrinter } from "../terminal/sanitize.js";
import { UsageError } from "../exit-code.js";
import type { Columns, Printer } from "./columns.js";
import { jsonPrinter, ndjsonPrinter } from "./json.js";

export const formats = ["table", "ndjson", "json", "csv"] as const;
export type Format = (typeof formats)[number];

/** The output options. */
export interface FormatOptions {
  format?: Format | "parquet" | undefined;
  /** Names or headings, separated by commas. */
  columns?: string | undefined;
  /** The program for which CSV is written. */
  for?: "excel" | undefined;
  out?: string | undefined;
  /** Whether to include the vendor's rows. */
  raw?: boolean | undefined;
}

/** The width of a table that is not shown on a terminal. */
const WIDTH_ELSEWHERE = 120;

/** Whether the output is Parquet: by the requested format, else by the file name. */
export function isParquet({ format, out }: FormatOptions): boolean {
  return format === undefined ? /\.parquet(?:\.gz)?$/i.test(out ?? "") : format === "parquet";
}

/**
 * Returns the format that was requested, else the format of the file name, else csv for a spreadsheet, a table on a terminal, else ndjson.
 * @throws UsageError for Parquet, which only calls have.
 */
export function formatOf(options: FormatOptions): Format {
  const { format, out, for: program } = options;
  if (format === "parquet" || isParquet(options))
    throw new UsageError(
      "--out: only the command records writes Parquet. Use another name, or set the format with --format.",
    );
  const [, ending] = /\.(csv|json)(?:\.gz)?$/.exec(out?.toLowerCase() ?? "") ?? [];
  if (format !== undefined) return format;
  if (ending !== undefined) return ending as "csv" | "json";
  if (program !== undefined) return "csv";
  return out === undefined && process.stdout.isTTY ? "table" : "ndjson";
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
  if (options.for !== undefined && format !== "csv")
    throw new UsageError(`--for ${options.for} requires --format csv: ${format} is not for a spreadsheet.`);
  const chosen = options.columns === undefined ? null : choose(columns, options.columns.split(","));
  if (format !== "table") {
    const printer = openDataPrinter(format, chosen ?? columns.all, options.for === "excel" ? zone : null);
    // Data in pipes and files is not changed.
    return isDisplayed(options.out) ? sanitizingPrinter(printer) : printer;
  }
  const { tablePrinter } = await import("./table.js");
  const isOnScreen = options.out === undefined && process.stdout.isTTY;
  const settings = {
    width: isOnScreen ? process.stdout.columns : WIDTH_ELSEWHERE,
    omitColumns: chosen === null,
    zone,
    bold: isOnScreen ? stdoutColors().bold : (text: string) => text,
    // The report follows on the same screen.
    end: isOnScreen ? "\n" : "",
  };
  return tablePrinter(chosen ?? choose(columns, columns.table), columns, settings, rows);
}

function openDataPrinter<Row>(
  format: "ndjson" | "json" | "csv",
  columns: readonly Column<Row>[],
  spreadsheetZone: Zone | null,
): Printer<Row> {
  if (format === "ndjson") return ndjsonPrinter;
  if (format === "json") return jsonPrinter();
  const { header, line } = csvPrinter(columns, spreadsheetZone);
  return { begin: () => header, rows: (rows) => rows.map(line).join(""), end: () => "" };
}

function choose<Row>({ all }: Columns<Row>, names: readonly string[]): Column<Row>[] {
  try {
    return findColumns("--columns", all, names);
  } catch (error) {
    throw error instanceof RequestError ? new UsageError(error.message) : error;
  }
}
