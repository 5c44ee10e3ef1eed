/**
 * Writes the whole months before this one into a folder, a file of CSV for each account and month: `npx tsx examples/backfill-to-csv/run.ts [folder] [months]`,
 * by default `calls` and 12. After an interruption, or if something is missing, run it again: it continues with the months that have no complete file.
 *
 * Exit codes: 0 all calls were read; 1 calls are missing, and listed; 2 wrong usage; 130 or 143 stopped.
 */
import { CallRecordsClient } from "call-records";
import { stopSignal } from "../stop-signal.js";
import { openVendors } from "../vendors.js";
import { backfill } from "./backfill.js";
import { monthsBefore } from "./months.js";

/** The time zone of the months, for all accounts. */
const TIME_ZONE = "Asia/Shanghai";

const [folder = "calls", text = "12"] = process.argv.slice(2);
const count = Number(text);
if (!Number.isInteger(count) || count < 1) {
  console.error("Usage: run.ts [folder] [months]");
  process.exit(2);
}
const now = new Date();
const months = monthsBefore(now, count, TIME_ZONE);
const stop = stopSignal();

const vendors = await openVendors({ days: 400, callsPerDay: 20 });
const client = new CallRecordsClient({
  providers: vendors.providers,
  onEvent: (event) => {
    if (event.type === "warning") console.error(`${event.account}: ${event.message}`);
  },
});
try {
  const missing = await backfill(client, {
    folder,
    months,
    timeZone: TIME_ZONE,
    now,
    signal: stop,
    log: console.error,
  });
  for (const { account, from, to, reason } of missing)
    console.error(`${account}: missing from ${from} to ${to}: ${reason}`);
  console.error(
    missing.length === 0
      ? `Complete: every call of ${count} months is in ${folder}.`
      : `Incomplete: the calls of ${count} months are in ${folder}, except the ranges above.`,
  );
  process.exitCode = missing.length === 0 ? 0 : 1;
} catch (error) {
  if (!stop.aborted) throw error;
  console.error("Stopped. Run it again to continue with the months that have no complete file.");
} finally {
  await client.close();
  await vendors.close();
}
