import type { MappedCall } from "../../contract/mapped-call.js";
import type { AccountReport } from "../../model/account-report.js";
import type { LinkedAbort } from "../../engine/account/abort.js";
import type { AccountSession } from "../../engine/account/account-session.js";
import type { SyncCheckpoint } from "../../engine/checkpoints/checkpoint.js";
import { emptyStartCheck } from "../../engine/lists/empty-start.js";
import type { Intervals, Span } from "../../engine/lists/intervals.js";
import { gridOf, oldestReadable, windowMarginMsOf } from "../../engine/lists/list-limits.js";
import { withoutUnlisted } from "../../engine/lists/discovery.js";
import { planRanges } from "../../engine/lists/list-plan.js";
import { inWindows, openSource, type Source, type WaitingPolicy } from "../../engine/lists/list-source.js";
import { startOf } from "../../engine/lists/mapped-call.js";
import { readFirst } from "../../engine/lists/read-first.js";
import type { Batches } from "../../engine/lists/merge.js";
import { Progress } from "../../engine/lists/progress.js";
import type { RowLimits } from "../../engine/lists/row-limits.js";
import type { Invocation } from "../invocation.js";
import { checkAccountOfPass, discoverForPass } from "./pass-applications.js";
import type { CheckpointSource } from "./checkpoint-session.js";
import { CommittedState } from "./committed-state.js";
import { ContentHash } from "./content-hash.js";
import { preparePass, upTo } from "./prepare-pass.js";
import { batchOf, type SyncBatch, type SyncChange } from "./sync-batch.js";
import { SyncState } from "./sync-state.js";
import { WindowComparison } from "./window-comparison.js";

/** The arguments of a pass over one account. */
interface PassOptions {
  range: Span;
  /** Null for the provider's value. */
  settleSeconds: number | null;
  /** Whether records contain the vendor's own row. */
  raw: boolean;
  /** The limits of rows in memory. */
  limits: RowLimits;
  /** Intervals to abandon, by the start of calls. */
  abandon: readonly Span[];
  /** Ranges to read first, by the start of calls. */
  around: Intervals;
}

/** One pass over one account: reads the intervals that are not complete, and delivers the changes in them. */
export class AccountSync {
  readonly progress: Progress;
  private readonly hash: ContentHash;
  /** Null until the checkpoint is loaded. */
  private committed: CommittedState | null = null;
  /** The last step after all windows were read. Null before that, and after it has run. */
  private finishing: (() => Promise<void>) | null = null;
  /** The checkpoint when the caller stores it: that of the batches which the consumer has confirmed by reading the next one. */
  private taken: SyncCheckpoint | null = null;
  private isStored = false;
  private delivered = 0;
  private committedBatches = 0;

  constructor(
    private readonly session: AccountSession,
    private readonly options: PassOptions,
    private readonly checkpoints: CheckpointSource,
    private readonly invocation: Invocation,
  ) {
    this.progress = new Progress(session.provider, invocation.id);
    this.hash = new ContentHash(session.provider.operations.records.volatile);
  }

  get account(): string {
    return this.session.provider.account;
  }

  /** The number of delivered batches, and of those that are not committed. The latter is 0 when the caller stores the checkpoints. */
  get batchCounts(): { delivered: number; uncommitted: number } {
    return { delivered: this.delivered, uncommitted: this.delivered - this.committedBatches };
  }

  /** The checkpoint of the committed batches, or of the confirmed batches when the caller stores the checkpoints. Null before it is loaded. */
  get checkpoint(): SyncCheckpoint | null {
    return this.isStored ? (this.committed?.state.checkpoint() ?? null) : this.taken;
  }

  /** Returns the batches. Each window is compared with the committed state after it was read. */
  batches(): Batches<SyncBatch> {
    return this.invocation.account(this.session, this.progress, (abort) => this.pass(abort));
  }

  report(): AccountReport {
    return this.progress.report();
  }

  /** Ends the pass: waits for pending commits, saves the final state, and releases the checkpoint. */
  async close(): Promise<void> {
    try {
      await this.finish();
    } finally {
      await this.committed?.release();
    }
  }

