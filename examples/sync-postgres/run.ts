/**
 * Brings a table of calls in PostgreSQL in step with the vendors, once, as cron would: `DATABASE_URL=postgres://… npx tsx examples/sync-postgres/run.ts`. Without
 * DATABASE_URL, `PGHOST` and its like say where.
 *
 * Exit codes: 0 in step; 1 failed; 130 or 143 stopped: the next run goes on from there.
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
