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
import type { CheckpointKeeper } from "./checkpoint-session.js";
import { CommittedState } from "./committed-state.js";
import { ContentHash } from "./content-hash.js";
import { keptKeyOf } from "./kept-key.js";
import { preparePass, upTo } from "./prepare-pass.js";
import type { RowRead } from "./row-comparison.js";
import { batchOf, type SyncBatch, type SyncChange } from "./sync-batch.js";
import { type RequestedRanges, SyncState, type WindowChange } from "./sync-state.js";

/** What is to be kept in step. */
interface SyncWanted {
  range: Span;
  /** In place of the provider's; null: the provider's. */
  settleSeconds: number | null;
  /** Whether records carry the vendor's own row. */
  raw: boolean;
  /** How many rows may be held. */
  limits: RowLimits;
  /** Intervals that are given up, by the start of calls. */
  abandon: readonly Span[];
}

/** A call that was read, and what tells whether it is new. */
interface SeenRow extends RowRead {
  record: CallRecord;
}

/** One pass over one account: reads what is not complete, and hands out what is new in it. */
export class AccountSync {
  readonly progress: Progress;
  private readonly hash: ContentHash;
  /** Null until the account's checkpoint is there. */
  private committed: CommittedState | null = null;
  /** What is left to do when everything was read; null until then, and afterwards. */
  private finishing: (() => Promise<void>) | null = null;
  /** Of the caller's own checkpoints: as of the batches that were taken. */
  private taken: SyncCheckpoint | null = null;
  private isStored = false;
  private handedOut = 0;
  private acknowledged = 0;

  constructor(
    private readonly session: AccountSession,
    private readonly wanted: SyncWanted,
    private readonly keeper: CheckpointKeeper,
    private readonly invocation: Invocation,
  ) {
    this.progress = new Progress(session.provider, invocation.id);
    this.hash = new ContentHash(session.provider.operations.records.volatile);
  }

  get account(): string {
    return this.session.provider.account;
  }

  /** Batches that were handed out, and those of them that are not committed. Where the caller keeps the checkpoints, none has to be. */
  get batchCounts(): { handedOut: number; uncommitted: number } {
    return { handedOut: this.handedOut, uncommitted: this.isStored ? this.handedOut - this.acknowledged : 0 };
  }

  /** As of what is committed; of the caller's own, as of what was taken. Null where nothing is known yet. */
  get checkpoint(): SyncCheckpoint | null {
    return this.isStored ? (this.committed?.state.checkpoint() ?? null) : this.taken;
  }

  /** Batch by batch. Each is compared with what is committed when its window has been read. */
  batches(): Batches<SyncBatch> {
    return this.invocation.account(this.progress, (abort) => this.pass(abort));
  }

  report(): AccountReport {
    return this.progress.report();
  }

  /** Ends the pass: waits for commits that are under way, saves what the end of a pass tells, and releases the checkpoint. */
  async close(): Promise<void> {
    try {
      await this.finish();
    } finally {
      await this.committed?.release();
    }
  }

