import type { MappedCall } from "../../contract/mapped-call.js";
import type { Partition } from "../../contract/provider.js";
import type { CallRecord } from "../../model/call-record.js";
import type { IncompleteError } from "../../model/errors.js";
import { Intervals, type Span, toInterval } from "../../engine/lists/intervals.js";
import { incomplete } from "../../engine/lists/list-failure.js";
import { oldestReadable } from "../../engine/lists/list-limits.js";
import type { PlannedWindow } from "../../engine/lists/planned-window.js";
import type { Source, WindowRead } from "../../engine/lists/list-source.js";
import { recordOf, startOf } from "../../engine/lists/mapped-call.js";
import { checkpointKeyOf } from "./checkpoint-key.js";
import type { ContentHash } from "./content-hash.js";
import type { ReadRow } from "./row-comparison.js";
import type { SyncChange } from "./sync-batch.js";
import type { SyncState } from "./sync-state.js";
import type { RequestedRanges, WindowChange } from "./window-change.js";

/** A row with its record. */
interface CallRow extends ReadRow {
  record: CallRecord;
}

/** The result of the comparison of a window. */
interface ComparedWindow {
  /** Ascending by start. */
  changes: SyncChange[];
  /** The change of the state by the window. */
  change: WindowChange;
  /** Two different calls have one id; null where there are none. */
  conflict: IncompleteError | null;
}

const NOTHING: RequestedRanges = {
  range: Intervals.empty,
  windowMarginMs: 0,
  readRanges: Intervals.empty,
  readable: { from: 0, to: 0 },
};

/** Compares the windows of one pass with the state of the account. */
export class WindowComparison {
  constructor(
    private readonly source: Source<MappedCall>,
    private readonly hash: ContentHash,
    /** Whether records contain the vendor's own row. */
    private readonly raw: boolean,
  ) {}

  /** Returns the row of a call. Null when the call lies outside of the requested ranges. */
  read(
    state: SyncState,
    mapped: MappedCall,
    raw: unknown,
    { window, partition }: { window: PlannedWindow; partition: Partition },
  ): CallRow | null {
    const { session, plan } = this.source;
    const startedAt = startOf(mapped, session);
    const record = recordOf(session, plan.operation.name, mapped, this.raw ? raw : undefined);
    const key = checkpointKeyOf(record.id, session.clean);
    // A delivered call whose start was corrected to a time outside of the ranges is delivered as an update.
    if (!state.intervals.requested.holds(startedAt) && !state.calls.has(partition.application, key)) return null;
    // Its other calls were delivered when it was read before.
    if (window.isReread === true && !state.intervals.lists.of(partition).skippedStarts.holds(startedAt)) return null;
    return { record, key, hash: this.hash.of(raw), startedAt, at: this.storedAt(startedAt, window) };
  }

  /**
   * Returns the instant at which a row is stored, normally its start. A call longer than `longestCallSeconds` may start in an interval that is complete already,
   * where it would count as delivered. It is stored at an instant that cannot be complete before its window is verified.
   */
  private storedAt(startedAt: number, { span }: PlannedWindow): number {
    const { grid, coverage } = this.source.plan;
    if (span === null || grid === null) return startedAt;
    const windowMarginMs = coverage?.windowMarginMs ?? 0;
    const { start } = grid.bounds(span);
    const isNear = start.getTime() - windowMarginMs <= startedAt && startedAt <= grid.lastOf(span) + windowMarginMs;
    return isNear ? startedAt : span.to + windowMarginMs - 1;
  }

  /** Compares a window that was read. */
  compare(state: SyncState, window: WindowRead<CallRow>): ComparedWindow {
    const { partitions, coverage } = this.source.plan;
    const { partition } = window;
    const compared = state.compare(partition, partitions, window.rows, window.window.settled);
    const conflicting = compared.find(({ comparison }) => comparison === "conflict");
    const changes = compared.flatMap(({ record, comparison }): SyncChange[] =>
      comparison === "new" || comparison === "updated" ? [{ type: comparison, record }] : [],
    );
    const rows = compared.flatMap(({ key, hash, startedAt, at, comparison }) =>
      comparison === "same" ? [] : [{ key, hash, startedAt, at, comparison }],
    );
    const latestStart = window.rows.reduce<number | null>(
      (latest, { startedAt }) => Math.max(latest ?? Number.NEGATIVE_INFINITY, startedAt),
      null,
    );
    const reread = state.aroundFormerStarts(partition, rows, coverage?.windowMarginMs ?? 0);
    const outcome = this.outcomeOf(conflicting === undefined ? window : { ...window, result: "incomplete" });
    return {
      changes: changes.sort((a, b) => a.record.startedAt.getTime() - b.record.startedAt.getTime()),
      change: { partition, partitions, rows, latestStart, reread, outcome },
      conflict: conflicting === undefined ? null : this.conflictOf(conflicting, window.window.span),
    };
  }

  private conflictOf({ record: { id, startedAt } }: CallRow, span: Span | null): IncompleteError {
    const { session, plan } = this.source;
    const window = span === null ? null : toInterval(span);
    return incomplete(
      session.errorContext({ operation: plan.operation.name, window }),
      `the id ${session.clean(id)} came with two different calls; the one that started at ${startedAt.toISOString()} was not delivered`,
    );
  }

  private outcomeOf({ window, result, verifiedTo, sum }: WindowRead<CallRow>): WindowChange["outcome"] {
    const { session, plan } = this.source;
    const { span, settled } = window;
    if (span === null || verifiedTo === null) return null;
    const { requested } = this;
    if (sum === "checked") return { type: "confirm", span, requested };
    if (result === "verified" || result === "read")
      return {
        type: "advance",
        span,
        verifiedTo,
        readTo: this.readEnd(span),
        earlierNow: session.clock.witnessedNow(),
        isAwaiting: window.split?.awaited != null,
        settled,
        requested,
      };
    // An unsettled window is read again anyway. Only a failed one is noted, so that the next pass reads it in smaller windows.
    if (!settled) return result === "failed" ? { type: "unverified", window: { ...span, result } } : null;
    if (sum === "short") {
      const before = plan.coverage?.earlier?.complete[window.partition] ?? Intervals.empty;
      return { type: "refuse", span, before, requested };
    }
    return { type: "unverified", window: { ...span, result: result === "incomplete" ? "incomplete" : "failed" } };
  }

  /** Returns the end of the part of a window that can have been read, by the current clock. The clock at planning time may have been ahead. */
  private readEnd({ to }: Span): number {
    const now = this.source.session.clock.soonestNow();
    return Math.min(to, this.source.plan.grid?.ceil(now) ?? now);
  }

  /** The requested ranges by the current clock. With a clock that was ahead, too much would lie beyond the retention. */
  get requested(): RequestedRanges {
    const { session, plan } = this.source;
    const { range, windowMarginMs, readRanges, readable } = plan.coverage ?? NOTHING;
    const oldest = oldestReadable(plan.operation, session.provider, session.clock.soonestNow());
    return {
      range,
      windowMarginMs,
      readRanges,
      readable: { from: Math.min(readable.from, oldest), to: readable.to },
    };
  }
}
