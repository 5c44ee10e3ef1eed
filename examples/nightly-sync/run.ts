/**
 * One night's job, which brings a table of calls in step and prints one line of JSON: `npx tsx examples/nightly-sync/run.ts [file]`, by default `calls.db`. Run it
 * where it suits:
 *
 * - cron: `30 2 * * *`. A second run ends at once while the first goes on, whose process the error names.
 * - systemd: a timer and a service of `Type=oneshot`. `OnFailure=` tells of each night that ends with an exit code but 0.
 * - Kubernetes: a CronJob with `concurrencyPolicy: Forbid` and `restartPolicy: Never`, the files on a volume. Being evicted is no harm: on SIGTERM it ends within
 *   the grace period, and the next run goes on from there.
 *
 * Exit codes: 0 all is well, or will be after another night; 1 somebody has to look: the job failed, an account lags too far behind, or calls are lost; 130 or 143
 * stopped. A night that is `incomplete` ends with 0: vendors have bad hours, and an alarm at each is soon not looked at. What does not mend by itself is `behind`
 * a night later.
 */
import { CallRecordsClient, FileCheckpointStore } from "call-records";
import { openDatabase } from "../sync-embedded/open-database.js";
import { saveCalls } from "../sync-embedded/tables.js";
import { stopSignal } from "../stop-signal.js";
import { openVendors } from "../vendors.js";
import { type CallTable, syncNightly } from "./nightly-sync.js";

const HOUR_MS = 3_600_000;

/** SQLite without a server; a table of yours takes its place. */
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
    // A fixed date does as well: a later one takes back nothing of what was asked for.
    from: new Date(Date.now() - 30 * 24 * HOUR_MS),
    store: new FileCheckpointStore(`${path}.checkpoint`),
    openTable: () => openTable(path),
    totalTimeoutMs: 6 * HOUR_MS,
    mostLagHours: 3 * 24,
    signal: stop,
  });
  console.log(JSON.stringify(summary));
  if (summary.status !== "stopped")
    process.exitCode = { ok: 0, incomplete: 0, lost: 1, behind: 1, failed: 1 }[summary.status];
} finally {
  await client.close();
  await vendors.close();
}