  private async *pass(abort: LinkedAbort): Batches<SyncBatch> {
    const { isolateFailures, unreadableRows } = this.invocation.policy;
    // Of windows that meet, each has to hold all of its rows: whichever is committed, what it proves was handed out with it.
    const policy = {
      isolateFailures,
      unreadableRows,
      verify: true,
      repeatedKeys: "deliver" as const,
      splitsUnverified: true,
      ...this.wanted.limits,
      startsNear: "window" as const,
    };
    const { provider } = this.session;
    const kept = await this.keeper.open(provider);
    this.isStored = kept.isStored;
    this.taken = kept.checkpoint;
    const committed = new CommittedState(
      new SyncState(provider, kept.checkpoint, gridOf(provider.operations.records, provider).overlapMs),
      kept,
    );
    this.committed = committed;
    preparePass(this.session, committed.state, this.wanted, this.invocation);
    await checkAccount(
      this.session,
      committed.state,
      this.hash,
      { limits: this.wanted.limits, isolateFailures },
      this.progress,
      abort,
    );
    // What was asked for is not to be forgotten, however the pass ends.
    await committed.apply(
      () => undefined,
      (state) => state.hasChanged,
    );
    const source = this.open(committed);
    const emptyStart = emptyStartCheck(source);
    let isFirst = true;
    for await (const window of emptyStart.checkAfter(
      inWindows(source, policy, abort, this.finishRow(committed, source, emptyStart)),
    )) {
      // What is being saved is known when it is saved: it would be handed out again.
      await committed.idle();
      // A window that failed may have told no time, and this machine's alone may be far behind.
      if (isFirst && window.result !== "failed") {
        await this.truncate(committed, source);
        isFirst = false;
      }
      const { changes, add, again, conflict, noteConflicts } = this.compare(committed.state, source, window);
      const close = () => {
        window.close(conflict === null ? undefined : "incomplete");
        source.plan.partitions.forEach(({ application }, place) => {
          if (application === window.partition.application) source.coverage?.withdraw(place, again);
        });
      };
      if (conflict !== null && !isolateFailures) {
        // The next pass may read only one of the two calls: it has to know of the other.
        await committed.apply(noteConflicts);
        if (!kept.isStored) this.taken = committed.state.checkpoint();
        close();
        throw conflict;
      }
      if (conflict !== null) this.progress.note(conflict);
      if (changes.length === 0) {
        // It depends on nothing but what is committed.
        await committed.apply(add, (state) => state.hasProgressed || conflict !== null);
        if (!kept.isStored) this.taken = committed.state.checkpoint();
        close();
      } else if (kept.isStored) {
        yield [this.storedBatch(changes, committed, add, close)];
      } else {
        await committed.apply(add);
        const checkpoint = committed.state.checkpoint();
        yield [this.callersBatch(changes, checkpoint)];
        this.taken = checkpoint;
        close();
      }
    }
    this.finishing = () =>
      committed.apply(
        (state) => {
          state.lose(this.requestedOf(source), source.plan.partitions);
        },
        (state) => state.hasChanged,
      );
    // Batches that are still to be committed must not be given up with what the vendor no longer keeps.
    if (this.batchCounts.uncommitted === 0) await this.finish();
  }

  /** Once a response has told the time: forgets what a clock that was ahead has said. */
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

  /** Of all that is to be read, and was not proven before. */
  private open(committed: CommittedState): Source<MappedCall> {
    const { session, wanted } = this;
    const { provider } = session;
    const { records } = provider.operations;
    const windowMarginMs = windowMarginMsOf(records, provider);
    const settle = wanted.settleSeconds === null ? {} : { settleSeconds: wanted.settleSeconds };
    return openSource(
      session,
      (now) => {
        const range = upTo(now, committed.state.due);
        return planRanges(
          provider,
          records,
          { range, readRanges: range.widen(windowMarginMs) },
          { now, ...settle },
          (partitions) =>
            committed.state.earlier(partitions, now, (wanted.settleSeconds ?? provider.settleSeconds) * 1000),
        );
      },
      this.progress,
    );
  }

  /** A row as it is compared with what was handed out; null where its call lies on no ground that was asked for. */
  private finishRow(committed: CommittedState, source: Source<MappedCall>, emptyStart: EmptyStartCheck) {
    const { id, account } = this.session.provider;
    return (
      mapped: MappedCall,
      raw: unknown,
      { window, partition }: { window: PlannedWindow; partition: Partition },
    ): SeenRow | null => {
      const startedAt = startOf(mapped, this.session);
      emptyStart.see(startedAt);
      const record = recordOf(id, account, mapped, this.wanted.raw ? raw : undefined);
      const key = keptKeyOf(record.id, this.session.clean);
      // A call that was handed out, and whose start turns out to be elsewhere, is to be corrected.
      if (!committed.state.requested.holds(startedAt) && !committed.state.isKnown(partition.application, key))
        return null;
      // All others of its calls were handed out when it was read before.
      if (window.again === true && !committed.state.wasPassedOver(partition, startedAt)) return null;
      return { record, key, hash: this.hash.of(raw), startedAt, at: placeOf(startedAt, window, source) };
    };
  }

