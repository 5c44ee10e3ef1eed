import type { Partition, Provider } from "../../contract/provider.js";
import type { CheckpointIdentity, CheckpointSettings, SyncCheckpoint } from "../../engine/checkpoints/checkpoint.js";
import { Intervals } from "../../engine/lists/intervals.js";
import { DeliveredCalls } from "./delivered-calls.js";
import type { SettingsChange } from "./read-settings.js";
import type { ReadRow, RowComparisonResult } from "./row-comparison.js";
import { SyncIntervals } from "./sync-intervals.js";
import type { ComparedRow, RequestedRanges, WindowChange } from "./window-change.js";

const ALL_TIME = Intervals.of([{ from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY }]);

/** The state of one account's sync: its intervals, the delivered calls that may change, and the vendor's account. */
export class SyncState {
  private identity: CheckpointIdentity | null;

  private constructor(
    private readonly provider: Pick<Provider, "id" | "account">,
    readonly intervals: SyncIntervals,
    readonly calls: DeliveredCalls,
    identity: CheckpointIdentity | null,
    private readonly overlapMs: number,
  ) {
    this.identity = identity;
  }

  /**
   * @param checkpoint of the account; null in the first pass.
   * @param overlapMs the overlap of the requests for two adjacent windows.
   */
  static restore(
    provider: Pick<Provider, "id" | "account">,
    checkpoint: SyncCheckpoint | null,
    overlapMs: number,
  ): SyncState {
    const calls = DeliveredCalls.restore(checkpoint?.unsettledHashes ?? {}, overlapMs);
    const intervals = new SyncIntervals(checkpoint, overlapMs);
    return new SyncState(provider, intervals, calls, checkpoint?.identity ?? null, overlapMs);
  }

  /** Returns a copy. Changes of the copy do not affect this state. */
  fork(): SyncState {
    return new SyncState(this.provider, this.intervals.fork(), this.calls.fork(), this.identity, this.overlapMs);
  }

  get savedIdentity(): CheckpointIdentity | null {
    return this.identity;
  }

  setIdentity(identity: CheckpointIdentity | null): void {
    if (JSON.stringify(identity) === JSON.stringify(this.identity)) return;
    this.intervals.hasChanged = true;
    this.identity = identity;
  }

  /** Sets the settings of this pass, as `SyncIntervals.adapt` does. If everything is read again, each call is delivered again. */
  adapt(settings: CheckpointSettings, requested: RequestedRanges): SettingsChange[] {
    const changes = this.intervals.adapt(settings, requested);
    if (changes.some(({ reread }) => reread === "all")) this.calls.hashes.markStale();
    return changes;
  }

  /** Marks the intervals beyond the vendor's retention as lost, as `SyncIntervals.markLost` does, and removes the calls that are complete. */
  markLost(requested: RequestedRanges, partitions: readonly Partition[]): void {
    this.intervals.markLost(requested, partitions);
    for (const { application } of partitions) this.release(application, partitions);
  }

  private release(application: string | null, partitions: readonly Partition[]): void {
    this.calls.release(application, this.finalOf(application, partitions));
  }

  /** Returns the intervals of an application that are never read again: complete or lost in each of its lists. */
  private finalOf(application: string | null, partitions: readonly Partition[]): Intervals {
    const own = partitions.filter((partition) => partition.application === application);
    return this.intervals.lists.shared(own, ({ complete, lost }) => complete.union(lost), this.intervals.requested);
  }

  /**
   * Compares rows of one list with the delivered calls.
   * @param settled whether the window of the rows is settled.
   */
  compare<Row extends ReadRow>(
    partition: Partition,
    partitions: readonly Partition[],
    rows: readonly Row[],
    settled: boolean,
  ): (Row & { comparison: RowComparisonResult })[] {
    const { application } = partition;
    const own = partitions.filter((other) => other.application === application);
    const list = {
      application,
      place: this.intervals.lists.placeAmongSeveral(partition),
      final: this.finalOf(application, partitions),
      verified: this.intervals.lists.shared(own, ({ verified }) => verified, ALL_TIME),
      settled,
    };
    return rows.map((row) => ({ ...row, comparison: this.calls.compare(list, row) }));
  }

  /** Applies the change by a window that was read, whose rows were delivered. */
  add(change: WindowChange): void {
    const { partition, partitions, rows } = change;
    const place = this.intervals.lists.placeAmongSeveral(partition);
    for (const row of rows) this.calls.store(partition.application, place, row);
    if (this.intervals.add(change)) this.release(partition.application, partitions);
  }

  /**
   * Returns the intervals, by filter time, that must be read again because the start of a call was corrected. If a row with the former start is still listed, it
   * belongs to another call.
   */
  aroundFormerStarts({ application }: Partition, rows: readonly ComparedRow[], windowMarginMs: number): Intervals {
    const starts = rows
      .filter(({ comparison }) => comparison === "updated")
      .flatMap((row) => this.calls.formerStart(application, row) ?? []);
    return Intervals.of(starts.map((at) => ({ from: at, to: at + 1 }))).widen(windowMarginMs + this.overlapMs);
  }

  /** Whether the state changed since the last save. */
  get hasChanged(): boolean {
    return this.intervals.hasChanged || this.calls.hashes.hasChanged;
  }

  markSaved(): void {
    this.intervals.hasChanged = false;
    this.intervals.hasVerifiedMore = false;
    this.calls.hashes.markSaved();
  }

  /** Marks the state as changed where a fork differs. Its save failed, but may have written a part of it. */
  markUnsaved(fork: SyncState): void {
    this.intervals.hasChanged = true;
    this.calls.hashes.markUnsaved(fork.calls.hashes);
  }

  checkpoint(): SyncCheckpoint {
    const { id: provider, account } = this.provider;
    return {
      format: "call-records/checkpoint",
      version: 1,
      account,
      provider,
      identity: this.identity,
      ...this.intervals.save(),
      unsettledHashes: this.calls.hashes.lines(),
    };
  }
}
