import type { ListOperation, Partition, Provider } from "../../contract/provider.js";
import type { Direction } from "../../model/call-record.js";
import { ConfigurationError } from "../../model/errors.js";
import type { CoveragePlan, EarlierPasses } from "./coverage.js";
import { Intervals, type Span } from "./intervals.js";
import { earliestKept, gridOf, oldestReadable, settledBefore, windowMarginMsOf } from "./list-limits.js";
import { numberGroupsOf, numberLists } from "./number-lists.js";
import type { PlannedWindow } from "./planned-window.js";
import type { WindowGrid } from "./window-grid.js";
import { planClockCheck, planInReadingOrder } from "./window-planner.js";

/** The plan of a run over one list of one account. */
export interface ListPlan<Value> {
  operation: ListOperation<Value>;
  partitions: Partition[];
  /** Null for a list that is not requested by time. */
  grid: WindowGrid | null;
  /** In reading order. */
  windows: PlannedWindow[];
  /** Whether the newest windows come first, instead of the oldest. */
  newestFirst: boolean;
  filters: Readonly<Record<string, unknown>>;
  direction: Direction | null;
  /** For each partition, the texts for the vendor's own number filter; null where it is not used. */
  numberTexts: readonly (readonly string[])[] | null;
  /** Whether a value may be listed by the vendor's own number filter; null where the filter is not used. */
  mayHaveNumber: ((value: Value) => boolean) | null;
  /** Returns the plan of the same ranges with the vendor's own number filter; null where the filter is not used, or this plan uses it. */
  withNumberFilter: (() => ListPlan<Value>) | null;
  /** How long, in milliseconds, a record may still appear or change. */
  settleMs: number;
  coverage: CoveragePlan | null;
}

/** Options for reading a history. */
interface HistoryOptions<Value> {
  /** The vendor's now. */
  now: number;
  /** The vendor's time by its last responses, from which its retention counts if it is later than `now`. Default: `now`. */
  latestNow?: number;
  filters?: Readonly<Record<string, unknown>>;
  direction?: Direction | null;
  /** The only numbers that calls may have, in E.164, and whether a value may have one of them; null where calls of any number are read. */
  numbers?: { e164: readonly string[]; mayHave: (value: Value) => boolean } | null;
  /** Default: the value of the provider. */
  settleSeconds?: number;
  /** Default: the oldest windows first. */
  newestFirst?: boolean;
}

/**
 * Plans the windows for a range of call starts. They extend beyond the range by the window margin, but not beyond the retention limit or now. A boundary
 * lies where records settle. The oldest or the newest come first, and the partitions of an interval together.
 */
export function planHistory<Value>(
  provider: Provider,
  operation: ListOperation<Value>,
  range: Span,
  options: HistoryOptions<Value>,
): ListPlan<Value> {
  const windowMarginMs = windowMarginMsOf(operation, provider);
  return planRanges(
    provider,
    operation,
    {
      range: Intervals.of([range]),
      readRanges: Intervals.of([{ from: range.from - windowMarginMs, to: range.to + windowMarginMs }]),
    },
    options,
  );
}

/**
 * Plans requested ranges that may have holes, as `planHistory` does, without intervals that were verified before.
 * @param range by the start of a call, and `readRanges` by the filter time.
 * @param earlier the results of earlier passes for the partitions.
 */
export function planRanges<Value>(
  provider: Provider,
  operation: ListOperation<Value>,
  { range, readRanges }: Pick<CoveragePlan, "range" | "readRanges">,
  options: HistoryOptions<Value>,
  earlier: ((partitions: readonly Partition[]) => EarlierPasses) | null = null,
): ListPlan<Value> {
  const { now, latestNow = now, filters = {}, direction = null } = options;
  const { settleSeconds = provider.settleSeconds, newestFirst = false } = options;
  const grid = gridOf(operation, provider);
  const partitions = partitionsOf(operation, provider, filters);
  const groups = numberGroupsOf(operation, filters, options.numbers?.e164 ?? null);
  const oldest = oldestReadable(operation, provider, Math.max(now, latestNow));
  const before = earlier?.(partitions) ?? null;
  const read = readRanges.intersect(Intervals.of([{ from: oldest, to: now }]));
  const settleMs = settleSeconds * 1000;
  const planOf = (
    lists: Pick<ListPlan<Value>, "partitions" | "numberTexts" | "mayHaveNumber">,
    withNumberFilter: ListPlan<Value>["withNumberFilter"],
  ): ListPlan<Value> => ({
    operation,
    ...lists,
    withNumberFilter,
    grid,
    windows: read.isEmpty
      ? planClockCheck(grid, range.end, now, lists.partitions.length)
      : planInReadingOrder(grid, read, before, settledBefore(settleMs, now), lists.partitions.length, newestFirst),
    newestFirst,
    filters,
    direction,
    settleMs,
    coverage: {
      range,
      windowMarginMs: windowMarginMsOf(operation, provider),
      readRanges,
      readable: { from: oldest, to: now },
      beyondRetention: range.before(oldest).subtract(completeBefore(before)),
      partitions: lists.partitions.length,
      earlier: before,
    },
  });
  return planOf(
    { partitions, numberTexts: null, mayHaveNumber: null },
    groups === null
      ? null
      : () => planOf({ ...numberLists(partitions, groups), mayHaveNumber: options.numbers?.mayHave ?? null }, null),
  );
}

