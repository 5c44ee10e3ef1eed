import { fromParts, providerOf } from "../engine/checkpoints/checkpoint.js";
import type { CheckpointParts } from "../engine/checkpoints/checkpoint-store.js";
import { fromIntervals, Intervals, type Span, toIntervals } from "../engine/lists/intervals.js";
import type { AccountReport, Gap } from "../model/account-report.js";
import { CheckpointError } from "../model/errors.js";
import { SyncIntervals } from "../operations/sync/sync-intervals.js";

/** An account of a database. */
interface StoredAccount {
  account: string;
  provider: string | null;
  parts: CheckpointParts;
}

/**
 * Returns the report of an account for a range, by its stored checkpoint: which intervals the sync has verified complete. Intervals that it has not read, or not
 * requested, are gaps. Without a checkpoint, the whole range is a gap.
 * @param now the current time in epoch milliseconds.
 * @param rows the number of calls that were read.
 */
export function storedReport(stored: StoredAccount, range: Span, now: number, rows: number): AccountReport {
  const { account, parts } = stored;
  const provider = providerOf(parts.head) ?? stored.provider ?? "";
  const whole = Intervals.of([range]);
  const report = { account, provider, rows, requests: 0, retries: 0, throttles: 0, waitedMs: 0, windows: 0 };
  const none = { windowsLeft: 0, duplicates: 0, unreadable: 0 };
  try {
    const { coverage, unsettled, lost, abandoned } = readIntervals(stored, provider, now);
    const [complete, read] = [coverage.intersect(whole), unsettled.intersect(whole)];
    let rest = whole.subtract(complete).subtract(read);
    const gaps: Gap[] = [];
    for (const [reason, intervals] of [
      ["retention", lost],
      ["abandoned", abandoned],
      ["stopped", whole],
    ] as const) {
      gaps.push(...toIntervals(rest.intersect(intervals)).map((interval) => ({ ...interval, reason })));
      rest = rest.subtract(intervals);
    }
    gaps.sort((one, other) => Date.parse(one.from) - Date.parse(other.from));
    const isComplete = gaps.every(({ reason }) => reason === "abandoned");
    const status = isComplete ? "complete" : "partial";
    return { ...report, ...none, status, coverage: toIntervals(complete), unsettled: toIntervals(read), gaps };
  } catch (error) {
    if (!(error instanceof CheckpointError)) throw error;
    const gaps: Gap[] = toIntervals(whole).map((interval) => ({ ...interval, reason: "stopped" }));
    return { ...report, ...none, status: "partial", error: error.toJSON(), coverage: [], unsettled: [], gaps };
  }
}

/** @throws CheckpointError when the checkpoint cannot be used. */
function readIntervals({ account, parts }: StoredAccount, provider: string, now: number) {
  const checkpoint = fromParts(parts, { id: provider, account });
  // Without a list, nothing was read.
  if (checkpoint === null || checkpoint.lists.length === 0) return NOTHING;
  const partitions = checkpoint.lists.map(({ application, parameters }) => ({ application, parameters }));
  // The overlap of windows only matters for a pass.
  const { abandoned = [], ...summary } = new SyncIntervals(checkpoint, 0).summarize(partitions, now);
  return {
    coverage: fromIntervals(summary.coverage),
    unsettled: fromIntervals(summary.unsettled),
    lost: fromIntervals(summary.lost),
    abandoned: fromIntervals(abandoned),
  };
}

const NOTHING = {
  coverage: Intervals.empty,
  unsettled: Intervals.empty,
  lost: Intervals.empty,
  abandoned: Intervals.empty,
};
