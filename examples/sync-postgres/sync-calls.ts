import type { CallRecordsClient, SyncArguments } from "call-records";
import { Client, type ClientConfig } from "pg";
import { makeTables, readCheckpoints, saveCalls, saveCheckpoint } from "./tables.js";

/** The key of the advisory lock: any number, but the same one in all jobs on these tables. */
const LOCK = 20_261_101;

/**
 * Runs one pass of the sync. Calls and checkpoint are written in one transaction, so they always agree.
 * @returns the number of calls that were new or had changed.
 * @throws Error if another job is running.
 */
export async function syncCalls(
  client: CallRecordsClient,
  database: ClientConfig,
  wanted: Pick<SyncArguments, "from" | "signal">,
): Promise<number> {
  // The lock and the transactions share a connection, so a job that loses its lock can no longer write.
  const connection = new Client(database);
  // A lost connection makes the next query fail. Without a listener, its `error` event would end the process.
  connection.on("error", () => undefined);
  await connection.connect();
  try {
    const { rows } = await connection.query<{ locked: boolean }>("SELECT pg_try_advisory_lock($1) AS locked", [LOCK]);
    if (rows[0]?.locked !== true) throw new Error("Another job is syncing these calls.");
    await makeTables(connection);

    let changed = 0;
    const stream = client.sync({ beforeRetention: "clip", ...wanted, checkpoint: await readCheckpoints(connection) });
    for await (const { changes, checkpoint } of stream) {
      await inTransaction(connection, async () => {
        await saveCalls(
          connection,
          changes.map(({ record }) => record),
        );
        await saveCheckpoint(connection, checkpoint);
      });
      changed += changes.length;
    }
    // Windows without changes cause no batch, but change the checkpoint.
    await inTransaction(connection, async () => {
      for (const checkpoint of stream.checkpoints()) await saveCheckpoint(connection, checkpoint);
    });
    return changed;
  } finally {
    // The lock ends with its connection.
    await connection.end();
  }
}

async function inTransaction(connection: Client, work: () => Promise<void>): Promise<void> {
  await connection.query("BEGIN");
  try {
    await work();
    await connection.query("COMMIT");
  } catch (error) {
    // This fails if the connection is lost. The server has then already rolled back.
    await connection.query("ROLLBACK").catch(() => undefined);
    throw error;
  }
}
