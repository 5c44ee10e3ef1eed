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

  /** How it stands with each account, at any time; plain JSON. Of a batch that is not committed nothing is claimed. */
  report(): Report {
    return { accounts: this.accounts.map((account) => account.report()) };
  }

  /**
   * Where each account stands, for those who keep checkpoints without a store: those that were given, brought up to what has been taken. After the loop
   * as of the end of the pass, which may have proven more than any batch tells; of a batch in whose midst the loop was left, nothing.
   */
  checkpoints(): SyncCheckpoint[] {
    const latest = this.accounts.flatMap(({ checkpoint }) => checkpoint ?? []);
    return [...new Map([...this.given, ...latest].map((checkpoint) => [checkpoint.account, checkpoint])).values()];
  }
}
