import type { Report } from "../../model/account-report.js";
import { CheckpointError, RequestError } from "../../model/errors.js";
import type { Invocation } from "../invocation.js";
import { mergeInArrivalOrder } from "../../engine/lists/merge.js";
import type { SyncCheckpoint } from "../../engine/checkpoints/checkpoint.js";
import type { AccountSync } from "./account-sync.js";
import type { SyncBatch } from "./sync-batch.js";

/**
 * What is new since the last commit, batch by batch: nothing is sent before the first is asked for. It can be read once, by `forEach` or as an iterable; the
 * next pass is another `sync`.
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
   * Calls back with each batch, one at a time, and commits the batch when the callback has resolved. If the callback rejects, its batch is not committed, the
   * pass stops, and the same error is thrown. Resolves when everything was read.
   * @param callback stores the changes of a batch. What it resolves with is ignored.
   * @example
   * await client.sync({ from: "2026-10-01T00:00:00+08:00", store }).forEach(async ({ changes }) => { await save(changes.map(({ record }) => record)); });
   * @throws what the callback throws; RequestError when it is no function; else as for single batches.
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
   * Batch by batch. Taking a batch, or the next one, commits nothing: only `await batch.commit()` does, also where a pipeline reads ahead. A batch that is not
   * committed comes again in the next pass, and only such a batch does. With `checkpoint` in place of a store nothing needs to be committed.
   * @throws CallRecordsError of whichever class describes the first failure, unless failures are isolated; CheckpointError when a checkpoint is
   * damaged, foreign, or being synced by another, and at the end of a pass of which batches were not committed; what the store throws.
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

  /** @param hasFailed whether a failure is being thrown: it is the one to tell. */
  private async close(hasFailed: boolean): Promise<void> {
    const closed = await Promise.allSettled(this.accounts.map((account) => account.close()));
    const failed = closed.find((result) => result.status === "rejected");
    if (failed !== undefined && !hasFailed) throw failed.reason;
  }

  /** @throws CheckpointError when everything was read, and not everything committed. */
  private checkCommits(): void {
    const counts = this.accounts.map((account) => ({ account: account.account, ...account.batchCounts }));
    const total = counts.reduce((sum, { handedOut }) => sum + handedOut, 0);
    const left = counts.filter(({ uncommitted }) => uncommitted > 0);
    const uncommitted = left.reduce((sum, account) => sum + account.uncommitted, 0);
    if (uncommitted === 0) return;
    throw new CheckpointError(
      `sync: ${uncommitted} of ${total} batches were not committed (${left.map(({ account }) => account).join(", ")}). The next pass returns them again. ` +
        "Call `await batch.commit()` when the changes of a batch are stored, before the next batch is taken; or let `sync(…).forEach(async (batch) => { … })` commit each batch after its callback.",
      { operation: "sync", ...(left.length === 1 ? { account: left[0]?.account } : {}) },
    );
  }

  /**
   * What has been done so far for each account, at any time. Plain JSON. With a store, a batch counts as read when it is committed; with checkpoints of the
   * caller's own, when the next one is taken.
   */
  report(): Report {
    return { accounts: this.accounts.map((account) => account.report()) };
  }

  /**
   * Where each account stands. For callers who keep checkpoints themselves: those that were given, brought up to the batches that have been taken. After the
   * loop they are those of the end of the pass, which may have proven more than any batch tells. A batch at which the loop was left is not in them. Taking the
   * next batch says that the last one is kept: a caller who reads ahead must keep `batch.checkpoint` with each batch instead, in the order of the batches.
   * With a store, they tell what is committed.
   */
  checkpoints(): SyncCheckpoint[] {
    const latest = this.accounts.flatMap(({ checkpoint }) => checkpoint ?? []);
    return [...new Map([...this.given, ...latest].map((checkpoint) => [checkpoint.account, checkpoint])).values()];
  }
}
