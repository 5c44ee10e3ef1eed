import type { Report } from "../../model/account-report.js";
import { CheckpointError, RequestError } from "../../model/errors.js";
import type { Invocation } from "../invocation.js";
import { mergeInArrivalOrder } from "../../engine/lists/merge.js";
import type { SyncCheckpoint } from "../../engine/checkpoints/checkpoint.js";
import type { AccountSync } from "./account-sync.js";
import type { SyncBatch } from "./sync-batch.js";

/**
 * The batches of one pass: the changes since the last commit. No request is sent before the first batch is read. It can be read once, by `forEach` or as an
 * iterable. For the next pass, call `sync` again.
 *
 * Delivery is **at least once**: a batch that was not committed is delivered again in the next pass. A committed batch is not delivered again, except for
 * intervals that are read again because a clock was ahead or an option changed. A batch that is read before the last one is committed may repeat calls of it
 * where their windows meet.
 */
export class SyncStream implements AsyncIterable<SyncBatch> {
  private opened = false;

  /** @internal Streams are created by `client.sync(…)`. */
  constructor(
    private readonly accounts: readonly AccountSync[],
    /** The caller's own checkpoints, with which the pass begins. */
    private readonly given: readonly SyncCheckpoint[],
    private readonly invocation: Invocation,
  ) {}

  /**
   * Calls the callback with each batch, one at a time, and commits the batch after the callback has resolved. If the callback rejects, its batch is not
   * committed, the pass stops, and the same error is thrown. Resolves at the end of the pass.
   * @param callback stores the changes of a batch. Its result is ignored.
   * @example
   * await client.sync({ from: "2026-10-01T00:00:00+08:00", store }).forEach(async ({ changes }) => { await save(changes.map(({ record }) => record)); });
   * @throws the error of the callback; RequestError when it is not a function; the errors of the iterator.
   */
  async forEach(callback: (batch: SyncBatch) => unknown): Promise<void> {
    // Plain JavaScript may pass anything.
    if (typeof callback !== "function")
      throw new RequestError("`forEach`: argument `callback` must be a function that stores the changes of a batch.");
    for await (const batch of this) {
      await callback(batch);
      await batch.commit();
    }
  }

  /**
   * Iterates over the batches. Only `await batch.commit()` commits a batch. Reading the next batch commits nothing, so a pipeline may read ahead. With
   * `checkpoint` instead of `store`, no commit is needed.
   * @throws CallRecordsError of the class of the first failure, unless failures are isolated; CheckpointError when a checkpoint is damaged, belongs to another
   * account, or is locked by another sync, and at the end of a pass with batches that were not committed; the error of the store.
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<SyncBatch, void, undefined> {
    if (this.opened) throw new RequestError("A sync stream can be read once. Call `sync` again for the next pass.");
    this.opened = true;
    let hasFailed = false;
    try {
      for await (const batches of this.invocation.batches(() =>
        mergeInArrivalOrder(
          this.accounts.map((account) => account.batches()),
          this.invocation.stop,
        ),
      ))
        yield* batches;
    } catch (error) {
      hasFailed = true;
      throw error;
    } finally {
      await this.close(hasFailed);
    }
    this.checkCommits();
  }

  /** @param hasFailed whether an error is already being thrown. An error of the close is then ignored. */
  private async close(hasFailed: boolean): Promise<void> {
    const closed = await Promise.allSettled(this.accounts.map((account) => account.close()));
    const failed = closed.find((result) => result.status === "rejected");
    if (failed !== undefined && !hasFailed) throw failed.reason;
  }

  /** @throws CheckpointError when a batch of the complete pass was not committed. */
  private checkCommits(): void {
    const counts = this.accounts.map((account) => ({ account: account.account, ...account.batchCounts }));
    const total = counts.reduce((sum, { delivered }) => sum + delivered, 0);
    const left = counts.filter(({ uncommitted }) => uncommitted > 0);
    const uncommitted = left.reduce((sum, account) => sum + account.uncommitted, 0);
    if (uncommitted === 0) return;
    throw new CheckpointError(
      `sync: ${uncommitted} of ${total} batches were not committed (${left.map(({ account }) => account).join(", ")}). The next pass returns them again. ` +
        "Call `await batch.commit()` after you have stored the changes of a batch, or use `sync(…).forEach(async (batch) => { … })`, which commits each batch after its callback.",
      { operation: "sync", ...(left.length === 1 ? { account: left[0]?.account } : {}) },
    );
  }

  /**
   * Returns the current report of each account, as JSON. It can be called at any time. With a store, a batch counts as read when it is committed. With the
   * caller's own checkpoints, it counts when the next batch is read.
   */
  report(): Report {
    return { accounts: this.accounts.map((account) => account.report()) };
  }

  /**
   * Returns the checkpoint of each account. With a store, it contains the committed batches. With the caller's own checkpoints, it contains the batches before
   * the last one that was read, because reading the next batch confirms that the last one was stored. A caller that reads ahead must therefore store
   * `batch.checkpoint` with each batch, in the order of the batches. After the loop, the checkpoints include the end of the pass, which may have verified more
   * than the last batch states. A batch at which the loop was left is not included.
   */
  checkpoints(): SyncCheckpoint[] {
    const latest = this.accounts.flatMap(({ checkpoint }) => checkpoint ?? []);
    return [...new Map([...this.given, ...latest].map((checkpoint) => [checkpoint.account, checkpoint])).values()];
  }
}
