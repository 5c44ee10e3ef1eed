import { createHash } from "node:crypto";
import type { CallRecord, SyncChange } from "call-records";

/** A change as a consumer keeps it. */
export interface Delivery {
  /** Which of the processes took it, and in which of its batches. */
  run: number;
  batch: number;
  account: string;
  id: string;
  type: SyncChange["type"];
  /** Of the record. */
  digest: string;
}

export function digestOf(record: CallRecord): string {
  // The vendor's own row, and its links, may be signed anew with each answer.
  const lasting = { ...record, raw: null, recordings: null };
  return createHash("sha256").update(JSON.stringify(lasting)).digest("hex").slice(0, 16);
}

export function deliver({ type, record }: SyncChange, run: number, batch: number): Delivery {
  return { run, batch, account: record.account, id: record.id, type, digest: digestOf(record) };
}
