import type { Zone } from "../../contract/zone.js";
import type { Columns } from "./columns.js";
import { openDestination } from "./open-target.js";
import { type FormatOptions, openPrinter } from "./format.js";

/**
 * Prints rows that come all at once. What is wrong with the format, the columns or the file is told before they are asked for.
 * @param get answers null where there is nothing to print: a file is left as it was.
 * @throws UsageError when a column does not exist or a folder was named; what the file system and `get` throw.
 */
export async function printAll<Row>(
  get: () => Promise<readonly Row[] | null>,
  options: FormatOptions,
  columns: Columns<Row>,
  { zone, signal }: { zone: Zone; signal: AbortSignal },
): Promise<void> {
  await openPrinter(options, columns, zone);
  const target = await openDestination(options.out, signal);
  try {
    const rows = await get();
    if (rows === null) {
      await target.discard();
      return;
    }
    // Anew: what is there to be shown tells how wide it is.
    const printer = await openPrinter(options, columns, zone, rows);
    await target.write(printer.begin());
    await target.write(printer.rows(rows));
    await target.write(printer.end());
  } catch (error) {
    await target.discard();
    throw error;
  }
  await target.finish();
}
