import type { Zone } from "../../contract/zone.js";
import type { Columns } from "./columns.js";
import { openDestination } from "./destination.js";
import { type FormatOptions, openPrinter } from "./format.js";

/** Prints rows that are all there. */
export async function printAll<Row>(rows: readonly Row[], options: FormatOptions, columns: Columns<Row>, { zone, signal }: { zone: Zone; signal: AbortSignal }): Promise<void> {
  const printer = await openPrinter(options, columns, zone);
  const destination = await openDestination(options.out, signal);
  try {
    await destination.write(printer.begin());
    await destination.write(printer.rows(rows));
    await destination.write(printer.end());
  } catch (error) {
    await destination.discard();
    throw error;
  }
  await destination.finish();
}
