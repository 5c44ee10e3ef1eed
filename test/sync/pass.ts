import type { BuiltInProvider, CallRecordsClient, SyncArguments, SyncBatch, SyncChange } from "call-records";
import type { VendorEmulator } from "call-records/testing";
import { bodyOf, HISTORY, requestsFor } from "../client/stage.js";

/** The batches, changes and report of one pass. */
export interface Pass {
  batches: SyncBatch[];
  changes: SyncChange[];
  report: ReturnType<ReturnType<CallRecordsClient<BuiltInProvider>["sync"]>["report"]>;
}

/** Runs one pass and commits each of its batches. */
export async function passOf(client: CallRecordsClient<BuiltInProvider>, query: SyncArguments): Promise<Pass> {
  const stream = client.sync(query);
  const batches: SyncBatch[] = [];
  await stream.forEach((batch) => batches.push(batch));
  return { batches, changes: batches.flatMap(({ changes }) => changes), report: stream.report() };
}

/** Returns the changes as text such as `new 17`, sorted. */
export function named(changes: readonly SyncChange[]): string[] {
  return changes.map(({ type, record }) => `${type} ${record.id}`).sort();
}

/** Returns the bounds of each window that was requested from Huawei, in the order of the first requests. */
export function huaweiWindows(emulator: VendorEmulator): { from: number; to: number }[] {
  const windows = new Map<string, { from: number; to: number }>();
  for (const request of requestsFor(emulator, HISTORY["huawei-cec"])) {
    const { startTime, endTime } = bodyOf(request);
    windows.set(`${Number(startTime)} ${Number(endTime)}`, { from: Number(startTime), to: Number(endTime) });
  }
  return [...windows.values()];
}
