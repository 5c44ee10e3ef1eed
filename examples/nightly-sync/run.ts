/**
 * A nightly job that synchronizes a table of calls and prints one line of JSON: `npx tsx examples/nightly-sync/run.ts [file]`, by default `calls.db`. Run it with:
 *
 * - cron: `30 2 * * *`. A second run fails while the first is active. The error names the active process.
 * - systemd: a timer and a service with `Type=oneshot`. `OnFailure=` reports each night with an exit code other than 0.
 * - Kubernetes: a CronJob with `concurrencyPolicy: Forbid` and `restartPolicy: Never`, and the files on a volume. On SIGTERM the job ends within the grace
 *   period, and the next run continues from there.
 *
 * Exit codes: 0 no attention required; 1 attention required: the job failed, an account is too far behind, or calls are lost; 130 or 143 stopped. An `incomplete`
 * night ends with 0, because temporary failures of vendors are common, and frequent alerts are ignored. A failure that persists is `behind` a night later.
 */
import { CallRecordsClient, FileCheckpointStore } from "call-records";
import { openDatabase } from "../sync-embedded/open-database.js";
import { saveCalls } from "../sync-embedded/tables.js";
import { stopSignal } from "../stop-signal.js";
import { openVendors } from "../vendors.js";
import { type CallTable, syncNightly } from "./nightly-sync.js";

const HOUR_MS = 3_600_000;

/** SQLite, which needs no server. Replace it with your own table. */
function openTable(path: string): CallTable {
  const database = openDatabase(path);
  return {
    save: (calls) => {
      saveCalls(database, calls);
    },
    close: () => {
      database.close();
    },
  };
}

const path = process.argv[2] ?? "calls.db";
const stop = stopSignal();

const vendors = await openVendors();
const client = new CallRecordsClient({ providers: vendors.providers });
try {
  const summary = await syncNightly(client, {
    // A fixed date works too: a later `from` does not shrink the requested ranges.
    from: new Date(Date.now() - 30 * 24 * HOUR_MS),
    store: new FileCheckpointStore(`${path}.checkpoint`),
    openTable: () => openTable(path),
    totalTimeoutMs: 6 * HOUR_MS,
    maxLagHours: 3 * 24,
    signal: stop,
  });
  console.log(JSON.stringify(summary));
  if (summary.status !== "stopped")
    process.exitCode = { ok: 0, incomplete: 0, lost: 1, behind: 1, failed: 1 }[summary.status];
} finally {
  await client.close();
  await vendors.close();
}
