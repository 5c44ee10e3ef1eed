import type { MappedCall, Partition } from "../../contract/provider.js";
import type { AccountReport } from "../../model/account-report.js";
import type { CallRecord } from "../../model/call-record.js";
import type { IncompleteError } from "../../model/errors.js";
import type { LinkedAbort } from "../../engine/account/abort.js";
import type { AccountSession } from "../../engine/account/account-session.js";
import { type EmptyStartCheck, emptyStartCheck } from "../../engine/lists/empty-start.js";
import type { Invocation } from "../invocation.js";
import { recordOf, startOf } from "../../engine/lists/mapped-call.js";
import type { Batches } from "../../engine/lists/merge.js";
import { inWindows, openSource, type Source, type WindowRead } from "../../engine/lists/list-source.js";
import type { SyncCheckpoint } from "../../engine/checkpoints/checkpoint.js";
import { Intervals, type Span, toInterval } from "../../engine/lists/intervals.js";
import {
  gridOf,
  oldestReadable,
  planRanges,
  windowMarginMsOf,
  type PlannedWindow,
} from "../../engine/lists/list-plan.js";
import { incomplete } from "../../engine/lists/list-failure.js";
import { Progress } from "../../engine/lists/progress.js";
import type { RowLimits } from "../../engine/lists/row-limits.js";
import { checkAccount } from "./account-check.js";
import type { CheckpointSource } from "./checkpoint-session.js";
import { CommittedState } from "./committed-state.js";
import { ContentHash } from "./content-hash.js";
import { checkpointKeyOf } from "./checkpoint-key.js";
import { preparePass, upTo } from "./prepare-pass.js";
import type { ReadRow } from "./row-comparison.js";
import { batchOf, type SyncBatch, type SyncChange } from "./sync-batch.js";
import { SyncState } from "./sync-state.js";
import type { RequestedRanges, WindowChange } from "./window-change.js";

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
}

