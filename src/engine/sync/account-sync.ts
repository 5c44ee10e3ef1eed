import type { MappedCall } from "../../contract/provider.js";
import type { AccountReport } from "../../model/account-report.js";
import type { CallRecord } from "../../model/call-record.js";
import type { LinkedAbort } from "../account/abort.js";
import type { AccountSession } from "../account/account-session.js";
import type { Invocation } from "../calls/invocation.js";
import { recordOf, startOf } from "../calls/mapped-call.js";
import type { Batches } from "../calls/merge.js";
import { inWindows, openSource, provenEnd, type Source, type WindowRead } from "../calls/list-source.js";
import { refuseBeforeRetention, WINDOW_ROWS } from "../calls/records.js";
import { strayStartWatch } from "../calls/stray-start.js";
import type { SyncCheckpoint } from "../checkpoints/checkpoint.js";
import { Intervals, type Span } from "../lists/intervals.js";
import { oldestReadable, planGround, reachOf, type PlannedWindow } from "../lists/list-plan.js";
import { Progress } from "../lists/progress.js";
import type { CheckpointKeeper, KeptCheckpoint } from "./checkpoint-keeper.js";
import { ContentHash } from "./content-hash.js";
import { type Ground, OPEN_END, SyncState } from "./sync-state.js";

/** A call that is new, or has changed, since the last commit. */
export interface SyncChange {
  /** `updated`: it was handed out before, and its content has changed since. */
  type: "new" | "updated";
  /** The call as it is now. What it was before is not told. */
  record: CallRecord;
}

/** What is new in one of an account's windows. */
export interface SyncBatch {
  /** Label of the account that all its changes are of. */
  account: string;
  /** Ascending by start; never empty. */
  changes: SyncChange[];
  /** Where the account stands once these changes are kept: plain JSON. */
  checkpoint: SyncCheckpoint;
  /**
   * Saves the checkpoint in the store, at once; taking the next batch does so as well. Without a store it does nothing.
   * @throws what the store throws; RequestError when the loop has been left: nothing more is saved then.
   */
  commit(): Promise<void>;
}

/** What is to be kept in step. */
interface SyncWanted {
  range: Span;
  /** In place of the provider's; null: the provider's. */
  settleSeconds: number | null;
  /** Whether records carry the vendor's own row. */
  raw: boolean;
}

/** A call that was read, and what tells whether it is new. */
interface SeenRow {
  record: CallRecord;
  hash: string;
  /** Its start, or where else among the starts it is kept. */
  at: number;
}

/** One pass over one account: reads what is not complete, and hands out what is new in it. */
export class AccountSync {
  readonly progress: Progress;
  /** As of what the consumer has taken and gone on from; null where nothing is known yet. */
  checkpoint: SyncCheckpoint | null = null;
  private readonly hash: ContentHash;

  constructor(
    private readonly session: AccountSession,
    private readonly wanted: SyncWanted,
    private readonly keeper: CheckpointKeeper,
    private readonly invocation: Invocation,
  ) {
    this.progress = new Progress(session.provider, invocation.id);
    this.hash = new ContentHash(session.provider.operations.records.volatile);
  }

  /** Batch by batch. The next is asked for when the last one is committed. */
  batches(): Batches<SyncBatch> {
    return this.invocation.account(this.progress, (abort) => this.pass(abort));
  }

  report(): AccountReport {
    return this.progress.report();
  }

  private async *pass(abort: LinkedAbort): Batches<SyncBatch> {
    const { isolateFailures, unreadableRows } = this.invocation.policy;
    const policy = { isolateFailures, unreadableRows, prove: true, keysSpanWindows: true, windowRows: WINDOW_ROWS.time };
    const kept = await this.keeper.open(this.session.provider);
    try {
      this.checkpoint = kept.checkpoint;
      const state = new SyncState(this.session.provider, kept.checkpoint);
      const source = this.open(state);
      // What was asked for is not to be forgotten, however the pass ends.
      if (state.hasChanged) await save(state.checkpoint(), state, kept);
      for await (const window of inWindows(source, policy, abort, this.finish(state, source))) {
        const changes = this.take(state, source, window);
        const checkpoint = state.checkpoint();
        if (changes.length > 0) {
          this.progress.rows += changes.length;
          yield [this.batchOf(changes, checkpoint, state, kept)];
        } else if (state.hasProgressed) await save(checkpoint, state, kept);
        this.checkpoint = checkpoint;
      }
      state.lose(this.groundOf(source), source.plan.partitions);
      this.checkpoint = state.checkpoint();
      if (state.hasChanged) await save(this.checkpoint, state, kept);
    } finally {
      await kept.release();
    }
  }

