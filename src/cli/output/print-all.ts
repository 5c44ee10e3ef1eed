import type { Zone } from "../../contract/zone.js";
import type { Columns } from "./columns.js";
import { openTarget } from "./open-target.js";
import type { Messages } from "../terminal/messages.js";
import { type FormatOptions, openPrinter } from "./format.js";

/**
 * Prints all rows at once. An invalid format, column or file is reported before the rows are requested.
 * @param get returns the rows, or null if there is nothing to print: a file then stays unchanged.
 * @throws UsageError if a column does not exist or the path names a folder; the errors of the file system and of `get`.
 */
export async function printAll<Row>(
  get: () => Promise<readonly Row[] | null>,
  options: FormatOptions,
  columns: Columns<Row>,
  { zone, signal, messages }: { zone: Zone; signal: AbortSignal; messages: Messages },
): Promise<void> {
  await openPrinter(options, columns, zone);
  const target = await openTarget(options.out, signal);
  try {
    const rows = await get();
    if (rows === null) {
      await target.discard();
      return;
    }
    // Opened again, because the rows determine the widths of the columns.
    const printer = await openPrinter(options, columns, zone, rows);
    await target.write(printer.begin());
    await target.write(printer.rows(rows));
    await target.write(printer.end());
    if (printer.note !== undefined) messages.info(printer.note);
  } catch (error) {
    await target.discard();
    throw error;
  }
  await target.finish();
}
