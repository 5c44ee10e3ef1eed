import type { CallRecord } from "../../model/call-record.js";
import { UsageError } from "../exit-code.js";
import { isDisplayed } from "../terminal/sanitize.js";
import type { Printer } from "./columns.js";
import { isCompressed } from "./file-target.js";
import type { FormatOptions } from "./format.js";

/**
 * Opens a printer for Parquet, which holds the calls of one row group at most.
 * @throws UsageError if an option does not fit the format, or the output is displayed.
 */
export async function openParquetPrinter({
  out,
  columns,
  for: program,
}: FormatOptions): Promise<Printer<CallRecord, Uint8Array>> {
  if (columns !== undefined)
    throw new UsageError("--columns requires --format table or csv: parquet contains every field.");
  if (program !== undefined)
    throw new UsageError(`--for ${program} requires --format csv: parquet is not for a spreadsheet.`);
  if (out !== undefined && isCompressed(out))
    throw new UsageError("--out: Parquet is compressed already. Use a name that does not end in .gz.");
  if (isDisplayed(out))
    throw new UsageError("--format parquet requires --out with the name of a file: a terminal cannot show Parquet.");
  // Loaded on demand, because other commands do not need it.
  const { DEFAULT_ROW_GROUP_ROWS, ParquetEncoder } = await import("../../destinations/parquet/parquet-encoder.js");
  const encoder = new ParquetEncoder(DEFAULT_ROW_GROUP_ROWS);
  return {
    begin: () => new Uint8Array(),
    rows: (rows) => Buffer.concat(rows.flatMap((call) => encoder.add(call) ?? [])),
    end: () => encoder.end(),
  };
}
