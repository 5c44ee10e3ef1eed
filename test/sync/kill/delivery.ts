import { createHash } from "node:crypto";
import type { CallRecord, SyncChange } from "call-records";

/** A change as a consumer stores it. */
export interface Delivery {
  /** The index of the process that received the change, and the number of its batch. */
  run: number;
  batch: number;
  account: string;
  id: string;
  type: SyncChange["type"];
  /** The digest of the record. */
  digest: string;
}

export function digestOf(record: CallRecord): string {
  // The vendor may sign the links in its row and in the recordings anew in each response.
  const stableFields = { ...record, raw: null, recordings: null };
  return createHash("sha256").update(JSON.stringify(stableFields)).digest("hex").slice(0, 16);
}

export function deliver({ type, record }: SyncChange, run: number, batch: number): Delivery {
  return { run, batch, account: record.account, id: record.id, type, digest: digestOf(record) };
}
