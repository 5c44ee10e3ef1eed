import { existsSync, statSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sqlite from "node-sqlite3-wasm";
import { afterAll, describe, expect, it } from "vitest";
import { CallRecordsClient, FileCheckpointStore } from "call-records";
import { startVendorEmulator } from "call-records/testing";
import { syncCalls } from "../../examples/sync-embedded/sync-calls.js";
import { makeTables } from "../../examples/sync-embedded/tables.js";
import { idsOf } from "../client/truth.js";
import { startExample } from "./example-process.js";
import { describeTableInStep, readRecord, type TableRow } from "./table-under-test.js";

const folder = await mkdtemp(join(tmpdir(), "call-records-"));
afterAll(() => rm(folder, { recursive: true, force: true }));
const path = join(folder, "calls.db");

/** Runs a function with the database, between two passes. */
function withDatabase<Result>(work: (database: sqlite.Database) => Result): Promise<Result> {
  const database = new sqlite.Database(path);
  try {
    database.exec("PRAGMA locking_mode = EXCLUSIVE");
    return Promise.resolve(work(database));
  } finally {
    database.close();
  }
}

function rowsOf(database: sqlite.Database): TableRow[] {
  return database
    .all("SELECT * FROM call_records ORDER BY account, application, id")
    .map((row) => ({ ...row, record: readRecord(JSON.parse(row.record as string)) }));
}

describeTableInStep("a table in SQLite", {
  sync: (client, from) => syncCalls(client, path, { from }),
  rows: () => withDatabase(rowsOf),
  checkpoints: () => withDatabase((database) => database.all("SELECT * FROM call_sync ORDER BY account")),
  failBeyond: (calls) =>
    withDatabase((database) => {
      makeTables(database);
      for (const event of ["INSERT", "UPDATE"]) {
        database.exec(
          `CREATE TRIGGER refuse_${event} AFTER ${event} ON call_sync WHEN (SELECT count(*) FROM call_records) > ${calls} BEGIN SELECT raise(ABORT, 'no room for more calls'); END`,
        );
      }
    }),
  mend: () =>
    withDatabase((database) => {
      database.exec("DROP TRIGGER refuse_INSERT; DROP TRIGGER refuse_UPDATE");
    }),
  occupy: () => new FileCheckpointStore(`${path}-job`).lock("sync"),
  clear: () => rm(path, { force: true }),
});

const HOUR = 3_600_000;
/** Calls that have all ended, so that the truth does not change with time. */
const calls = Array.from({ length: 400 }, (_, index) => ({ startedAt: new Date(Date.now() - (24 + index) * HOUR) }));

/** Resolves when the file contains more than empty tables, and has not changed for a while. */
async function grownAndQuiet(path: string): Promise<void> {
  for (let size = 0, quiet = 0; quiet < 10;) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    const present = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    quiet = present === size && present > 200_000 ? quiet + 1 : 0;
    size = present;
  }
}

describe("the example", () => {
  it.each([
    ["SIGKILL", null],
    ["SIGTERM", 143],
  ] as const)("continues after a run that was ended by %s", { timeout: 60_000 }, async (signal, exitCode) => {
    const file = join(folder, `${signal}.db`);
    const emulator = await startVendorEmulator({
      callsPerDay: 0,
      activeCalls: 0,
      calls: { "tencent-ccc": calls, "huawei-cec": calls, itniotech: calls },
      requestsPerSecond: { "tencent-ccc": Infinity, "huawei-cec": Infinity, itniotech: Infinity },
    });
    emulator.inject("stalled-header", { vendor: "itniotech" });
    const { child, outcome } = startExample("sync-embedded", [file], emulator.environment());
    // One vendor does not respond. When the file no longer grows, the calls of the others are committed.
    await grownAndQuiet(`${file}-wal`);
    child.kill(signal);
    expect(await outcome).toMatchObject({ code: exitCode, stdout: "" });
    // The lock of the database remains after a job that was killed.
    expect(existsSync(`${file}.lock`)).toBe(exitCode === null);

    const client = new CallRecordsClient({ providers: emulator.providers() });
    const rest = await syncCalls(client, file, { from: new Date(Date.now() - 30 * 24 * HOUR) });
    const database = new sqlite.Database(file);
    database.exec("PRAGMA locking_mode = EXCLUSIVE");
    const ids = database.all("SELECT id FROM call_records").map(({ id }) => ({ id: id as string }));
    database.close();
    expect(idsOf(ids)).toEqual(idsOf(Object.values(emulator.truth).flatMap((vendor) => vendor.calls)));
    // If the job was killed before any COMMIT, the second pass writes all calls.
    expect(rest).toBeGreaterThan(0);

    await client.close();
    await emulator.close();
  });
});