function completeBefore(earlier: EarlierPasses | null): Intervals {
  const [first = Intervals.empty, ...others] = earlier?.complete ?? [];
  return others.reduce((common, complete) => common.intersect(complete), first);
}

/** The part of the margin that must be left when the vendor's time becomes known. */
const LEAST_RETENTION_MARGIN_MS = 240_000;

/** Whether the vendor's clock is so far ahead that its retention limit is too close to a planned window. */
export function isNearRetention(
  { operation, windows, coverage }: Pick<ListPlan<unknown>, "operation" | "windows" | "coverage">,
  latestNow: number,
): boolean {
  const earliest = earliestKept(operation, latestNow);
  // Plans that the retention does not limit remain the same.
  if (earliest === null || coverage === null || !Number.isFinite(coverage.readable.from)) return false;
  return windows.some(({ span }) => span !== null && span.from < earliest + LEAST_RETENTION_MARGIN_MS);
}

/**
 * Plans the windows of several periods. Each window belongs to one period, because the vendor returns a sum for each window. The last one ends with the
 * current unit, such as the day.
 */
export function planPeriods<Value>(
  provider: Provider,
  operation: ListOperation<Value>,
  periods: readonly Span[],
  now: number,
): ListPlan<Value> {
  const grid = gridOf(operation, provider);
  const partitions = operation.partitions({});
  const range = { from: periods[0]?.from ?? now, to: periods.at(-1)?.to ?? now };
  const settleMs = provider.settleSeconds * 1000;
  const readable = { from: Number.NEGATIVE_INFINITY, to: grid.ceil(now) };
  const requested = Intervals.of([range]);
  return {
    operation,
    partitions,
    grid,
    windows: periods
      .filter(({ from }) => from < readable.to)
      .flatMap(({ from, to }) => grid.windowsOf({ from, to: Math.min(to, readable.to) }))
      .flatMap((span) =>
        partitions.map((_, partition) => ({ partition, span, settled: span.to <= settledBefore(settleMs, now) })),
      ),
    newestFirst: false,
    filters: {},
    direction: null,
    numberTexts: null,
    mayHaveNumber: null,
    withNumberFilter: null,
    settleMs,
    coverage: {
      range: requested,
      windowMarginMs: 0,
      readRanges: requested,
      readable,
      beyondRetention: Intervals.empty,
      partitions: partitions.length,
      earlier: null,
    },
  };
}

/** @throws ConfigurationError if the adapter returns no partition. Nothing would be read then, and the report would say `complete`. */
function partitionsOf(
  operation: ListOperation<unknown>,
  { id: provider, account }: Provider,
  filters: Readonly<Record<string, unknown>>,
): Partition[] {
  const partitions = operation.partitions(filters);
  if (partitions.length > 0) return partitions;
  throw new ConfigurationError(`${account}: ${operation.name}: the provider's \`partitions\` names no list to read.`, {
    provider,
    account,
    operation: operation.name,
  });
}

/** Plans a list that is not requested by time: each partition once. */
export function planSnapshot<Value>(operation: ListOperation<Value>): ListPlan<Value> {
  const partitions = operation.partitions({});
  return {
    operation,
    partitions,
    grid: null,
    windows: partitions.map((_, partition) => ({ partition, span: null, settled: false })),
    newestFirst: false,
    filters: {},
    direction: null,
    numberTexts: null,
    mayHaveNumber: null,
    withNumberFilter: null,
    settleMs: 0,
    coverage: null,
  };
}
