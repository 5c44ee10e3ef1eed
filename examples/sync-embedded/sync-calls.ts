import { type CallRecordsClient, FileCheckpointStore, type SyncArguments } from "call-records";
import type { Database } from "node-sqlite3-wasm";
import { openDatabase } from "./open-database.js";
import { readCheckpoints, saveCalls, saveCheckpoint } from "./tables.js";

/**
 * Runs one pass of the sync into a database file. Calls and checkpoint are written in one transaction, so they always agree.
 * @returns the number of calls that were new or had changed.
 * @throws CheckpointError if another job is running.
 */
export async function syncCalls(
  client: CallRecordsClient,
  path: string,
  wanted: Pick<SyncArguments, "from" | "signal">,
): Promise<number> {
  const unlock = await new FileCheckpointStore(`${path}-job`).lock("sync");
  try {
    const database = openDatabase(path);
    try {
      return await syncInto(database, client, wanted);
    } finally {
      database.close();
    }
  } finally {
    await unlock();
  }
}

async function syncInto(
  database: Database,
  client: CallRecordsClient,
  wanted: Pick<SyncArguments, "from" | "signal">,
): Promise<number> {
  let changed = 0;
  const stream = client.sync({ beforeRetention: "clip", ...wanted, checkpoint: readCheckpoints(database) });
  for await (const { changes, checkpoint } of stream) {
    inTransaction(database, () => {
      saveCalls(
        database,
        changes.map(({ record }) => record),
      );
      saveCheckpoint(database, checkpoint);
    });
    changed += changes.length;
  }
  // Windows without changes cause no batch, but change the checkpoint.
  inTransaction(database, () => {
    for (const checkpoint of stream.checkpoints()) saveCheckpoint(database, checkpoint);
  });
  return changed;
}

function inTransaction(database: Database, work: () => void): void {
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
