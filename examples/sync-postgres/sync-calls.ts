import type { CallRecordsClient, SyncArguments } from "call-records";
import { Client, type ClientConfig } from "pg";
import { makeTables, readCheckpoints, saveCalls, saveCheckpoint } from "./tables.js";

/** Any number, and the same for all jobs on these tables. */
const LOCK = 20_261_101;

/**
 * One pass: calls and checkpoint in one transaction, so that neither is ever ahead of the other.
 * @returns how many calls were new or had changed.
 * @throws Error when another job is at it.
 */
export async function syncCalls(
  client: CallRecordsClient,
  database: ClientConfig,
  wanted: Pick<SyncArguments, "from" | "signal">,
): Promise<number> {
  // One connection for lock and transactions: a job that loses its lock can write no more.
  const connection = new Client(database);
  // Its end is told by the query that comes next; without a listener it would end the process.
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
    // Windows without changes make no batch, and prove something all the same.
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
    // It fails where the connection is lost, and then there is nothing to take back.
    await connection.query("ROLLBACK").catch(() => undefined);
    throw error;
  }
}
