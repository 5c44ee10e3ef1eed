import { open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type CallRecordsClient, FileCheckpointStore } from "call-records";
import { type Delivery, deliver } from "./delivery.js";
import type { Pass } from "./pass.js";

export const rowsFileIn = (folder: string) => join(folder, "rows");
export const storeIn = (folder: string) => new FileCheckpointStore(join(folder, "checkpoints"));

/**
 * Runs a sync that stores the rows of each batch, and then commits the batch.
 * @param announce called with the number of each batch before its rows are stored.
 */
export async function consumeAtLeastOnce(
  client: CallRecordsClient,
  { folder, from, run }: Pass,
  announce: (batch: number) => void | Promise<void>,
): Promise<void> {
  const rows = await open(rowsFileIn(folder), "a");
  try {
    let batch = 0;
    await client.sync({ from, store: storeIn(folder) }).forEach(async ({ changes }) => {
      batch += 1;
      await announce(batch);
      const lines = changes.map((change) => JSON.stringify(deliver(change, run, batch)));
      // The leading newline ends a line that an earlier process left unfinished.
      await rows.writeFile(`\n${lines.join("\n")}\n`);
      await rows.datasync();
    });
  } finally {
    await rows.close();
  }
}

/** Returns all stored rows, except for lines that were incomplete when a process was killed. */
export async function readRows(folder: string): Promise<Delivery[]> {
  const lines = (await readFile(rowsFileIn(folder), "utf8").catch(() => "")).split("\n");
  return lines.flatMap((line) => (line.endsWith("}") ? [JSON.parse(line) as Delivery] : []));
}
