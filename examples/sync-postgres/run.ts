/** `DATABASE_URL=postgres://… npx tsx examples/sync-postgres/run.ts`: the job once, as cron would run it. `PGHOST` and its like do as well. */
import { CallRecordsClient } from "call-records";
import { openVendors } from "../vendors.js";
import { syncCalls } from "./sync-calls.js";

const { DATABASE_URL } = process.env;
const stop = new AbortController();
process.once("SIGTERM", () => {
  stop.abort();
});

const vendors = await openVendors();
const client = new CallRecordsClient({ providers: vendors.providers });
try {
  const from = new Date(Date.now() - 30 * 86_400_000);
  const database = DATABASE_URL === undefined ? {} : { connectionString: DATABASE_URL };
  const changed = await syncCalls(client, database, { from, signal: stop.signal });
  console.log(`${changed} calls were new or had changed.`);
} catch (error) {
  // Told to stop: the next run goes on from here.
  if (!stop.signal.aborted) throw error;
} finally {
  await client.close();
  await vendors.close();
}
