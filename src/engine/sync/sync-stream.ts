import type { Report } from "../../model/account-report.js";
import { RequestError } from "../../model/errors.js";
import type { Invocation } from "../calls/invocation.js";
import { mergeAsTheyCome } from "../calls/merge.js";
import type { SyncCheckpoint } from "../checkpoints/checkpoint.js";
import type { AccountSync, SyncBatch } from "./account-sync.js";

/**
 * What is new since the last commit, batch by batch: nothing is sent before the first is asked for. It can be read once; the next pass is another
 * `sync`.
 */
export class SyncStream implements AsyncIterable<SyncBatch> {
  private opened = false;

  /** @internal Streams are made by `client.sync(…)`. */
  constructor(
    private readonly accounts: readonly AccountSync[],
    /** Those of the caller's own that it goes on from. */
    private readonly given: readonly SyncCheckpoint[],
    private readonly invocation: Invocation,
  ) {}

  /**
   * Taking the next batch, or coming to the end, commits the last one. A loop that is left by `break` or by an exception leaves its last batch
   * uncommitted: it comes again.
   * @throws CallRecordsError of whichever class describes the first failure, unless failures are isolated; CheckpointError when a checkpoint is
   * damaged, foreign, or being synced by another; what the store throws.
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<SyncBatch, void, undefined> {
    if (this.opened) throw new RequestError("A sync stream can be read once. Call `sync` again for the next pass.");
    this.opened = true;
    for await (const batches of this.invocation.batches(() => mergeAsTheyCome(this.accounts.map((account) => account.batches()), this.invocation.stop))) {
      for (const batch of batches) {
        yield batch;
        await batch.commit();
      }
    }
  }

  /** What has been done so far for each account, at any time. Plain JSON. A batch that is not committed does not count as read. */
  report(): Report {
    return { accounts: this.accounts.map((account) => account.report()) };
  }

  /**
   * Where each account stands, for callers who keep checkpoints themselves: those that were given, brought up to the batches that have been taken.
   * After the loop they are those of the end of the pass, which may have proven more than any batch tells. A batch at which the loop was left is not in
   * them.
   */
  checkpoints(): SyncCheckpoint[] {
    const latest = this.accounts.flatMap(({ checkpoint }) => checkpoint ?? []);
    return [...new Map([...this.given, ...latest].map((checkpoint) => [checkpoint.account, checkpoint])).values()];
  }
}
