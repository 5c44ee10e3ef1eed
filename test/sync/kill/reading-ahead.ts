import { open } from "node:fs/promises";
import { type CallRecordsClient, CheckpointError, type SyncBatch } from "call-records";
import { rowsFileIn, storeIn } from "./at-least-once.js";
import { deliver } from "./delivery.js";
import type { Pass } from "./pass.js";

/** The number of batches that are requested at once. */
const BATCHES_AT_ONCE = 3;

/**
 * Runs a sync that requests several batches at once, stores their rows, and then commits all of them concurrently, the last one first. They count as one
 * batch. At the end of a pass, some batches may remain uncommitted.
 * @param announce called with the number of each group of batches before its rows are stored.
 */
export async function consumeReadingAhead(
  client: CallRecordsClient,
  { folder, from, run }: Pass,
  announce: (batch: number) => void | Promise<void>,
): Promise<void> {
  const rows = await open(rowsFileIn(folder), "a");
  const iterator = client.sync({ from, store: storeIn(folder) })[Symbol.asyncIterator]();
  try {
    for (let batch = 1; ; batch += 1) {
      const results = await Promise.allSettled(Array.from({ length: BATCHES_AT_ONCE }, () => iterator.next()));
      const batches = results.flatMap(batchIn);
      await announce(batch);
      const lines = batches.flatMap(({ changes }) =>
        changes.map((change) => JSON.stringify(deliver(change, run, batch))),
      );
      // The leading newline ends a line that an earlier process left unfinished.
      await rows.writeFile(`\n${lines.join("\n")}\n`);
      await rows.datasync();
      if (batches.length < BATCHES_AT_ONCE) return;
      await Promise.all(batches.reverse().map((received) => received.commit()));
    }
  } finally {
    await iterator.return();
    await rows.close();
  }
}

/**
 * Returns the batch of a result, or nothing at the end of a pass, also when that pass has uncommitted batches.
 * @throws the error of any other rejected result.
 */
function batchIn(result: PromiseSettledResult<IteratorResult<SyncBatch, void>>): SyncBatch[] {
  if (result.status === "fulfilled") return result.value.done === true ? [] : [result.value.value];
  if (result.reason instanceof CheckpointError && !result.reason.retryable) return [];
  throw result.reason;
}
