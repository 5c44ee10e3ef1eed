import { type CallRecordsClient, FileCheckpointStore, type SyncArguments } from "call-records";
import type { Database } from "node-sqlite3-wasm";
import { openDatabase } from "./open-database.js";
import { readCheckpoints, saveCalls, saveCheckpoint } from "./tables.js";

/**
 * One pass into a file: calls and checkpoint in one transaction, so that neither is ever ahead of the other.
 * @returns how many calls were new or had changed.
 * @throws CheckpointError when another job is at it.
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
  // Windows without changes make no batch, and prove something all the same.
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