  /** @throws RetentionError when new ground begins before what the vendor keeps, and that was not consented to. */
  private open(state: SyncState): Source<MappedCall> {
    const { session, wanted } = this;
    const { provider } = session;
    const { records } = provider.operations;
    const reach = reachOf(records, provider);
    const [first] = state.newGround(wanted.range).spans;
    if (first !== undefined) refuseBeforeRetention(session, first.from, this.invocation);
    state.ask(wanted.range, reach);
    const settle = wanted.settleSeconds === null ? {} : { settleSeconds: wanted.settleSeconds };
    return openSource(
      session,
      (now) => {
        const range = upTo(now, state.ground);
        return planGround(provider, records, { range, universe: range.widen(reach) }, { now, ...settle }, (partitions) => state.earlier(partitions));
      },
      this.progress,
    );
  }

  /** A row as it is compared with what was handed out; null where its call lies on no ground that was asked for. */
  private finish(state: SyncState, source: Source<MappedCall>) {
    const { id, account } = this.session.provider;
    const watch = strayStartWatch(source);
    return (mapped: MappedCall, raw: unknown, { window }: { window: PlannedWindow }): SeenRow | null => {
      const startedAt = startOf(mapped, this.session.provider);
      watch(mapped, startedAt, window);
      if (!state.ground.holds(startedAt)) return null;
      return { record: recordOf(id, account, mapped, this.wanted.raw ? raw : undefined), hash: this.hash.of(raw), at: placeOf(startedAt, window, source) };
    };
  }

  /** What of a window is new; the state is then as it will be once that is kept. */
  private take(state: SyncState, source: Source<MappedCall>, { window, partition, fate, rows }: WindowRead<SeenRow>): SyncChange[] {
    const changes: SyncChange[] = [];
    for (const { record, hash, at } of rows) {
      const seen = state.see(partition, record.id, at, hash);
      if (seen !== "same") changes.push({ type: seen, record });
    }
    const { span } = window;
    if (span !== null && (fate === "proven" || fate === "read")) {
      state.advance(partition, source.plan.partitions, span, provenEnd(source, span, fate), this.groundOf(source));
    } else if (span !== null && window.settled) state.doubt(partition, span);
    return changes.sort((a, b) => a.record.startedAt.getTime() - b.record.startedAt.getTime());
  }

  /** By the clock as it is now: by one that was ahead, more would seem to be beyond retention than is. */
  private groundOf({ plan }: Source<MappedCall>): Ground {
    const { range, reach, universe, readable } = plan.coverage ?? NOTHING;
    const { provider, clock } = this.session;
    return { range, reach, universe, readable: { from: Math.min(readable.from, oldestReadable(plan.operation, provider, clock.soonestNow())), to: readable.to } };
  }

  private batchOf(changes: SyncChange[], checkpoint: SyncCheckpoint, state: SyncState, kept: KeptCheckpoint): SyncBatch {
    let committed: Promise<void> | null = null;
    return {
      account: this.session.provider.account,
      changes,
      checkpoint,
      commit: () =>
        (committed ??= save(checkpoint, state, kept).catch((error: unknown) => {
          // Nothing was saved: it may be tried again.
          committed = null;
          throw error;
        })),
    };
  }
}

const NOTHING: Ground = { range: Intervals.empty, reach: 0, universe: Intervals.empty, readable: { from: 0, to: 0 } };

/** Nothing is taken from the source between a batch and its commit: the state is still the one that the checkpoint tells. */
async function save(checkpoint: SyncCheckpoint, state: SyncState, kept: KeptCheckpoint): Promise<void> {
  await kept.save(checkpoint, state.changedSegments());
  state.saved();
}

/** Ground without an end ends now; where it has not begun yet, there is still something to ask: a clock may be behind. */
function upTo(now: number, ground: Intervals): Intervals {
  const last = ground.spans.at(-1);
  if (last === undefined || last.to < OPEN_END) return ground;
  return ground.before(Math.max(now, last.from + 1));
}

/**
 * Where among the starts a row is kept: at its own, as a rule. A call that is longer than calls are said to be starts where all may be complete
 * already; kept there, it would be taken for one that was handed out. It is kept where nothing is complete before its window is proven.
 */
function placeOf(startedAt: number, { span }: PlannedWindow, { plan: { grid, coverage } }: Source<MappedCall>): number {
  if (span === null || grid === null) return startedAt;
  const reach = coverage?.reach ?? 0;
  const { start, end } = grid.bounds(span);
  const isNear = start.getTime() - reach <= startedAt && startedAt <= end.getTime() + reach;
  return isNear ? startedAt : span.to + reach - 1;
}
