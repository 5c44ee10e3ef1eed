import { rmSync } from "node:fs";
import { type CallRecordsClient, FileCheckpointStore, type SyncArguments } from "call-records";
import sqlite from "node-sqlite3-wasm";
import { makeTables, readCheckpoints, saveCalls, saveCheckpoint } from "./tables.js";

/**
 * One pass into a file: calls and checkpoint in one transaction, so that neither is ever ahead of the other. While it goes on, no other program may
 * open the file; afterwards any SQLite may.
 * @returns how many calls were new or had changed.
 * @throws CheckpointError when another job is at it.
 */
export async function syncCalls(client: CallRecordsClient, path: string, wanted: Pick<SyncArguments, "from" | "signal">): Promise<number> {
  // The lock of SQLite in WebAssembly is a folder that is left behind by a job that crashed. The library's own lock is not: who has it may remove the folder.
  const unlock = await new FileCheckpointStore(`${path}-job`).lock("sync");
  try {
    rmSync(`${path}.lock`, { recursive: true, force: true });
    const database = new sqlite.Database(path);
    try {
      // By its default journal this build of SQLite does not recover from a crash, by a write-ahead log it does.
      database.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
      makeTables(database);
      return await syncInto(database, client, wanted);
    } finally {
      database.close();
    }
  } finally {
    await unlock();
  }
}

async function syncInto(database: sqlite.Database, client: CallRecordsClient, wanted: Pick<SyncArguments, "from" | "signal">): Promise<number> {
  let changed = 0;
  const stream = client.sync({ beforeRetention: "clip", ...wanted, checkpoint: readCheckpoints(database) });
  for await (const { changes, checkpoint } of stream) {
    inTransaction(database, () => {
      saveCalls(database, changes.map(({ record }) => record));
      saveCheckpoint(database, checkpoint);
    });
    changed += changes.length;
  }
  // Windows without changes make no batch, and prove something all the same.
  inTransaction(database, () => {
    for (const checkpoint of stream.checkpoints()) saveCheckpoint(database, checkpoint);
  });
  return changed;
}

function inTransaction(database: sqlite.Database, work: () => void): void {
  database.exec("BEGIN");
  try {
    work();
    database.exec("COMMIT");
  } catch (error) {
    // Some errors end the transaction themselves.
    if (database.inTransaction) database.exec("ROLLBACK");
    throw error;
  }
}
