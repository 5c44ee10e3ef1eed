/**
 * Synchronizes a table of calls in PostgreSQL with the vendors once, for example from cron: `DATABASE_URL=postgres://… npx tsx examples/sync-postgres/run.ts`.
 * Without DATABASE_URL, it connects according to `PGHOST` and the other variables of PostgreSQL.
 *
 * Exit codes: 0 synchronized; 1 failed; 130 or 143 stopped. After a failure or a stop, the next run continues from there.
 */
import { CallRecordsClient } from "call-records";
import { stopSignal } from "../stop-signal.js";
import { openVendors } from "../vendors.js";
import { syncCalls } from "./sync-calls.js";

const { DATABASE_URL } = process.env;
const stop = stopSignal();

const vendors = await openVendors();
const client = new CallRecordsClient({ providers: vendors.providers });
try {
  const from = new Date(Date.now() - 30 * 86_400_000);
  const database = DATABASE_URL === undefined ? {} : { connectionString: DATABASE_URL };
  const changed = await syncCalls(client, database, { from, signal: stop });
  console.log(`${changed} calls were new or had changed.`);
} catch (error) {
  if (!stop.aborted) throw error;
} finally {
  await client.close();
  await vendors.close();
}
