/**
 * Synchronizes a table of calls in SQLite with the vendors once, for example from cron: `npx tsx examples/sync-embedded/run.ts [file]`, by default `calls.db`. It
 * needs no installation and no configuration.
 *
 * Exit codes: 0 synchronized; 1 failed; 130 or 143 stopped. After a failure or a stop, the next run continues from there.
 */
import { CallRecordsClient } from "call-records";
import { stopSignal } from "../stop-signal.js";
import { openVendors } from "../vendors.js";
import { syncCalls } from "./sync-calls.js";

const path = process.argv[2] ?? "calls.db";
const stop = stopSignal();

const vendors = await openVendors();
const client = new CallRecordsClient({ providers: vendors.providers });
try {
  const from = new Date(Date.now() - 30 * 86_400_000);
  const changed = await syncCalls(client, path, { from, signal: stop });
  console.log(`${changed} calls were new or had changed; they are in ${path}.`);
} catch (error) {
  if (!stop.aborted) throw error;
} finally {
  await client.close();
  await vendors.close();
}
