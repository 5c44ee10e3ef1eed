import type { ListOperation, Partition, Provider } from "../../contract/provider.js";
import type { Direction } from "../../model/call-record.js";
import { ConfigurationError } from "../../model/errors.js";
import type { CoveragePlan } from "./coverage.js";
import type { Span } from "./intervals.js";
import { WindowGrid } from "./windows.js";

/** A window of one partition to read. */
export interface PlannedWindow {
  /** The partition's place in the plan. */
  partition: number;
  /** Null for a list that is not asked for by time. */
  span: Span | null;
  /** Whether everything in it is older than the account's settle time. */
  settled: boolean;
  /** Of a window that was cut for its total: that total, and what its parts count together. Shared by the parts. */
  cut?: { total: number; counted: number };
}

/** All that a run over one list of one account needs to know. */
export interface ListPlan<Value> {
  operation: ListOperation<Value>;
  partitions: Partition[];
  /** Null for a list that is not asked for by time. */
  grid: WindowGrid | null;
  /** In the order in which they are to be read. */
  windows: PlannedWindow[];
  filters: Readonly<Record<string, unknown>>;
  direction: Direction | null;
  coverage: CoveragePlan | null;
}

/** How far, in milliseconds, the time that a list filters on may lie from a call's start. */
export function reachOf(operation: ListOperation<unknown>, provider: Provider): number {
  return operation.window?.filtersOn === "unknown" ? provider.longestCallSeconds * 1000 : 0;
}

/** The earliest instant that the vendor keeps, or null where no limit is declared. */
export function earliestKept(operation: ListOperation<unknown>, now: number): number | null {
  return operation.retentionSeconds === null ? null : now - operation.retentionSeconds * 1000;
}

/**
 * What the vendor keeps moves on while requests are under way, and by a clock that may be minutes ahead of ours before it minds: what is asked
 * for stays this far inside, and what that leaves out is a gap.
 */
export const RETENTION_MARGIN_MS = 300_000;

/**
 * The windows that a range of call starts needs: wider than the range where the vendor may filter on another time, but neither beyond what it
 * keeps nor beyond now; cut where records settle; oldest first, the partitions of a time together.
 */
export function planHistory<Value>(
  provider: Provider,
  operation: ListOperation<Value>,
  range: Span,
  options: { now: number; filters?: Readonly<Record<string, unknown>>; direction?: Direction | null },
): ListPlan<Value> {
  const { now, filters = {}, direction = null } = options;
  const grid = gridOf(operation, provider);
  const partitions = partitionsOf(operation, provider, filters);
  const reach = reachOf(operation, provider);
  const earliest = earliestKept(operation, now);
  const oldest = earliest === null ? Number.NEGATIVE_INFINITY : grid.firstFrom(earliest + RETENTION_MARGIN_MS);
  const read = { from: Math.max(range.from - reach, oldest), to: Math.min(range.to + reach, now) };
  return {
    operation,
    partitions,
    grid,
    windows: read.from < read.to ? planWindows(grid, read, frontierOf(provider, now), partitions) : planQuestion(grid, range, now, partitions),
    filters,
    direction,
    coverage: {
      range,
      reach,
      read,
      beyondRetention: range.from < oldest ? { from: range.from, to: Math.min(oldest, range.to) } : null,
      partitions: partitions.length,
    },
  };
}

/**
 * The windows of several periods, each read by itself so that what the vendor adds up belongs to one period; up to the end of the unit, such
 * as the day, that is now.
 */
export function planPeriods<Value>(provider: Provider, operation: ListOperation<Value>, periods: readonly Span[], now: number): ListPlan<Value> {
  const grid = gridOf(operation, provider);
  const partitions = operation.partitions({});
  const range = { from: periods[0]?.from ?? now, to: periods.at(-1)?.to ?? now };
  const read = { from: range.from, to: Math.min(range.to, grid.ceil(now)) };
  return {
    operation,
    partitions,
    grid,
    windows: periods
      .filter(({ from }) => from < read.to)
      .flatMap(({ from, to }) => grid.split({ from, to: Math.min(to, read.to) }))
      .flatMap((span) => partitions.map((_, partition) => ({ partition, span, settled: span.to <= frontierOf(provider, now) }))),
    filters: {},
    direction: null,
    coverage: { range, reach: 0, read, beyondRetention: null, partitions: partitions.length },
  };
}

/** @throws ConfigurationError where the adapter names no list to read: nothing would be read, and called complete. */
function partitionsOf(operation: ListOperation<unknown>, { id: provider, account }: Provider, filters: Readonly<Record<string, unknown>>): Partition[] {
  const partitions = operation.partitions(filters);
  if (partitions.length > 0) return partitions;
  throw new ConfigurationError(`${account}: ${operation.name}: the provider's \`partitions\` names no list to read.`, { provider, account, operation: operation.name });
}

/** A list that is not asked for by time: each partition once. */
export function planSnapshot<Value>(operation: ListOperation<Value>): ListPlan<Value> {
  const partitions = operation.partitions({});
  return {
    operation,
    partitions,
    grid: null,
    windows: partitions.map((_, partition) => ({ partition, span: null, settled: false })),
    filters: {},
    direction: null,
    coverage: null,
  };
}

/** Before this instant records no longer appear or change. */
export function frontierOf(provider: Provider, now: number): number {
  return now - provider.settleSeconds * 1000;
}

/** The windows that an operation's rule allows. */
export function gridOf(operation: ListOperation<unknown>, provider: Provider): WindowGrid {
  if (operation.window === null) throw new TypeError(`${operation.name} is declared without a window, and cannot be read by time.`);
  return new WindowGrid(operation.window, provider.timeZone);
}

/**
 * Nothing to read: the whole range is still to come. Or our clock is far behind, which only the vendor can tell: it is asked for its last moment.
 */
function planQuestion(grid: WindowGrid, range: Span, now: number, partitions: readonly Partition[]): PlannedWindow[] {
  if (range.to <= now) return [];
  return grid.split({ from: grid.floor(now), to: now + 1 }).flatMap((span) => partitions.map((_, partition) => ({ partition, span, settled: false })));
}

function planWindows(grid: WindowGrid, read: Span, frontier: number, partitions: readonly Partition[]): PlannedWindow[] {
  const boundary = Math.min(Math.max(grid.floor(frontier), read.from), read.to);
  const parts = [
    { span: { from: read.from, to: boundary }, settled: true },
    { span: { from: boundary, to: read.to }, settled: false },
  ];
  return parts.flatMap(({ span, settled }) =>
    span.from < span.to ? grid.split(span).flatMap((window) => partitions.map((_, partition) => ({ partition, span: window, settled }))) : [],
  );
}
