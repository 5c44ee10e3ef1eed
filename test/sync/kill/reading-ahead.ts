import { open } from "node:fs/promises";
import { type CallRecordsClient, CheckpointError, type SyncBatch } from "call-records";
import { rowsFileIn, storeIn } from "./at-least-once.js";
import { deliver } from "./delivery.js";
import type { Pass } from "./pass.js";

/** Batches that are taken at once. */
const AHEAD = 3;

/**
 * Takes several batches at once, keeps their rows, and commits them then: all at the same time, the last one first. What it takes at once counts as one batch.
 * At the end of a pass some may be left without a commit.
 * @param announce told of each before its rows are kept.
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
      const results = await Promise.allSettled(Array.from({ length: AHEAD }, () => iterator.next()));
      const taken = results.flatMap(batchIn);
      await announce(batch);
      const lines = taken.flatMap(({ changes }) =>
        changes.map((change) => JSON.stringify(deliver(change, run, batch))),
      );
      // Behind a line that an earlier process has not finished.
      await rows.writeFile(`\n${lines.join("\n")}\n`);
      await rows.datasync();
      if (taken.length < AHEAD) return;
      await Promise.all(taken.reverse().map((one) => one.commit()));
    }
  } finally {
    await iterator.return();
    await rows.close();
  }
}

/** @throws what a batch was rejected with, unless that is the end of a pass of which batches are left. */
function batchIn(result: PromiseSettledResult<IteratorResult<SyncBatch, void>>): SyncBatch[] {
  if (result.status === "fulfilled") return result.value.done === true ? [] : [result.value.value];
  if (result.reason instanceof CheckpointError && !result.reason.retryable) return [];
  throw result.reason;
}
