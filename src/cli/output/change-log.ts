import type { SyncBatch, SyncChange } from "../../operations/sync/sync-batch.js";
import type { Format } from "./format.js";
import type { Printer } from "./columns.js";

/** The output of a sync. A batch that has been written is on the disk, or with the reader, so it can be committed. */
export interface ChangeLog {
  take(batch: SyncBatch): Promise<void>;
  close(): Promise<void>;
  /** A message about the output, for standard error. */
  note?: string | undefined;
}

/** The format of the changes. */
export interface ChangeFormat {
  format: Format;
  /** Returns a new printer for each file. */
  openPrinter: () => Promise<Printer<SyncChange>>;
}
