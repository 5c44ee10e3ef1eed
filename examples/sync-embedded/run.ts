/** `npx tsx examples/sync-embedded/run.ts calls.db`: the job once, as cron would run it. Nothing to install, nothing to configure. */
import { CallRecordsClient } from "call-records";
import { openVendors } from "../vendors.js";
import { syncCalls } from "./sync-calls.js";

const path = process.argv[2] ?? "calls.db";
const stop = new AbortController();
process.once("SIGTERM", () => {
  stop.abort();
});

const vendors = await openVendors();
const client = new CallRecordsClient({ providers: vendors.providers });
try {
  const from = new Date(Date.now() - 30 * 86_400_000);
  const changed = await syncCalls(client, path, { from, signal: stop.signal });
  console.log(`${changed} calls were new or had changed; they are in ${path}.`);
} catch (error) {
  // Told to stop: the next run goes on from here.
  if (!stop.signal.aborted) throw error;
} finally {
  await client.close();
  await vendors.close();
}
