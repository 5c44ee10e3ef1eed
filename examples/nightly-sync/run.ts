/**
 * `npx tsx examples/nightly-sync/run.ts calls.db`: one night's job, which prints one line of JSON. Run it where it suits:
 *
 * - cron: `30 2 * * *`. A second run ends at once while the first goes on, whose process the error names.
 * - systemd: a timer and a service of `Type=oneshot`. `OnFailure=` tells of each night that ends with an exit code but 0.
 * - Kubernetes: a CronJob with `concurrencyPolicy: Forbid` and `restartPolicy: Never`, the files on a volume. Being evicted is no harm: on SIGTERM it ends within
 *   the grace period, and the next run goes on from there.
 *
 * Exit codes: 0 all is well, or will be after another night; 1 somebody has to look: the job failed, or an account lags too far behind; 143 stopped by SIGTERM.
 */
import { CallRecordsClient, FileCheckpointStore } from "call-records";
import { openDatabase } from "../sync-embedded/open-database.js";
import { saveCalls } from "../sync-embedded/tables.js";
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
const stop = new AbortController();
process.once("SIGTERM", () => {
  stop.abort();
});

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
    signal: stop.signal,
  });
  console.log(JSON.stringify(summary));
  process.exitCode = { ok: 0, incomplete: 0, behind: 1, failed: 1, stopped: 143 }[summary.status];
} finally {
  await client.close();
  await vendors.close();
}
