import type { SyncBatch, SyncChange } from "../../operations/sync/sync-batch.js";
import type { Format } from "./format.js";
import type { Printer } from "./printer.js";

/** Where the changes of a sync go. What it has taken is on the disk, or with the reader: the batch may be committed. */
export interface ChangeLog {
  take(batch: SyncBatch): Promise<void>;
  close(): Promise<void>;
}

/** How changes are written. */
export interface ChangeFormat {
  format: Format;
  /** A new one for each file. */
  openPrinter: () => Promise<Printer<SyncChange>>;
}