/** A row with its record. */
interface CallRow extends ReadRow {
  record: CallRecord;
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
    return { delivered: this.delivered, uncommitted: this.isStored ? this.delivered - this.committedBatches : 0 };
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
    // Adjacent windows may share rows. Each keeps all of its rows, because either may be committed without the other.
    const policy = {
      isolateFailures,
      unreadableRows,
      verify: true,
      repeatedKeys: "deliver" as const,
      splitsUnverified: true,
      ...this.options.limits,
      startsNear: "window" as const,
    };
    const { provider } = this.session;
    const saved = await this.checkpoints.open(provider);
    this.isStored = saved.isStored;
    this.taken = saved.checkpoint;
    const committed = new CommittedState(
      new SyncState(provider, saved.checkpoint, gridOf(provider.operations.records, provider).overlapMs),
      saved,
    );
    this.committed = committed;
    preparePass(this.session, committed.state, this.options, this.invocation);
    await checkAccount(
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
    const emptyStart = emptyStartCheck(source);
    let isFirst = true;
    for await (const window of emptyStart.checkAfter(
      inWindows(source, policy, abort, this.rowReader(committed, source, emptyStart)),
    )) {
      // A pending commit changes the state. Comparing before it would deliver its calls again.
      await committed.idle();
      // A failed window may have brought no `Date`, and the machine's clock alone may be far behind.
      if (isFirst && window.result !== "failed") {
        await this.truncate(committed, source);
        isFirst = false;
      }
      const { changes, add, reread, conflict, addConflicts } = this.compare(committed.state, source, window);
      const close = () => {
        window.close(conflict === null ? undefined : "incomplete");
        source.plan.partitions.forEach(({ application }, place) => {
          if (application === window.partition.application) source.coverage?.withdraw(place, reread);
        });
      };
      if (conflict !== null && !isolateFailures) {
        // The next pass may read only one of the two calls, so the other one must be saved.
        await committed.apply(addConflicts);
        if (!saved.isStored) this.taken = committed.state.checkpoint();
        close();
        throw conflict;
      }
      if (conflict !== null) this.progress.note(conflict);
      if (changes.length === 0) {
        // A window without changes depends only on committed windows.
        await committed.apply(add, (state) => state.hasVerifiedMore || conflict !== null);
        if (!saved.isStored) this.taken = committed.state.checkpoint();
        close();
      } else if (saved.isStored) {
        yield [this.storedBatch(changes, committed, add, close)];
      } else {
        await committed.apply(add);
        const checkpoint = committed.state.checkpoint();
        yield [this.callerBatch(changes, checkpoint)];
        this.taken = checkpoint;
        close();
      }
    }
    this.finishing = () =>
      committed.apply(
        (state) => {
          state.markLost(this.requestedOf(source), source.plan.partitions);
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
        state.truncate(
          clock.vendorNow(),
          clock.ownNow(),
          settleMs,
          oldestReadable(plan.operation, provider, clock.vendorNow()),
        );
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
    const { session, options } = this;
    const { provider } = session;
    const { records } = provider.operations;
    const windowMarginMs = windowMarginMsOf(records, provider);
    const settle = options.settleSeconds === null ? {} : { settleSeconds: options.settleSeconds };
    return openSource(
      session,
      (now) => {
        const range = upTo(now, committed.state.due);
        return planRanges(
          provider,
          records,
          { range, readRanges: range.widen(windowMarginMs) },
          { now, latestNow: session.clock.vendorNow(), ...settle },
          (partitions) =>
            committed.state.earlier(partitions, now, (options.settleSeconds ?? provider.settleSeconds) * 1000),
        );
      },
      this.progress,
    );
  }

  /** Returns a function that turns a call into a row to compare. It returns null when the call lies outside of the requested ranges. */
  private rowReader(committed: CommittedState, source: Source<MappedCall>, emptyStart: EmptyStartCheck) {
    const { records } = this.session.provider.operations;
    return (
      mapped: MappedCall,
      raw: unknown,
      { window, partition }: { window: PlannedWindow; partition: Partition },
    ): CallRow | null => {
      const startedAt = startOf(mapped, this.session);
      emptyStart.see(startedAt);
      const record = recordOf(this.session, records.name, mapped, this.options.raw ? raw : undefined);
      const key = checkpointKeyOf(record.id, this.session.clean);
      // A delivered call whose start was corrected to a time outside of the ranges is delivered as an update.
      if (!committed.state.requested.holds(startedAt) && !committed.state.isKnown(partition.application, key))
        return null;
      // Its other calls were delivered when it was read before.
      if (window.isReread === true && !committed.state.wasSkipped(partition, startedAt)) return null;
      return { record, key, hash: this.hash.of(raw), startedAt, at: storedAt(startedAt, window, source) };
    };
  }

  /** Returns the changes of a window, and the functions that add the window to the state. */
  private compare(state: SyncState, source: Source<MappedCall>, window: WindowRead<CallRow>) {
    const { partitions } = source.plan;
    const compared = state.compare(window.partition, partitions, window.rows, window.window.settled);
    const conflicts = compared.filter(({ comparison }) => comparison === "conflict");
    const changes = compared.flatMap(({ record, comparison }): SyncChange[] =>
      comparison === "new" || comparison === "updated" ? [{ type: comparison, record }] : [],
    );
    const rows = compared.flatMap(({ key, hash, startedAt, at, comparison }) =>
      comparison === "same" ? [] : [{ key, hash, startedAt, at, comparison }],
    );
    const reread = state.aroundFormerStarts(window.partition, rows, source.plan.coverage?.windowMarginMs ?? 0);
    const outcome = this.outcomeOf(source, conflicts.length === 0 ? window : { ...window, result: "incomplete" });
    const latestStart = window.rows.reduce<number | null>(
      (latest, { record }) => Math.max(latest ?? Number.NEGATIVE_INFINITY, record.startedAt.getTime()),
      null,
    );
    const change = { partition: window.partition, partitions, rows, latestStart, reread, outcome };
    const add = (changed: SyncState) => {
      changed.add(change);
    };
    const addConflicts = (changed: SyncState) => {
      changed.add({ ...change, rows: rows.filter(({ comparison }) => comparison === "conflict") });
    };
    const [first] = conflicts;
    const conflict = first === undefined ? null : this.conflictOf(first, source, window);
    return {
      changes: changes.sort((a, b) => a.record.startedAt.getTime() - b.record.startedAt.getTime()),
      add,
      reread,
      conflict,
      addConflicts,
    };
  }

  private conflictOf(
    { record: { id, startedAt } }: CallRow,
    { plan }: Source<MappedCall>,
    { window: { span } }: WindowRead<CallRow>,
  ): IncompleteError {
    const { session } = this;
    const errorContext = session.errorContext({
      operation: plan.operation.name,
      window: span === null ? null : toInterval(span),
    });
    return incomplete(
      errorContext,
      `the id ${session.clean(id)} came with two different calls; the one that started at ${startedAt.toISOString()} was not delivered`,
    );
  }

  private outcomeOf(
    source: Source<MappedCall>,
    { window, result, verifiedTo, sum }: WindowRead<CallRow>,
  ): WindowChange["outcome"] {
    const { span, settled } = window;
    if (span === null || verifiedTo === null) return null;
    const requested = this.requestedOf(source);
    if (sum === "checked") return { type: "confirm", span, requested };
    if (result === "verified" || result === "read")
      return {
        type: "advance",
        span,
        verifiedTo,
        readTo: this.readEnd(source, span),
        earlierNow: this.session.clock.witnessedNow(),
        isAwaiting: window.split?.awaited != null,
        settled,
        requested,
      };
    // An unsettled window is read again anyway. Only a failed one is noted, so that the next pass reads it in smaller windows.
    if (!settled) return result === "failed" ? { type: "unverified", window: { ...span, result } } : null;
    if (sum === "short")
      return {
        type: "refuse",
        span,
        before: source.plan.coverage?.earlier?.complete[window.partition] ?? Intervals.empty,
        requested,
      };
    return { type: "unverified", window: { ...span, result: result === "incomplete" ? "incomplete" : "failed" } };
  }

  /** Returns the end of the part of a window that can have been read, by the current clock. The clock at planning time may have been ahead. */
  private readEnd({ plan: { grid } }: Source<MappedCall>, { to }: Span): number {
    const now = this.session.clock.soonestNow();
    return Math.min(to, grid?.ceil(now) ?? now);
  }

  /** Returns the requested ranges by the current clock. With a clock that was ahead, too much would lie beyond the retention. */
  private requestedOf({ plan }: Source<MappedCall>): RequestedRanges {
    const { range, windowMarginMs, readRanges, readable } = plan.coverage ?? NOTHING;
    const { provider, clock } = this.session;
    return {
      range,
      windowMarginMs,
      readRanges,
      readable: {
        from: Math.min(readable.from, oldestReadable(plan.operation, provider, clock.soonestNow())),
        to: readable.to,
      },
    };
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

  /** Returns a batch that the caller stores, with the checkpoint of this batch and all before it. */
  private callerBatch(changes: SyncChange[], checkpoint: SyncCheckpoint): SyncBatch {
    this.delivered += 1;
    this.progress.rows += changes.length;
    return batchOf(this.account, changes, { checkpoint: () => checkpoint, save: () => Promise.resolve() });
  }
}

const NOTHING: RequestedRanges = {
  range: Intervals.empty,
  windowMarginMs: 0,
  readRanges: Intervals.empty,
  readable: { from: 0, to: 0 },
};

/**
 * Returns the instant at which a row is stored, normally its start. A call longer than `longestCallSeconds` may start in an interval that is complete already,
 * where it would count as delivered. It is stored at an instant that cannot be complete before its window is verified.
 */
function storedAt(
  startedAt: number,
  { span }: PlannedWindow,
  { plan: { grid, coverage } }: Source<MappedCall>,
): number {
  if (span === null || grid === null) return startedAt;
  const windowMarginMs = coverage?.windowMarginMs ?? 0;
  const { start } = grid.bounds(span);
  const isNear = start.getTime() - windowMarginMs <= startedAt && startedAt <= grid.lastOf(span) + windowMarginMs;
  return isNear ? startedAt : span.to + windowMarginMs - 1;
}
