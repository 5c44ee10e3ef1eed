import type { Zone } from "../../contract/zone.js";
import { stdoutColors } from "../terminal/colors.js";
import { isShown, neutralPrinter } from "../terminal/neutral.js";
import { UsageError } from "../usage-error.js";
import type { Column, Columns } from "./columns.js";
import { jsonPrinter, ndjsonPrinter } from "./json.js";
import type { Printer } from "./printer.js";

export const formats = ["table", "ndjson", "json", "csv"] as const;
export type Format = (typeof formats)[number];

/** How rows are wanted. */
export interface FormatOptions {
  format?: Format | undefined;
  /** Names, divided by commas. */
  columns?: string | undefined;
  out?: string | undefined;
  /** The vendor's own rows too. */
  raw?: boolean | undefined;
}

/** So wide is a table that no terminal shows. */
const WIDTH_ELSEWHERE = 120;

/** The format that was asked for, else that of the file's name, else a table for a person, and lines of JSON for a program. */
export function formatOf({ format, out }: FormatOptions): Format {
  const [, ending] = /\.(csv|json)(?:\.gz)?$/.exec(out?.toLowerCase() ?? "") ?? [];
  return (
    format ?? (ending as "csv" | "json" | undefined) ?? (out === undefined && process.stdout.isTTY ? "table" : "ndjson")
  );
}

/**
 * Prints rows in the format that was asked for.
 * @param rows where they are all there already: a table is made to fit them.
 * @throws UsageError when a column does not exist, or the format has none.
 */
export async function openPrinter<Row>(
  options: FormatOptions,
  columns: Columns<Row>,
  zone: Zone,
  rows?: readonly Row[],
): Promise<Printer<Row>> {
  const format = formatOf(options);
  if (options.columns !== undefined && format !== "table" && format !== "csv")
    throw new UsageError(`--columns is for --format table and csv: ${format} holds every field.`);
  if (options.raw === true && (format === "table" || format === "csv"))
    throw new UsageError(`--raw is for --format ndjson and json: a ${format} has no place for a vendor's row.`);
  const names = options.columns?.split(",").map((name) => name.trim());
  if (format !== "table") {
    const printer = await openDataPrinter(format, names === undefined ? columns.all : choose(columns, names));
    // Data in pipes and files stays as it is.
    return isShown(options.out) ? neutralPrinter(printer) : printer;
  }
  const { tablePrinter } = await import("./table.js");
  const isOnScreen = options.out === undefined && process.stdout.isTTY;
  const settings = {
    width: isOnScreen ? process.stdout.columns : WIDTH_ELSEWHERE,
    leaveOut: names === undefined,
    zone,
    bold: isOnScreen ? stdoutColors().bold : (text: string) => text,
    // The closing report follows on the same screen.
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
      `--columns: there is no column "${name}". There are ${all.map((one) => one.name).join(", ")}.`,
    );
  });
}
