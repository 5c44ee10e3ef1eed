/**
 * A nightly job that copies the calls to SQLite and prints one line of JSON: `npx tsx examples/nightly-sync/run.ts [file]`, by default `calls.db`. Run it with:
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
import { sqlDestination } from "call-records/sql";
import { openSqlite } from "../open-sqlite.js";
import { stopSignal } from "../stop-signal.js";
import { openVendors } from "../vendors.js";
import { syncNightly } from "./nightly-sync.js";

const HOUR_MS = 3_600_000;

const path = process.argv[2] ?? "calls.db";
const stop = stopSignal();

// `openSqlite` requires that no other process uses the file. A database with a server does not need this lock.
const unlock = await new FileCheckpointStore(`${path}.job`).lock("nightly-sync");
const db = openSqlite(path);
const destination = sqlDestination(db);
const vendors = await openVendors();
const client = new CallRecordsClient({ providers: vendors.providers });
try {
  await destination.migrate();
  const summary = await syncNightly(client, destination, {
    // A fixed date works too: a later `from` does not shrink the requested ranges.
    from: new Date(Date.now() - 30 * 24 * HOUR_MS),
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
  await db.destroy();
  await unlock();
}