  private async *pass(abort: LinkedAbort): Batches<SyncBatch> {
    const { isolateFailures, unreadableRows } = this.invocation.policy;
    const policy: WaitingPolicy = {
      isolateFailures,
      unreadableRows,
      verify: true,
      // Adjacent windows may share rows. Each keeps all of its rows, because either may be committed without the other.
      repeatedKeys: "deliver",
      splitsUnverified: true,
      ...this.options.limits,
      startsNear: "window",
    };
    const { provider } = this.session;
    const saved = await this.checkpoints.open(provider);
    this.isStored = saved.isStored;
    this.taken = saved.checkpoint;
    const { overlapMs } = gridOf(provider.operations.records, provider);
    const committed = new CommittedState(SyncState.restore(provider, saved.checkpoint, overlapMs), saved);
    this.committed = committed;
    await discoverForPass(this.session, saved.checkpoint, this.progress, abort);
    preparePass(this.session, committed.state, this.options, this.invocation);
    await checkAccountOfPass(
      this.session,
      committed.state,
      this.hash,
      { limits: this.options.limits, isolateFailures },
      this.progress,
      abort,
    );
    // The requested ranges must be saved even when the pass fails.
    await committed.apply(
      () => undefined,
      (state) => state.hasChanged,
    );
    const source = this.open(committed);
    const comparison = new WindowComparison(source, this.hash, this.options.raw);
    const emptyStart = emptyStartCheck(source);
    const windows = inWindows(source, policy, abort, (mapped, raw, delivery) => {
      emptyStart.see(startOf(mapped, this.session));
      return comparison.read(committed.state, mapped, raw, delivery);
    });
    let isFirst = true;
    for await (const window of emptyStart.checkAfter(windows)) {
      // A pending commit changes the state. Comparing before it would deliver its calls again.
      await committed.idle();
      // A failed window may have brought no `Date`, and the machine's clock alone may be far behind.
      if (isFirst && window.result !== "failed") {
        await this.truncate(committed, source);
        isFirst = false;
      }
      const { changes, change, conflict } = comparison.compare(committed.state, window);
      const add = (state: SyncState) => {
        state.add(change);
      };
      const close = () => {
        window.close(conflict === null ? undefined : "incomplete");
        source.plan.partitions.forEach(({ application }, place) => {
          if (application === window.partition.application) source.coverage?.withdraw(place, change.reread);
        });
      };
      if (conflict !== null && !isolateFailures) {
        // The next pass may read only one of the two calls, so the other one must be saved.
        const rows = change.rows.filter((row) => row.comparison === "conflict");
        await committed.apply((state) => {
          state.add({ ...change, rows });
        });
        if (!saved.isStored) this.taken = committed.state.checkpoint();
        close();
        throw conflict;
      }
      if (conflict !== null) this.progress.note(conflict);
      if (changes.length === 0) {
        // A window without changes depends only on committed windows.
        await committed.apply(add, (state) => state.intervals.hasVerifiedMore || conflict !== null);
        if (!saved.isStored) this.taken = committed.state.checkpoint();
        close();
      } else if (saved.storesCalls) {
        await committed.apply(add, () => true, changes);
        const batch = this.finalBatch(changes, () => committed.state.checkpoint());
        close();
        yield [batch];
      } else if (saved.isStored) {
        yield [this.storedBatch(changes, committed, add, close)];
      } else {
        await committed.apply(add);
        const checkpoint = committed.state.checkpoint();
        yield [this.finalBatch(changes, () => checkpoint)];
        this.taken = checkpoint;
        close();
      }
    }
    this.finishing = () =>
      committed.apply(
        (state) => {
          state.markLost(comparison.requested, source.plan.partitions);
        },
        (state) => state.hasChanged,
      );
    // Otherwise intervals of pending batches could be marked as lost.
    if (this.batchCounts.uncommitted === 0) await this.finish();
  }

  /** Withdraws intervals that a clock ahead of time verified. It runs after the first response, which brings the vendor's time. */
  private truncate(committed: CommittedState, { plan }: Source<MappedCall>): Promise<void> {
    const { settleMs } = plan;
    return committed.apply(
      (state) => {
        const { clock, provider } = this.session;
        const now = clock.vendorNow();
        state.intervals.truncate(now, clock.ownNow(), settleMs, oldestReadable(plan.operation, provider, now));
      },
      () => false,
    );
  }

  private async finish(): Promise<void> {
    await this.committed?.idle();
    const { finishing } = this;
    this.finishing = null;
    await finishing?.();
    if (finishing !== null) this.taken = this.committed?.state.checkpoint() ?? null;
  }

  /** Opens the source of all ranges that are to be read and were not verified before. */
  private open(committed: CommittedState): Source<MappedCall> {
    const { session } = this;
    const { provider, clock } = session;
    const { records } = provider.operations;
    const settleSeconds = this.options.settleSeconds ?? provider.settleSeconds;
    const planAt = (now: number) => {
      const { intervals } = committed.state;
      const range = upTo(now, intervals.due);
      const readRanges = range.widen(windowMarginMsOf(records, provider));
      const options = { now, latestNow: clock.vendorNow(), settleSeconds };
      const plan = planRanges(provider, records, { range, readRanges }, options, (partitions) =>
        intervals.earlier(partitions, now, settleSeconds * 1000),
      );
      return readFirst(withoutUnlisted(plan, session), this.options.around);
    };
    return openSource(session, planAt, this.progress);
  }

  /** Returns a batch that is saved by its commit. Its window counts as read only after that. */
  private storedBatch(
    changes: SyncChange[],
    committed: CommittedState,
    add: (state: SyncState) => void,
    close: () => void,
  ): SyncBatch {
    this.delivered += 1;
    return batchOf(this.account, changes, {
      checkpoint: () => committed.preview(add),
      save: async () => {
        await committed.apply(add);
        this.committedBatches += 1;
        this.progress.rows += changes.length;
        close();
      },
    });
  }

  /** Returns a batch that needs no commit: the destination has stored it, or the caller stores it with this checkpoint. */
  private finalBatch(changes: SyncChange[], checkpoint: () => SyncCheckpoint): SyncBatch {
    this.delivered += 1;
    this.committedBatches += 1;
    this.progress.rows += changes.length;
    return batchOf(this.account, changes, { checkpoint, save: () => Promise.resolve() });
  }
}
