/**
 * Writes the whole months before this one into a folder, a Parquet file for each account and month: `npx tsx examples/backfill/run.ts [folder] [months]`, by
 * default `calls` and 12. Run it again after an interruption, or if calls are missing: it continues with the months that have no complete file.
 *
 * Exit codes: 0 all calls were read; 1 calls are missing, and listed; 2 wrong usage; 130 or 143 stopped.
 */
import { existsSync } from "node:fs";
import { mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { type AccountCapabilities, CallRecordsClient, month } from "call-records";
import { writeParquet } from "call-records/parquet";
import { monthsBefore } from "../months-before.js";
import { stopSignal } from "../stop-signal.js";
import { openVendors } from "../vendors.js";

/** The time zone of the months, for all accounts. */
const TIME_ZONE = "Asia/Shanghai";

const [folder = "calls", count = "12"] = process.argv.slice(2);
if (!/^[1-9]\d{0,2}$/.test(count)) {
  console.error("Usage: run.ts [folder] [months]");
  process.exit(2);
}
const months = monthsBefore(new Date(), Number(count), TIME_ZONE);
const signal = stopSignal();

const vendors = await openVendors({ days: 400, callsPerDay: 20 });
const client = new CallRecordsClient({ providers: vendors.providers });

/** Writes the months of one account, the oldest first, because a vendor deletes it first. */
async function backfillAccount({ account, records }: AccountCapabilities): Promise<void> {
  for (const name of months) {
    const stem = join(folder, `${encodeURIComponent(account)}-${name}`);
    if (existsSync(`${stem}.parquet`)) continue;
    const range = month(name, TIME_ZONE);
    const keptSince = Date.now() - (records.retentionSeconds ?? Infinity) * 1000;
    if (range.from.getTime() < keptSince && existsSync(`${stem}.incomplete.parquet`)) {
      process.exitCode = 1;
      console.error(`${stem}.incomplete.parquet stays, because the vendor has deleted calls of this month since.`);
      continue;
    }
    const stream = client.records({
      ...range,
      accounts: [account],
      order: "time",
      signal,
      isolateFailures: true,
      beforeRetention: "clip",
      unreadableRows: "report",
    });
    const { rows } = await writeParquet(stream, `${stem}.incomplete.parquet`);
    const [report] = stream.report().accounts;
    if (report?.status === "complete" && report.unsettled.length === 0) {
      await rename(`${stem}.incomplete.parquet`, `${stem}.parquet`);
      console.error(`${stem}.parquet: ${rows} calls`);
      continue;
    }
    process.exitCode = 1;
    console.error(`${stem}.incomplete.parquet: ${rows} calls. ${report?.error?.message ?? "Calls may be missing:"}`);
    for (const { from, to } of [...(report?.gaps ?? []), ...(report?.unsettled ?? [])])
      console.error(`  ${from} to ${to}`);
    // Refused credentials are refused for every month, and some vendors lock an account after repeated attempts.
    if (report?.error?.code === "authentication" || report?.error?.code === "permission") return;
  }
}

try {
  await mkdir(folder, { recursive: true });
  // Accounts have separate rate limits, so they are read in parallel.
  await Promise.all(client.capabilities().map(backfillAccount));
} catch (error) {
  if (!signal.aborted) throw error;
  console.error("Stopped. Run it again to continue with the months that have no complete file.");
} finally {
  await client.close();
  await vendors.close();
}
