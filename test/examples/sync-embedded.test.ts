import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import sqlite from "node-sqlite3-wasm";
import { FileCheckpointStore } from "call-records";
import { syncCalls } from "../../examples/sync-embedded/sync-calls.js";
import { makeTables } from "../../examples/sync-embedded/tables.js";
import { describeTableInStep, readRecord, type TableRow } from "./table-under-test.js";

const folder = await mkdtemp(join(tmpdir(), "call-records-"));
afterAll(() => rm(folder, { recursive: true, force: true }));
const path = join(folder, "calls.db");

/** Between two passes. */
function look<Result>(work: (database: sqlite.Database) => Result): Promise<Result> {
  const database = new sqlite.Database(path);
  try {
    database.exec("PRAGMA locking_mode = EXCLUSIVE");
    return Promise.resolve(work(database));
  } finally {
    database.close();
  }
}

function rowsOf(database: sqlite.Database): TableRow[] {
  return database.all("SELECT * FROM call_records ORDER BY account, id").map((row) => ({ ...row, record: readRecord(JSON.parse(row.record as string)) }));
}

describeTableInStep("a table in SQLite", {
  sync: (client, from) => syncCalls(client, path, { from }),
  rows: () => look(rowsOf),
  checkpoints: () => look((database) => database.all("SELECT * FROM call_sync ORDER BY account")),
  failBeyond: (calls) =>
    look((database) => {
      makeTables(database);
      for (const event of ["INSERT", "UPDATE"]) {
        database.exec(`CREATE TRIGGER refuse_${event} AFTER ${event} ON call_sync WHEN (SELECT count(*) FROM call_records) > ${calls} BEGIN SELECT raise(ABORT, 'no room for more calls'); END`);
      }
    }),
  mend: () =>
    look((database) => {
      database.exec("DROP TRIGGER refuse_INSERT; DROP TRIGGER refuse_UPDATE");
    }),
  occupy: () => new FileCheckpointStore(`${path}-job`).lock("sync"),
  clear: () => rm(path, { force: true }),
});