  /** What of a window is new, and what is to be added to the state once that is kept. */
  private compare(state: SyncState, source: Source<MappedCall>, window: WindowRead<SeenRow>) {
    const { partitions } = source.plan;
    const compared = state.compare(window.partition, partitions, window.rows, window.window.settled);
    const conflicts = compared.filter(({ seen }) => seen === "conflict");
    const changes = compared.flatMap(({ record, seen }): SyncChange[] =>
      seen === "new" || seen === "updated" ? [{ type: seen, record }] : [],
    );
    const rows = compared.flatMap(({ key, hash, startedAt, at, seen }) =>
      seen === "same" ? [] : [{ key, hash, startedAt, at, seen }],
    );
    const again = state.aroundFormerStarts(window.partition, rows, source.plan.coverage?.windowMarginMs ?? 0);
    const outcome = this.outcomeOf(source, conflicts.length === 0 ? window : { ...window, result: "incomplete" });
    const latestStart = window.rows.reduce<number | null>(
      (latest, { record }) => Math.max(latest ?? Number.NEGATIVE_INFINITY, record.startedAt.getTime()),
      null,
    );
    const change = { partition: window.partition, partitions, rows, latestStart, again, outcome };
    const add = (changed: SyncState) => {
      changed.add(change);
    };
    const noteConflicts = (changed: SyncState) => {
      changed.add({ ...change, rows: rows.filter(({ seen }) => seen === "conflict") });
    };
    const [first] = conflicts;
    const conflict = first === undefined ? null : this.conflictOf(first, source, window);
    return {
      changes: changes.sort((a, b) => a.record.startedAt.getTime() - b.record.startedAt.getTime()),
      add,
      again,
      conflict,
      noteConflicts,
    };
  }

  private conflictOf(
    { record: { id, startedAt } }: SeenRow,
    { plan }: Source<MappedCall>,
    { window: { span } }: WindowRead<SeenRow>,
  ): IncompleteError {
    const { session } = this;
    const errorContext = session.errorContext({
      operation: plan.operation.name,
      window: span === null ? null : toInterval(span),
    });
    return incomplete(
      errorContext,
      `the id ${session.clean(id)} came with two different calls; the one that started at ${startedAt.toISOString()} was not handed on`,
    );
  }

  private outcomeOf(
    source: Source<MappedCall>,
    { window, result, verifiedTo, sum }: WindowRead<SeenRow>,
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
        witnessedNow: this.session.clock.witnessedNow(),
        isAwaiting: window.split?.awaited != null,
        settled,
        requested,
      };
    // What is not settled is read again anyway; in smaller windows where it fails, as all of it is missing.
    if (!settled) return result === "failed" ? { type: "doubt", window: { ...span, result } } : null;
    if (sum === "short")
      return {
        type: "refuse",
        span,
        before: source.plan.coverage?.earlier?.complete[window.partition] ?? Intervals.empty,
        requested,
      };
    return { type: "doubt", window: { ...span, result: result === "incomplete" ? "incomplete" : "failed" } };
  }

  /** Up to where a window can have been read. By the clock as it is now: the one that it was planned by may have been ahead. */
  private readEnd({ plan: { grid } }: Source<MappedCall>, { to }: Span): number {
    const now = this.session.clock.soonestNow();
    return Math.min(to, grid?.ceil(now) ?? now);
  }

  /** By the clock as it is now: by one that was ahead, more would seem to be beyond retention than is. */
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

  /** A batch that is kept by its commit: only then does its window count as read. */
  private storedBatch(
    changes: SyncChange[],
    committed: CommittedState,
    add: (state: SyncState) => void,
    close: () => void,
  ): SyncBatch {
    this.handedOut += 1;
    return batchOf(this.account, changes, {
      checkpoint: () => committed.preview(add),
      save: async () => {
        await committed.apply(add);
        this.acknowledged += 1;
        this.progress.rows += changes.length;
        close();
      },
    });
  }

  /** A batch that the caller keeps, with the checkpoint of it and all before it. */
  private callersBatch(changes: SyncChange[], checkpoint: SyncCheckpoint): SyncBatch {
    this.handedOut += 1;
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
 * Where among the starts a row is kept: at its own, as a rule. A call that is longer than calls are said to be starts where all may be complete
 * already; kept there, it would be taken for one that was handed out. It is kept where nothing is complete before its window is proven.
 */
function placeOf(startedAt: number, { span }: PlannedWindow, { plan: { grid, coverage } }: Source<MappedCall>): number {
  if (span === null || grid === null) return startedAt;
  const windowMarginMs = coverage?.windowMarginMs ?? 0;
  const { start } = grid.bounds(span);
  const isNear = start.getTime() - windowMarginMs <= startedAt && startedAt <= grid.lastOf(span) + windowMarginMs;
  return isNear ? startedAt : span.to + windowMarginMs - 1;
}
